"""Web addresses in fields of tickets that were kept with a password or a token in them: what they
sign in with is hidden, in the timelines too. Everybody who saw the ticket could read it.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import migrations

from wardround.kernel.addresses import tells_secret, without_sign_in


def hide(apps: Any, _editor: Any) -> None:
    definitions = apps.get_model("schema", "Definition").objects.filter(kind="ticket-type")
    names = sorted({
        field["name"]
        for row in definitions
        for field in json.loads(row.body).get("fields", ())
        if field["type"] == "url"
    })  # fmt: skip
    tickets = apps.get_model("tickets", "Ticket").objects
    for ticket in tickets.filter(fields__has_any_keys=names).iterator(chunk_size=500):
        hidden = {name: _hidden(ticket.fields[name]) for name in names if name in ticket.fields}
        if not hidden.items() <= ticket.fields.items():
            tickets.filter(pk=ticket.pk).update(fields={**ticket.fields, **hidden})
    lines = apps.get_model("tickets", "LogLine").objects
    for line in lines.filter(kind="field", data__field__in=names).iterator(chunk_size=500):
        told = {key: _hidden(line.data[key]) for key in ("old", "new") if key in line.data}
        if not told.items() <= line.data.items():
            lines.filter(pk=line.pk).update(data={**line.data, **told})


def _hidden(value: Any) -> Any:
    return without_sign_in(value) if isinstance(value, str) and tells_secret(value) else value


class Migration(migrations.Migration):
    dependencies = (("tickets", "0004_seal_secret_fields"), ("schema", "0002_departures"))

    operations = (migrations.RunPython(hide, migrations.RunPython.noop),)
