"""What items are by their type's roles and serve by what relations carry: what a change of the
definitions takes from them is counted before, and all of it is derived anew in the same act.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from wardround.cmdb import rules, systems
from wardround.cmdb.counting import (
    each_once,
    items_of_types,
    nothing,
    relations_of_kinds,
    values_held,
)
from wardround.kernel import audit, live
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.dependents import Changed, Holder
from wardround.schema.types import ItemRole, ItemType, Label, RelationKind, with_inherited

_TYPE, _KIND = "item-type", "relation-kind"
_Marks = Mapping[str, Collection[str]]


# Roles -------------------------------------------------------------------------------------------


def _role_taken(role: ItemRole, changed: Changed) -> _Marks:
    """By changed type, the types whose items lose the role with it."""
    lost = {
        (name, str(role))
        for name, (was, becomes) in _roles_changed(changed).items()
        if role in was - becomes
    }
    return _by_type(changed, lost)


def _roles_changed(
    changed: Changed,
) -> Mapping[str, tuple[frozenset[ItemRole], frozenset[ItemRole]]]:
    return rules.roles_changed(changed.all_before, changed.after, changed.renames)


def _by_type(changed: Changed, lost: Collection[rules.AttributeOf]) -> _Marks:
    """What is lost, told of the changed type that took it: the one or the nearest it extends."""
    found = rules.losing_types(lost, changed.all_before, changed.differing)
    return {name: ["/".join(each) for each in several] for name, several in found.items()}


def _items_with_role(marks: Collection[str]) -> Mapping[str, int]:
    """How many items are of each type; a mark is `TYPE/ROLE`."""
    counts = items_of_types({mark.partition("/")[0] for mark in marks})
    return {mark: counts.get(mark.partition("/")[0], 0) for mark in marks}


def _scopes_taken(changed: Changed) -> _Marks:
    """By changed type, what no longer leads from an organisation to a system it uses."""
    return _by_type(changed, rules.scopes_lost(changed.all_before, changed.after, changed.renames))


# What serves which system ------------------------------------------------------------------------


def _served_less_by_types(changed: Changed) -> _Marks:
    """Told of the first type whose role changed: what an item serves has no one cause."""
    if not _serving_roles_change(changed):
        return {}
    return {min(changed.differing): _serving_less(changed, _TYPE)}


def _served_less_by_kinds(changed: Changed) -> _Marks:
    """Where roles change in the same act, what that comes to is told of the types."""
    less = {
        *rules.carrying_less(changed.before, changed.after, changed.renames),
        *rules.describing_less(changed.before, changed.after, changed.renames),
    }
    if not less or _systems_change(changed):
        return {}
    return {min(less): _serving_less(changed, _KIND)}


def _systems_change(changed: Changed) -> bool:
    present = schema.item_types()
    types: Mapping[str, ItemType] = changed.view.all(_TYPE)
    return any(
        (ItemRole.SYSTEM in present[name].roles)
        is not (ItemRole.SYSTEM in with_inherited(item_type, types).roles)
        for name, item_type in types.items()
        if name in present
    )


def _serving_less(changed: Changed, kind: str) -> list[str]:
    names = {kind: changed.renames}
    types: dict[str, ItemType] = _living(changed, _TYPE, names)
    kinds: dict[str, RelationKind] = _living(changed, _KIND, names)
    inherited = {name: with_inherited(known, types) for name, known in types.items()}
    return [str(item) for item in systems.serving_less(inherited, kinds)]


def _living(
    changed: Changed, kind: str, renames: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """What rows may name: what will be, what is retired, and what has its old name yet."""
    will_be = changed.view.all(kind)
    renamed = {old: will_be[new] for old, new in renames.get(kind, {}).items() if new in will_be}
    return {**schema.remembered(kind), **will_be, **renamed}


def _serving_roles_change(changed: Changed) -> bool:
    """Whether what are systems, or documents of what serves them, are others."""
    roles = _roles_changed(changed).values()
    return any({ItemRole.SYSTEM, ItemRole.DOCUMENT} & (was ^ becomes) for was, becomes in roles)


def _types_serve_anew(actor: Actor, changed: Changed, _at: datetime) -> None:
    if _serving_roles_change(changed):
        _serve_anew(actor, _TYPE, changed)


def _kinds_serve_anew(actor: Actor, changed: Changed, _at: datetime) -> None:
    before, after = _serving(changed.all_before), _serving(changed.after)
    if {(how, changed.renames.get(name, name)) for how, name in before} != after:
        _serve_anew(actor, _KIND, changed)


def _serving(kinds: Mapping[str, RelationKind]) -> set[tuple[str, str]]:
    """In what way relations of which kind make something serve a system."""
    outward, inward = rules.document_kinds(kinds)
    ways = {"carries": rules.serving_kinds(kinds), "describes": outward, "described": inward}
    return {(how, name) for how, names in ways.items() for name in names}


def _serve_anew(actor: Actor, kind: str, changed: Changed) -> None:
    """Derive which item serves which system in the act that changes what it goes by."""
    items = systems.recompute()
    subject = (kind, ", ".join(sorted(changed.differing)))
    audit.record(actor, "item.serve_anew", subject=subject, count=len(items))
    live.publish("items")
    live.publish("board")


# Impact ------------------------------------------------------------------------------------------


def _impact_taken(changed: Changed) -> _Marks:
    less = rules.carrying_less(changed.before, changed.after, changed.renames)
    return {name: [name] for name in less}


_Losing = Callable[[Changed], _Marks]
_no_system: _Losing = partial(_role_taken, ItemRole.SYSTEM)
_no_organisation: _Losing = partial(_role_taken, ItemRole.ORGANISATION)
_SERVED = Label("配置项不再服务于某个业务系统", "item that serves a system no longer")
_SERVED_BY_SEVERAL = Label("配置项不再服务于某个业务系统", "items that serve a system no longer")


def _holder(kind: str, thing: str, labels: Sequence[Label], **parts: Any) -> Holder:
    """What is lost and nothing else: a thing that lives on without it is not counted."""
    single, several = labels
    return Holder(kind=kind, thing=thing, label=single, several=several, marks=nothing, **parts)


HOLDERS = (
    _holder(
        _TYPE,
        "system",
        (
            Label("业务系统不再是业务系统", "business system that is none any more"),
            Label("业务系统不再是业务系统", "business systems that are none any more"),
        ),
        count=_items_with_role,
        losing=_no_system,
    ),
    _holder(
        _TYPE,
        "organisation",
        (
            Label("机构不再是机构", "organisation that is none any more"),
            Label("机构不再是机构", "organisations that are none any more"),
        ),
        count=_items_with_role,
        losing=_no_organisation,
    ),
    _holder(
        _TYPE,
        "scope",
        (
            Label(
                "业务系统不再对其使用机构的人可见",
                "system that those who see its organisation see no longer",
            ),
            Label(
                "业务系统不再对其使用机构的人可见",
                "systems that those who see their organisation see no longer",
            ),
        ),
        count=values_held,
        losing=_scopes_taken,
    ),
    _holder(
        _TYPE,
        "served",
        (_SERVED, _SERVED_BY_SEVERAL),
        count=each_once,
        losing=_served_less_by_types,
        follow=_types_serve_anew,
    ),
    _holder(
        _KIND,
        "served",
        (_SERVED, _SERVED_BY_SEVERAL),
        count=each_once,
        losing=_served_less_by_kinds,
        follow=_kinds_serve_anew,
    ),
    _holder(
        _KIND,
        "impact",
        (
            Label("关系不再照原样传递故障影响", "relation that carries impact as before no longer"),
            Label("关系不再照原样传递故障影响", "relations that carry impact as before no longer"),
        ),
        count=relations_of_kinds,
        losing=_impact_taken,
    ),
)
