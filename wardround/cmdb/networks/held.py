"""Addresses with who holds them: those of a network, one by one, and one by its number.

What somebody may not see is used all the same, and named to nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from wardround.cmdb import models, searching
from wardround.cmdb.items import OUT_OF_REACH, ItemRef, OutOfReach
from wardround.cmdb.models import COMMON
from wardround.cmdb.networks import free, reading, sight, spans, troubles
from wardround.cmdb.networks.plans import Part
from wardround.cmdb.networks.spans import Address, Prefix, Span
from wardround.cmdb.networks.types import (
    BLOCK,
    AddressPage,
    AddressRow,
    AddressState,
    Cell,
    Found,
    Grid,
    Place,
)
from wardround.cmdb.reading import named
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.finding import Asked
from wardround.kernel.lists import paginate
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema

_STATES = {Part.GATEWAY: AddressState.GATEWAY, Part.RANGE: AddressState.RESERVED}

Shown = ItemRef | OutOfReach


@dataclass(frozen=True, slots=True)
class _Reader:
    """What is told of some rows."""

    seen: frozenset[int]
    """Those of which the reader may know."""
    networks: Mapping[UUID, ItemRef]
    shared: frozenset[tuple[str, UUID]] = field(default_factory=frozenset)
    """Address and item, of those that are in conflict."""

    @classmethod
    def of(cls, reach: Reach, rows: Sequence[models.Address]) -> _Reader:
        ids = [row.id for row in rows]
        own = sight.addresses(reach)
        seen = own.filter(id__in=ids)
        wanted = {row.network for row in rows if row.network}
        networks = sight.networks(reach).filter(item__in=wanted)
        firsts = {row.first for row in rows}
        found = troubles.shared(reach, own.filter(first__in=firsts))
        return cls(
            frozenset(seen.values_list("id", flat=True)),
            named(reach, set(networks.values_list("item_id", flat=True))),
            frozenset((each.address, item) for each in found for item in each.items),
        )

    def state(self, row: models.Address) -> AddressState:
        if row.id not in self.seen:
            return AddressState.RESTRICTED
        if (row.first, row.item_id) in self.shared:
            return AddressState.CONFLICT
        return _STATES.get(Part(row.part), AddressState.USED)

    def item(self, row: models.Address) -> Shown:
        held = row.item
        seen = row.id in self.seen
        return ItemRef(held.id, held.key, held.name, held.type) if seen else OUT_OF_REACH

    def row(self, row: models.Address) -> AddressRow:
        seen = row.id in self.seen
        its_type = schema.remembered_item_types().get(row.item.type)
        declared = its_type.attribute(row.attribute) if its_type and seen else None
        return AddressRow(
            address=row.first,
            last=row.last if row.part == Part.RANGE else None,
            state=self.state(row),
            item=self.item(row),
            attribute=row.attribute if seen else None,
            attribute_label=declared.label if declared else None,
            network=self.networks.get(row.network, OUT_OF_REACH) if row.network else None,
        )


# Of a network ------------------------------------------------------------------------------------


def list_addresses(  # noqa: PLR0913  # a list has this many knobs; all are named
    reach: Reach,
    network_id: UUID,
    *,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
    parts: Sequence[Part] = (),
    q: str | None = None,
) -> AddressPage:
    """Addresses of a network and of all that lie in it, by number; `q`: words of who holds them.

    Raises UnknownItem.
    """
    network = reading.row_of(reach, network_id)
    prefix = reading.prefix_of(network)
    rows = models.Address.objects.filter(reading.within(prefix, network.network.space))
    asked = Asked.of(q) if q else None
    if parts or (asked and asked.words):  # who is out of reach is found by nobody
        rows = rows.filter(id__in=sight.addresses(reach).values("id"))
    if parts:
        rows = rows.filter(part__in=parts)
    if asked and asked.words:
        said = models.ItemText.objects.filter(searching.saying(asked))
        rows = rows.filter(item__in=said.values("item"))
    page = paginate(
        rows.select_related("item"),
        limit=limit,
        cursor=cursor,
        sort=sort,
        sortable={"address": "first"},
        default_sort="address",
    )
    reader = _Reader.of(reach, page.rows)
    return AddressPage(tuple(map(reader.row, page.rows)), page.next, rows.count())


def grid(reach: Reach, network_id: UUID, first: str | None = None) -> Grid:
    """Addresses of a network one by one, from the block on in which `first` lies.

    Raises UnknownItem, BadInput.
    """
    network = reading.row_of(reach, network_id)
    prefix, space = reading.prefix_of(network), network.network.space
    low, high = spans.whole(prefix)
    start = low if first is None else _asked(first, prefix)
    start = max(low, start - start % BLOCK)
    end = min(high, start - start % BLOCK + BLOCK - 1)
    version = prefix.version
    cells = _cells(reach, prefix, space, (start, end))
    return Grid(
        first=str(spans.address(start, version)),
        cells=cells,
        before=str(spans.address(max(low, start - BLOCK), version)) if start > low else None,
        after=str(spans.address(end + 1, version)) if end < high else None,
    )


def _asked(first: str, prefix: Prefix) -> int:
    found = reading.typed_address(first, "first")
    if found not in prefix:
        message = _("%(address)s does not lie in %(network)s.")
        told = message % {"address": found, "network": prefix}
        raise BadInput(problems=[FieldProblem("first", told)])
    return int(found)


def _cells(reach: Reach, prefix: Prefix, space: UUID, block: Span) -> tuple[Cell, ...]:
    version = prefix.version
    ends = [str(spans.address(number, version)) for number in block]
    inside = Q(space=space, first__gte=ends[0], first__lte=ends[1])
    rows = list(
        models.Address.objects.filter(inside).exclude(part=Part.RANGE).select_related("item")
    )
    reader = _Reader.of(reach, rows)
    held = defaultdict[int, list[models.Address]](list)
    for row in rows:
        held[int(ip_address(row.first))].append(row)
    inner = _numbers(map(spans.whole, free.smaller(prefix, space)), block)
    reserved = _numbers(free.reserved(prefix, space), block)
    edges = {int(edge) for edge in spans.edges(prefix)}

    def state(number: int) -> AddressState:
        if number in held:
            return worst([reader.state(row) for row in held[number]])
        if number in edges:
            return AddressState.EDGE
        if number in inner:
            return AddressState.INNER
        return AddressState.RESERVED if number in reserved else AddressState.FREE

    return tuple(
        Cell(
            str(spans.address(number, version)),
            state(number),
            tuple(dict.fromkeys(map(reader.item, held.get(number, ())))),
        )
        for number in range(block[0], block[1] + 1)
    )


def _numbers(found: Iterable[Span], within: Span) -> set[int]:
    return {
        number for first, last in spans.clipped(found, within) for number in range(first, last + 1)
    }


_WORST_FIRST = (
    AddressState.CONFLICT,
    AddressState.GATEWAY,
    AddressState.USED,
    AddressState.RESTRICTED,
)


def worst(states: Sequence[AddressState]) -> AddressState:
    """What is told of an address that several hold. Pure."""
    return next((state for state in _WORST_FIRST if state in states), AddressState.FREE)


# By its number ------------------------------------------------------------------------------------


def find(reach: Reach, text: str) -> Found:
    """Where an address lies, in each space that has it, and who holds it. Raises BadInput."""
    address = reading.typed_address(text, "at")
    rows = list(
        models.Address.objects.filter(_about(address)).select_related("item").order_by("id")
    )
    reader = _Reader.of(reach, rows)
    nesting = sight.nesting(reach)
    holding = sight.networks(reach).filter(item__in=reading.holding(address))
    around = reading.rows_of(holding.values_list("item_id", flat=True))
    networks = reading.read(reach, around, nesting)
    spaces = {row.space for row in rows} | {row.network.space for row in around} or {COMMON}
    refs = named(reach, spaces - {COMMON})
    places = []
    for space in sorted(spaces):
        here = [row for row in rows if row.space == space]
        own = [row.network.space == space for row in around]
        its = tuple(each for each, same in zip(networks, own, strict=True) if same)
        places.append(
            Place(
                space=reading.space_ref(space, refs),
                networks=its,
                state=_state(address, here, reader, its[-1].prefix if its else None),
                holders=tuple(map(reader.row, here)),
            )
        )
    return Found(str(address), tuple(places))


def _about(address: Address) -> Q:
    """What holds it, or a range that it lies in."""
    ranges = Q(part=Part.RANGE, first__lte=str(address), last__gte=str(address))
    return Q(first=str(address)) & ~Q(part=Part.RANGE) | ranges


def _state(
    address: Address, rows: Sequence[models.Address], reader: _Reader, prefix: str | None
) -> AddressState:
    held = [reader.state(row) for row in rows if row.part != Part.RANGE]
    if held:
        return worst(held)
    smallest = spans.prefix_of(prefix) if prefix else None
    if smallest is None:
        return AddressState.OUTSIDE
    if address in spans.edges(smallest):
        return AddressState.EDGE
    return AddressState.RESERVED if rows else AddressState.FREE
