"""Tickets that alerts open know which storm they belong to; those of before stand alone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0007_results_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="StormPlace",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="storm_place",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("storm", models.UUIDField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "tickets_storm_place",
                "indexes": [
                    models.Index(fields=["at"], name="tickets_storm_at"),
                    models.Index(fields=["storm"], name="tickets_storm"),
                ],
            },
        ),
    ]
