"""Values that follow their attribute when it becomes another type: told before, written then."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from wardround.cmdb import counting, misfits, rules, statements
from wardround.cmdb.converting import converted
from wardround.cmdb.rules import AttributeOf, FieldChange, Narrowed
from wardround.cmdb.signals import ItemChanged, item_changed
from wardround.cmdb.writing import save_history
from wardround.kernel import audit, live
from wardround.kernel.types import Actor
from wardround.schema.dependents import Changed, Holder
from wardround.schema.types import Label

_Conversion = tuple[AttributeOf, UUID, Any, Any]
"""Type and attribute, item, the value as it is and as it will be."""


def convert(actor: Actor, changed: Changed, at: datetime) -> None:
    """Write values in the form that their attribute takes now, and say so in their history.

    A fixed number of statements; types have their new names by then, attributes not yet.
    """
    names = changed.renames
    becoming = {(names.get(of[0], of[0]), of[1]): each for of, each in retyped(changed).items()}
    rows, history = [], dict[UUID, list[FieldChange]]()
    for of, item, value, new in _conversions(becoming, retired=True):
        rows.append({"item": item, "name": of[1], "value": new})
        history.setdefault(item, []).append(FieldChange(f"attributes.{of[1]}", value, new))
    if not rows:
        return
    statements.changed("convert_values", {"rows": json.dumps(rows, default=str), "at": at})
    save_history(actor, history, at=at)
    types = ", ".join(sorted({its_type for its_type, _name in becoming}))
    audit.record(actor, "item.convert", subject=("item-type", types), count=len(rows))
    told = [
        ItemChanged(item, tuple(step.field for step in steps), at)
        for item, steps in history.items()
    ]
    item_changed.send_many(told)
    live.publish("items")


def _losing(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed type, each value that is written anew; a mark is `TYPE/ATTRIBUTE/ID`."""
    becoming = retyped(changed)
    by_type = rules.losing_types(becoming, changed.all_before, changed.differing)
    marks: dict[AttributeOf, list[str]] = {}
    for of, item, _value, _new in _conversions(becoming):
        marks.setdefault(of, []).append("/".join((*of, str(item))))
    return {
        cause: [mark for of in several for mark in marks.get(of, ())]
        for cause, several in by_type.items()
    }


def retyped(changed: Changed) -> dict[AttributeOf, Narrowed]:
    """The attributes that become another type, by their present names."""
    narrowed = rules.attributes_narrowed(changed.all_before, changed.after, changed.renames)
    return {
        of: each
        for of, each in narrowed.items()
        if each.was and each.was.type is not each.becomes.type
    }


def _conversions(
    becoming: Mapping[AttributeOf, Narrowed], *, retired: bool = False
) -> Iterator[_Conversion]:
    if not becoming:
        return
    for of, values in misfits.held(becoming, retired=retired).items():
        was, becomes = becoming[of].was, becoming[of].becomes
        for value, items in values:
            new = converted(was, becomes, value) if was else None
            if new is not None and (type(new), new) != (type(value), value):
                yield from ((of, item, value, new) for item in items)


HOLDER = Holder(
    kind="item-type",
    thing="converted",
    label=Label("将换写为新类型的属性值", "attribute value that is written as its new type"),
    several=Label("将换写为新类型的属性值", "attribute values that are written as their new type"),
    count=counting.each_once,
    marks=counting.nothing,
    losing=_losing,
    naming=misfits.attribute_of,
)
