"""Files of documents: their bytes, the text in them, and the versions that they are."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

_AS_IT_IS = (
    # What is packed already is not packed again, and a text is compared without being unpacked.
    "ALTER TABLE cmdb_content_piece ALTER COLUMN data SET STORAGE EXTERNAL",
    "ALTER TABLE cmdb_content_text ALTER COLUMN folded SET STORAGE EXTERNAL",
)

_HOLDING = """
CREATE FUNCTION cmdb_contents_holding(wanted bigint[]) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE ROWS 200 SET enable_seqscan = off SET enable_indexscan = off
AS 'SELECT content_id FROM cmdb_content_text WHERE grams @> wanted'
"""
"""By the index, whatever the planner believes: it takes a row for as short as what stands of it in
the table, and would unpack the numbers of all texts to find those of a few.
"""


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0022_kept_places"),)

    operations = (
        migrations.CreateModel(
            name="Content",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("size", models.BigIntegerField()),
                ("media_type", models.CharField(max_length=100)),
                ("stored_at", models.DateTimeField()),
                ("state", models.CharField(max_length=20)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("why", models.CharField(blank=True, default="", max_length=20)),
                ("characters", models.PositiveIntegerField(default=0)),
                ("cut", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "cmdb_content",
                "indexes": [
                    models.Index(
                        condition=models.Q(state="waiting"),
                        fields=["stored_at"],
                        name="cmdb_content_waiting",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContentPiece",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="cmdb.content",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
            ],
            options={
                "db_table": "cmdb_content_piece",
                "constraints": [
                    models.UniqueConstraint(fields=("content", "number"), name="cmdb_piece_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ContentText",
            fields=[
                (
                    "content",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="cmdb.content",
                    ),
                ),
                ("shown", models.TextField()),
                ("folded", models.TextField()),
                (
                    "grams",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
            ],
            options={
                "db_table": "cmdb_content_text",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["grams"], name="cmdb_content_text_grams"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentVersion",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("item", models.UUIDField()),
                ("number", models.PositiveIntegerField()),
                ("current", models.BooleanField()),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="cmdb.content",
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("at", models.DateTimeField()),
                ("actor_id", models.UUIDField()),
                ("actor_name", models.CharField(max_length=200)),
                ("of_number", models.PositiveIntegerField(null=True)),
                ("merged_from", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "db_table": "cmdb_document_version",
                "indexes": [models.Index(fields=["content"], name="cmdb_version_of_content")],
                "constraints": [
                    models.UniqueConstraint(fields=("item", "number"), name="cmdb_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(current=True),
                        fields=("item",),
                        name="cmdb_one_current",
                    ),
                ],
            },
        ),
        migrations.RunSQL(_HOLDING, "DROP FUNCTION cmdb_contents_holding(bigint[])"),
        *(migrations.RunSQL(each, migrations.RunSQL.noop) for each in _AS_IT_IS),
    )
