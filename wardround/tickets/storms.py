"""Which tickets that alerts opened belong together: one system, one moment (告警风暴). Pure.

It says nothing about a cause. Tickets of one storm touch each other through the systems that they
concern, and all were opened within `SPAN`: a storm is a moment, however long alerts go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

SPAN = timedelta(minutes=5)
"""From the first to the last ticket of a storm: rules need a minute or two to see the same."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket that an alert opened."""

    ticket: UUID
    at: datetime
    touches: frozenset[UUID]
    """The systems it concerns and its item."""
    storm: UUID | None = None
    """Where it was put before; None: it is new."""


@dataclass(slots=True)
class _Storm:
    id: UUID
    first: datetime
    last: datetime
    touched: set[UUID] = field(default_factory=set)
    tickets: list[Opened] = field(default_factory=list)

    def with_ends(self, other: _Storm) -> timedelta:
        return max(self.last, other.last) - min(self.first, other.first)

    def take(self, other: _Storm) -> None:
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.touched |= other.touched
        self.tickets += other.tickets


def gathered(known: Iterable[Opened], fresh: Iterable[Opened]) -> Mapping[UUID, UUID]:
    """Ticket → its storm, for each new ticket and each that goes into another storm by it.

    A new ticket is of every storm that it touches, which become the one that began first. A ticket
    that touches none begins one, which is called as itself.
    """
    storms = _as_put(known)
    for ticket in sorted(fresh, key=lambda ticket: (ticket.at, ticket.ticket)):
        _place(ticket, storms)
    return {
        ticket.ticket: storm.id
        for storm in storms.values()
        for ticket in storm.tickets
        if ticket.storm != storm.id
    }


def _alone(ticket: Opened) -> _Storm:
    id_ = ticket.storm or ticket.ticket
    return _Storm(id_, ticket.at, ticket.at, set(ticket.touches), [ticket])


def _as_put(known: Iterable[Opened]) -> dict[UUID, _Storm]:
    storms: dict[UUID, _Storm] = {}
    for ticket in known:
        alone = _alone(ticket)
        if alone.id in storms:
            storms[alone.id].take(alone)
        else:
            storms[alone.id] = alone
    return storms


def _place(ticket: Opened, storms: dict[UUID, _Storm]) -> None:
    fresh = _alone(ticket)
    touched = [storm for storm in storms.values() if not storm.touched.isdisjoint(ticket.touches)]
    touched.sort(key=lambda storm: (storm.first, storm.id))
    home = next((storm for storm in touched if storm.with_ends(fresh) <= SPAN), None)
    if home is None:
        storms[fresh.id] = fresh
        return
    home.take(fresh)
    for other in touched:
        if other is not home and home.with_ends(other) <= SPAN:
            home.take(other)
            del storms[other.id]
