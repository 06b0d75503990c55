"""Web addresses of items that were kept with a password or a token in them: what they sign in with
is hidden in items, their histories and `items` definitions. Everybody who saw the item could read
it, so it has to be changed where it is used; nothing of the platform signs in with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import migrations

from wardround.kernel.addresses import tells_secret, without_sign_in
from wardround.schema.sealing import Secret
from wardround.schema.stored_secrets import Declarations, by_hiding, seal_stored


def _urls(types: Declarations) -> set[str]:
    """What any type has ever called a web address."""
    return {
        attribute["name"]
        for versions in types.values()
        for body in versions
        for attribute in body.get("attributes", ())
        if attribute["type"] == "url"
    }


def _addresses(body: Mapping[str, Any], types: Declarations) -> Iterator[Secret]:
    names = _urls(types)
    for index, item in enumerate(body.get("items", ())):
        for name in sorted(names & (item.get("attributes") or {}).keys()):
            yield Secret(("items", index, "attributes", name), "")


def hide_in_definitions(apps: Any, _editor: Any) -> None:
    seal_stored(apps, "items", "item-type", _addresses, by_hiding)


def hide_in_rows(apps: Any, _editor: Any) -> None:
    rows = apps.get_model("schema", "Definition").objects.filter(kind="item-type")
    types: dict[str, list[Any]] = {}
    for name, body in rows.values_list("name", "body"):
        types.setdefault(name, []).append(json.loads(body))
    names = sorted(_urls(types))
    items = apps.get_model("cmdb", "Item").objects.filter(attributes__has_any_keys=names)
    for item in items.iterator(chunk_size=500):
        hidden = {name: _hidden(item.attributes[name]) for name in names if name in item.attributes}
        if hidden.items() <= item.attributes.items():
            continue
        item.attributes = {**item.attributes, **hidden}
        item.save(update_fields=["attributes"])
    changes = apps.get_model("cmdb", "ItemChange").objects
    for change in changes.filter(field__in=[f"attributes.{name}" for name in names]).iterator():
        old, new = _hidden(change.old), _hidden(change.new)
        if (old, new) != (change.old, change.new):
            changes.filter(pk=change.pk).update(old=old, new=new)


def _hidden(value: Any) -> Any:
    return without_sign_in(value) if isinstance(value, str) and tells_secret(value) else value


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0004_seal_what_became_a_secret"), ("schema", "0002_departures"))

    operations = (
        migrations.RunPython(hide_in_definitions, migrations.RunPython.noop),
        migrations.RunPython(hide_in_rows, migrations.RunPython.noop),
    )
