"""Where items and their values come from, and what of an import is proposed, vanished or held."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Value

_VERDICTS = (
    "created", "changed", "unchanged", "refused", "proposed", "marked", "retired", "held",
)  # fmt: skip
_COUNTS = ("proposed", "marked", "retired", "held")
_LISTS = ("proposed", "choices")


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0017_imports_that_are_being_undone"),)

    operations = (
        migrations.CreateModel(
            name="SourceRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=100)),
                ("own", models.CharField(max_length=200, blank=True, default="")),
                ("first_run", models.UUIDField()),
                ("seen_run", models.UUIDField()),
                ("seen_at", models.DateTimeField()),
                ("loads", models.PositiveIntegerField(default=0)),
                ("since", models.DateTimeField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cmdb.item",
                    ),
                ),
            ],
            options={
                "db_table": "cmdb_source_record",
                "indexes": [
                    models.Index(fields=["source", "own"], name="cmdb_record_of_source")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "source"), name="cmdb_one_record_a_source"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ValueSource",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cmdb.item",
                    ),
                ),
                ("said", models.JSONField(default=dict)),
            ],
            options={"db_table": "cmdb_value_source"},
        ),
        *(
            migrations.AddField(
                model_name=model,
                name="source",
                field=models.CharField(max_length=100, blank=True, default="", db_default=""),
            )
            for model in ("importrun", "importprofile")
        ),
        *(
            migrations.AddField(
                model_name="importrun",
                name=name,
                field=models.PositiveIntegerField(default=0, db_default=0),
            )
            for name in _COUNTS
        ),
        *(
            migrations.AddField(
                model_name="importline",
                name=name,
                field=models.JSONField(
                    default=list, db_default=Value([], models.JSONField())
                ),
            )
            for name in _LISTS
        ),
        migrations.AlterField(
            model_name="importline",
            name="verdict",
            field=models.CharField(
                max_length=10, choices=[(verdict, verdict) for verdict in _VERDICTS]
            ),
        ),
    )
