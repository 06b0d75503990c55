"""What a template calls a secret and targets still kept in clear, and addresses that sign in.

A parameter that became a secret before targets followed their template; addresses with a user, a
password or a token, which rows kept whole, and `targets` definitions where only a token told it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import migrations, models

from wardround.kernel.addresses import signs_in, without_secrets_in, without_sign_in
from wardround.kernel.secrets import seal
from wardround.schema.sealing import Secret
from wardround.schema.stored_secrets import Declarations, seal_stored

_SEALED = "sealed"


def _secret_names(template: Mapping[str, Any]) -> set[str]:
    told = template.get("parameters", ())
    return {parameter["name"] for parameter in told if parameter.get("type") == "secret"}


def _secrets(body: Mapping[str, Any], templates: Declarations) -> Iterator[Secret]:
    for place, target in enumerate(body.get("targets", ())):
        known = templates.get(target["template"], ())
        names = {name for version in known for name in _secret_names(version)}
        given = target.get("parameters") or {}
        paths = [("parameters", name) for name in sorted(names & given.keys())]
        if signs_in(str(target.get("address", ""))):
            paths.append(("address",))
        for path in paths:
            of = "/".join((target["item"], target["template"], target.get("name", ""), path[-1]))
            yield Secret(("targets", place, *path), of)


def seal_definitions(apps: Any, _editor: Any) -> None:
    seal_stored(apps, "targets", "monitor-template", _secrets)


def seal_rows(apps: Any, _editor: Any) -> None:
    names = _secrets_of_templates(apps)
    for row in apps.get_model("collect", "TargetRow").objects.iterator():
        clear = {
            name: str(value)
            for name in names.get(row.template, ())
            if (value := row.parameters.get(name)) not in (None, "")
            and not (isinstance(value, dict) and _SEALED in value)
        }
        if not clear and not signs_in(row.address):
            continue
        _clean_detail(apps, row, clear)
        row.parameters |= {name: {_SEALED: seal(text)} for name, text in clear.items()}
        if signs_in(row.address):
            row.sealed_address = seal(row.address)
            row.address = without_sign_in(row.address)
        row.save(update_fields=["parameters", "address", "sealed_address"])


def _secrets_of_templates(apps: Any) -> dict[str, set[str]]:
    """By template, in force or retired, what its last version calls a secret."""
    rows = apps.get_model("schema", "Definition").objects.filter(kind="monitor-template")
    bodies = rows.order_by("version").values_list("name", "body")
    return {name: _secret_names(json.loads(body)) for name, body in bodies}


def _clean_detail(apps: Any, row: Any, clear: Mapping[str, str]) -> None:
    """What the driver said last may repeat them."""
    states = apps.get_model("collect", "TargetStateRow").objects.filter(target_id=row.id)
    for state in states:
        state.detail = without_secrets_in(state.detail, row.address, clear.values())
        state.save(update_fields=["detail"])


class Migration(migrations.Migration):
    dependencies = (
        ("collect", "0004_seal_sign_ins_of_addresses"),
        ("schema", "0002_departures"),
    )

    operations = (
        migrations.AddField(
            model_name="targetrow",
            name="sealed_address",
            field=models.TextField(default=""),
        ),
        migrations.RunPython(seal_definitions, migrations.RunPython.noop),
        migrations.RunPython(seal_rows, migrations.RunPython.noop),
    )
