"""Items and relations that live by definitions: by type, by kind, or by what declares them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count, F

from wardround.cmdb import actions, models, rules
from wardround.cmdb.signals import ItemChanged, item_changed
from wardround.cmdb.types import ItemsDefinition
from wardround.cmdb.writing import save_history
from wardround.kernel import audit, live
from wardround.kernel.types import Actor
from wardround.schema.dependents import Holder, Renames
from wardround.schema.types import Label

_ITEMS, _RELATIONS = Label("配置项", "item"), Label("关系", "relation")


def _items_of_types(types: Collection[str]) -> Mapping[str, int]:
    return _counted(models.Item.objects.filter(type__in=types, retired_at=None), "type")


def _items_declared(keys: Collection[str]) -> Mapping[str, int]:
    rows = models.Item.objects.filter(key__in=keys, retired_at=None).exclude(origin="")
    return _counted(rows, "key")


def _relations_by(column: str, names: Collection[str]) -> Mapping[str, int]:
    return _counted(models.Relation.objects.filter(**{f"{column}__in": names}), column)


def _counted(rows: Any, column: str) -> Mapping[str, int]:
    counted = rows.values(column).annotate(number=Count("id")).order_by()
    return {row[column]: row["number"] for row in counted}


def _keys(_name: str, definition: ItemsDefinition, _renames: Renames) -> Sequence[str]:
    return [entry.key for entry in definition.items]


# A new name --------------------------------------------------------------------------------------


def _give_types(actor: Actor, names: Mapping[str, str], at: datetime) -> None:
    """Items of a renamed type take its new name, in their history too."""
    for old, new in names.items():
        rows = models.Item.objects.filter(type=old)
        ids = list(rows.values_list("id", flat=True))
        rows.update(type=new, version=F("version") + 1, updated_at=at)
        change = rules.FieldChange("type", old, new)
        save_history(actor, dict.fromkeys(ids, (change,)), at=at)
        audit.record(actor, "item.rename_type", subject=("item-type", new), old=old, count=len(ids))
        item_changed.send_many([ItemChanged(item, ("type",), at) for item in ids])
    live.publish("items")


def _give_kinds(actor: Actor, names: Mapping[str, str], _at: datetime) -> None:
    for old, new in names.items():
        count = models.Relation.objects.filter(kind=old).update(kind=new)
        subject = ("relation-kind", new)
        audit.record(actor, "relation.rename_kind", subject=subject, old=old, count=count)
    live.publish("items")


def _give_origins(_actor: Actor, names: Mapping[str, str], _at: datetime) -> None:
    for old, new in names.items():
        models.Item.objects.filter(origin=old).update(origin=new)
        models.Relation.objects.filter(origin=old).update(origin=new)


# A definition goes -------------------------------------------------------------------------------


def _let_go_of_all(actor: Actor, names: Collection[str], at: datetime) -> None:
    """What a whole definition declared is retired as if each of its lines were gone."""
    emptied = [ItemsDefinition(name=name) for name in sorted(names)]
    actions.import_items(actor, emptied, at=at)


_Count = Callable[[Collection[str]], Mapping[str, int]]
_relations_of_kinds: _Count = partial(_relations_by, "kind")
_relations_declared: _Count = partial(_relations_by, "origin")

HOLDERS = (
    Holder(kind="item-type", thing="item", label=_ITEMS, count=_items_of_types, carry=_give_types),
    Holder(
        kind="relation-kind",
        thing="relation",
        label=_RELATIONS,
        count=_relations_of_kinds,
        carry=_give_kinds,
    ),
    Holder(kind="items", thing="item", label=_ITEMS, count=_items_declared, marks=_keys),
    Holder(
        kind="items",
        thing="relation",
        label=_RELATIONS,
        count=_relations_declared,
        carry=_give_origins,
        let_go=_let_go_of_all,
    ),
)
