"""Rows made into what crosses the door; names of accounts, items and systems are looked up once
for a whole page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from wardround.access import queries as access
from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import OUT_OF_REACH, OutOfReach
from wardround.kernel.reach import Reach
from wardround.kernel.types import Named
from wardround.schema.lifecycle import FieldAccess, StateCategory
from wardround.schema.sealing import MASK
from wardround.schema.types import Attribute, AttributeType, Label
from wardround.tickets import (
    catalogue,
    clocks,
    models,
    pins,
    references,
    rules,
    selection,
    timeline,
)
from wardround.tickets.pins import Pinned
from wardround.tickets.subjects import names_of
from wardround.tickets.types import (
    FormField,
    Instants,
    Line,
    LineKind,
    Ticket,
    TicketClock,
    TicketType,
)
from wardround.worktime import queries as worktime
from wardround.worktime.types import Calendar, Colour, CountedOn, Outcome


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
    reach.look_at(system for row in rows for system in row.systems)
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
    known = pins.pinned(row)
    return Ticket(
        id=row.id,
        number=row.number,
        type=row.type,
        type_label=known.type_label,
        title=row.title,
        state=row.state,
        state_label=known.state_label,
        category=StateCategory(row.category),
        colour=colour(row, at),
        due_at=row.black_at if row.open else None,
        level=catalogue.level_label(row.level_matrix, row.level),
        level_place=selection.level_place(row.level_matrix, row.level),
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
        clocks=_clocks(row, known, at),
        missing=known.missing,
    )


def fields(row: models.Ticket, known: Pinned) -> dict[str, object]:
    """The form's values as they may be shown; those of fields hidden in this state are not, and
    none where nobody can say which are hidden or secret.
    """
    if known.type is None:
        return {}
    declared = {attribute.name: attribute for attribute in known.type.fields}
    return {
        name: shown(declared[name], value) if name in declared else value
        for name, value in row.fields.items()
        if name not in known.hidden
    }


def form(
    row: models.Ticket, pinned: Pinned, reach: Reach, *, editable: bool
) -> tuple[FormField, ...]:
    """Fields that are not hidden in the present state, with the names of what they refer to."""
    ticket_type, state = pinned.type, pinned.state
    if ticket_type is None or state is None:
        return ()
    items = references.items_in(ticket_type, row.fields)
    known = names_of(reach, items.values()) if items else {}
    hidden = pinned.hidden
    return tuple(
        FormField(
            attribute=attribute,
            value=row.fields.get(attribute.name)
            if attribute.type is not AttributeType.SECRET
            else None,
            named=_reference(items.get(attribute.name), known),
            editable=editable and state.access_to(attribute.name) is FieldAccess.EDIT,
            required=attribute.required or attribute.name in state.requires,
        )
        for attribute in ticket_type.fields
        if attribute.name not in hidden
    )


def _reference(item: UUID | None, known: Mapping[UUID, str]) -> Named | OutOfReach | None:
    if item is None:
        return None
    return Named(item, known[item]) if item in known else OUT_OF_REACH


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


def _clocks(row: models.Ticket, known: Pinned, at: datetime) -> tuple[TicketClock, ...]:
    ordered = sorted(row.clocks.all(), key=lambda clock: (clock.place, clock.name, clock.round))
    return tuple(_clock(clock, known.state_label, at) for clock in ordered)


def _clock(row: models.Clock, waiting: Label, at: datetime) -> TicketClock:
    promised = clocks.agreement_of(row)
    calendar = promised.calendar if promised else None
    on_calendar = row.counted_on == CountedOn.CALENDAR and calendar is not None
    active = row.stopped_at is None and row.paused_since is None
    counts, turns = (
        worktime.course_of(calendar, at) if on_calendar and active and calendar else (active, ())
    )
    return TicketClock(
        name=row.name,
        round=row.round,
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
        target_days=_working_days(row, calendar),
        stopped_at=row.stopped_at,
        read_at=at,
        working_time=on_calendar,
        counts=counts,
        turns=turns,
        outcome=Outcome(row.outcome) if row.outcome else None,
        unlisted_year=row.unlisted_year,
    )


def _working_days(row: models.Clock, calendar: Calendar | None) -> int | None:
    """The promise in whole working days of its calendar, of which 20 hours say nothing."""
    if row.counted_on != CountedOn.CALENDAR or calendar is None or row.target < calendar.day:
        return None
    days, rest = divmod(row.target, calendar.day)
    return None if rest else days


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


def lines(
    found: Iterable[models.LogLine], ticket: models.Ticket, reach: Reach, *, newest: bool
) -> tuple[Line, ...]:
    """A stretch of a timeline, newest first. An item is named where it may be named to the reader,
    who answers for one only where they are within reach themselves; of a field that is hidden now
    nothing is told, nor of any field of the form where nobody can say which are.
    """
    known_type = pins.pinned(ticket)
    rows = [row for row in found if _may_be_told(row, known_type)]
    about = ticket.item if newest or not rows else _item_after(rows[0], ticket)
    told = _items_told(rows, about, known_type.type)
    people = {UUID(row.data[part]["id"]) for row in rows for part in _ANSWERING if part in row.data}
    items = {id_ for by_part in told.values() for id_ in by_part.values()}
    refs, seen = cmdb.named_and_seen(reach, items | people)
    known = {id_: ref.name for id_, ref in refs.items()}
    return tuple(_line(row, told.get(row.id, {}), known, seen) for row in rows)


_ANSWERING = ("owner", "vendor")
_OUT_OF_REACH = {"zh": OUT_OF_REACH.name.zh, "en": OUT_OF_REACH.name.en}


def _may_be_told(row: models.LogLine, known: Pinned) -> bool:
    field = row.data.get("field")
    if known.type is None:
        return field is None or timeline.field_name(field) is not None
    return field not in known.hidden


def _items_told(
    rows: Sequence[models.LogLine], afterwards: UUID | None, ticket_type: TicketType | None
) -> dict[int, dict[str, UUID]]:
    """By line and part of its data, the item that stands there.

    Lines of before kept of a new item its name alone: it is the one that the next such line calls
    the old one, or that the ticket was about afterwards.
    """
    named = {*(references.names(ticket_type) if ticket_type else ()), "item"}
    told: dict[int, dict[str, UUID]] = {}
    for row in rows:
        if row.kind != LineKind.FIELD:
            parts = {"item": item_named(row.data.get("item"))}
        elif row.data.get("field") not in named:
            continue
        else:
            parts = {which: item_named(row.data.get(which)) for which in ("old", "new")}
            if row.data["field"] == "item":
                parts["new"] = parts["new"] or afterwards
                afterwards = parts["old"]
        told[row.id] = {part: id_ for part, id_ in parts.items() if id_ and row.data.get(part)}
    return told


def _item_after(newest: models.LogLine, ticket: models.Ticket) -> UUID | None:
    """The item that the ticket was about when this line was written, and thereafter."""
    changed = models.LogLine.objects.filter(ticket=ticket, kind=LineKind.FIELD, data__field="item")
    later = changed.filter(id__gt=newest.id).order_by("id").first()
    return item_named(later.data.get("old")) if later else ticket.item


def item_named(kept: object) -> UUID | None:
    """The item of a value that a line keeps, as an id or as {id, name}; None for anything else."""
    text = kept.get("id") if isinstance(kept, Mapping) else kept
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _line(
    row: models.LogLine,
    told: Mapping[str, UUID],
    known: Mapping[UUID, str],
    seen: Collection[UUID],
) -> Line:
    kind = LineKind(row.kind)
    data = {
        name: value
        for name, value in row.data.items()
        if name not in _ANSWERING or UUID(value["id"]) in seen
    }
    for part, id_ in told.items():
        if id_ not in known:
            data[part] = _OUT_OF_REACH
        elif part != "item":
            data[part] = {"id": str(id_), "name": known[id_]}
    return Line(
        id=row.id,
        at=row.at,
        kind=kind,
        actor=Named(row.actor, row.actor_name),
        said=timeline.sentences(kind, data),
        written=row.text,
        data=data,
    )
