"""Which items an item names in its attributes, indexed: what names one of a few is found by them,
and not by reading every item of every type that could.
"""

from __future__ import annotations

from django.db import migrations

_REFERENCES = """
    CREATE FUNCTION cmdb_references(jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT lower(jsonb_path_query_array($1,
            '$.* ? (@ like_regex "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")')::text
        )::jsonb
    $$;
"""
_INDEX = """
    CREATE INDEX cmdb_item_references ON cmdb_item USING gin (cmdb_references(attributes));
"""


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0023_documents"),)

    operations = (
        migrations.RunSQL(_REFERENCES, "DROP FUNCTION cmdb_references(jsonb)"),
        migrations.RunSQL(_INDEX, "DROP INDEX cmdb_item_references"),
    )
