"""This room's background work."""

from __future__ import annotations

from wardround.access.actions import clear_away
from wardround.kernel import clock
from wardround.kernel.jobs import job


@job("access.clear_away", every="17 * * * *")
def clear_away_ended(timestamp: int) -> None:  # noqa: ARG001  # periodic jobs are told their time
    """Forget ended sessions and failures that no longer count."""
    clear_away(at=clock.now())
