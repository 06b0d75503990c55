"""Changing definitions: whole packs, or one definition alone.

Each change is checked as a whole, told as a difference with what would lose what it lives by, and
written in one transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from wardround.kernel import audit
from wardround.kernel.types import Actor
from wardround.schema import (
    differences,
    drafts,
    kinds,
    models,
    queries,
    refusals,
    shipping,
    sources,
    writing,
)
from wardround.schema.dependents import Renames
from wardround.schema.drafts import Draft
from wardround.schema.errors import (
    BadPack,
    BaseVersionMissing,
    ConsentNeeded,
    DefinitionGone,
    DefinitionNeeded,
    StaleDefinition,
    UnknownDefinition,
)
from wardround.schema.neighbours import DefinitionKey
from wardround.schema.packs import Loaded
from wardround.schema.permissions import EDIT, IMPORT
from wardround.schema.readable import (
    readable,
    require_whole,
    require_writing,
    unreadable,
)
from wardround.schema.refusals import refuse, wording
from wardround.schema.sources import Source
from wardround.schema.types import Change, ChangeKind, Difference, Place, Problem

__all__ = [
    "BadPack",
    "ConsentNeeded",
    "DefinitionNeeded",
    "Draft",
    "StaleDefinition",
    "check_definition",
    "check_packs",
    "check_retirement",
    "import_packs",
    "import_shipped",
    "refuse",
    "remove_pack",
    "retire_definition",
    "save_definition",
    "wording",
]

logger = logging.getLogger("wardround.schema")
_NO_RENAMES: Renames = {}


# Whole packs -------------------------------------------------------------------------------------


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
    done = _import(actor, given, at=at, consent=consent, renames=renames)
    shipped = _shipped_form(given)
    writing.note_departures(change for change in done.changes if change.pack not in shipped)
    models.Departure.objects.filter(pack__in=shipped).delete()
    models.Departure.objects.filter(pack__in=done.packs, kind="").delete()
    return done


def check_packs(
    actor: Actor, packs: Iterable[Source], *, renames: Renames = _NO_RENAMES
) -> tuple[Difference, list[Problem]]:
    """What an import would change, and every mistake; writes nothing."""
    require_whole(actor, IMPORT)
    ready = differences.loaded(packs, renames=renames)
    problems = [*ready.problems, *differences.rename_problems(ready, renames)]
    if problems:
        return Difference(()), problems
    return _as_shown(actor, differences.difference(ready, renames=renames)), []


def _import(
    actor: Actor, packs: Sequence[Source], *, at: datetime, consent: bool, renames: Renames
) -> Difference:
    ready = differences.loaded(packs, renames=renames)
    if problems := [*ready.problems, *differences.rename_problems(ready, renames)]:
        raise refuse(problems)
    difference = differences.difference(ready, renames=renames)
    _require_writing(actor, difference)
    _require_consent(difference, consent=consent)
    if not difference.empty:
        writing.write(actor, ready, difference, at)
        for pack in ready.packs:
            changes = [change for change in difference.changes if change.pack == pack.name]
            counts = _counts(changes)
            audit.record(
                actor, "pack.import", subject=("pack", pack.name), version=pack.version, **counts
            )
    return difference


def _shipped_form(packs: Sequence[Source]) -> list[str]:
    """Names of those that are byte for byte what the product shipped last."""
    rows = models.InstalledPack.objects.exclude(shipped_digest="")
    shipped = dict(rows.values_list("name", "shipped_digest"))
    return [source.name for source in packs if shipped.get(source.name) == source.digest]


@transaction.atomic
def remove_pack(actor: Actor, name: str, *, at: datetime, consent: bool = False) -> Difference:
    """Retire every definition of a pack and remove it. A shipped one stays away until imported.

    Raises UnknownDefinition; BadPack where another pack needs it; ConsentNeeded.
    """
    require_whole(actor, IMPORT)
    writing.locked_revision()
    difference = check_removal(name)
    _require_writing(actor, difference)
    _require_consent(difference, consent=consent)
    writing.write(actor, differences.loaded([], removed=[name]), difference, at)
    row = models.InstalledPack.objects.get(name=name)
    models.Departure.objects.filter(pack=name).delete()
    if row.shipped_digest:
        writing.depart(name, ("", ""), gone=True)
    row.delete()
    audit.record(actor, "pack.remove", subject=("pack", name), **_counts(difference.changes))
    return difference


def check_removal(name: str) -> Difference:
    """What removing a pack would do. Raises UnknownDefinition, BadPack."""
    if not models.InstalledPack.objects.filter(name=name).exists():
        raise UnknownDefinition(kind="pack", name=name)
    ready = differences.loaded([], removed=[name])
    if ready.problems:
        raise refuse(ready.problems)
    return differences.difference(ready, removed=[name])


def import_shipped(actor: Actor, *, at: datetime, names: Sequence[str] = ()) -> Difference:
    """Bring the product's own packs up to date; quick where nothing is new.

    `names` limits it to some packs. Definitions that the hospital has changed, retired or still
    needs stay as they are. An update that does not go together with them is left for a person:
    the packs stay as they were, and the log says why.
    """
    found = sources.find([sources.shipped_folder()])
    if found.problems:
        raise refuse(found.problems)
    fresh = shipping.wanted(source for source in found.packs if not names or source.name in names)
    if not fresh:
        return Difference(())
    try:
        return _update(actor, fresh, at=at)
    except BadPack as error:
        if not _something_of_our_own([source.name for source in fresh]):
            raise
        _tell_refused(actor, fresh, error)
        return Difference(())


def _something_of_our_own(shipped: Sequence[str]) -> bool:
    """Whether there are other packs than these, or changes in these."""
    others = models.InstalledPack.objects.exclude(name__in=shipped)
    return others.exists() or models.Departure.objects.filter(pack__in=shipped).exists()


def _tell_refused(actor: Actor, fresh: Sequence[Source], error: BadPack) -> None:
    told = "; ".join(f"{problem.field}: {problem.message}" for problem in error.problems)
    logger.error("The shipped packs do not go together with what is here: %s", told)
    names = ", ".join(source.name for source in fresh)
    audit.record(actor, "pack.refuse", subject=("pack", names), problems=told[:2000])


@transaction.atomic
def _update(actor: Actor, fresh: Sequence[Source], *, at: datetime) -> Difference:
    require_whole(actor, IMPORT)
    writing.locked_revision()
    # What living things need is kept: what is lost are lines of data that the product ships.
    ours = shipping.merged(fresh)
    difference = _import(actor, ours, at=at, consent=True, renames={})
    for source in fresh:
        models.InstalledPack.objects.filter(name=source.name).update(shipped_digest=source.digest)
    shipping.note_kept(fresh)
    return difference


# One definition ----------------------------------------------------------------------------------


@transaction.atomic
def save_definition(
    actor: Actor,
    draft: Draft,
    *,
    at: datetime,
    base_version: int | None = None,
    consent: bool = False,
) -> Difference:
    """Write one definition alone, new or changed or under a new name; a version for each change.

    It stays in the pack and file it came from, every other byte of which stays as it is; a new
    one goes into the hospital's own pack. Definitions that refer to a renamed one follow.

    Args:
        actor: who does it.
        draft: the definition.
        at: now.
        base_version: the version that was edited; None for a definition that is new.
        consent: whether things may lose what they live by.

    Raises:
        UnknownDefinition: no such kind.
        StaleDefinition: another version is in force than the one that was edited.
        BadDefinitionText: every mistake, in its text and in what refers to it.
        ConsentNeeded: what would be lost, counted.

    """
    require_whole(actor, EDIT)
    require_writing(actor, {draft.kind})
    writing.locked_revision()
    _require_readable(actor, draft.stored_key)
    _require_base(draft, base_version)
    ready, difference, problems = _proposal(draft)
    if problems:
        raise refusals.refuse_text(problems)
    _require_writing(actor, difference)
    _require_consent(difference, consent=consent)
    if not difference.empty:
        writing.write(actor, ready, difference, at)
        writing.note_departures(difference.changes)
        _record(actor, "definition.save", difference, draft)
    return difference


def check_definition(actor: Actor, draft: Draft) -> tuple[Difference, list[Problem]]:
    """What saving would change, and every mistake; writes nothing. Raises UnknownDefinition."""
    require_whole(actor, EDIT)
    require_writing(actor, {draft.kind})
    _require_readable(actor, draft.stored_key)
    ready, difference, problems = _proposal(draft)
    if not problems:
        problems = list(_beyond(actor, draft, ready))
    return _as_shown(actor, difference), problems


def _beyond(actor: Actor, draft: Draft, ready: Loaded) -> Iterable[Problem]:
    """What the actor would be refused on saving."""
    kind, value = kinds.kind_named(draft.kind), ready.view.get(draft.kind, draft.name)
    if kind is None or kind.beyond is None or value is None:
        return ()
    place = Place(drafts.TEXT, 1, 1)
    return (replace(problem, place=place) for problem in kind.beyond(value, actor))


def _proposal(draft: Draft) -> tuple[Loaded, Difference, list[Problem]]:
    if kinds.kind_named(draft.kind) is None:
        raise UnknownDefinition(kind="kind", name=draft.kind)
    prepared = drafts.prepared(draft)
    if prepared.problems:
        return prepared.ready, Difference(()), prepared.problems
    difference = differences.difference(prepared.ready, renames=draft.renames)
    return prepared.ready, _each_a_version(difference), []


def _each_a_version(difference: Difference) -> Difference:
    """Who edits a definition makes a version of it, even of its remarks: the next one can tell."""
    return replace(
        difference, changes=tuple(replace(change, content=True) for change in difference.changes)
    )


def _require_base(draft: Draft, base_version: int | None) -> None:
    row = drafts.stored_row(draft.stored_key)
    if row is None and base_version is not None:
        raise DefinitionGone(field="base_version", version=base_version)
    if row is not None and base_version is None:
        raise BaseVersionMissing(field="base_version", version=row.version)
    if row is not None and row.version != base_version:
        raise StaleDefinition(field="base_version", version=row.version)


@transaction.atomic
def retire_definition(  # noqa: PLR0913  # all are named
    actor: Actor,
    kind: str,
    name: str,
    *,
    at: datetime,
    base_version: int | None = None,
    consent: bool = False,
) -> Difference:
    """Take one definition out of force; its versions stay readable, and what began with them.

    Raises UnknownDefinition, StaleDefinition, DefinitionNeeded where another definition refers to
    it, and ConsentNeeded where something would lose what it lives by.
    """
    require_whole(actor, EDIT)
    require_writing(actor, {kind})
    writing.locked_revision()
    _require_readable(actor, (kind, name))
    ready = _retirement(kind, name, base_version)
    if ready.problems:
        raise refusals.refuse_retirement(ready.problems)
    difference = differences.difference(ready)
    _require_writing(actor, difference)
    _require_consent(difference, consent=consent)
    writing.write(actor, ready, difference, at)
    writing.note_departures(difference.changes)
    _record(actor, "definition.retire", difference, Draft(kind=kind, name=name))
    return difference


def check_retirement(actor: Actor, kind: str, name: str) -> tuple[Difference, list[Problem]]:
    """What retiring would do, and why it cannot be; writes nothing. Raises UnknownDefinition."""
    require_whole(actor, EDIT)
    require_writing(actor, {kind})
    _require_readable(actor, (kind, name))
    ready = _retirement(kind, name, None)
    return _as_shown(actor, differences.difference(ready)), ready.problems


def _retirement(kind: str, name: str, base_version: int | None) -> Loaded:
    row = drafts.stored_row((kind, name))
    if row is None:
        raise UnknownDefinition(kind=kind, name=name)
    if base_version is not None and row.version != base_version:
        raise StaleDefinition(field="base_version", version=row.version)
    return drafts.without(row)


# Both --------------------------------------------------------------------------------------------


def _require_readable(actor: Actor, key: DefinitionKey) -> None:
    """What somebody may not read is not there for them."""
    row = drafts.stored_row(key)
    if row is not None and not readable(actor, [row]):
        raise UnknownDefinition(kind=key[0], name=key[1])


def _require_writing(actor: Actor, difference: Difference) -> None:
    """What a change takes along counts too: texts that follow a name, lines that a pack loses."""
    require_writing(actor, {change.kind for change in difference.changes})


def _as_shown(actor: Actor, difference: Difference) -> Difference:
    """Without the texts of definitions that the actor may not read."""
    hidden = {(row.kind, row.name) for row in unreadable(actor)}
    changes = (
        replace(change, diff="") if change.was_key in hidden else change
        for change in difference.changes
    )
    return replace(difference, changes=tuple(changes))


def _require_consent(difference: Difference, *, consent: bool) -> None:
    if difference.lost and not consent:
        raise refusals.ask_consent(difference.lost)


def _counts(changes: Sequence[Change]) -> Mapping[str, int]:
    """How many definitions were changed in each way, and how many things lost one."""
    counts = {
        str(kind): len([1 for change in changes if change.change is kind]) for kind in ChangeKind
    }
    if not counts[ChangeKind.RENAMED]:
        del counts[ChangeKind.RENAMED]
    lost = sum(each.count for change in changes for each in change.lost)
    return {**counts, "lost": lost} if lost else counts


def _record(actor: Actor, action: str, difference: Difference, draft: Draft) -> None:
    row = queries.stored(actor, draft.kind, draft.name)
    audit.record(
        actor,
        action,
        subject=("definition", f"{draft.kind}/{draft.name}"),
        pack=row.pack,
        version=row.version,
        **({"renamed_from": draft.renamed_from} if draft.renamed_from else {}),
        **_counts(difference.changes),
    )
