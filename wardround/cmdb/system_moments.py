"""What a business system stood on at two moments: what joined its model, and what left it.

The walk goes along the graph of now, which every process holds; only what was changed since is
asked, and stands in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from wardround.cmdb import held_graph, models, moments, rules
from wardround.cmdb.errors import UnknownItem
from wardround.cmdb.items import ItemRef
from wardround.cmdb.past import RELATION, Logged
from wardround.cmdb.reading import names
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import Capability, Impact, ItemRole


@dataclass(frozen=True, slots=True)
class Way:
    """A relation of the model."""

    kind: str
    source: ItemRef
    target: ItemRef


@dataclass(frozen=True, slots=True)
class Touched:
    """An item of the model that was changed between the moments."""

    item: ItemRef
    changes: int


@dataclass(frozen=True, slots=True)
class SystemCompared:
    since: datetime
    until: datetime
    known_since: datetime | None
    before: int
    """Items of the model at the first moment, within reach; the system itself is not counted."""
    after: int
    joined: tuple[ItemRef, ...]
    left: tuple[ItemRef, ...]
    came: tuple[Way, ...]
    went: tuple[Way, ...]
    changed: tuple[Touched, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    kind: str
    source: UUID
    target: UUID


@dataclass(frozen=True, slots=True)
class Stood:
    """What was touched since, as it stood at one moment."""

    edges: Collection[Edge]
    out_of_use: Collection[UUID]


def compare(reach: Reach, system_id: UUID, since: datetime, until: datetime) -> SystemCompared:
    """A service model at two moments. Raises UnknownItem, BadInput naming `from` or `to`."""
    _require(reach, system_id)
    moments.in_order(since, until)
    walk = _Walk.read(since)
    first, second = (walk.model(system_id, at) for at in (since, until))
    ids = {*first, *second}
    seen = names(reach, ids)
    told = {id_: ref for id_, ref in seen.refs.items() if id_ in seen.inside}
    came, went = walk.ways(since, until, told)
    parts = told.keys() - {system_id}
    return SystemCompared(
        since,
        until,
        moments.known_since(system_id, since),
        len(first & parts),
        len(second & parts),
        _sorted(told[id_] for id_ in (second - first) & parts),
        _sorted(told[id_] for id_ in (first - second) & parts),
        came,
        went,
        _changed(told, since, until),
    )


def _require(reach: Reach, system_id: UUID) -> None:
    types = rules.types_with(ItemRole.SYSTEM, schema.remembered_item_types())
    rows = models.Item.objects.filter(reach.condition(), id=system_id, type__in=types)
    if not rows.exists():
        raise UnknownItem(field="system")


def _sorted(refs: Iterable[ItemRef]) -> tuple[ItemRef, ...]:
    return tuple(sorted(refs, key=lambda ref: (ref.type, ref.name)))


def _changed(told: Mapping[UUID, ItemRef], since: datetime, until: datetime) -> tuple[Touched, ...]:
    """Values alone: relations are told by themselves."""
    rows = models.ItemChange.objects.filter(item__in=list(told), at__gt=since, at__lte=until)
    rows = rows.exclude(Q(field__startswith=RELATION) | Q(field="confirmed"))
    counted = rows.order_by().values_list("item").annotate(number=Count("id"))
    found = [Touched(told[id_], number) for id_, number in counted]
    return tuple(sorted(found, key=lambda each: (-each.changes, each.item.name)))


# The walk ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Item:
    type: str
    in_use: bool


@dataclass(frozen=True, slots=True)
class _Walk:
    """What is now, and what was changed since the first moment."""

    log: Sequence[Logged]
    items: Mapping[UUID, _Item]
    """Those that were touched since."""
    edges: Collection[Edge]
    """Relations of now between these."""

    @classmethod
    def read(cls, since: datetime) -> _Walk:
        """Three statements."""
        fields = Q(field__startswith=RELATION) | Q(field__in=["created", "retired"])
        log = moments.logged(models.ItemChange.objects.filter(fields, at__gt=since))
        turned = {change.item for change in log if not change.field.startswith(RELATION)}
        ids = {change.item for change in log} | {c.other for c in log if c.other}
        both = Q(source__in=ids, target__in=ids)
        rows = models.Relation.objects.filter(both | Q(source__in=turned) | Q(target__in=turned))
        edges = {Edge(*row) for row in rows.values_list("kind", "source_id", "target_id")}
        ids |= {end for edge in edges for end in (edge.source, edge.target)}
        known = models.Item.objects.filter(id__in=ids).values_list("id", "type", "retired_at")
        return cls(log, {id_: _Item(t, r is None) for id_, t, r in known}, edges)

    def at(self, moment: datetime) -> Stood:
        edges, use = set(self.edges), {id_: item.in_use for id_, item in self.items.items()}
        for change in self.log:
            if change.at <= moment:
                break
            if change.field == "created":
                use[change.item] = False
            elif change.field == "retired":
                use[change.item] = change.new is not None
            elif change.outward and change.other:
                edge = Edge(change.field.removeprefix(RELATION), change.item, change.other)
                edges.discard(edge)
                if change.old is not None:
                    edges.add(edge)
        return Stood(edges, {id_ for id_, is_used in use.items() if not is_used})

    def model(self, system: UUID, moment: datetime) -> set[UUID]:
        """The system and what it stood on; other systems are not entered."""
        stood = self.at(moment)
        below, is_system = self._below(stood), self._systems()
        found, waiting = {system}, [system]
        while waiting:
            here = waiting.pop()
            if here != system and is_system(here):
                continue
            for needed in below(here) - found:
                found.add(needed)
                waiting.append(needed)
        return found

    def _below(self, stood: Stood) -> Callable[[UUID], set[UUID]]:
        graph = held_graph.current()
        own: dict[UUID, set[UUID]] = {}
        for edge in stood.edges:
            if needs := self._need(edge):
                own.setdefault(needs[0], set()).add(needs[1])
        pairs = self._pairs()

        def below(item: UUID) -> set[UUID]:
            if item in stood.out_of_use:
                return set()
            place = graph.place(item)
            now = set()
            if place is not None:
                begin, end = graph.below.offsets[place : place + 2]
                now = set(graph.ids_of(graph.below.neighbours[begin:end]))
            now -= pairs.get(item, set())
            return (now | own.get(item, set())) - set(stood.out_of_use)

        return below

    def _pairs(self) -> Mapping[UUID, set[UUID]]:
        """Between which items the walk goes by what stood then, and not by the graph of now."""
        found: dict[UUID, set[UUID]] = {}
        logged = [(c.item, c.other) for c in self.log if c.other]
        for first, second in [*logged, *((edge.source, edge.target) for edge in self.edges)]:
            found.setdefault(first, set()).add(second)
            found.setdefault(second, set()).add(first)
        return found

    def _need(self, edge: Edge) -> tuple[UUID, UUID] | None:
        """Who needs whom by it; nothing where it carries no impact."""
        kind, types = schema.remembered_relation_kinds().get(edge.kind), []
        for end in (edge.source, edge.target):
            its_type = schema.remembered_item_types().get(self.items[end].type)
            types.append(its_type)
        if kind is None or not all(each and each.can(Capability.IMPACT) for each in types):
            return None
        match kind.carries_impact:
            case Impact.TARGET_TO_SOURCE:
                return edge.source, edge.target
            case Impact.SOURCE_TO_TARGET:
                return edge.target, edge.source
            case _:
                return None

    def _systems(self) -> Callable[[UUID], bool]:
        system_types = rules.types_with(ItemRole.SYSTEM, schema.remembered_item_types())
        graph = held_graph.current()
        places = graph.of_types(system_types)

        def is_system(item: UUID) -> bool:
            if item in self.items:
                return self.items[item].type in system_types
            place = graph.place(item)
            return place is not None and bool(places[place])

        return is_system

    def ways(
        self, since: datetime, until: datetime, told: Mapping[UUID, ItemRef]
    ) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
        """Relations that came and went between items of the model."""
        first, second = set(self.at(since).edges), set(self.at(until).edges)
        return _told(second - first, told), _told(first - second, told)


def _told(edges: Iterable[Edge], told: Mapping[UUID, ItemRef]) -> tuple[Way, ...]:
    found = [
        Way(edge.kind, told[edge.source], told[edge.target])
        for edge in edges
        if edge.source in told and edge.target in told
    ]
    return tuple(sorted(found, key=lambda way: (way.kind, way.source.name, way.target.name)))
