"""Relations of a symmetric kind that were drawn from both ends become one.

What a definition keeps stays, else what was drawn first; the other end's history tells of both.
"""

from __future__ import annotations

from django.db import migrations

JOIN = """
    DELETE FROM cmdb_relation gone USING cmdb_relation kept, schema_definition kind
    WHERE kind.kind = 'relation-kind' AND kind.current
      AND kind.body::jsonb -> 'symmetric' = 'true'::jsonb
      AND gone.kind = kind.name AND kept.kind = gone.kind
      AND kept.source_id = gone.target_id AND kept.target_id = gone.source_id
      AND (gone.origin = '', gone.created_at, gone.id)
        > (kept.origin = '', kept.created_at, kept.id)
"""


class Migration(migrations.Migration):
    dependencies = (
        ("cmdb", "0005_hide_sign_ins_of_addresses"),
        ("schema", "0002_departures"),
    )

    operations = (migrations.RunSQL(JOIN, migrations.RunSQL.noop),)
