"""The standing duties of the history room."""

from __future__ import annotations

from wardround.history import actions
from wardround.kernel import clock
from wardround.kernel.duties import standing_duty


@standing_duty("history.roll_up", every=5.0)
def roll_up() -> None:
    """Roll up what was closed or touched since the last time."""
    actions.roll_up(at=clock.now())


@standing_duty("history.carry_over", every=10.0)
def carry_over() -> None:
    """Bring what earlier versions stored into today's form, a day at a time."""
    actions.carry_over()
