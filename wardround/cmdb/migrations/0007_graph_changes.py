"""What has changed of who needs whom, in order, so that whoever holds the graph keeps in step.

Triggers note it, so that no way of writing is forgotten. A statement that touches very many
relations notes one row without ends: everything is to be read anew. The newest rows are kept; who
is further behind reads everything, too.
"""

from __future__ import annotations

import uuid

from django.db import migrations, models

MOST_NOTED = 20_000
"""Relations of one statement that are noted one by one."""
KEPT = 100_000
"""Rows of the log."""

NOTE = f"""
    CREATE FUNCTION cmdb_note_relations() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM touched OFFSET {MOST_NOTED}) THEN
            INSERT INTO cmdb_graph_change (token) VALUES (gen_random_uuid());
        ELSE
            INSERT INTO cmdb_graph_change (token, kind, source, target)
            SELECT gen_random_uuid(), kind, source_id, target_id FROM touched;
        END IF;
        DELETE FROM cmdb_graph_change
        WHERE number <= (SELECT max(number) FROM cmdb_graph_change) - {KEPT};
        RETURN NULL;
    END $$;

    CREATE TRIGGER cmdb_relations_made AFTER INSERT ON cmdb_relation
        REFERENCING NEW TABLE AS touched
        FOR EACH STATEMENT EXECUTE FUNCTION cmdb_note_relations();
    CREATE TRIGGER cmdb_relations_gone AFTER DELETE ON cmdb_relation
        REFERENCING OLD TABLE AS touched
        FOR EACH STATEMENT EXECUTE FUNCTION cmdb_note_relations();
    CREATE TRIGGER cmdb_relations_before AFTER UPDATE ON cmdb_relation
        REFERENCING OLD TABLE AS touched
        FOR EACH STATEMENT EXECUTE FUNCTION cmdb_note_relations();
    CREATE TRIGGER cmdb_relations_after AFTER UPDATE ON cmdb_relation
        REFERENCING NEW TABLE AS touched
        FOR EACH STATEMENT EXECUTE FUNCTION cmdb_note_relations();

    CREATE FUNCTION cmdb_note_item() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO cmdb_graph_change (token, kind, source, target)
        SELECT gen_random_uuid(), kind, source_id, target_id FROM cmdb_relation
        WHERE source_id = NEW.id
        UNION ALL
        SELECT gen_random_uuid(), kind, source_id, target_id FROM cmdb_relation
        WHERE target_id = NEW.id;
        RETURN NULL;
    END $$;

    CREATE TRIGGER cmdb_item_retired AFTER UPDATE OF retired_at, type ON cmdb_item
        FOR EACH ROW
        WHEN ((OLD.retired_at IS NULL) <> (NEW.retired_at IS NULL) OR OLD.type <> NEW.type)
        EXECUTE FUNCTION cmdb_note_item();
    INSERT INTO cmdb_graph_change (token) VALUES (gen_random_uuid());
"""
FORGET = """
    DROP TRIGGER cmdb_item_retired ON cmdb_item;
    DROP FUNCTION cmdb_note_item();
    DROP TRIGGER cmdb_relations_made ON cmdb_relation;
    DROP TRIGGER cmdb_relations_gone ON cmdb_relation;
    DROP TRIGGER cmdb_relations_before ON cmdb_relation;
    DROP TRIGGER cmdb_relations_after ON cmdb_relation;
    DROP FUNCTION cmdb_note_relations();
"""


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0006_join_symmetric_relations"),)

    operations = (
        migrations.CreateModel(
            name="GraphChange",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("token", models.UUIDField(default=uuid.uuid4)),
                ("kind", models.CharField(max_length=50, null=True)),
                ("source", models.UUIDField(null=True)),
                ("target", models.UUIDField(null=True)),
            ],
            options={"db_table": "cmdb_graph_change"},
        ),
        migrations.RunSQL(NOTE, FORGET),
    )
