"""The kernel's own background work."""

from __future__ import annotations

from wardround.kernel import audit_chain
from wardround.kernel.duties import standing_duty


@standing_duty("kernel.seal_audit", every=2.0)
def seal_audit() -> None:
    """Chain what was committed since the last run."""
    audit_chain.seal()


@standing_duty("kernel.anchor_audit", every=60.0)
def anchor_audit() -> None:
    """Have the newest seal known outside the database."""
    audit_chain.anchor()
