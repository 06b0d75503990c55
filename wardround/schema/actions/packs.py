"""Installing, checking and removing whole packs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from wardround.kernel import audit
from wardround.kernel.types import Actor
from wardround.schema import differences, documents, models, writing
from wardround.schema.actions.permitting import (
    as_shown,
    beyond,
    counts_of,
    refused_by_rows,
    require_consent,
    require_kinds,
)
from wardround.schema.dependents import Renames
from wardround.schema.errors import UnknownDefinition
from wardround.schema.names import OWN
from wardround.schema.packs import Loaded
from wardround.schema.permissions import IMPORT
from wardround.schema.readable import require_whole
from wardround.schema.refusals import refuse
from wardround.schema.sources import Source
from wardround.schema.types import ChangeKind, Dependent, Difference, Label, Problem

_NO_RENAMES: Renames = {}


@documents.read_once()
@transaction.atomic
def import_packs(
    actor: Actor,
    packs: Iterable[Source],
    *,
    at: datetime,
    consent: bool = False,
    renames: Renames = _NO_RENAMES,
) -> Difference:
    """Install or update packs, all of them or none.

    Definitions whose content changed get a new version, those that are gone are retired (their
    versions stay for what began with them), data kinds are applied.

    Args:
        actor: who does it.
        packs: as they shall be.
        at: now.
        consent: whether things may lose the definitions they live by.
        renames: which definitions that are gone come under a new name; rows follow.

    Raises:
        BadPack: every mistake in every pack.
        ConsentNeeded: what would be lost, counted.

    """
    require_whole(actor, IMPORT)
    writing.locked_revision()
    given = list(packs)
    done = import_checked(actor, given, at=at, consent=consent, renames=renames)
    shipped = _shipped_form(given)
    writing.note_departures(change for change in done.changes if change.pack not in shipped)
    models.Departure.objects.filter(pack__in=shipped).delete()
    models.Departure.objects.filter(pack__in=done.packs, kind="").delete()
    return done


@documents.read_once()
def check_packs(
    actor: Actor, packs: Iterable[Source], *, renames: Renames = _NO_RENAMES
) -> tuple[Difference, list[Problem]]:
    """What an import would change, and every mistake; writes nothing."""
    require_whole(actor, IMPORT)
    given = list(packs)
    ready = differences.loaded(given, renames=renames)
    problems = [*ready.problems, *differences.rename_problems(ready, renames)]
    if problems:
        return Difference(()), problems
    difference = _with_own_lost(differences.difference(ready, renames=renames), given)
    return as_shown(actor, difference), list(beyond(actor, difference, ready))


_SAVED_HERE = Label("本院自己保存的定义", "definition saved here")


def _with_own_lost(difference: Difference, given: Sequence[Source]) -> Difference:
    """Of the hospital's own pack every definition counts, also one that nothing lives by: what
    was saved here by hand is not replaced by what is brought without a word. So does each that the
    hospital has changed in a pack that comes as the product ships it.
    """
    shipped = _shipped_form(given)
    ours = {key for key, gone in writing.departures().items() if not gone}
    here = Dependent("definition", _SAVED_HERE, 1)
    changes = (
        replace(change, lost=(replace(here, names=(change.name,)), *change.lost))
        if (change.pack == OWN and change.change is ChangeKind.REMOVED)
        or (change.pack in shipped and change.was_key in ours)
        else change
        for change in difference.changes
    )
    return replace(difference, changes=tuple(changes))


def import_checked(
    actor: Actor, packs: Sequence[Source], *, at: datetime, consent: bool, renames: Renames
) -> Difference:
    ready = differences.loaded(packs, renames=renames)
    if problems := [*ready.problems, *differences.rename_problems(ready, renames)]:
        raise refuse(problems)
    difference = _with_own_lost(differences.difference(ready, renames=renames), packs)
    require_consent(difference, consent=consent)
    return bring(actor, ready, difference, at=at)


def bring(actor: Actor, ready: Loaded, difference: Difference, *, at: datetime) -> Difference:
    """Write packs that are without mistakes, and whose losses nobody minds."""
    require_kinds(actor, difference)
    if refused := refused_by_rows(actor, difference, ready):
        raise refuse(refused)
    if not difference.empty:
        writing.write(actor, ready, difference, at)
        for pack in ready.packs:
            changes = [change for change in difference.changes if change.pack == pack.name]
            counts = counts_of(changes)
            audit.record(
                actor, "pack.import", subject=("pack", pack.name), version=pack.version, **counts
            )
    return difference


def _shipped_form(packs: Sequence[Source]) -> list[str]:
    """Names of those that are byte for byte what the product shipped last."""
    rows = models.InstalledPack.objects.exclude(shipped_digest="")
    shipped = dict(rows.values_list("name", "shipped_digest"))
    return [source.name for source in packs if shipped.get(source.name) == source.digest]


@documents.read_once()
@transaction.atomic
def remove_pack(actor: Actor, name: str, *, at: datetime, consent: bool = False) -> Difference:
    """Retire every definition of a pack and remove it. A shipped one stays away until imported.

    Raises UnknownDefinition; BadPack where another pack needs it; ConsentNeeded.
    """
    require_whole(actor, IMPORT)
    writing.locked_revision()
    difference = check_removal(name)
    require_kinds(actor, difference)
    require_consent(difference, consent=consent)
    writing.write(actor, differences.loaded([], removed=[name]), difference, at)
    row = models.InstalledPack.objects.get(name=name)
    models.Departure.objects.filter(pack=name).delete()
    if row.shipped_digest:
        writing.depart(name, ("", ""), gone=True)
    row.delete()
    audit.record(actor, "pack.remove", subject=("pack", name), **counts_of(difference.changes))
    return difference


def check_removal(name: str) -> Difference:
    """What removing a pack would do. Raises UnknownDefinition, BadPack."""
    if not models.InstalledPack.objects.filter(name=name).exists():
        raise UnknownDefinition(kind="pack", name=name)
    ready = differences.loaded([], removed=[name])
    if ready.problems:
        raise refuse(ready.problems)
    return differences.difference(ready, removed=[name])
