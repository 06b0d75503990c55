"""Secret fields of tickets that were stored in clear, by versions that did not seal them."""

from __future__ import annotations

import json
from typing import Any

from django.db import migrations

from wardround.tickets.secret_fields import seal_fields


def seal(apps: Any, _editor: Any) -> None:
    """What the version that a ticket began with, or the newest one, calls a secret."""
    definitions = apps.get_model("schema", "Definition").objects.filter(kind="ticket-type")
    tickets = apps.get_model("tickets", "Ticket").objects
    lines = apps.get_model("tickets", "LogLine").objects
    secret = {
        (row.name, row.version): {
            field["name"]
            for field in json.loads(row.body).get("fields", ())
            if field["type"] == "secret"
        }
        for row in definitions.order_by("version")
    }
    newest = {name: names for (name, _version), names in secret.items()}
    for (name, version), names in secret.items():
        if wanted := names | newest[name]:
            theirs = {"type": name, "type_version": version}
            of_tickets = {f"ticket__{column}": value for column, value in theirs.items()}
            seal_fields(tickets.filter(**theirs), lines.filter(**of_tickets), wanted)


class Migration(migrations.Migration):
    dependencies = (("tickets", "0003_alert_tickets"), ("schema", "0002_departures"))

    operations = (migrations.RunPython(seal, migrations.RunPython.noop),)
