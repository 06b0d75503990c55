"""Importing files: taking one in, working it in as a job, trying it once more.

A file is worked in by one transaction, so that of one that is cut off (a power failure, a killed
worker) there is all or nothing, and the job does it once more.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from wardround.access import queries as access
from wardround.cmdb import import_queries, models, reconciling, statements
from wardround.cmdb.errors import (
    ImportNotReady,
    ImportUnderWay,
    UnknownImport,
    UnknownProfile,
)
from wardround.cmdb.import_types import (
    UNDER_WAY,
    Import,
    ImportState,
    NewImport,
    Profile,
    Step,
    TableWish,
)
from wardround.cmdb.intake import keeping, progress, working
from wardround.cmdb.intake.files import refuse_other
from wardround.cmdb.intake.plans import as_body
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.writing import write
from wardround.kernel import audit, clock, live
from wardround.kernel.errors import BadInput, FieldProblem, WardroundError
from wardround.kernel.types import Actor, ActorKind, system_actor
from wardround.schema import queries as schema

MOST_ATTEMPTS = 3
_PROFILE_NAME = re.compile(r"[^\x00-\x1f/]{1,100}")
Defer = Callable[[UUID], None]
"""Queues the work on an import, in the transaction that is open."""


# Taken in ----------------------------------------------------------------------------------------


@transaction.atomic
def take_in(actor: Actor, new: NewImport, *, at: datetime, defer: Defer) -> Import:
    """Keep a file and have it worked in. Raises UnreadableImport, UnknownProfile, BadInput."""
    schema.hold()
    actor.require(READ)
    actor.require(WRITE)
    refuse_other(new.name, new.data)
    if new.type and new.type not in schema.item_types():
        message = _("There is no item type “%s”.") % new.type[:50]
        raise BadInput(problems=[FieldProblem("type", message)])
    kept = import_queries.profile(new.profile) if new.profile else None
    clear = new.clear if new.clear is not None else bool(kept and kept.clear)
    source = new.source or (kept.source if kept else "")
    if source:
        reconciling.source_named(source)
        actor.require(WRITE, systems=())  # it may retire what it does not name
    run = models.ImportRun.objects.create(
        created_at=at,
        actor_id=actor.id,
        actor_name=actor.name[:200],
        actor_kind=str(actor.kind),
        language=translation.get_language() or "",
        file_name=new.name[-255:],
        file=working.sealed(new.data),
        profile=new.profile,
        source=source,
        type=new.type,
        wishes=as_body(new.tables)
        if new.tables is not None
        else as_body(kept.tables)
        if kept
        else {},
        clear=clear,
        dry_run=new.dry_run,
        state=ImportState.WAITING,
    )
    defer(run.id)
    live.publish("imports")
    return import_queries.get(actor, run.id)


def _profile(name: str) -> models.ImportProfile:
    row = models.ImportProfile.objects.filter(name=name).first()
    if row is None:
        raise UnknownProfile(field="profile")
    return row


@transaction.atomic
def try_again(  # noqa: PLR0913  # all but two are named
    actor: Actor,
    import_id: UUID,
    *,
    tables: Mapping[str, TableWish] | None = None,
    clear: bool | None = None,
    type_name: str | None = None,
    dry_run: bool = True,
    defer: Defer,
) -> Import:
    """Have a file that was tried worked in once more: with another mapping, or for good.

    Raises UnknownImport, ImportUnderWay, ImportNotReady.
    """
    schema.hold()
    run = locked(actor, import_id)
    if not run.file or run.state not in (ImportState.CHECKED, ImportState.FAILED):
        raise not_ready(run)
    if tables is not None:
        types = {each["table"]: each.get("types", {}) for each in run.plan}
        run.wishes = as_body(
            {name: replace(wish, types=types.get(name, {})) for name, wish in tables.items()}
        )
    run.clear = run.clear if clear is None else clear
    run.type = run.type if type_name is None else type_name
    run.dry_run, run.state, run.attempts, run.why = dry_run, ImportState.WAITING, 0, ""
    run.save()
    defer(run.id)
    live.publish("imports")
    return import_queries.get(actor, run.id)


def locked(actor: Actor, import_id: UUID) -> models.ImportRun:
    rows = models.ImportRun.objects.filter(import_queries.visible(actor), id=import_id)
    run = rows.select_for_update(no_key=True).first()
    if run is None:
        raise UnknownImport(field="import")
    actor.require(WRITE)
    return run


def not_ready(run: models.ImportRun) -> WardroundError:
    if run.state in (*UNDER_WAY, ImportState.UNDOING):
        return ImportUnderWay(field="import")
    return ImportNotReady(field="import", state=import_queries.state_label(run.state))


# Worked in ---------------------------------------------------------------------------------------


def work(import_id: UUID, *, at: datetime) -> None:
    """Work an import in, or try it; once more is the same as once."""
    run = _begun(import_id, at)
    if run is None:
        return
    with translation.override(run.language or None), _no_looking_for_cycles():
        try:
            _worked(run, at)
        except WardroundError as error:
            _end(run.id, str(error), at)
        except Exception:
            _end(run.id, _("Something went wrong on our side. It has been logged."), at)
            raise


def _worked(run: models.ImportRun, at: datetime) -> None:
    """All that is held of the file is let go when it ends: what is looked through for cycles after
    that is little.
    """
    actor = _actor(run)
    tables = working.opened(run)
    if run.dry_run:
        _try(actor, run, tables, at)
    else:
        _write(actor, run, tables, at)


@contextmanager
def _no_looking_for_cycles() -> Iterator[None]:
    """Rows are millions of objects that form no cycles: to look for these took a quarter of the
    time. What is held is bounded by what a file may hold.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@transaction.atomic
