from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import wardround.kernel.ids

_STATES = ("waiting", "reading", "checked", "writing", "done", "failed", "undone")
_VERDICTS = ("created", "changed", "unchanged", "refused")


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0009_functions_of_expressions"),)

    operations = (
        migrations.CreateModel(
            name="ImportProfile",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("tables", models.JSONField(default=dict)),
                ("clear", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=200)),
            ],
            options={"db_table": "cmdb_import_profile"},
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=wardround.kernel.ids.new_id, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("actor_id", models.UUIDField()),
                ("actor_name", models.CharField(max_length=200)),
                ("actor_kind", models.CharField(max_length=20)),
                ("language", models.CharField(blank=True, default="", max_length=20)),
                ("file_name", models.CharField(max_length=255)),
                ("file", models.TextField(blank=True, default="")),
                ("profile", models.CharField(blank=True, default="", max_length=100)),
                ("type", models.CharField(blank=True, default="", max_length=50)),
                ("wishes", models.JSONField(default=dict)),
                ("plan", models.JSONField(default=list)),
                ("clear", models.BooleanField(default=False)),
                ("dry_run", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[(state, state) for state in _STATES], max_length=10
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("created", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("why", models.TextField(blank=True, default="")),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, default="", max_length=200)),
                ("mark", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "cmdb_import",
                "indexes": (
                    models.Index(fields=["state", "created_at"], name="cmdb_import_waiting"),
                ),
            },
        ),
        migrations.CreateModel(
            name="ImportLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("table", models.CharField(max_length=255)),
                ("row", models.PositiveIntegerField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[(verdict, verdict) for verdict in _VERDICTS], max_length=10
                    ),
                ),
                ("item", models.UUIDField(null=True)),
                ("key", models.CharField(blank=True, default="", max_length=200)),
                ("name", models.CharField(blank=True, default="", max_length=300)),
                ("type", models.CharField(blank=True, default="", max_length=50)),
                ("changes", models.JSONField(default=list)),
                ("problems", models.JSONField(default=list)),
                ("before", models.JSONField(null=True)),
                ("cells", models.TextField(blank=True, default="")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cmdb.importrun",
                    ),
                ),
            ],
            options={
                "db_table": "cmdb_import_line",
                "indexes": (models.Index(fields=["run", "number"], name="cmdb_import_line_of"),),
            },
        ),
    )
