"""The kernel's own background work."""

from __future__ import annotations

from wardround.kernel import audit_chain, audit_check, clock
from wardround.kernel.duties import standing_duty
from wardround.kernel.jobs import job


@standing_duty("kernel.seal_audit", every=2.0)
def seal_audit() -> None:
    """Chain what was committed since the last run."""
    audit_chain.seal()


@standing_duty("kernel.anchor_audit", every=60.0)
def anchor_audit() -> None:
    """Have the newest seal known outside the database."""
    audit_chain.anchor()


@job("kernel.check_audit", every="* * * * *", lock="kernel.check_audit")
def check_audit(timestamp: int) -> None:  # noqa: ARG001  # periodic jobs are told their time
    """Walk the whole chain when that is due again."""
    audit_check.check_when_due(clock.now())


@job("kernel.check_audit_now", lock="kernel.check_audit")
def check_audit_now() -> None:
    """Walk the whole chain because somebody asked."""
    audit_check.check_now()
