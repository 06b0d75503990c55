"""Taking an import back as one: a small one at once, a large one by a job, for nobody waits a
minute for an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from wardround.access import queries as access
from wardround.cmdb import (
    bulk,
    import_queries,
    models,
    reconciling,
    statements,
    value_sources,
)
from wardround.cmdb.drafts import Prepared
from wardround.cmdb.errors import ChangedSince
from wardround.cmdb.import_actions import MOST_ATTEMPTS, locked, not_ready
from wardround.cmdb.import_types import Import, ImportState, Step
from wardround.cmdb.intake import progress, undoing
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.restricted import Sight
from wardround.cmdb.writing import write
from wardround.kernel import audit, clock, live
from wardround.kernel.errors import Forbidden, WardroundError
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor, ActorKind, system_actor
from wardround.schema import queries as schema

MOST_AT_ONCE = 2_000
"""So many rows are taken back while somebody waits for the answer."""
_MOST_TOLD = 5
Defer = Callable[[UUID, Actor], None]
"""Queues the undoing, in the transaction that is open, for whoever asked for it."""


@transaction.atomic
def undo(actor: Actor, import_id: UUID, *, at: datetime, defer: Defer) -> Import:
    """Take an import back as one, or begin to.

    Raises UnknownImport, ImportNotReady, ImportUnderWay, and of a small one ChangedSince by row.
    """
    schema.hold()
    found = import_queries.get(actor, import_id)
    small = found.created + found.changed + found.retired <= MOST_AT_ONCE
    if small:
        statements.in_turn()
    run = locked(actor, import_id)
    if run.state != ImportState.DONE:
        raise not_ready(run)
    if small:
        _take_back(actor, run, at)
    else:
        run.state, run.attempts, run.why = ImportState.UNDOING, 0, ""
        run.undone_by, run.started_at = actor.name[:200], at
        run.save(update_fields=["state", "attempts", "why", "undone_by", "started_at"])
        defer(run.id, actor)
        live.publish("imports")
    return import_queries.get(actor, run.id)


def work(import_id: UUID, actor_id: UUID, name: str, kind: str, language: str) -> None:
    """Take a large import back; once more is the same as once. What speaks against it is kept."""
    with translation.override(language or None):
        if not _begun(import_id):
            return
        try:
            _work(import_id, _actor(actor_id, name, kind))
        except ChangedSince as error:
            told = [str(problem.message) for problem in error.problems[:_MOST_TOLD]]
            _give_up(import_id, "\n".join([str(error), *told]))
        except WardroundError as error:
            _give_up(import_id, str(error))
        except Exception:
            _give_up(import_id, _("Something went wrong on our side. It has been logged."))
            raise


def _actor(actor_id: UUID, name: str, kind: str) -> Actor:
    """Who asked for it, as far as they may go now."""
    if kind == ActorKind.SYSTEM:
        return system_actor(name)
    return replace(access.actor_for(actor_id), name=name, kind=ActorKind(kind))


@transaction.atomic
def _begun(import_id: UUID) -> bool:
    """Whether there is anything to do; what ends its worker again and again is given up."""
    rows = models.ImportRun.objects.select_for_update(no_key=True)
    run = rows.filter(id=import_id, state=ImportState.UNDOING).first()
    if run is None:
        return False
    if run.attempts >= MOST_ATTEMPTS:
        why = _("The undo was cut off %(times)s times. Nothing was taken back.")
        _give_up(import_id, why % {"times": run.attempts})
        return False
    run.attempts += 1
    run.save(update_fields=["attempts"])
    return True


@transaction.atomic
def _work(import_id: UUID, actor: Actor) -> None:
    statements.take_time()
    schema.hold()
    statements.in_turn()
    actor.require(READ)
    run = locked(actor, import_id)
    if run.state == ImportState.UNDOING:  # else another worker did it meanwhile
        _take_back(actor, run, clock.now())


def _give_up(import_id: UUID, why: str) -> None:
    """Nothing was taken back: it stands as it was done."""
    rows = models.ImportRun.objects.filter(id=import_id, state=ImportState.UNDOING)
    rows.update(state=ImportState.DONE, why=why, undone_by="")
    live.publish("imports")


def _take_back(actor: Actor, run: models.ImportRun, at: datetime) -> None:
    rows = run.created + run.changed + run.retired
    progress.tell(run.id, Step.UNDOING, 0, rows)
    back = undoing.undoing(run)
    _require_all(actor, back)
    if back.problems:
        problems = list(undoing.reasons(back.problems))
        raise ChangedSince(field="import", problems=problems, count=len(back.problems))
    progress.tell(run.id, Step.UNDOING, rows, rows)
    write(actor, back.writing, at=at)
    if run.source:
        value_sources.claim(back.claims)
        reconciling.forget(run, back.back)
    run.state, run.undone_at, run.undone_by = ImportState.UNDONE, at, actor.name[:200]
    run.why = ""
    run.save(update_fields=["state", "undone_at", "undone_by", "why"])
    audit.record(actor, "item.undo_import", subject=("import", run.id), file=run.file_name)
    live.publish("imports")


def _require_all(actor: Actor, back: undoing.Undoing) -> None:
    """Only whoever may still change all that it takes back, and see it."""
    seen = reach(actor, READ)
    seen.look_at(item.after.id for item in back.items)
    sight = Sight(seen)
    if any(_touches_hidden(sight, item) for item in back.items):
        raise Forbidden(permission=WRITE)
    writes = reach(actor, WRITE)
    if writes.everything:
        return
    ends = [end for row in back.relations for end in (row.source, row.target)]
    ids = {*back.retired, *(item.after.id for item in back.items), *ends}
    if ids - {*bulk.writable(ids, writes)}:
        raise Forbidden(permission=WRITE)


def _touches_hidden(sight: Sight, item: Prepared) -> bool:
    hidden = sight.hidden(item.after.type, item.after.id, item.after.systems)
    return any(change.field in {f"attributes.{name}" for name in hidden} for change in item.changes)
