"""Importing packs: checked as a whole, shown as a difference, written in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wardround.kernel import audit, live
from wardround.kernel.errors import FieldProblem
from wardround.kernel.ids import new_id
from wardround.kernel.types import Actor
from wardround.schema import cache, kinds, models, queries, sources
from wardround.schema.errors import BadPack
from wardround.schema.packs import Definition, Loaded, Pack
from wardround.schema.permissions import IMPORT
from wardround.schema.signals import DefinitionsChanged, definitions_changed
from wardround.schema.sources import Source
from wardround.schema.types import Change, ChangeKind, Difference, Problem, Words

MOST_PROBLEMS_TOLD = 500


def refuse(problems: Sequence[Problem]) -> BadPack:
    """The error that tells `problems`; each field is `file:line:column path`."""
    told = [
        FieldProblem(f"{one.place} {one.dotted}".strip(), wording(one))
        for one in problems[:MOST_PROBLEMS_TOLD]
    ]
    return BadPack(problems=told, count=len(problems))


def wording(problem: Problem) -> str:
    """The problem in the reader's language, with what was probably meant."""
    details = dict(problem.details)
    for part in ("expected", "wanted"):
        if isinstance(details.get(part), str) and details[part]:
            details[part] = Words(str(details[part]))
    told = Words(problem.message, details).told(_)
    if problem.suggestion:
        told += _("; did you mean “%(suggestion)s”?") % {"suggestion": problem.suggestion}
    return told


@transaction.atomic
def import_packs(actor: Actor, packs: Iterable[Source], *, at: datetime) -> Difference:
    """Install or update packs, all of them or none.

    Definitions whose content changed get a new version, those that are gone are retired (their
    versions stay for what began with them), data kinds are applied. Raises BadPack with every
    mistake in every pack.
    """
    actor.require(IMPORT, systems=())
    revision = _locked_revision()
    ready = queries.loaded(packs)
    if ready.problems:
        raise refuse(ready.problems)
    difference = queries.difference(ready)
    if not difference.empty:
        _write(actor, ready, difference, at)
        _renew(revision, difference)
        _apply(actor, ready, difference, at)
    return difference


def import_shipped(actor: Actor, *, at: datetime, names: Sequence[str] = ()) -> Difference:
    """Bring the product's own packs up to date; quick where nothing is new.

    `names` limits it to some packs. A pack that somebody has edited since is left as it is.
    """
    found = sources.find([sources.shipped_folder()])
    if found.problems:
        raise refuse(found.problems)
    wanted = [one for one in found.packs if not names or one.name in names]
    fresh = [one for one in wanted if _wants_update(one)]
    if not fresh:
        return Difference(())
    with transaction.atomic():
        difference = import_packs(actor, fresh, at=at)
        for one in fresh:
            rows = models.InstalledPack.objects.filter(name=one.name)
            # Of the files as they are shipped: what was sealed of them is no edit.
            rows.update(shipped_digest=one.digest, digest=one.digest)
    return difference


def _wants_update(source: Source) -> bool:
    row = models.InstalledPack.objects.filter(name=source.name).first()
    if row is None:
        return True
    edited = row.shipped_digest and row.digest != row.shipped_digest
    return not edited and row.shipped_digest != source.digest


def _locked_revision() -> models.Revision:
    """The one row; holding it, imports follow one another."""
    models.Revision.objects.bulk_create([models.Revision()], ignore_conflicts=True)
    return models.Revision.objects.select_for_update().get()


def _renew(revision: models.Revision, difference: Difference) -> None:
    revision.token = new_id()
    revision.save(update_fields=["token"])
    cache.changed()
    touched = tuple(sorted({change.kind for change in difference.changes}))
    definitions_changed.send(DefinitionsChanged(difference.packs, touched))
    live.publish("definitions", *touched)


# Writing -----------------------------------------------------------------------------------------


def _write(actor: Actor, ready: Loaded, difference: Difference, at: datetime) -> None:
    for pack in ready.packs:
        _write_pack(actor, pack, at)
        changes = [one for one in difference.changes if one.pack == pack.name]
        counts = {
            str(kind): len([1 for one in changes if one.change is kind]) for kind in ChangeKind
        }
        audit.record(
            actor, "pack.import", subject=("pack", pack.name), version=pack.version, **counts
        )
    _retire(difference)
    _write_definitions(actor, ready, difference, at)


def _write_pack(actor: Actor, pack: Pack, at: datetime) -> None:
    row, _created = models.InstalledPack.objects.update_or_create(
        name=pack.name,
        defaults={
            "version": pack.version,
            "label": {"zh": pack.label.zh, "en": pack.label.en},
            "requires": list(pack.requires),
            "digest": pack.source.digest,
            "imported_at": at,
            "imported_by": actor.name,
        },
    )
    models.PackFile.objects.filter(pack=row).delete()
    models.PackFile.objects.bulk_create(
        models.PackFile(pack=row, path=path, data=data) for path, data in pack.source.files.items()
    )


def _retire(difference: Difference) -> None:
    """Definitions that are gone, and the versions that new ones replace, are no longer current."""
    gone = [one for one in difference.changes if one.change is not ChangeKind.ADDED and one.content]
    for kind in {one.kind for one in gone}:
        names = [one.name for one in gone if one.kind == kind]
        rows = models.Definition.objects.filter(kind=kind, name__in=names, current=True)
        rows.update(current=False)


def _write_definitions(actor: Actor, ready: Loaded, difference: Difference, at: datetime) -> None:
    changed = {(one.kind, one.name): one for one in difference.changes}
    fresh = [one for one in _definitions(ready) if _content_changed(changed.get(one.key))]
    last = _last_versions(fresh)
    models.Definition.objects.bulk_create(
        models.Definition(
            kind=one.kind,
            name=one.name,
            version=last.get(one.key, 0) + 1,
            pack=one.pack,
            file=one.file,
            text=one.text,
            body=queries.stored_body(one),
            created_at=at,
            created_by=actor.name,
        )
        for one in fresh
    )
    for one in _definitions(ready):
        change = changed.get(one.key)
        if change is not None and not change.content:
            rows = models.Definition.objects.filter(kind=one.kind, name=one.name, current=True)
            rows.update(text=one.text, file=one.file, pack=one.pack)


def _definitions(ready: Loaded) -> Iterable[Definition]:
    return (one for pack in ready.packs for one in pack.definitions)


def _content_changed(change: Change | None) -> bool:
    return change is not None and change.content


def _last_versions(definitions: Sequence[Definition]) -> dict[tuple[str, str], int]:
    names = {one.name for one in definitions}
    rows = models.Definition.objects.filter(name__in=names).order_by("version")
    return {
        (kind, name): version for kind, name, version in rows.values_list("kind", "name", "version")
    }


def _apply(actor: Actor, ready: Loaded, difference: Difference, at: datetime) -> None:
    """Hand new and changed values of data kinds to their rooms, kinds in their order."""
    changed = {(one.kind, one.name) for one in difference.changes if one.content}
    values: dict[str, list[Any]] = {}
    for one in _definitions(ready):
        if one.key in changed:
            values.setdefault(one.kind, []).append(one.value)
    known = [kind for name in values if (kind := kinds.kind_named(name))]
    for kind in sorted(known, key=lambda one: (one.order, one.name)):
        if kind.apply is not None:
            kind.apply(values[kind.name], actor, at)
