"""Values that are compared between items: unique ones, held by one item in use each."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0011_imports"),)

    operations = (
        migrations.CreateModel(
            name="KeptValue",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("of", models.CharField(max_length=120)),
                ("value", models.TextField()),
                ("alone", models.BooleanField()),
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
                "db_table": "cmdb_kept_value",
                "indexes": [models.Index(fields=["of", "value"], name="cmdb_value_compared")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("alone", True)),
                        fields=("of", "value"),
                        name="cmdb_value_of_one_item",
                    )
                ],
            },
        ),
    )
