"""The room's background work: files are worked in one after the other."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import translation

from wardround.cmdb import import_actions, import_undoing, purging
from wardround.kernel import clock
from wardround.kernel.jobs import job
from wardround.kernel.types import Actor

KEPT = timedelta(days=30)


@job("cmdb.import_file", lock="cmdb.import_file")
def import_file(import_id: str) -> None:
    """Two never run at once: the second waits."""
    import_actions.work(UUID(import_id), at=clock.now())


def defer(import_id: UUID) -> None:
    """Queue it, in the transaction that is open."""
    import_file.defer(import_id=str(import_id))


@job("cmdb.undo_import", lock="cmdb.import_file")
def undo_import(import_id: str, actor_id: str, name: str, kind: str, language: str) -> None:
    """In turn with the files that are worked in."""
    import_undoing.work(UUID(import_id), UUID(actor_id), name, kind, language)


def defer_undo(import_id: UUID, actor: Actor) -> None:
    """Queue it, in the transaction that is open."""
    undo_import.defer(
        import_id=str(import_id),
        actor_id=str(actor.id),
        name=actor.name,
        kind=str(actor.kind),
        language=translation.get_language() or "",
    )


STUCK = timedelta(hours=6)


@job("cmdb.forget_files", every="29 * * * *")
def forget_files(timestamp: int) -> None:  # noqa: ARG001  # periodic jobs are told their time
    """Files that nobody had worked in are dropped; what was cut off for good is told."""
    now = clock.now()
    import_actions.forget(before=now - KEPT, stuck=now - STUCK)


_PIECES = 200
"""Of one run; the rest waits for the next."""


@job("cmdb.empty_recycle_bin", every="43 * * * *", lock="cmdb.empty_recycle_bin")
def empty_recycle_bin(timestamp: int) -> None:  # noqa: ARG001  # periodic jobs are told their time
    """Deleted items whose days are over are removed, piece by piece; cut off, it goes on."""
    for _piece in range(_PIECES):
        if not purging.purge_due(at=clock.now()):
            return
