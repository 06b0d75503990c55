"""What a type calls a secret and items, their history and `items` definitions still kept in clear.

An attribute that became a secret before items followed their type; definitions of then are read
again, since the type may have called it so only later.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db import migrations

from wardround.kernel import secrets
from wardround.schema.sealing import MASK, Secret
from wardround.schema.stored_secrets import Body, Declarations, seal_stored


def _names(its_type: str, types: Declarations, met: Collection[str] = ()) -> dict[str, str]:
    """What the last version of the type, or of one that it extends, calls a secret.

    By every name it has or had, the name that it has.
    """
    if its_type in met or its_type not in types:
        return {}
    body: Body = types[its_type][-1]
    found = _names(body.get("extends") or "", types, {*met, its_type})
    for attribute in body.get("attributes", ()):
        secret, name = attribute["type"] == "secret", attribute["name"]
        for known in {name, attribute.get("renamed_from") or name}:
            found.pop(known, None)
            if secret:
                found[known] = name
    return found


def _secrets(body: Mapping[str, Any], types: Declarations) -> Iterator[Secret]:
    for index, item in enumerate(body.get("items", ())):
        names = _names(item["type"], types)
        for name in sorted(names.keys() & (item.get("attributes") or {}).keys()):
            path = ("items", index, "attributes", name)
            yield Secret(path, f"{item['key']}/{names[name]}")


def seal_definitions(apps: Any, _editor: Any) -> None:
    seal_stored(apps, "items", "item-type", _secrets)


def seal_rows(apps: Any, _editor: Any) -> None:
    changes = apps.get_model("cmdb", "ItemChange").objects
    for its_type, names in _secrets_of_types(apps).items():
        fields = [f"attributes.{name}" for name in names]
        told = changes.filter(item__type=its_type, field__in=fields)
        told.exclude(old=None).exclude(old=MASK).update(old=MASK)
        told.exclude(new=None).exclude(new=MASK).update(new=MASK)
        rows = apps.get_model("cmdb", "Item").objects.filter(type=its_type)
        for item in rows.filter(attributes__has_any_keys=sorted(names.values())).iterator():
            clear = {
                name: secrets.seal(str(value))
                for name in names.values()
                if (value := item.attributes.get(name)) is not None
                and not secrets.is_sealed(value)
            }
            if clear:
                item.attributes = {**item.attributes, **clear}
                item.save(update_fields=["attributes"])


def _secrets_of_types(apps: Any) -> dict[str, dict[str, str]]:
    rows = apps.get_model("schema", "Definition").objects.filter(kind="item-type")
    types: dict[str, list[Body]] = {}
    for name, body in rows.order_by("version").values_list("name", "body"):
        types.setdefault(name, []).append(json.loads(body))
    return {name: found for name in types if (found := _names(name, types))}


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0003_seal_stored_secrets"), ("schema", "0002_departures"))

    operations = (
        migrations.RunPython(seal_definitions, migrations.RunPython.noop),
        migrations.RunPython(seal_rows, migrations.RunPython.noop),
    )
