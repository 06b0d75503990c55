"""What tickets does when other rooms announce something."""

from __future__ import annotations

from collections.abc import Sequence

from wardround.alerts.signals import AlertRaised, AlertResolved, alert_raised, alert_resolved
from wardround.kernel import clock
from wardround.schema.signals import DefinitionsChanged, definitions_changed
from wardround.tickets import actions

_LEVELS = frozenset({"level-matrix"})
_PROMISES = frozenset({"calendar", "holiday-list", "sla-policy"})


@alert_raised.in_worker("tickets.open_event_tickets")
def open_event_tickets(values: Sequence[AlertRaised]) -> None:
    actions.open_event_tickets(values, at=clock.now())


@alert_resolved.in_worker("tickets.end_event_tickets")
def end_event_tickets(values: Sequence[AlertResolved]) -> None:
    actions.end_event_tickets(values, at=clock.now())


@definitions_changed.in_worker("tickets.read_clocks_again")
def read_clocks_again(values: Sequence[DefinitionsChanged]) -> None:
    """A new holiday list or promise counts for every open ticket."""
    if any(_PROMISES.intersection(value.kinds) for value in values):
        actions.read_clocks_again(at=clock.now())


@definitions_changed.in_worker("tickets.decide_levels_again")
def decide_levels_again(values: Sequence[DefinitionsChanged]) -> None:
    """A row that takes what none took gives it a level and clocks, which count from its opening."""
    if any(_LEVELS.intersection(value.kinds) for value in values):
        actions.decide_levels_again(at=clock.now())
