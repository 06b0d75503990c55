"""Items and relations made by hand that an `items` definition comes to name: told before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from wardround.cmdb import models
from wardround.cmdb.counting import line, nothing
from wardround.cmdb.types import ItemsDefinition
from wardround.schema.dependents import Changed, Holder
from wardround.schema.types import Label

_Marks = Mapping[str, Collection[str]]


def _brought(changed: Changed) -> Iterator[tuple[str, ItemsDefinition]]:
    """Definitions as they will be, by the name they have now."""
    for name in (*changed.before, *changed.added):
        definition = changed.after.get(changed.renames.get(name, name))
        if definition is not None:
            yield name, definition


# Made by hand -------------------------------------------------------------------------------------


def _items_named(changed: Changed) -> _Marks:
    return {name: [each.key for each in of.items] for name, of in _brought(changed)}


def _made_by_hand(keys: Collection[str]) -> Mapping[str, int]:
    """Of these items, those that no definition keeps yet."""
    rows = models.Item.objects.filter(key__in=list(keys), origin="")
    return dict.fromkeys(rows.values_list("key", flat=True), 1)


def _relations_named(changed: Changed) -> _Marks:
    return {name: [line(each) for each in of.relations] for name, of in _brought(changed)}


def _drawn_by_hand(lines: Collection[str]) -> Mapping[str, int]:
    """Of these relations, those that no definition keeps yet."""
    sources = {mark.split(" ")[1] for mark in lines}
    rows = models.Relation.objects.filter(origin="", source__key__in=sources)
    found = rows.values_list("kind", "source__key", "target__key")
    return {mark: 1 for each in found if (mark := " ".join(each)) in lines}


HOLDERS = (
    Holder(
        kind="items",
        thing="item-by-hand",
        label=Label(
            "手工建立、将归定义管理的配置项", "item made by hand that the definition takes over"
        ),
        several=Label(
            "手工建立、将归定义管理的配置项", "items made by hand that the definition takes over"
        ),
        count=_made_by_hand,
        marks=nothing,
        losing=_items_named,
        naming=str,
    ),
    Holder(
        kind="items",
        thing="relation-by-hand",
        label=Label(
            "手工建立、将归定义管理的关系", "relation made by hand that the definition takes over"
        ),
        several=Label(
            "手工建立、将归定义管理的关系", "relations made by hand that the definition takes over"
        ),
        count=_drawn_by_hand,
        marks=nothing,
        losing=_relations_named,
        naming=str,
    ),
)
