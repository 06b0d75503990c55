"""Where people put the items of a picture."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

_PICTURES = ("around", "model", "topology")


def _item(*, null: bool = False) -> models.ForeignKey[object, object]:
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to="cmdb.item",
    )


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0021_recycle_bin"),)

    operations = (
        migrations.CreateModel(
            name="KeptPlace",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "picture",
                    models.CharField(max_length=20, choices=[(each, each) for each in _PICTURES]),
                ),
                ("root", _item(null=True)),
                ("account", models.UUIDField(null=True)),
                ("item", _item()),
                ("x", models.FloatField()),
                ("y", models.FloatField()),
            ],
            options={
                "db_table": "cmdb_kept_place",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("picture", "root", "account", "item"),
                        name="cmdb_place_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    )
