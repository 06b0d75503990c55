"""Reading tickets. Each question takes a fixed number of statements, whatever it finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Func, Q, QuerySet
from django.db.models.fields import UUIDField

from wardround.access import queries as access
from wardround.alerts import queries as alerts
from wardround.kernel.lists import during, paginate
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import ALWAYS, Actor, Named, TimeRange
from wardround.kernel.wording import Label, Wording
from wardround.schema.lifecycle import Transition, permits
from wardround.tickets import (
    catalogue,
    clocks,
    guards,
    models,
    offers,
    permissions,
    pins,
    rows,
    selection,
    storm_places,
)
from wardround.tickets.alert_checks import sorting_of
from wardround.tickets.alert_coverage import left_by
from wardround.tickets.alert_tickets import AlertCondition, Decided
from wardround.tickets.errors import NoSuchTicket
from wardround.tickets.types import (
    ItemTicket,
    LinePage,
    Offered,
    Storm,
    SystemTickets,
    Ticket,
    TicketDetail,
    TicketFilter,
    TicketPage,
    TicketType,
    Way,
)
from wardround.worktime.types import WORST_FIRST, Colour

__all__ = [
    "WORST",
    "colour_counts",
    "decided",
    "every",
    "left_alone",
    "offered",
    "open_by_item",
    "open_by_system",
    "storms",
    "ticket",
    "ticket_types",
    "tickets",
    "timeline",
    "untaken",
    "visible",
]

WORST = selection.PRESSURE
"""Sort name: worst colour first, then the highest level, then what is due first."""


def decided(reach: Reach, alert: UUID) -> Decided:
    """What was decided on an alert within reach. Raises UnknownAlert where there is none."""
    alerts.alert(reach, alert)
    row = models.TicketAlert.objects.filter(alert=alert, raised_at__isnull=False).first()
    if row is None:
        return Decided(made=False)
    definition = catalogue.alert_tickets().get(row.definition)
    return Decided(
        made=True,
        opens=row.ticket_id is not None,
        definition=row.definition,
        label=definition.label if definition else None,
        row=row.row,
    )


def left_alone() -> tuple[str, ...]:
    """Alert rules some of whose alerts no row of `alert-ticket` takes: they open no ticket, and
    nothing says that they should not.
    """
    known = sorting_of(catalogue.in_force())
    every_alert = replace(known, rows=[AlertCondition()])
    return tuple(rule for rule in left_by(every_alert, known) if known.troubles[rule].rule)


def untaken(reach: Reach) -> int:
    """How many open alerts within reach were decided on and taken by no row. Two statements."""
    rows = models.TicketAlert.objects.filter(models.UNTAKEN)
    waiting = list(rows.values_list("alert", flat=True))
    return alerts.count_open(reach, waiting) if waiting else 0


def without_level() -> int:
    """How many open tickets have no level and no clocks, because no row of a matrix took them."""
    return models.undecided().count()


def missing() -> list[Wording]:
    """What tickets follow and cannot be read, each once; one statement."""
    columns = ("type", "type_version", "state", "sla", *clocks.PIN_FIELDS)
    followed = models.Ticket.objects.order_by(*columns).values(*columns).distinct()
    found = (pins.pinned(models.Ticket(**pinned)).missing for pinned in followed)
    return list({str(each): each for each in found if each is not None}.values())


def ticket_types() -> tuple[TicketType, ...]:
    """The types in force, by name."""
    known = catalogue.ticket_types()
    return tuple(known[name] for name in sorted(known))


def tickets(  # noqa: PLR0913  # a list has this many knobs; all are named
    reach: Reach,
    wanted: TicketFilter,
    *,
    at: datetime,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
) -> TicketPage:
    """One page of what is within reach; newest first unless sorted."""
    found = selection.with_pressure(selection.chosen(reach, wanted, at), at)
    page = paginate(
        found.prefetch_related("clocks"),
        limit=limit,
        cursor=cursor,
        sort=sort,
        sortable=selection.SORTABLE,
    )
    return TicketPage(rows.tickets(page.rows, reach, at), page.next)


def every(reach: Reach, wanted: TicketFilter, *, at: datetime, most: int) -> Iterable[Ticket]:
    """All of a filtered list up to `most`, newest first, for a file; fetched in pages."""
    cursor, left = None, most
    while left > 0:
        page = tickets(reach, wanted, at=at, limit=min(left, 500), cursor=cursor)
        yield from page.items
        left -= len(page.items)
        cursor = page.next
        if cursor is None:
            return


def ticket(actor: Actor, ticket_id: UUID, *, at: datetime) -> TicketDetail:
    """One ticket with its form, its ways on and the newest of its timeline. Raises NoSuchTicket."""
    seen = reach(actor, permissions.READ)
    row = _ticket(seen, ticket_id)
    known = pins.pinned(row)
    works = reach(actor, permissions.WORK).covers(row.item, row.systems)
    return TicketDetail(
        ticket=rows.tickets([row], seen, at)[0],
        description=row.description,
        fields=rows.fields(row, known),
        form=rows.form(row, known, seen, editable=works),
        ways=_ways(row, known.type, actor, at) if works and known.type else (),
        timeline=_timeline(row, seen, happened=ALWAYS, limit=NEWEST_LINES, cursor=None),
        may_retarget=reach(actor, permissions.RETARGET).covers(row.item, row.systems),
    )


def timeline(
    reach: Reach, ticket_id: UUID, *, happened: TimeRange, limit: int, cursor: str | None
) -> LinePage:
    """A part of a timeline, newest first. Raises NoSuchTicket, BadCursor."""
    found = _ticket(reach, ticket_id)
    return _timeline(found, reach, happened=happened, limit=limit, cursor=cursor)


NEWEST_LINES = 100
"""How much of a timeline comes with its ticket."""


def _ticket(reach: Reach, ticket_id: UUID) -> models.Ticket:
    found = models.visible(reach).prefetch_related("clocks").filter(id=ticket_id).first()
    if found is None:
        raise NoSuchTicket
    return found


def _timeline(
    row: models.Ticket, seen: Reach, *, happened: TimeRange, limit: int, cursor: str | None
) -> LinePage:
    lines = models.LogLine.objects.filter(during(happened, "at"), ticket=row)
    page = paginate(lines, limit=limit, cursor=cursor, sort=None, sortable={})
    newest = cursor is None and happened == ALWAYS
    return LinePage(rows.lines(page.rows, row, seen, newest=newest), page.next)


def _ways(
    row: models.Ticket, ticket_type: TicketType, actor: Actor, at: datetime
) -> tuple[Way, ...]:
    """Transitions out of the present state, but for those the platform alone carries out."""
    leaving = [
        transition
        for transition in ticket_type.cycle.leaving(row.state)
        if transition.right != permissions.AUTOMATIC
    ]
    taken = guards.taken_before(row)
    return tuple(
        _way(row, ticket_type, transition, actor, at, again=transition.name in taken)
        for transition in leaving
    )


def _way(  # noqa: PLR0913  # what it depends on; the last is named
    row: models.Ticket,
    ticket_type: TicketType,
    transition: Transition,
    actor: Actor,
    at: datetime,
    *,
    again: bool,
) -> Way:
    why: Label | Wording | None = None
    if not guards.may(actor, transition):
        why = guards.no_right()
    elif not permits(transition, guards.values_of(row), at=at):
        why = guards.why_not(transition)
    return Way(
        name=transition.name,
        label=transition.label,
        to=transition.target,
        requires=ticket_type.cycle.required(transition),
        again=again,
        comment=transition.comment,
        why_not=why,
    )


def offered(actor: Actor, tickets: Collection[UUID], *, at: datetime) -> Offered:
    """What the actor can do now with which of several chosen tickets; one statement."""
    return offers.offered(actor, tickets, at=at)


# For boards --------------------------------------------------------------------------------------


def colour_counts(reach: Reach, *, at: datetime) -> dict[Colour, int]:
    """How many open tickets have each colour now; one statement over the index of open ones."""
    open_ones = models.visible(reach).filter(open=True)
    counted = open_ones.aggregate(
        **{
            str(colour): Count("id", filter=selection.of_colours((colour,), at))
            for colour in WORST_FIRST
        }
    )
    return {colour: counted[str(colour)] for colour in WORST_FIRST}


def open_by_item(
    reach: Reach, items: Collection[UUID], alerts: Mapping[UUID, UUID], *, at: datetime
) -> Mapping[UUID, tuple[ItemTicket, ...]]:
    """Open tickets of these items, and those that took in these alerts by the item of the alert,
    worst first; four statements.
    """
    taking = models.TicketAlert.objects.filter(alert__in=list(alerts)).values("ticket_id")
    found = models.visible(reach).filter(Q(item__in=items) | Q(id__in=taking), open=True)
    several = list(selection.worst_first(found.prefetch_related("alerts"), at))
    people = access.accounts({row.assignee for row in several if row.assignee})
    by_item: dict[UUID, list[ItemTicket]] = defaultdict(list)
    for row in several:
        taken = tuple(joined.alert for joined in row.alerts.all() if joined.alert in alerts)
        assignee = people.get(row.assignee) if row.assignee else None
        ticket = ItemTicket(
            id=row.id,
            number=row.number,
            state_label=pins.pinned(row).state_label,
            colour=rows.colour(row, at),
            assignee=Named(assignee.id, assignee.name) if assignee else None,
            alerts=taken,
        )
        own = {row.item} & set(items)
        for item in own | {alerts[alert] for alert in taken}:
            if item is not None:
                by_item[item].append(ticket)
    return {item: tuple(held) for item, held in by_item.items()}


def open_by_system(reach: Reach, *, at: datetime) -> dict[UUID, SystemTickets]:
    """System → its number of open tickets and their worst colour; one statement."""
    open_ones: QuerySet[Any] = models.visible(reach).filter(open=True)
    system = Func(F("systems"), function="unnest", output_field=UUIDField())
    ranked = open_ones.annotate(system=system, rank=selection.rank(at)).values("system", "rank")
    counts: dict[UUID, int] = defaultdict(int)
    worst: dict[UUID, int] = {}
    for counted in ranked.annotate(number=Count("id")).order_by():
        counts[counted["system"]] += counted["number"]
        worst[counted["system"]] = min(
            worst.get(counted["system"], len(WORST_FIRST)), counted["rank"]
        )
    reach.look_at(counts)
    return {
        system_id: SystemTickets(number, WORST_FIRST[worst[system_id]])
        for system_id, number in counts.items()
        if reach.of([system_id])
    }


def storms(reach: Reach) -> tuple[Storm, ...]:
    """Open tickets that belong together, as far as they are within reach; one statement."""
    return storm_places.shown(reach)


def visible(reach: Reach, ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these tickets are within reach; one query."""
    found = models.visible(reach).filter(id__in=set(ids))
    return frozenset(found.values_list("id", flat=True))
