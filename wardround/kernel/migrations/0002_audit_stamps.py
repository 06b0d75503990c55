from collections.abc import Sequence
from typing import Any

import django.contrib.postgres.fields
from django.db import migrations, models

from wardround.kernel.audit_rules import AuditLine, stamp
from wardround.kernel.secrets import derived_key

FIELDS = (
    "id", "at", "actor_id", "actor_name", "actor_kind", "action", "subject_kind", "subject_id",
    "detail",
)  # fmt: skip
MANY = 5000


def stamp_what_is_there(apps: Any, schema_editor: Any) -> None:
    """Give the records of before the stamp that every record has now.

    What was sealed stays proved by its seal; what was not is taken as it stands, as it would have
    been sealed seconds later.
    """
    records = apps.get_model("kernel", "AuditRecord").objects.order_by("id")
    last = None
    while rows := list((records.filter(id__gt=last) if last else records)[:MANY]):
        last = rows[-1].id
        _stamp(schema_editor.connection, rows)


def _stamp(connection: Any, rows: Sequence[Any]) -> None:
    key = derived_key("audit chain")
    stamps = [
        stamp(key, AuditLine(**{name: getattr(row, name) for name in FIELDS}), ()) for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_audit_record AS record SET stamp = made.stamp"
            " FROM unnest(%s::uuid[], %s::bytea[]) AS made (id, stamp) WHERE record.id = made.id",
            [[row.id for row in rows], stamps],
        )


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="auditrecord",
            name="after",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="auditrecord", name="stamp", field=models.BinaryField(null=True)
        ),
        migrations.RunPython(stamp_what_is_there, migrations.RunPython.noop),
    ]
