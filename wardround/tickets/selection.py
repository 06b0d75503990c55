"""Which tickets a list shows: filters, and colours as comparisons of stored instants with now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db.models import Case, F, FloatField, Func, IntegerField, Q, QuerySet, Value, When

from wardround.kernel.lists import during
from wardround.kernel.reach import Reach
from wardround.tickets import catalogue, models
from wardround.tickets.types import TicketFilter
from wardround.worktime.types import WORST_FIRST, Colour

SORTABLE = {
    "number": "number",
    "title": "title",
    "state": "state",
    "level": "level",
    "due_at": "black_at",
    "opened_at": "opened_at",
    "updated_at": "updated_at",
    "resolved_at": "resolved_at",
    "closed_at": "closed_at",
    "colour": "pressure",
}
PRESSURE = "colour"
"""Sort name: worst colour first, within a colour the highest level, then what is due first."""

_SECONDS_A_LEVEL, _SECONDS_A_RANK = 1e11, 1e13
"""More than any moment's seconds since 1970, and than any level's: the rank decides before the
level, and the level before the moment. A double holds their sum to a hundredth of a second.
"""
_MOST_LEVELS = 99
"""Where a ticket without a level stands, and whatever comes behind so many."""


def chosen(reach: Reach, wanted: TicketFilter, at: datetime) -> QuerySet[models.Ticket]:
    """The tickets within reach that pass these filters at this moment."""
    found = models.visible(reach).filter(during(wanted.opened, "opened_at"))
    for name, column in _COLUMNS.items():
        if values := getattr(wanted, name):
            found = found.filter(**{f"{column}__in": values})
    if wanted.open is not None:
        found = found.filter(open=wanted.open)
    if wanted.colours:
        found = found.filter(of_colours(wanted.colours, at))
    if wanted.assignees or wanted.unassigned:
        own = Q(assignee__in=wanted.assignees)
        found = found.filter(own | Q(assignee__isnull=True) if wanted.unassigned else own)
    if wanted.systems:
        found = found.filter(systems__overlap=reach.of(wanted.systems))
    if wanted.alerts:
        joined = models.TicketAlert.objects.filter(alert__in=wanted.alerts)
        found = found.filter(id__in=joined.values("ticket_id"))
    return found.filter(_saying(wanted.text)) if wanted.text else found


_COLUMNS: Mapping[str, str] = {
    "types": "type",
    "states": "state",
    "categories": "category",
    "items": "item",
    "storms": "storm_place__storm",
}


def _saying(text: str) -> Q:
    return Q(number__istartswith=text) | Q(title__says=text)


def of_colours(colours: tuple[Colour, ...], at: datetime) -> Q:
    """Tickets that have one of these colours now."""
    wanted = Q(pk__in=[])
    for colour in colours:
        wanted |= _IS[colour](at)
    return wanted


def _not_black(at: datetime) -> Q:
    return Q(black_at__isnull=True) | Q(black_at__gt=at)


def _red_passed(at: datetime) -> Q:
    return Q(red_at__isnull=False, red_at__lte=at)


def _yellow_passed(at: datetime) -> Q:
    return Q(yellow_at__isnull=False, yellow_at__lte=at)


_IS: Mapping[Colour, Callable[[datetime], Q]] = {
    Colour.BLACK: lambda at: Q(open=True, black_at__lte=at),
    Colour.RED: lambda at: Q(open=True, clock="running", red_at__lte=at) & _not_black(at),
    Colour.YELLOW: lambda at: (
        Q(open=True, clock="running", yellow_at__lte=at) & _not_black(at) & ~_red_passed(at)
    ),
    Colour.GREEN: lambda at: (
        Q(open=True, clock="running") & _not_black(at) & ~_red_passed(at) & ~_yellow_passed(at)
    ),
    Colour.GREY: lambda at: Q(open=True, clock="paused") & _not_black(at),
    Colour.NONE: lambda at: Q(open=False) | (Q(clock="none") & _not_black(at)),
}


def rank(at: datetime) -> Case:
    """0 for black … 5 for none: the worst is the least."""
    return Case(
        *(When(_IS[colour](at), then=Value(place)) for place, colour in enumerate(WORST_FIRST)),
        default=Value(len(WORST_FIRST) - 1),
        output_field=IntegerField(),
    )


def level_place(matrix: str, level: str) -> int:
    """How high a level stands: 0 is the highest."""
    return min(catalogue.level_places().get((matrix, level), _MOST_LEVELS), _MOST_LEVELS)


def _level_rank() -> Case:
    places = catalogue.level_places()
    return Case(
        *(
            When(level_matrix=matrix, level=level, then=Value(level_place(matrix, level)))
            for matrix, level in places
        ),
        default=Value(_MOST_LEVELS),
        output_field=IntegerField(),
    )


def with_pressure(tickets: QuerySet[models.Ticket], at: datetime) -> QuerySet[models.Ticket]:
    """Annotated with one number to sort by: the colour's rank, the level, the moment it is due."""
    due = Func(
        F("black_at"),
        template="COALESCE(EXTRACT(EPOCH FROM %(expressions)s), 9e10)::float8",
        output_field=FloatField(),
    )
    level = _level_rank() * Value(_SECONDS_A_LEVEL)
    return tickets.annotate(pressure=rank(at) * Value(_SECONDS_A_RANK) + level + due)


def worst_first(tickets: QuerySet[models.Ticket], at: datetime) -> QuerySet[models.Ticket]:
    return with_pressure(tickets, at).order_by("pressure", "id")  # type: ignore[misc]  # annotated
