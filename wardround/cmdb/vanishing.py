"""What becomes of items that a full load of their source holds no more. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from wardround.cmdb.source_types import DataSource, Load, Vanished


@dataclass(frozen=True, slots=True)
class Missed:
    """An item in use that the source knew and this load does not hold."""

    item: UUID
    key: str
    name: str
    type: str
    loads: int
    """In how many full loads in a row it was missing before this one."""
    since: datetime | None = None
    """When it was missing first."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What becomes of them."""

    missed: Sequence[Missed] = ()
    """All of them."""
    marked: Sequence[Missed] = ()
    """Those that are missing for the first time and stay in use."""
    retired: Sequence[Missed] = ()
    held: Sequence[Missed] = ()
    """Those that a person must say yes to, before they are retired."""


def gone(
    source: DataSource, missed: Sequence[Missed], known: int, *, at: datetime, doubtful: bool
) -> Gone:
    """Decide it.

    Args:
        source: whose load it was.
        missed: items in use that the load does not hold.
        known: how many the source knew, these among them.
        at: when the load was worked in.
        doubtful: rows were refused of which nobody knows what they are about.

    """
    if source.load is not Load.FULL or not missed:
        return Gone()
    if source.vanished is Vanished.NOTHING:
        return Gone(missed)
    due = [each for each in missed if _due(source, each, at)]
    if source.vanished is not Vanished.RETIRE:
        due = []
    waiting = {each.item for each in due}
    marked = [each for each in missed if each.loads == 0 and each.item not in waiting]
    if due and (doubtful or len(due) * 100 > source.most_retired * known):
        return Gone(missed, marked, (), due)
    return Gone(missed, marked, due)


def _due(source: DataSource, missed: Missed, at: datetime) -> bool:
    since = missed.since or at
    return missed.loads + 1 >= source.after_loads and at - since >= timedelta(
        days=source.after_days
    )
