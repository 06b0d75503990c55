"""Networks as they are listed: each with what stands around it and how much of it is used."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_address, ip_network
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from wardround.cmdb import models, selection
from wardround.cmdb.errors import UnknownItem
from wardround.cmdb.items import OUT_OF_REACH, Item, ItemRef, OutOfReach
from wardround.cmdb.models import COMMON
from wardround.cmdb.networks import sight, spans
from wardround.cmdb.networks.sight import Nesting
from wardround.cmdb.networks.spans import Address, Prefix
from wardround.cmdb.networks.types import MOST_EXACT, Network, NetworkFilters, NetworkPage
from wardround.cmdb.reading import named, read_items
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.lists import paginate
from wardround.kernel.reach import Reach
from wardround.kernel.typed_text import typed_code
from wardround.schema.types import ItemRole

SORTABLE = {
    "place": "network__place",
    "used": "network__used",
    "share": "network__share",
    "covered": "network__covered",
}


def list_networks(
    reach: Reach,
    filters: NetworkFilters,
    *,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
) -> NetworkPage:
    """One page of networks, a larger one before its parts; a fixed number of statements."""
    nesting = sight.nesting(reach)
    rows = _chosen(reach, filters, nesting)
    ordered, sortable = selection.ordered(rows, _items(filters).items, sort, reach)
    page = paginate(
        ordered.select_related("network"),
        limit=limit,
        cursor=cursor,
        sort=sort,
        sortable={**sortable, **SORTABLE},
        default_sort="place",
    )
    return NetworkPage(read(reach, page.rows, nesting), page.next, rows.count())


def _items(filters: NetworkFilters) -> NetworkFilters:
    wanted = replace(filters.items, roles=(ItemRole.NETWORK,), retired=False)
    return replace(filters, items=wanted)


def _chosen(reach: Reach, filters: NetworkFilters, nesting: Nesting) -> QuerySet[models.Item]:
    seen = sight.networks(reach).values("item")
    rows = selection.chosen(_items(filters).items, reach).filter(id__in=seen)
    if filters.at is not None:
        rows = rows.filter(id__in=holding(typed_address(filters.at, "at")))
    if filters.inside is not None:
        rows = rows.filter(id__in=_inside(filters.inside, nesting))
    if filters.top:
        rows = rows.filter(id__in=nesting.tops())
    if filters.version is not None:
        rows = rows.filter(network__place__startswith=f"{filters.version}:")
    if filters.full is not None:
        rows = rows.filter(network__share__gte=filters.full / 100)
    return rows


def holding(address: Address) -> RawSQL:
    """The items of networks that hold an address, in any space."""
    text = "SELECT item_id FROM cmdb_network WHERE prefix >>= %s::inet"
    return RawSQL(text, [str(address)])  # noqa: S611  # a text of ours


def _inside(network: UUID, nesting: Nesting) -> Collection[UUID]:
    return [id_ for id_ in nesting.parents if network in nesting.above(id_)]


def typed_address(text: str, field: str) -> Address:
    """What somebody typed as an address; one with a zone (`fe80::1%eth0`) is none that is kept.
    Raises BadInput naming the field.
    """
    try:
        found = ip_address(str(typed_code(text)))
    except ValueError:
        found = None
    if found is None or getattr(found, "scope_id", None) is not None:
        message = _("expected an address such as 10.1.2.3 or 2001:db8::1")
        raise BadInput(problems=[FieldProblem(field, message)])
    return found


# Read --------------------------------------------------------------------------------------------


def row_of(reach: Reach, network_id: UUID) -> models.Item:
    """The item of a network in use. Raises UnknownItem where the reader may know of none."""
    seen = sight.networks(reach).filter(item=network_id).values("item")
    row = models.Item.objects.filter(id__in=seen, retired_at=None).select_related("network").first()
    if row is None:
        raise UnknownItem(field="network")
    return row


def rows_of(ids: Collection[UUID], limit: int | None = None) -> list[models.Item]:
    """In their order of place."""
    rows = models.Item.objects.filter(id__in=list(ids)).select_related("network")
    return list(rows.order_by("network__place", "id")[:limit])


def read(reach: Reach, rows: Sequence[models.Item], nesting: Nesting) -> tuple[Network, ...]:
    """Networks of these rows, which came with what is kept of them."""
    above = {row.id: nesting.above(row.id) for row in rows}
    parents = {of[0] for of in above.values() if of}
    refs = named(reach, parents | {row.network.space for row in rows} - {COMMON})
    children = nesting.children()
    return tuple(
        _network(row, item, above[row.id], children.get(row.id, 0), refs)
        for row, item in zip(rows, read_items(rows, reach), strict=True)
    )


def _network(
    row: models.Item,
    item: Item,
    above: Sequence[UUID],
    children: int,
    refs: Mapping[UUID, ItemRef],
) -> Network:
    kept = row.network
    prefix = ip_network(kept.prefix)
    usable, reserved = spans.usable(prefix), int(kept.reserved)
    return Network(
        item=item,
        prefix=kept.prefix,
        space=space_ref(kept.space, refs),
        parent=refs.get(above[0]) if above else None,
        depth=len(above),
        children=children,
        usable=exact(usable),
        host_bits=prefix.max_prefixlen - prefix.prefixlen,
        used=kept.used,
        reserved=exact(reserved),
        free=exact(max(usable - kept.used - reserved, 0)),
        share=kept.share,
        covered=kept.covered,
    )


def space_ref(space: UUID, refs: Mapping[UUID, ItemRef]) -> ItemRef | OutOfReach | None:
    return None if space == COMMON else refs.get(space, OUT_OF_REACH)


def exact(number: int) -> int | None:
    """A count, where it can be told as one."""
    return number if number <= MOST_EXACT else None


def prefix_of(row: models.Item) -> Prefix:
    return ip_network(row.network.prefix)


def within(prefix: Prefix, space: UUID) -> Q:
    """The condition on addresses that lie in a prefix of a space."""
    return Q(space=space, first__gte=str(prefix[0]), first__lte=str(prefix[-1]))
