"""The room's background work: files are worked in one after the other."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from wardround.cmdb import import_actions
from wardround.kernel import clock
from wardround.kernel.jobs import job

KEPT = timedelta(days=30)


@job("cmdb.import_file", lock="cmdb.import_file")
def import_file(import_id: str) -> None:
    """Two never run at once: the second waits."""
    import_actions.work(UUID(import_id), at=clock.now())


def defer(import_id: UUID) -> None:
    """Queue it, in the transaction that is open."""
    import_file.defer(import_id=str(import_id))


STUCK = timedelta(hours=6)


@job("cmdb.forget_files", every="29 * * * *")
def forget_files(timestamp: int) -> None:  # noqa: ARG001  # periodic jobs are told their time
    """Files that nobody had worked in are dropped; what was cut off for good is told."""
    now = clock.now()
    import_actions.forget(before=now - KEPT, stuck=now - STUCK)
