"""An item that is retyped, retired or brought back is noted by itself, whether it has relations or
not, and a statement that empties the relations is noted, too.

One row an item, in place of one for each of its relations: a type that gets another name writes as
many rows as it has items, and the log is cut to what is kept by such a statement as well.
"""

from __future__ import annotations

from django.db import migrations

KEPT = 100_000
"""Rows of the log, as in 0007."""

NOTE = f"""
    CREATE OR REPLACE FUNCTION cmdb_note_item() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO cmdb_graph_change (token, source) VALUES (gen_random_uuid(), NEW.id);
        RETURN NULL;
    END $$;

    CREATE FUNCTION cmdb_cut_graph_changes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM cmdb_graph_change
        WHERE number <= (SELECT max(number) FROM cmdb_graph_change) - {KEPT};
        RETURN NULL;
    END $$;

    CREATE FUNCTION cmdb_note_everything() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO cmdb_graph_change (token) VALUES (gen_random_uuid());
        RETURN NULL;
    END $$;

    CREATE TRIGGER cmdb_items_retired AFTER UPDATE OF retired_at, type ON cmdb_item
        FOR EACH STATEMENT EXECUTE FUNCTION cmdb_cut_graph_changes();
    CREATE TRIGGER cmdb_relations_emptied AFTER TRUNCATE ON cmdb_relation
        FOR EACH STATEMENT EXECUTE FUNCTION cmdb_note_everything();
    INSERT INTO cmdb_graph_change (token) VALUES (gen_random_uuid());
"""
"""The last row: what was noted until then may lack items without relations."""
FORGET = """
    DROP TRIGGER cmdb_relations_emptied ON cmdb_relation;
    DROP TRIGGER cmdb_items_retired ON cmdb_item;
    DROP FUNCTION cmdb_note_everything();
    DROP FUNCTION cmdb_cut_graph_changes();
    CREATE OR REPLACE FUNCTION cmdb_note_item() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO cmdb_graph_change (token, kind, source, target)
        SELECT gen_random_uuid(), kind, source_id, target_id FROM cmdb_relation
        WHERE source_id = NEW.id
        UNION ALL
        SELECT gen_random_uuid(), kind, source_id, target_id FROM cmdb_relation
        WHERE target_id = NEW.id;
        RETURN NULL;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0007_graph_changes"),)

    operations = (migrations.RunSQL(NOTE, FORGET),)
