"""Deleted items lie in a table of their own; what was changed of an item outlives it."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0020_networks"),)

    operations = (
        migrations.CreateModel(
            name="Binned",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("key", models.CharField(db_index=True, max_length=200)),
                ("type", models.CharField(max_length=50)),
                ("name", models.CharField(max_length=300)),
                ("importance", models.CharField(max_length=1, null=True)),
                ("attributes", models.JSONField(default=dict)),
                (
                    "systems",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                ("held", models.JSONField(null=True)),
                ("relations", models.JSONField(default=list)),
                ("pointers", models.JSONField(default=list)),
                ("elsewhere", models.JSONField(default=dict)),
                ("deleted_at", models.DateTimeField()),
                ("actor_id", models.UUIDField()),
                ("actor_name", models.CharField(max_length=200)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("ticket", models.CharField(blank=True, default="", max_length=50)),
                ("merged_into", models.UUIDField(null=True)),
                ("purged_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "cmdb_binned",
                "indexes": [
                    models.Index(
                        condition=models.Q(("purged_at", None)),
                        fields=["deleted_at"],
                        name="cmdb_binned_waiting",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["systems"], name="cmdb_binned_of_system"
                    ),
                ],
            },
        ),
        migrations.AlterField(
            "itemchange",
            "item",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="cmdb.item",
            ),
        ),
    )
