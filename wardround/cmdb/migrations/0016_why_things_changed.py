"""Why an item was changed, and which way a relation leads that the history tells of."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0014_item_texts"),)

    operations = (
        migrations.AddField("itemchange", "outward", models.BooleanField(null=True)),
        migrations.AddField(
            "itemchange",
            "reason",
            models.CharField(max_length=500, blank=True, default="", db_default=""),
        ),
        migrations.AddField(
            "itemchange",
            "ticket",
            models.CharField(max_length=50, blank=True, default="", db_default=""),
        ),
        migrations.AddIndex("itemchange", BrinIndex(fields=["at"], name="cmdb_change_at")),
    )
