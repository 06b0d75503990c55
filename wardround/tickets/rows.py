"""Rows made into what crosses the door; names of accounts, items and systems are looked up once
for a whole page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from wardround.access import queries as access
from wardround.kernel.reach import Reach
from wardround.kernel.types import Named
from wardround.schema.lifecycle import StateCategory
from wardround.schema.sealing import MASK
from wardround.schema.types import Attribute, AttributeType, Label
from wardround.tickets import catalogue, clocks, models, rules, timeline
from wardround.tickets.subjects import names_of
from wardround.tickets.types import Instants, Line, LineKind, Ticket, TicketClock, TicketType
from wardround.worktime import queries as worktime
from wardround.worktime.types import Calendar, Colour, CountedOn


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids on a page are called. An id nobody knows any more keeps itself as its name."""

    accounts: Mapping[UUID, str]
    items: Mapping[UUID, str]

    def account(self, id_: UUID | None) -> Named | None:
        return None if id_ is None else Named(id_, self.accounts.get(id_, str(id_)))

    def item(self, id_: UUID | None) -> Named | None:
        return None if id_ is None else Named(id_, self.items.get(id_, str(id_)))


def names_for(rows: Sequence[models.Ticket], reach: Reach) -> Names:
    """Two look-ups, whatever the number of rows."""
    people = {row.assignee for row in rows if row.assignee}
    items = {row.item for row in rows if row.item}
    items.update(system for row in rows for system in reach.of(row.systems))
    found = access.accounts(people) if people else {}
    called = names_of(reach, items) if items else {}
    return Names({account: ref.name for account, ref in found.items()}, called)


def tickets(rows: Sequence[models.Ticket], reach: Reach, at: datetime) -> tuple[Ticket, ...]:
    """Rows whose clocks were fetched along."""
    names = names_for(rows, reach)
    return tuple(ticket(row, names, reach.of(row.systems), at) for row in rows)


def ticket(row: models.Ticket, names: Names, systems: Sequence[UUID], at: datetime) -> Ticket:
    """A row as its reader sees it, who may know of these of its systems."""
    ticket_type = catalogue.pinned(row.type, row.type_version)
    state = ticket_type.cycle.state(row.state)
    matrix = catalogue.level_matrix(row.level_matrix)
    return Ticket(
        id=row.id,
        number=row.number,
        type=row.type,
        type_label=ticket_type.label,
        title=row.title,
        state=row.state,
        state_label=state.label,
        category=StateCategory(row.category),
        colour=colour(row, at),
        due_at=row.black_at if row.open else None,
        level=matrix.label_of(row.level) if matrix and row.level else None,
        impact=row.impact,
        urgency=row.urgency,
        importance=row.importance or None,
        assignee=names.account(row.assignee),
        item=names.item(row.item),
        systems=tuple(Named(system, names.items.get(system, str(system))) for system in systems),
        alert=row.alert,
        opened_at=row.opened_at,
        resolved_at=row.resolved_at,
        closed_at=row.closed_at,
        updated_at=row.updated_at,
        version=row.version,
        clocks=_clocks(row, ticket_type, at),
    )


def fields(row: models.Ticket, ticket_type: TicketType) -> dict[str, object]:
    """The form's values as they may be shown."""
    declared = {attribute.name: attribute for attribute in ticket_type.fields}
    return {
        name: shown(declared[name], value) if name in declared else value
        for name, value in row.fields.items()
    }


def shown(attribute: Attribute, value: object) -> object:
    """A value as a form or a line tells it: of a secret only that there is one."""
    return MASK if attribute.type is AttributeType.SECRET and value is not None else value


def colour(row: models.Ticket, at: datetime) -> Colour:
    if not row.open:
        return Colour.NONE
    stored = Instants(
        yellow_at=row.yellow_at,
        red_at=row.red_at,
        black_at=row.black_at,
        running=row.clock == "running",
        paused=row.clock == "paused",
    )
    return rules.colour_at(stored, at)


def _clocks(row: models.Ticket, ticket_type: TicketType, at: datetime) -> tuple[TicketClock, ...]:
    agreement = clocks.agreement_of(row)
    own = agreement.calendar if agreement else None
    waiting = ticket_type.cycle.state(row.state).label
    ordered = sorted(row.clocks.all(), key=lambda clock: clock.place)
    return tuple(_clock(clock, own, waiting, at) for clock in ordered)


def _clock(
    row: models.Clock, calendar: Calendar | None, waiting: Label, at: datetime
) -> TicketClock:
    return TicketClock(
        name=row.name,
        label=Label(row.label_zh, row.label_en),
        colour=_clock_colour(row, at),
        started_at=row.started_at,
        yellow_at=row.yellow_at,
        red_at=row.red_at,
        due_at=row.black_at,
        paused=row.paused_since is not None,
        pause_reason=waiting if row.paused_since is not None else None,
        remaining=_remaining(row, calendar, at),
        target=row.target,
        stopped_at=row.stopped_at,
        met=row.met,
        unlisted_year=row.unlisted_year,
    )


def _clock_colour(row: models.Clock, at: datetime) -> Colour:
    if row.stopped_at is not None:
        return Colour.NONE
    paused = row.paused_since is not None
    stored = Instants(row.yellow_at, row.red_at, row.black_at, running=not paused, paused=paused)
    return rules.colour_at(stored, at)


def _remaining(row: models.Clock, calendar: Calendar | None, at: datetime) -> timedelta:
    """What is left of the promise now; a clock that stands keeps what it had."""
    if row.stopped_at is not None or row.paused_since is not None or at <= row.read_at:
        return row.remaining
    counted_on = CountedOn(row.counted_on)
    return row.remaining - worktime.consumed(row.read_at, at, counted_on=counted_on, own=calendar)


def lines(found: Iterable[models.LogLine], reach: Reach) -> tuple[Line, ...]:
    """A timeline; who answers for an item is named where the reader may know of it."""
    rows = list(found)
    ids = {UUID(row.data[name]["id"]) for row in rows for name in _ANSWERING if name in row.data}
    known = names_of(reach, ids) if ids else {}
    return tuple(_line(row, known) for row in rows)


_ANSWERING = ("owner", "vendor")


def _line(row: models.LogLine, known: Mapping[UUID, str]) -> Line:
    kind = LineKind(row.kind)
    data = {
        name: value
        for name, value in row.data.items()
        if name not in _ANSWERING or UUID(value["id"]) in known
    }
    return Line(
        id=row.id,
        at=row.at,
        kind=kind,
        actor=Named(row.actor, row.actor_name),
        said=timeline.sentences(kind, data),
        written=row.text,
        data=data,
    )
