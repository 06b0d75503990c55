"""Writing what was loaded, checked and compared; inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wardround.access.actions import lock_administration
from wardround.kernel import audit, live
from wardround.kernel.ids import new_id
from wardround.kernel.types import Actor
from wardround.schema import cache, dependents, differences, kinds, losses, models
from wardround.schema.neighbours import DefinitionKey
from wardround.schema.packs import Definition, Loaded, Pack
from wardround.schema.signals import DefinitionsChanged, definitions_changed
from wardround.schema.types import Change, ChangeKind, Difference


def locked_revision() -> models.Revision:
    """The one row; holding it, changes of definitions follow one another, and whoever is writing
    rows that name definitions has finished (`queries.hold`).

    Administration is locked before it, here and by whoever gives a new name that definitions
    follow: in one order everywhere, so that no two wait for each other.
    """
    lock_administration()
    cache.lock(shared=False)
    models.Revision.objects.bulk_create([models.Revision()], ignore_conflicts=True)
    return models.Revision.objects.select_for_update().get()


def write(actor: Actor, ready: Loaded, difference: Difference, at: datetime) -> None:
    """Store packs and definitions, carry rows to new names, apply data, let go of what is lost.

    The new definitions are in force for every room before its rows are touched.
    """
    before = values_before(difference)
    for pack in ready.packs:
        _write_pack(actor, pack, at)
    _set_aside(actor, difference, at)
    _move_renamed(difference)
    _retire(actor, difference, at)
    _write_definitions(actor, ready, difference, at)
    _renew(difference)
    _carry(actor, difference, at)
    renames = {change.was_key: change.name for change in difference.of(ChangeKind.RENAMED)}
    for kind, values in before.items():
        dependents.follow(actor, kind, values, ready.view, renames=renames, at=at)
    _apply(actor, ready, difference, at)
    for kind, values in before.items():
        dependents.let_go(actor, kind, values, ready.view, renames=renames, at=at)


def values_before(difference: Difference) -> dict[str, dict[str, Any]]:
    """The definitions that change in content, go or come back, as they are or were last."""
    keys = {change.was_key for change in difference.changes if change.content}
    return differences.values_of(differences.last_rows(keys).values())


def _renew(difference: Difference) -> None:
    models.Revision.objects.update(token=new_id())
    cache.changed()
    touched = tuple(sorted({change.kind for change in difference.changes}))
    definitions_changed.send(DefinitionsChanged(difference.packs, touched))
    live.publish("definitions", *touched)


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


def _set_aside(actor: Actor, difference: Difference, at: datetime) -> None:
    """A retired definition whose name is taken goes on under another, with what lives by it."""
    for aside in difference.aside:
        _move(aside.kind, aside.name, aside.becomes)
        dependents.carry(actor, aside.kind, {aside.name: aside.becomes}, at)
        subject = ("definition", f"{aside.kind}/{aside.becomes}")
        audit.record(actor, "definition.set_aside", subject=subject, old=aside.name)


def _move_renamed(difference: Difference) -> None:
    """A renamed definition takes its versions along: what began with one of them keeps it."""
    for change in difference.of(ChangeKind.RENAMED):
        _move(change.kind, change.was, change.name)


def _move(kind: str, old: str, new: str) -> None:
    rows = list(models.Definition.objects.filter(kind=kind, name=old))
    for row in rows:
        row.name = new
        if body := kinds.plain(row.body):
            row.body = differences.as_stored({**body, "name": new})
    models.Definition.objects.bulk_update(rows, ["name", "body"])


def _retire(actor: Actor, difference: Difference, at: datetime) -> None:
    """Definitions that are gone, and the versions that new ones replace, are no longer current."""
    replaced = [change for change in difference.changes if change.change is not ChangeKind.ADDED]
    gone = difference.of(ChangeKind.REMOVED)
    _current(change for change in gone).update(retired_at=at, retired_by=actor.name)
    _current(change for change in replaced if change.content).update(current=False)


def _current(changes: Iterable[Change]) -> Any:
    """The rows in force of some definitions."""
    names: dict[str, list[str]] = {}
    for change in changes:
        names.setdefault(change.kind, []).append(change.name)
    rows = models.Definition.objects.none()
    for kind, several in names.items():
        rows |= models.Definition.objects.filter(kind=kind, name__in=several)
    return rows.filter(current=True)


def _write_definitions(actor: Actor, ready: Loaded, difference: Difference, at: datetime) -> None:
    changed = {(change.kind, change.name): change for change in difference.changes}
    fresh = [
        definition
        for definition in _definitions(ready)
        if _content_changed(changed.get(definition.key))
    ]
    last = _last_versions(fresh)
    models.Definition.objects.bulk_create(
        models.Definition(
            kind=definition.kind,
            name=definition.name,
            version=last.get(definition.key, 0) + 1,
            pack=definition.pack,
            file=definition.file,
            text=definition.text,
            body=differences.stored_body(definition),
            created_at=at,
            created_by=actor.name,
        )
        for definition in fresh
    )
    for definition in _definitions(ready):
        change = changed.get(definition.key)
        if change is not None and not change.content:
            rows = models.Definition.objects.filter(
                kind=definition.kind, name=definition.name, current=True
            )
            rows.update(text=definition.text, file=definition.file, pack=definition.pack)


def _definitions(ready: Loaded) -> Iterable[Definition]:
    return (definition for pack in ready.packs for definition in pack.definitions)


def _content_changed(change: Change | None) -> bool:
    return change is not None and change.content


def _last_versions(definitions: Sequence[Definition]) -> dict[DefinitionKey, int]:
    names = {definition.name for definition in definitions}
    rows = models.Definition.objects.filter(name__in=names).order_by("version")
    return {
        (kind, name): version for kind, name, version in rows.values_list("kind", "name", "version")
    }


# What follows in the rooms -----------------------------------------------------------------------


def _carry(actor: Actor, difference: Difference, at: datetime) -> None:
    names: dict[str, dict[str, str]] = {}
    for change in difference.of(ChangeKind.RENAMED):
        names.setdefault(change.kind, {})[change.was] = change.name
    for kind, several in names.items():
        dependents.carry(actor, kind, several, at)


def _apply(actor: Actor, ready: Loaded, difference: Difference, at: datetime) -> None:
    """Hand new and changed values of data kinds to their rooms, kinds in their order."""
    changed = {(change.kind, change.name) for change in difference.changes if change.content}
    values: dict[str, list[Any]] = {}
    for definition in _definitions(ready):
        if definition.key in changed:
            values.setdefault(definition.kind, []).append(definition.value)
    known = [kind for name in values if (kind := kinds.kind_named(name))]
    for kind in sorted(known, key=lambda kind: (kind.order, kind.name)):
        if kind.apply is not None:
            kind.apply(values[kind.name], actor, at)


# Departures --------------------------------------------------------------------------------------


def note_departures(changes: Iterable[Change]) -> None:
    """Remember where shipped packs are no longer as the product ships them."""
    shipped = _shipped()
    for change in changes:
        if change.pack in shipped:
            gone = change.change is ChangeKind.REMOVED
            depart(change.pack, (change.kind, change.name), gone=gone)
            if change.was:
                depart(change.pack, change.was_key, gone=True)


def _shipped() -> Collection[str]:
    packs = models.InstalledPack.objects.exclude(shipped_digest="")
    return frozenset(packs.values_list("name", flat=True))


def depart(pack: str, key: DefinitionKey, *, gone: bool) -> None:
    models.Departure.objects.update_or_create(
        pack=pack, kind=key[0], name=key[1], defaults={"gone": gone, "waits": []}
    )


def hold_back(packs: Collection[str], held: Iterable[Change]) -> None:
    """Remember which definitions an update of these packs left as they were, and why; what waited
    before has come, or waits anew.
    """
    models.Departure.objects.filter(pack__in=packs).exclude(waits=[]).delete()
    for change in held:
        models.Departure.objects.update_or_create(
            pack=change.pack,
            kind=change.kind,
            name=change.was or change.name,
            defaults={"gone": False, "waits": losses.kept([change])},
        )


def keep(key: DefinitionKey) -> bool:
    """What an update left waiting stays as it is for good; whether it did wait."""
    rows = models.Departure.objects.filter(kind=key[0], name=key[1]).exclude(waits=[])
    kept = rows.update(waits=[]) > 0
    if kept:
        live.publish("definitions")
    return kept


def departures() -> Mapping[DefinitionKey, bool]:
    """Where the hospital departs from shipped packs: whether each definition is gone."""
    rows = models.Departure.objects.exclude(kind="").filter(waits=[])
    return {(row.kind, row.name): row.gone for row in rows}
