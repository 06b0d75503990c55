"""Secrets in `items` definitions that were imported before they were sealed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db import migrations

from wardround.schema.sealing import Secret
from wardround.schema.stored_secrets import Declarations, seal_stored


def _names(its_type: str, types: Declarations, met: Collection[str] = ()) -> set[str]:
    """Attributes that any version of the type, or of one that it extends, calls a secret."""
    found: set[str] = set()
    for body in types.get(its_type, ()) if its_type not in met else ():
        declared = body.get("attributes", ())
        found |= {attribute["name"] for attribute in declared if attribute["type"] == "secret"}
        found |= _names(body.get("extends", ""), types, {*met, its_type})
    return found


def _secrets(body: Mapping[str, Any], types: Declarations) -> Iterator[Secret]:
    for index, item in enumerate(body.get("items", ())):
        for name in _names(item["type"], types) & item.get("attributes", {}).keys():
            yield Secret(("items", index, "attributes", name), f"{item['key']}/{name}")


def seal(apps: Any, _editor: Any) -> None:
    seal_stored(apps, "items", "item-type", _secrets)


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0002_itemchange_other_id"), ("schema", "0001_initial"))

    operations = (migrations.RunPython(seal, migrations.RunPython.noop),)