def _begun(import_id: UUID, at: datetime) -> models.ImportRun | None:
    """The import, if there is anything to do; one that ends its worker again and again fails."""
    schema.hold()
    run = models.ImportRun.objects.select_for_update().filter(id=import_id).first()
    if run is None or run.state not in UNDER_WAY:
        return None
    if run.attempts >= MOST_ATTEMPTS:
        with translation.override(run.language or None):
            why = _("The work on it was cut off %(times)s times. Nothing was written.")
            _end(run.id, why % {"times": run.attempts}, at)
        return None
    run.attempts += 1
    run.started_at = at
    run.state = ImportState.READING if run.dry_run else ImportState.WRITING
    run.save(update_fields=["attempts", "started_at", "state"])
    live.publish("imports")
    return run


def _actor(run: models.ImportRun) -> Actor:
    """Who sent it, as far as they may go now."""
    if run.actor_kind == ActorKind.SYSTEM:
        return system_actor(run.actor_name)
    found = access.actor_for(run.actor_id)
    actor = replace(found, name=run.actor_name, kind=ActorKind(run.actor_kind))
    actor.require(READ)
    actor.require(WRITE)
    return actor


def _still_ours(run: models.ImportRun) -> bool:
    """Whether nobody else ended it or began it anew: who is thought to be dead may be slow only."""
    rows = models.ImportRun.objects.select_for_update(no_key=True).filter(
        id=run.id, attempts=run.attempts, state__in=UNDER_WAY
    )
    return rows.exists()


@transaction.atomic
def _try(actor: Actor, run: models.ImportRun, tables: list[Any], at: datetime) -> None:
    statements.take_time()
    schema.hold()
    if not _still_ours(run):
        return
    worked = working.worked(actor, run, tables, progress.Watch(run.id), at)
    _keep(run, worked, ImportState.CHECKED, at)


@transaction.atomic
def _write(actor: Actor, run: models.ImportRun, tables: list[Any], at: datetime) -> None:
    statements.take_time()
    schema.hold()
    statements.in_turn()
    if not _still_ours(run):
        return
    worked = working.worked(actor, run, tables, progress.Watch(run.id), at)
    progress.tell(run.id, Step.WRITING, 0, len(worked.lines))
    write(actor, worked.writing, at=at)
    if run.source:
        reconciling.note(run, worked.seen, worked.gone.missed, at)
    newest = models.ItemChange.objects.order_by("-id").values_list("id", flat=True).first()
    run.mark = newest or 0
    run.file = ""
    _keep(run, worked, ImportState.DONE, at)
    counts = {name: getattr(run, name) for name in ("created", "changed", "unchanged", "refused")}
    if run.source:
        counts |= {"retired": run.retired}
    audit.record(
        actor, "item.import_file", subject=("import", run.id), file=run.file_name, **counts
    )


def _keep(run: models.ImportRun, worked: working.Worked, state: ImportState, at: datetime) -> None:
    keeping.keep(run, worked)
    run.plan = working.plans_body(worked.plans)
    run.state, run.finished_at, run.why = state, _over(at), ""
    run.save()
    live.publish("imports")


def _over(begun: datetime) -> datetime:
    """When it is over: what is written bears the moment it began at, how long it took is told."""
    return max(begun, clock.now())


def _end(import_id: UUID, why: str, at: datetime) -> None:
    """It failed: nothing of it was written."""
    failed = {"state": ImportState.FAILED, "why": why, "finished_at": _over(at)}
    models.ImportRun.objects.filter(id=import_id).update(**failed)
    live.publish("imports")


# Left behind -------------------------------------------------------------------------------------


@transaction.atomic
def forget(*, before: datetime, stuck: datetime) -> None:
    """Files that were tried and never worked in are not kept for ever; what was begun so long ago
    that nobody can be at it any more has failed.
    """
    schema.hold()
    stale = models.ImportRun.objects.filter(created_at__lt=before).exclude(file="")
    stale.exclude(state__in=UNDER_WAY).update(file="")
    lost = models.ImportRun.objects.filter(started_at__lt=stuck, state__in=UNDER_WAY)
    for id_ in lost.values_list("id", flat=True):
        _end(id_, _("The work on it was cut off. Nothing was written."), stuck)
    undone = models.ImportRun.objects.filter(started_at__lt=stuck, state=ImportState.UNDOING)
    why = _("The undo was cut off. Nothing was taken back.")
    undone.update(state=ImportState.DONE, why=why)


# Profiles ----------------------------------------------------------------------------------------


@transaction.atomic
def keep_profile(  # noqa: PLR0913  # all but three are named
    actor: Actor,
    name: str,
    tables: Mapping[str, TableWish],
    *,
    clear: bool,
    at: datetime,
    source: str = "",
) -> Profile:
    """Keep a mapping under a name, a new one or in place of the one there is."""
    schema.hold()
    actor.require(WRITE, systems=())
    if not _PROFILE_NAME.fullmatch(name.strip()):
        message = _("A profile needs a name, of at most 100 characters.")
        raise BadInput(problems=[FieldProblem("name", message)])
    if source:
        reconciling.source_named(source)
    body = {"tables": as_body(tables), "clear": clear, "source": source, "changed_at": at}
    models.ImportProfile.objects.update_or_create(
        name=name.strip(), defaults={**body, "changed_by": actor.name[:200]}
    )
    audit.record(actor, "item.keep_profile", subject=("import-profile", name.strip()))
    return import_queries.profile(name.strip())


@transaction.atomic
def drop_profile(actor: Actor, name: str) -> None:
    """Forget a mapping. Raises UnknownProfile."""
    schema.hold()
    actor.require(WRITE, systems=())
    _profile(name).delete()
    audit.record(actor, "item.drop_profile", subject=("import-profile", name))
