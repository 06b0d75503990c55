"""Reading definitions: parsed values for rules, texts for people, packs for export."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from wardround.kernel.types import Actor
from wardround.schema import cache, kinds, models, packs
from wardround.schema.errors import UnknownDefinition
from wardround.schema.packs import Definition, Installed, Loaded
from wardround.schema.readable import readable, unreadable
from wardround.schema.sources import Source
from wardround.schema.types import (
    Change,
    ChangeKind,
    Difference,
    InstalledPack,
    ItemType,
    Label,
    Layer,
    RelationKind,
    StoredDefinition,
    with_inherited,
)

T = TypeVar("T")


# Parsed values -----------------------------------------------------------------------------------


def kind_label(kind: str) -> Label | None:
    """What a kind of definition is called."""
    known = kinds.kind_named(kind)
    return known.label if known else None


def definitions(kind: str) -> Mapping[str, Any]:
    """Every current definition of a kind by name, as the frozen value its room made of it."""
    return cache.snapshot().values(kind)


def definition(kind: str, name: str, version: int | None = None) -> Any:
    """One definition's frozen value, the current one or a given version.

    Raises UnknownDefinition.
    """
    held = cache.snapshot()
    value = held.values(kind).get(name) if version is None else held.past(kind, name, version)
    if value is None:
        raise UnknownDefinition(kind=kind, name=name)
    return value


def current_version(kind: str, name: str) -> int:
    """The version a new record of this definition begins with. Raises UnknownDefinition."""
    version = cache.snapshot().versions(kind).get(name)
    if version is None:
        raise UnknownDefinition(kind=kind, name=name)
    return version


def revision() -> UUID | None:
    """Changes whenever any definition does; compare it to know when to compile anew."""
    return cache.snapshot().token


def derived(name: str, make: Callable[[], T]) -> T:
    """What `make` makes of the definitions, made once and again after each change of any."""
    held = cache.snapshot()
    if name not in held.derived:
        held.derived[name] = make()
    return cast("T", held.derived[name])


def layers() -> tuple[Layer, ...]:
    """The layers from top to bottom."""
    return tuple(sorted(definitions("layer").values(), key=lambda layer: layer.order))


def item_types() -> Mapping[str, ItemType]:
    """Every item type by name, with what it inherits."""
    return derived("item-types", _with_inheritance)


def _with_inheritance() -> Mapping[str, ItemType]:
    own: Mapping[str, ItemType] = definitions("item-type")
    return {name: with_inherited(one, own) for name, one in own.items()}


def item_type(name: str) -> ItemType:
    """One item type with what it inherits. Raises UnknownDefinition."""
    found = item_types().get(name)
    if found is None:
        raise UnknownDefinition(kind="item-type", name=name)
    return found


def relation_kinds() -> Mapping[str, RelationKind]:
    return definitions("relation-kind")


# Stored texts ------------------------------------------------------------------------------------


def stored(actor: Actor, kind: str, name: str, version: int | None = None) -> StoredDefinition:
    """One definition with its text. Raises UnknownDefinition, also for one that the actor may not
    read.
    """
    which = {"current": True} if version is None else {"version": version}
    rows = models.Definition.objects.filter(kind=kind, name=name, **which)
    for row in readable(actor, rows):
        return _stored(row)
    raise UnknownDefinition(kind=kind, name=name)


def stored_definitions(
    actor: Actor, *, kinds_wanted: Iterable[str] = (), packs_wanted: Iterable[str] = ()
) -> list[StoredDefinition]:
    """Current definitions that the actor may read, by kind and name; no filter means all."""
    rows = models.Definition.objects.filter(current=True).order_by("kind", "name")
    if wanted := list(kinds_wanted):
        rows = rows.filter(kind__in=wanted)
    if wanted := list(packs_wanted):
        rows = rows.filter(pack__in=wanted)
    return [_stored(row) for row in readable(actor, rows)]


def _stored(row: models.Definition) -> StoredDefinition:
    body = json.loads(row.body)
    kind = kinds.kind_named(row.kind)
    return StoredDefinition(
        kind=row.kind,
        name=row.name,
        version=row.version,
        pack=row.pack,
        file=row.file,
        label=kind.label_of(body) if kind else None,
        text=row.text,
        body=body,
    )


def installed_packs(actor: Actor) -> list[InstalledPack]:
    """The packs, with how many definitions of each the actor may read."""
    current = models.Definition.objects.filter(current=True)
    counts = Counter(current.values_list("pack", flat=True))
    counts.subtract(row.pack for row in unreadable(actor))
    return [
        InstalledPack(
            name=row.name,
            version=row.version,
            label=Label.parse(row.label),
            requires=tuple(row.requires),
            imported_at=row.imported_at,
            imported_by=row.imported_by,
            definitions=counts[row.name],
        )
        for row in models.InstalledPack.objects.order_by("name")
    ]


def exported(actor: Actor, name: str) -> Source:
    """A pack's files as they were imported, each secret's token in its place.

    Raises UnknownDefinition, also where the actor may not read all of it.
    """
    pack = models.InstalledPack.objects.filter(name=name).first()
    inside = list(models.Definition.objects.filter(current=True, pack=name))
    if pack is None or len(readable(actor, inside)) < len(inside):
        raise UnknownDefinition(kind="pack", name=name)
    rows = models.PackFile.objects.filter(pack=pack).values_list("path", "data")
    return Source(name, {path: bytes(data) for path, data in rows})


# Before an import --------------------------------------------------------------------------------


def loaded(sources: Iterable[Source]) -> Loaded:
    """Packs read and checked together with everything else that is installed."""
    wanted = list(sources)
    return packs.load(wanted, installed=_installed_beside(wanted), outside=kinds.outside)


def _installed_beside(sources: Iterable[Source]) -> Installed:
    """What is installed, without the packs that `sources` would replace."""
    replaced = packs.names_in(sources)
    present = set(models.InstalledPack.objects.values_list("name", flat=True)) - replaced
    rows = models.Definition.objects.filter(current=True, pack__in=present)
    values: dict[str, dict[str, Any]] = {}
    owners = {}
    for kind, name, pack, body in rows.values_list("kind", "name", "pack", "body"):
        owners[kind, name] = pack
        if kinds.kind_named(kind) is not None:
            values.setdefault(kind, {})[name] = cache.parsed(kind, body)
    return Installed(frozenset(present), values, owners)


def difference(ready: Loaded) -> Difference:
    """What an import of these packs would change, definition by definition."""
    names = [pack.name for pack in ready.packs]
    rows = models.Definition.objects.filter(current=True, pack__in=names)
    before = {(row.kind, row.name): row for row in rows}
    changes = []
    for pack in ready.packs:
        changes += [
            change for one in pack.definitions if (change := _change(one, before.get(one.key)))
        ]
    staying = {one.key for pack in ready.packs for one in pack.definitions}
    changes += [_removal(row) for key, row in before.items() if key not in staying]
    return Difference(tuple(names), tuple(changes), tuple(_other_files(ready)))


def _change(one: Definition, before: models.Definition | None) -> Change | None:
    if before is not None and _place(before) == (one.pack, one.file, one.text):
        return None
    kind = ChangeKind.ADDED if before is None else ChangeKind.CHANGED
    diff = text_difference(before.text if before else "", one.text, one.file)
    content = before is None or before.body != stored_body(one)
    return Change(kind, one.pack, one.kind, one.name, one.file, diff, content)


def _place(row: models.Definition) -> tuple[str, str, str]:
    return row.pack, row.file, row.text


def _removal(row: models.Definition) -> Change:
    diff = text_difference(row.text, "", row.file)
    return Change(ChangeKind.REMOVED, row.pack, row.kind, row.name, row.file, diff)


def stored_body(one: Definition) -> str:
    """The body as it is stored and compared."""
    body = {key: value for key, value in one.body.items() if key != "kind"}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def text_difference(before: str, after: str, file: str) -> str:
    """A unified diff of two texts."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{file}", f"b/{file}", lineterm=""
    )
    return "\n".join(lines)


def _other_files(ready: Loaded) -> Iterable[str]:
    """Files whose bytes differ from those stored."""
    names = [pack.name for pack in ready.packs]
    rows = models.PackFile.objects.filter(pack__name__in=names)
    before = {
        (pack, path): bytes(data)
        for pack, path, data in rows.values_list("pack__name", "path", "data")
    }
    after = {
        (pack.name, path): data for pack in ready.packs for path, data in pack.source.files.items()
    }
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            yield "/".join(key)
