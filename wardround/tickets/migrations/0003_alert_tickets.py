from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """What decided on an alert; and the fingerprint that alerts computes, in place of our own.

    The only time that one room's rows are read for another: the same trouble must find the ticket
    it has when the platform is renewed.
    """

    dependencies = (("tickets", "0002_pinned_agreements"), ("alerts", "0001_initial"))

    operations = (
        migrations.AddField("ticketalert", "definition", models.TextField(db_default="")),
        migrations.AddField("ticketalert", "row", models.TextField(db_default="")),
        migrations.RunSQL(
            "UPDATE tickets_ticket SET fingerprint = alerts_alert.fingerprint::text "
            "FROM alerts_alert WHERE alerts_alert.id = tickets_ticket.alert",
            migrations.RunSQL.noop,
        ),
    )
