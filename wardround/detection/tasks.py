"""Detection's background work: it watches the collectors themselves, from another process."""

from __future__ import annotations

from wardround.detection import actions
from wardround.kernel import clock
from wardround.kernel.jobs import job


@job("detection.judge_silence", every="* * * * * */10", lock="detection.judge_silence")
def judge_silence(timestamp: int) -> None:  # noqa: ARG001  # periodic jobs are told their time
    """Find targets of which nothing arrives, and alerts whose rule or target is gone."""
    actions.judge_silence(at=clock.now())
