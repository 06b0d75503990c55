import django.contrib.postgres.fields
from django.db import migrations, models

import wardround.kernel.ids


class Migration(migrations.Migration):

    dependencies = [("impact", "0001_formula")]

    operations = [
        migrations.CreateModel(
            name="Scenario",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=wardround.kernel.ids.new_id, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("note", models.TextField(blank=True, default="")),
                ("owner_id", models.UUIDField()),
                ("owner_name", models.CharField(max_length=200)),
                ("shared", models.BooleanField(default=False)),
                (
                    "failed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                ("sets", models.JSONField(default=list)),
                (
                    "taken",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                ("result", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "db_table": "impact_scenario",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner_id", "name"], name="impact_scenario_once"
                    )
                ],
            },
        ),
    ]
