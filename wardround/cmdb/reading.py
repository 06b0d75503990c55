"""From rows to what crosses the door, with a fixed number of queries for any number of rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from django.db.models import Count, F, Func, Q, QuerySet, UUIDField

from wardround.cmdb import models, ruled, statements
from wardround.cmdb.drafts import Stored, Target
from wardround.cmdb.fit import unfit
from wardround.cmdb.restricted import Sight
from wardround.cmdb.rules import as_id, parts_of, reference_names, types_with
from wardround.cmdb.types import (
    OUT_OF_REACH,
    Condition,
    Importance,
    Item,
    ItemRef,
    OutOfReach,
    Parts,
    Relation,
    Standby,
)
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.attributes import masked
from wardround.schema.types import ItemRole, ItemType, Label, Layer, RelationKind


def both_ends(reach: Reach) -> Q:
    """The condition on relations: what leads out of reach is not there."""
    return reach.condition(item="source", systems="source__systems") & reach.condition(
        item="target", systems="target__systems"
    )


@dataclass(frozen=True, slots=True)
class Names:
    """Items that something within reach names."""

    refs: Mapping[UUID, ItemRef]
    """Those within reach themselves, and those that serve no system (the rooms of the whole
    hospital). What serves other systems only keeps its name to itself."""
    inside: Collection[UUID]
    """Those within reach themselves: who answers for an item is named to them alone."""

    def ref(self, id_: UUID | None) -> ItemRef | OutOfReach | None:
        return self.refs.get(id_, OUT_OF_REACH) if id_ else None

    def person(self, id_: UUID | None) -> ItemRef | OutOfReach | None:
        """An owner or a vendor."""
        return OUT_OF_REACH if id_ and id_ not in self.inside else self.ref(id_)


def names(reach: Reach, ids: Collection[UUID]) -> Names:
    """What may be told of these items; one query, and one for those that were deleted."""
    if not ids:
        return Names({}, ())
    rows = models.Item.objects.filter(may_be_named(reach), id__in=set(ids))
    found = list(rows.values_list("id", "key", "name", "type", "systems"))
    if missing := {*ids} - {row[0] for row in found}:
        gone = models.Binned.objects.filter(gone_may_be_named(reach), id__in=missing)
        found += gone.values_list("id", "key", "name", "type", "systems")
    reach.look_at(row[0] for row in found)
    inside = {id_ for id_, _key, _name, _type, systems in found if reach.covers(id_, systems)}
    return Names({row[0]: ItemRef(*row[:4]) for row in found}, inside)


def named(reach: Reach, ids: Collection[UUID]) -> Mapping[UUID, ItemRef]:
    """Names of items that something within reach names; one query."""
    return names(reach, ids).refs


def named_within(reach: Reach, ids: Collection[UUID]) -> Mapping[UUID, ItemRef]:
    """Those of these items that are within reach themselves, deleted ones too; one query or two."""
    known = names(reach, ids)
    return {id_: ref for id_, ref in known.refs.items() if id_ in known.inside}


def may_be_named(reach: Reach) -> Q:
    """The condition on items that something within reach names."""
    return Q() if reach.everything else reach.condition() | Q(systems=[])


def gone_may_be_named(reach: Reach) -> Q:
    """The same on deleted items: an expression over items is true of none of these."""
    return Q() if reach.everything else reach.condition(item="pk") | Q(systems=[])


def changes_within(reach: Reach) -> Q:
    """The condition on changes: that it was related to something out of reach is not told."""
    if reach.everything:
        return Q()
    told = models.Item.objects.filter(may_be_named(reach)).values("id")
    gone = models.Binned.objects.filter(gone_may_be_named(reach)).values("id")
    return ~Q(field__startswith="relation.") | Q(other_id__in=told) | Q(other_id__in=gone)


def nameable(
    names: Collection[str], reach: Reach, *, present: Collection[UUID] = ()
) -> dict[str, Target]:
    """Items that may be named by an id or key, by that; one query.

    Those within reach, and those that stand there already (`present`), which may stay whoever sees
    them or not.
    """
    if not names:
        return {}
    ids = {text: id_ for text in names if (id_ := as_id(text))}
    wanted = Q(id__in=list(ids.values())) | Q(key__in=list(names))
    inside = reach.condition()
    if not reach.everything:
        inside |= Q(id__in=list(present))
    rows = models.Item.objects.filter(wanted, inside)
    found: dict[str | UUID, Target] = {}
    for id_, key, type_name, retired_at in rows.values_list("id", "key", "type", "retired_at"):
        found[key] = found[id_] = Target(id_, type_name, retired=retired_at is not None)
    return {text: found[way] for text in names if (way := ids.get(text, text)) in found}


def stored(row: models.Item) -> Stored:
    """A row as an edit begins with it."""
    return Stored(
        id=row.id,
        key=row.key,
        type=row.type,
        name=row.name,
        importance=row.importance,
        owner=row.owner_id,
        vendor=row.vendor_id,
        attributes=row.attributes,
        origin=row.origin,
        retired=row.retired_at is not None,
        systems=tuple(row.systems),
    )


def stored_by_key(keys: Collection[str]) -> dict[str, Stored]:
    """Stored items by key, locked for this transaction; one query."""
    rows = models.Item.objects.filter(key__in=list(keys)).order_by("id")
    return {row.key: stored(row) for row in rows.select_for_update(no_key=True)}


def read_items(rows: Sequence[models.Item], reach: Reach) -> tuple[Item, ...]:
    """The items of these rows; one query more, for all the names they mention, and one for the
    parts of business systems among them.
    """
    definitions = _Definitions()
    reach.look_at(id_ for row in rows for id_ in (row.id, *row.systems))
    systems = [row.id for row in rows if ItemRole.SYSTEM in definitions.roles(row.type)]
    fare = parts(reach, systems) if systems else {}
    known = names(reach, _mentioned(rows, reach))
    reader = _Reader(known, reach, definitions, fare, Sight(reach))
    return tuple(reader.item(row) for row in rows)


def parts(reach: Reach, systems: Collection[UUID]) -> dict[UUID, Parts]:
    """How the parts of these systems fare, as far as they are within reach. One query, and one more
    where a system is within reach and what serves it need not be.

    Whatever serves a system that a grant names is within reach, so these are chosen by it alone.
    """
    counted: dict[UUID, dict[Condition, int]] = {system: {} for system in systems}
    whole = {each for each in counted if reach.everything or each in reach.systems}
    written = types_with(ItemRole.DOCUMENT, schema.remembered_item_types())
    found = statements.returned("parts_faring", {"systems": [*whole], "document_types": written})
    if rest := {*reach.of(counted)} - whole:
        found += _faring_as_seen(reach, rest, written)
    for system, condition, number in found:
        counted[system][Condition(condition)] = number
    return {system: parts_of(conditions) for system, conditions in counted.items()}


def _faring_as_seen(
    reach: Reach, systems: Collection[UUID], written: Sequence[str]
) -> list[tuple[Any, ...]]:
    """The same of systems that an expression reaches: each part has to be within reach itself."""
    system = Func(F("systems"), function="unnest", output_field=UUIDField())
    rows: QuerySet[Any] = models.Item.objects.filter(reach.condition(), retired_at=None)
    rows = rows.filter(systems__overlap=[*systems]).exclude(id__in=systems)
    rows = rows.exclude(type__in=written)
    counted = rows.annotate(system=system).values("system", "condition")
    return [
        (row["system"], row["condition"], row["number"])
        for row in counted.annotate(number=Count("id")).order_by()
        if row["system"] in systems
    ]


def _mentioned(rows: Iterable[models.Item], reach: Reach) -> set[UUID]:
    types = schema.remembered_item_types()
    ids: set[UUID] = set()
    for row in rows:
        ids.update(id_ for id_ in (row.owner_id, row.vendor_id) if id_)
        ids.update(reach.of(row.systems))
        for name in reference_names(types.get(row.type)):
            if id_ := as_id(str(row.attributes.get(name))):
                ids.add(id_)
    return ids


def _layers() -> Mapping[str, Layer]:
    return {layer.name: layer for layer in schema.layers()}


@dataclass(frozen=True, slots=True)
class _Definitions:
    """The definitions that items live by, looked up once for all of them."""

    types: Mapping[str, ItemType] = field(default_factory=schema.remembered_item_types)
    in_force: Mapping[str, ItemType] = field(default_factory=schema.item_types)
    layers: Mapping[str, Layer] = field(default_factory=_layers)

    def roles(self, type_name: str) -> Collection[ItemRole]:
        its_type = self.types.get(type_name)
        return its_type.roles if its_type else ()

    def of(self, type_name: str) -> dict[str, Any]:
        """What an item tells of its type; of one that nobody remembers, only its name."""
        its_type = self.types.get(type_name)
        layer = self.layers.get(its_type.layer) if its_type else None
        return {
            "type": type_name,
            "type_label": its_type.label if its_type else Label.parse(type_name),
            "type_retired": type_name not in self.in_force,
            "layer": layer.name if layer else "",
            "layer_label": layer.label if layer else Label("", ""),
            "roles": its_type.roles if its_type else (),
        }


@dataclass(frozen=True, slots=True)
class _Reader:
    names: Names
    reach: Reach
    definitions: _Definitions
    parts: Mapping[UUID, Parts]
    sight: Sight

    def item(self, row: models.Item) -> Item:
        hidden = self.sight.hidden(row.type, row.id, row.systems)
        return Item(
            id=row.id,
            key=row.key,
            name=row.name,
            importance=Importance(row.importance) if row.importance else None,
            condition=Condition(row.condition),
            condition_since=row.condition_since,
            owner=self.names.person(row.owner_id),
            vendor=self.names.person(row.vendor_id),
            systems=self.systems(row),
            attributes=self.attributes(row, hidden),
            restricted=tuple(sorted(hidden)),
            updated_at=row.updated_at,
            version=row.version,
            retired_at=row.retired_at,
            unfit=self.unfit(row, hidden),
            parts=self.parts.get(row.id),
            **self.definitions.of(row.type),
        )

    def systems(self, row: models.Item) -> tuple[ItemRef, ...]:
        known = (self.names.refs.get(id_) for id_ in self.reach.of(row.systems))
        return tuple(sorted((ref for ref in known if ref), key=lambda ref: ref.name))

    def unfit(self, row: models.Item, hidden: Collection[str]) -> dict[str, str]:
        types = self.definitions.types
        its_type = types.get(row.type)
        if its_type is None:
            return {}
        pointed = (as_id(str(row.attributes.get(name))) for name in reference_names(its_type))
        known = {id_: ref.type for id_ in pointed if id_ and (ref := self.names.refs.get(id_))}
        found = unfit(its_type, row.attributes, known, types)
        return {name: why for name, why in found if name not in hidden}

    def attributes(self, row: models.Item, hidden: Collection[str]) -> dict[str, Any]:
        its_type = schema.remembered_item_types().get(row.type)
        if its_type is None:
            return {}
        held = {name: value for name, value in row.attributes.items() if name not in hidden}
        shown = masked(its_type.attributes, held)
        for name in reference_names(its_type):
            if name in shown:
                shown[name] = self.names.ref(as_id(str(shown[name])))
        return shown


def read_relations(rows: Iterable[models.Relation]) -> tuple[Relation, ...]:
    """Relations whose ends were fetched with them."""
    kinds, in_force = schema.remembered_relation_kinds(), schema.relation_kinds()
    return tuple(
        _relation(row, kinds.get(row.kind), retired=row.kind not in in_force) for row in rows
    )


def _relation(row: models.Relation, kind: RelationKind | None, *, retired: bool) -> Relation:
    name = Label.parse(row.kind)
    return Relation(
        id=row.id,
        kind=row.kind,
        kind_label=kind.label if kind else name,
        reverse_label=kind.reverse_label if kind else name,
        kind_retired=retired,
        source=_end(row.source),
        target=_end(row.target),
        group=row.group,
        need=row.need,
        standby=Standby(row.standby) if row.standby else None,
        switch_minutes=row.switch_minutes,
        rule=rule.label if (rule := ruled.in_force().get(ruled.keeper(row.origin))) else None,
    )


def _end(row: models.Item) -> ItemRef:
    return ItemRef(row.id, row.key, row.name, row.type)


# History ----------------------------------------------------------------------------------------

_COLUMNS = ("owner", "vendor")
_ATTRIBUTE = "attributes."


def hidden_fields(sight: Sight, row: models.Item, fields: Collection[str]) -> frozenset[str]:
    """Of the fields that changes of an item tell of, those that are kept from the reader."""
    its_type = schema.remembered_item_types().get(row.type)
    return frozenset(
        field
        for field in fields
        if field.startswith(_ATTRIBUTE)
        and sight.hides_past(its_type, field.removeprefix(_ATTRIBUTE), row.id, row.systems)
    )


@dataclass(frozen=True, slots=True)
class Nameable:
    """Which of the items that some changes name may be told of; `ids` is None where all may."""

    ids: Collection[UUID] | None
    fields: Collection[str] = ()
    """Fields whose values are items' ids."""
    people: Collection[UUID] = ()
    """Those who may be told of as owner or vendor."""

    @classmethod
    def of(cls, reach: Reach, rows: Sequence[models.ItemChange], type_name: str) -> Self:
        if reach.everything:
            return cls(None)
        its = reference_names(schema.remembered_item_types().get(type_name))
        fields = {*_COLUMNS, *(f"attributes.{name}" for name in its)}
        told = [row for row in rows if row.field in fields]
        values = (value for row in told for value in (row.old, row.new))
        ids = {id_ for value in values if (id_ := as_id(str(value)))}
        known = names(reach, ids)
        return cls(known.refs.keys(), fields, known.inside)

    def told(self, row: models.ItemChange, value: Any) -> Any:
        """The value as it may be told: of what is out of reach, only that there was something."""
        if self.ids is None or value is None or row.field not in self.fields:
            return value
        id_ = as_id(str(value))
        told = self.people if row.field in _COLUMNS else self.ids
        return value if id_ is None or id_ in told else OUT_OF_REACH.name.text()
