"""The room's background work."""

from __future__ import annotations

from wardround.kernel import clock
from wardround.kernel.jobs import job


@job("impact.keep_day", every="19 * * * *", lock="impact.keep_day")
def keep_day(timestamp: int) -> None:  # noqa: ARG001  # periodic jobs are told their time
    """Each hour, so that a day is kept though the platform stood still at one of them: the last one
    of a day is what stays.
    """
    from wardround.impact import days  # noqa: PLC0415  # it loads the compiler

    days.keep(at=clock.now())
