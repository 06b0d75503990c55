"""One network: what stands around it, what is free and reserved in it, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from wardround.cmdb import models, rules
from wardround.cmdb.items import OUT_OF_REACH, ItemRef
from wardround.cmdb.networks import findings, free, reading, sight, spans, troubles
from wardround.cmdb.networks.free import MOST_FREE, MOST_SPANS, Free
from wardround.cmdb.networks.plans import Part
from wardround.cmdb.networks.spans import Prefix
from wardround.cmdb.networks.types import (
    MOST_CHILDREN,
    FreeAddresses,
    NetworkDetail,
    Range,
    Taker,
    Trouble,
)
from wardround.cmdb.reading import named
from wardround.kernel.reach import Reach
from wardround.kernel.wording import Wording
from wardround.schema import queries as schema
from wardround.schema.types import ItemRole


def network(reach: Reach, network_id: UUID) -> NetworkDetail:
    """A fixed number of statements. Raises UnknownItem."""
    row = reading.row_of(reach, network_id)
    prefix, space = reading.prefix_of(row), row.network.space
    nesting = sight.nesting(reach)
    above = list(reversed(nesting.above(row.id)))
    under = nesting.below(row.id)
    around = [*above, row.id]
    rows = {
        each.id: each for each in (*reading.rows_of(around), *reading.rows_of(under, MOST_CHILDREN))
    }
    read = {each.item.id: each for each in reading.read(reach, list(rows.values()), nesting)}
    wrong = list(_troubles(reach, row.id, prefix, space))
    below = [read[id_] for id_ in rows if id_ not in around]
    return NetworkDetail(
        network=read[row.id],
        above=tuple(read[id_] for id_ in above),
        below=tuple(below),
        more_below=len(under) - len(below),
        reserved=_reserved(reach, prefix, space),
        free=told(free.in_network(prefix, space), 1),
        troubles=tuple(wrong[:MOST_CHILDREN]),
        more_troubles=max(len(wrong) - MOST_CHILDREN, 0),
        takes=takers(),
    )


def free_addresses(reach: Reach, network_id: UUID, count: int) -> FreeAddresses:
    """The next free addresses of a network. Raises UnknownItem."""
    row = reading.row_of(reach, network_id)
    found = free.in_network(reading.prefix_of(row), row.network.space)
    return told(found, min(count, MOST_FREE))


def told(found: Free, count: int) -> FreeAddresses:
    version = found.prefix.version
    ranges = [
        Range(
            str(spans.address(first, version)),
            str(spans.address(last, version)),
            reading.exact(last - first + 1),
        )
        for first, last in found.spans[:MOST_SPANS]
    ]
    return FreeAddresses(
        addresses=tuple(map(str, found.addresses(count))),
        ranges=tuple(ranges),
        more_ranges=len(found.spans) - len(ranges),
        count=reading.exact(found.count),
    )


def takers() -> tuple[Taker, ...]:
    """The types of which an item can be made for an address."""
    types = schema.item_types()
    usable = rules.usable_types(types)
    return tuple(
        Taker(name, types[name].label)
        for name in rules.types_with(ItemRole.ADDRESS, types)
        if name in usable
    )


def _reserved(reach: Reach, prefix: Prefix, space: UUID) -> tuple[Range, ...]:
    touching = Q(space=space, first__lte=str(prefix[-1]), last__gte=str(prefix[0]))
    rows = models.Address.objects.filter(touching, part=Part.RANGE)
    found = list(rows.select_related("item").order_by("first", "id")[:MOST_CHILDREN])
    own = sight.addresses(reach).filter(id__in=[row.id for row in found])
    seen = set(own.values_list("id", flat=True))
    return tuple(
        Range(row.first, row.last, _count(row), _ref(row.item) if row.id in seen else OUT_OF_REACH)
        for row in found
    )


def _ref(row: models.Item) -> ItemRef:
    return ItemRef(row.id, row.key, row.name, row.type)


def _count(row: models.Address) -> int | None:
    ends = [spans.held(each) for each in (row.first, row.last)]
    return reading.exact(int(ends[1]) - int(ends[0]) + 1) if ends[0] and ends[1] else None


# What is wrong -----------------------------------------------------------------------------------

_LABELS = {finding.name: finding.label for finding in findings.FINDINGS}


def _troubles(reach: Reach, own: UUID, prefix: Prefix, space: UUID) -> Iterator[Trouble]:
    """What the findings find in this network, or of itself."""
    rows = sight.addresses(reach)
    inside = rows.filter(reading.within(prefix, space))
    refs: dict[UUID, ItemRef] = {}
    shared = troubles.shared(reach, inside)
    overlaps = [each for each in troubles.overlaps(reach, prefix) if own in each.networks]
    ids = {item for each in shared for item in each.items}
    ids |= {item for each in overlaps for item in each.networks}
    single: Sequence[tuple[str, QuerySet[models.Address]]] = (
        (findings.EDGE, troubles.on_edge(inside)),
        (findings.MASK, troubles.wrong_mask(reach, rows.filter(named_network=own))),
    )
    found = [
        (
            name,
            list(of.order_by("first", "id").values_list("first", "item_id")[: MOST_CHILDREN + 1]),
        )
        for name, of in single
    ]
    ids |= {item for _name, of in found for _first, item in of}
    refs = dict(named(reach, ids))
    for each in shared:
        yield _trouble(findings.SHARED, each.address, each.items, refs)
    for name, of in found:
        for first, item in of:
            yield _trouble(name, first, [item], refs)
    for overlap in overlaps:
        yield _trouble(findings.OVERLAP, overlap.prefix, overlap.networks, refs)


def _trouble(name: str, address: str, items: object, refs: dict[UUID, ItemRef]) -> Trouble:
    text: Wording = _LABELS[name]
    shown = [refs[item] for item in items if item in refs]  # type: ignore[attr-defined]
    return Trouble(name, text, address, tuple(sorted(shown, key=lambda ref: ref.name)))
