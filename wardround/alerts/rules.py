"""What the open alerts of an item say about the item."""

from __future__ import annotations

from uuid import UUID

from wardround.cmdb.types import Condition
from wardround.detection.fingerprints import fingerprint as fingerprint_of
from wardround.detection.types import Labels


def fingerprint(rule: str, labels: Labels, item: UUID) -> UUID:
    """The same for the same trouble: a rule, an item and labels, in whatever order."""
    return fingerprint_of(rule, tuple(sorted(labels)), item)


def condition_of(*, out_of_use: bool, critical: bool, warning: bool) -> Condition:
    """Condition of an item from its open alerts: the worst one counts; information says nothing."""
    if out_of_use:
        return Condition.DOWN
    if critical:
        return Condition.CRITICAL
    return Condition.WARNING if warning else Condition.OK
