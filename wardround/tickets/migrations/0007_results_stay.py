"""Clocks have rounds and keep the promise they are read under; requests are known by their key."""

from django.db import migrations, models

_PINS = """
UPDATE tickets_clock SET sla = ticket.sla, policy_version = ticket.policy_version,
    calendar_version = ticket.calendar_version,
    outcome = CASE WHEN met THEN 'met' WHEN NOT met THEN 'missed' ELSE '' END
FROM tickets_ticket AS ticket WHERE ticket.id = tickets_clock.ticket_id
"""
"""Until now every clock of a ticket was read under what the ticket was promised last."""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0006_untaken_alerts"),
    ]

    operations = [
        migrations.AddField("clock", "round", models.SmallIntegerField(default=1)),
        migrations.AddField("clock", "sla", models.TextField(default="")),
        migrations.AddField("clock", "policy_version", models.IntegerField(null=True)),
        migrations.AddField("clock", "calendar_version", models.IntegerField(null=True)),
        migrations.AddField("clock", "outcome", models.TextField(default="")),
        migrations.RunSQL(_PINS, migrations.RunSQL.noop),
        migrations.RemoveField("clock", "met"),
        migrations.RemoveConstraint("clock", "tickets_clock_once"),
        migrations.AddConstraint(
            "clock",
            models.UniqueConstraint(
                fields=["ticket", "name", "round"], name="tickets_clock_once"
            ),
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("account", models.UUIDField()),
                ("key", models.TextField()),
                ("ticket", models.UUIDField()),
                ("digest", models.TextField()),
            ],
            options={
                "db_table": "tickets_request",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["account", "key"], name="tickets_request_once"
                    )
                ],
            },
        ),
    ]
