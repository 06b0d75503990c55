"""Values that items lose where an `items` definition gives them another type: counted before.

An item takes along what both types declare alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from wardround.cmdb import models
from wardround.cmdb.counting import nothing
from wardround.cmdb.types import ItemEntry
from wardround.schema import queries as schema
from wardround.schema.dependents import Changed, Holder
from wardround.schema.types import ItemType, Label, with_inherited

_Types = Mapping[str, ItemType]


def _retyped(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed `items` definition, each value that an item of it loses with its type."""
    found = {}
    types: _Types = changed.view.all("item-type")
    for name in changed.before:
        definition = changed.after.get(changed.renames.get(name, name))
        if definition is not None:
            entries = {entry.key: entry for entry in definition.items}
            found[name] = list(_lost_with_type(entries, types))
    return found


def _lost_with_type(entries: Mapping[str, ItemEntry], types: _Types) -> Iterator[str]:
    present = schema.remembered_item_types()
    rows = models.Item.objects.filter(key__in=list(entries), retired_at=None)
    for key, its_type, held in rows.values_list("key", "type", "attributes"):
        entry = entries[key]
        was, becomes = present.get(its_type), types.get(entry.type)
        renamed = its_type not in types and entry.type not in present
        if entry.type == its_type or was is None or becomes is None or renamed:
            continue
        whole = with_inherited(becomes, types)
        for attribute in was.attributes:
            alike = whole.attribute(attribute.name)
            kept = alike is not None and alike.type is attribute.type
            given = attribute.name in entry.attributes
            if held.get(attribute.name) is not None and not kept and not given:
                yield f"{key}/{attribute.name}"


def _each_once(marks: Collection[str]) -> Mapping[str, int]:
    return dict.fromkeys(marks, 1)


HOLDERS = (
    Holder(
        kind="items",
        thing="attribute-value",
        label=Label("属性值", "attribute value"),
        count=_each_once,
        marks=nothing,
        losing=_retyped,
    ),
)
