"""What alerts asks of the configuration database and tells it: names, systems, conditions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wardround.cmdb import actions, queries
from wardround.cmdb.types import Condition, ConditionChange
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Actor


@dataclass(frozen=True)
class Facts:
    """What an alert copies of its item: for whom it was when it began."""

    name: str
    systems: tuple[UUID, ...]


def facts_of(items: Collection[UUID]) -> Mapping[UUID, Facts]:
    """Facts of the items that exist; two queries."""
    systems = queries.systems_of(items)
    return {
        item: Facts(ref.name, tuple(sorted(systems[item])))
        for item, ref in queries.refs(items).items()
        if item in systems
    }


def names_of(items: Collection[UUID]) -> Mapping[UUID, str]:
    return {item: ref.name for item, ref in queries.refs(items).items()}


def unknown_of(items: Collection[UUID]) -> frozenset[UUID]:
    """Those of these items of which nobody can tell how they are."""
    found = queries.items(EVERYTHING, items)
    return frozenset(id_ for id_, item in found.items() if item.condition is Condition.UNKNOWN)


def set_conditions(actor: Actor, conditions: Mapping[UUID, Condition], *, at: datetime) -> None:
    """Tell how items are; in the order of their ids."""
    changes = [ConditionChange(item, conditions[item]) for item in sorted(conditions)]
    actions.set_conditions(actor, changes, at=at)
