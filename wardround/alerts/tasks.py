"""The background work of alerts: silences end by themselves, dates are told of ahead of time."""

from __future__ import annotations

from wardround.alerts import actions
from wardround.kernel import clock
from wardround.kernel.duties import standing_duty


@standing_duty("alerts.end_silences", every=5.0)
def end_silences() -> None:
    actions.end_silences()


@standing_duty("alerts.follow_dates", every=600.0)
def follow_dates() -> None:
    """So often, that a date that was moved is told of no longer while people still look."""
    actions.follow_dates(at=clock.now())
