"""Reading definitions: parsed values for rules, texts for people, packs for export."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from django.utils import timezone

from wardround.access import queries as access
from wardround.kernel import audit
from wardround.kernel.suggestions import Named
from wardround.kernel.types import Actor
from wardround.schema import (
    cache,
    dependents,
    differences,
    kinds,
    losses,
    models,
    packs,
    people,
    shipping,
    sources,
)
from wardround.schema.errors import UnknownDefinition
from wardround.schema.kinds import DefinitionKind
from wardround.schema.permissions import IMPORT, READ
from wardround.schema.readable import readable, require_whole, sees_whole, unreadable
from wardround.schema.sources import HEAD, Source
from wardround.schema.types import (
    DefinitionVersion,
    HeldBack,
    InstalledPack,
    ItemType,
    Label,
    Layer,
    Living,
    Problem,
    RelationKind,
    StoredDefinition,
    UpdateLoss,
    with_inherited,
)

T = TypeVar("T")


# Parsed values -----------------------------------------------------------------------------------


def kind_label(kind: str) -> Label | None:
    """What a kind of definition is called."""
    known = kinds.kind_named(kind)
    return known.label if known else None


def kinds_of_definition() -> list[DefinitionKind[Any]]:
    """Every kind that a room registered, by name."""
    return [kind_of_definition(name) for name in kinds.kind_names()]


def kind_of_definition(name: str) -> DefinitionKind[Any]:
    """Raises UnknownDefinition."""
    known = kinds.kind_named(name)
    if known is None:
        raise UnknownDefinition(kind="kind", name=name)
    return known


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


def hold() -> None:
    """Let nobody change definitions until this transaction ends, and read them as they are now.

    Whoever writes rows that hold names of definitions begins with it, before any row is locked:
    else a name could be carried to another while it is written once more.
    """
    cache.hold()


def derived(name: str, make: Callable[[], T]) -> T:
    """What `make` makes of the definitions, made once and again after each change of any."""
    held = cache.snapshot()
    if name not in held.derived:
        held.derived[name] = make()
    return cast("T", held.derived[name])


def layers() -> tuple[Layer, ...]:
    """The layers from top to bottom."""
    return tuple(sorted(definitions("layer").values(), key=lambda layer: layer.order))


def layers_of_types() -> Mapping[str, Layer]:
    """The layer of each type, of retired ones too."""
    return derived("layers-of-types", _layers_of_types)


def _layers_of_types() -> Mapping[str, Layer]:
    known = {layer.name: layer for layer in layers()}
    types = remembered_item_types().items()
    return {name: known[kind.layer] for name, kind in types if kind.layer in known}


def item_types() -> Mapping[str, ItemType]:
    """Every item type by name, with what it inherits."""
    return derived("item-types", _with_inheritance)


def _with_inheritance() -> Mapping[str, ItemType]:
    own: Mapping[str, ItemType] = definitions("item-type")
    return {name: with_inherited(value, own) for name, value in own.items()}


def item_type(name: str) -> ItemType:
    """One item type with what it inherits. Raises UnknownDefinition."""
    found = item_types().get(name)
    if found is None:
        raise UnknownDefinition(kind="item-type", name=name)
    return found


def relation_kinds() -> Mapping[str, RelationKind]:
    return definitions("relation-kind")


# What was retired and lives on -------------------------------------------------------------------


def remembered(kind: str) -> Mapping[str, Any]:
    """Every definition of a kind by name, of a retired one its last version.

    What is retired begins nothing new; what lives by it is still read with it.
    """
    return derived(f"remembered {kind}", lambda: _remembered(kind))


def _remembered(kind: str) -> Mapping[str, Any]:
    retired = models.Definition.objects.filter(kind=kind, retired_at__isnull=False)
    values: dict[str, Any] = {}
    for name, body in retired.order_by("version").values_list("name", "body"):
        with contextlib.suppress(ValueError):  # an old form that nobody reads any more
            values[name] = cache.parsed(kind, body)
    return {**values, **definitions(kind)}


def versions_read(kind: str, name: str) -> Iterator[Any]:
    """Every version of a definition that can be read still, newest first, as its frozen value."""
    rows = models.Definition.objects.filter(kind=kind, name=name).order_by("-version")
    for body in rows.values_list("body", flat=True):
        with contextlib.suppress(ValueError):  # an old form that nobody reads any more
            yield cache.parsed(kind, body)


def unread() -> list[str]:
    """Definitions in force, as `kind/name`, that nobody can read: they count for nothing."""
    rows = models.Definition.objects.filter(current=True).order_by("kind", "name")
    return [
        f"{row.kind}/{row.name}"
        for row in rows
        if kinds.kind_named(row.kind) is not None and not differences.values_of([row])
    ]


def remembered_item_types() -> Mapping[str, ItemType]:
    """Item types with what they inherit, retired ones too; for items that live."""
    return derived("remembered item types", _remembered_item_types)


def _remembered_item_types() -> Mapping[str, ItemType]:
    own: Mapping[str, ItemType] = remembered("item-type")
    return {name: with_inherited(value, own) for name, value in own.items()}


def remembered_relation_kinds() -> Mapping[str, RelationKind]:
    return remembered("relation-kind")


def known_names(kind: str) -> frozenset[str]:
    """The names of every definition of a kind that there is or was: what outlived one bears it."""
    return derived(f"names of {kind}", lambda: _known_names(kind))


def _known_names(kind: str) -> frozenset[str]:
    return frozenset(models.Definition.objects.filter(kind=kind).values_list("name", flat=True))


def named(kind: str) -> Named:
    """Of a filter: its value is the name of a definition of this kind that there is or was."""
    return Named(kind, lambda: known_names(kind))


def every_body(kind: str, *, mentioning: str = "") -> Iterator[Mapping[str, Any]]:
    """What every version of every definition of a kind declared, as it was stored; of those alone
    that mention something.
    """
    rows = models.Definition.objects.filter(kind=kind, body__contains=mentioning)
    for body in rows.values_list("body", flat=True):
        yield kinds.plain(body)


# Stored texts ------------------------------------------------------------------------------------


def stored(actor: Actor, kind: str, name: str, version: int | None = None) -> StoredDefinition:
    """One definition with its text, without a version its last one, even if it was retired.

    Raises UnknownDefinition, also for one that the actor may not read.
    """
    rows = models.Definition.objects.filter(kind=kind, name=name).order_by("-version")
    wanted = rows[:1] if version is None else rows.filter(version=version)
    for found in people.stored(actor, readable(actor, wanted)):
        return found
    raise UnknownDefinition(kind=kind, name=name)


def versions(actor: Actor, kind: str, name: str) -> list[DefinitionVersion]:
    """Every version that the actor may read, newest first. Raises UnknownDefinition."""
    rows = models.Definition.objects.filter(kind=kind, name=name).order_by("version")
    shown = people.stored(actor, readable(actor, rows))
    if not shown:
        raise UnknownDefinition(kind=kind, name=name)
    before = ["", *(version.text for version in shown)]
    told = [
        DefinitionVersion(version, differences.text_difference(old, version.text, version.file))
        for old, version in zip(before, shown, strict=False)
    ]
    return told[::-1]


def living_by(actor: Actor, kind: str, name: str) -> Living:
    """What lives by a definition outside of the definitions, by the last version of a retired one.

    The numbers are of the whole platform: whoever reads it in part is told that, and no number.
    Raises UnknownDefinition.
    """
    stored(actor, kind, name)
    if not sees_whole(actor, READ):
        return Living(complete=False)
    row = models.Definition.objects.filter(kind=kind, name=name).order_by("-version")[:1]
    values = differences.values_of(row).get(kind, {})
    return Living(dependents.living(kind, values).get(name, ()))


def referring_to(actor: Actor, kind: str, name: str) -> list[tuple[str, str, Label]]:
    """Kind, name and label of the definitions, of those the actor may read, that refer to one."""
    hidden = {(row.kind, row.name) for row in unreadable(actor)}
    return [
        (other.name, by, _called(value, by))
        for other in kinds.every()
        for by, value in definitions(other.name).items()
        if (other.name, by) not in hidden
        and any(
            (reference.kind, reference.name) == (kind, name)
            for reference in other.references(value)
        )
    ]


def _called(value: object, name: str) -> Label:
    """The label of a definition; one without is called by its name."""
    label = getattr(value, "label", None)
    return label if isinstance(label, Label) else Label(zh=name, en=name)


def stored_definitions(
    actor: Actor, *, kinds_wanted: Iterable[str] = (), packs_wanted: Iterable[str] = ()
) -> list[StoredDefinition]:
    """Current definitions that the actor may read, by kind and name; no filter means all."""
    rows = models.Definition.objects.filter(current=True).order_by("kind", "name")
    if wanted := list(kinds_wanted):
        rows = rows.filter(kind__in=wanted)
    if wanted := list(packs_wanted):
        rows = rows.filter(pack__in=wanted)
    return people.stored(actor, readable(actor, rows))


def waiting_update(names: Collection[str]) -> tuple[list[str], list[Problem]]:
    """Which of the product's packs are not installed in the form of this version, and what speaks
    against it; empty where all are. Those that the hospital removed are not waited for.

    Args:
        names: the packs that the product wants to be there; others count once they are installed.

    """
    installed = models.InstalledPack.objects.exclude(shipped_digest="")
    wanted = {*names, *installed.values_list("name", flat=True)}
    found = sources.find([sources.shipped_folder()]).packs
    fresh = shipping.wanted(source for source in found if source.name in wanted)
    if not fresh:
        return [], []
    return [source.name for source in fresh], list(shipping.taking_nothing(fresh).problems)


def held_back() -> list[HeldBack]:
    """What updates of the product's packs left as it was, since their new form would take something
    from what lives here; each until a person brings the pack in, or makes it the hospital's own.
    """
    rows = models.Departure.objects.exclude(waits=[]).order_by("pack", "kind", "name")
    return [HeldBack(row.pack, row.kind, row.name, tuple(losses.told(row.waits))) for row in rows]


def waiting_updates(actor: Actor) -> list[HeldBack]:
    """The same for a reader: what would be lost is counted over all, and may name any of it.

    Raises Forbidden for whoever does not see the whole.
    """
    require_whole(actor, IMPORT)
    return held_back()


LOST_BY_UPDATE = "pack.lose"
"""The act under which the audit has what an update of a shipped pack took away, while updates at
the start still did.
"""


LOSS_DAYS_TOLD = 30
"""How long what an update took is told where people look: none of them was asked before."""


def losses_told_since(at: datetime) -> datetime:
    """Since when what was taken is told at a moment: days begin where the hospital is."""
    day = timezone.localtime(at).date() - timedelta(days=LOSS_DAYS_TOLD)
    return timezone.make_aware(datetime.combine(day, time()))


def lost_by_updates(since: datetime) -> list[UpdateLoss]:
    """What updates of the product's packs took from what lives here, from then on; newest first."""
    lines = audit.written(LOST_BY_UPDATE, of="pack", since=since)
    return [UpdateLoss(pack, at, tuple(losses.told(detail["what"]))) for at, pack, detail in lines]


def installed_packs(actor: Actor) -> list[InstalledPack]:
    """The packs, with how many definitions of each the actor may read; without those of which he
    may read nothing.
    """
    current = models.Definition.objects.filter(current=True)
    counts = Counter(current.values_list("pack", flat=True))
    whole = frozenset(counts)
    counts.subtract(row.pack for row in unreadable(actor))
    hidden = {pack for pack in whole if not counts[pack]}
    rows = list(models.InstalledPack.objects.order_by("name"))
    importers = access.called(actor, {row.imported_by for row in rows})
    files = models.PackFile.objects.filter(path=HEAD)
    heads = dict(files.values_list("pack__name", "data"))
    return [
        InstalledPack(
            name=row.name,
            version=row.version,
            label=Label.parse(row.label),
            requires=tuple(row.requires),
            imported_at=row.imported_at,
            imported_by=importers[row.imported_by],
            definitions=counts[row.name],
            description=packs.description(Source(row.name, {HEAD: bytes(heads[row.name])})),
        )
        for row in rows
        if row.name not in hidden
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
