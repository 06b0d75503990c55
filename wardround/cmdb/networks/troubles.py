"""What is wrong with networks and addresses, as far as the reader may know of all concerned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL

from wardround.cmdb import models
from wardround.cmdb.networks import sight, spans
from wardround.cmdb.networks.plans import Part
from wardround.cmdb.reading import both_ends
from wardround.cmdb.statements import listed
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import Capability, Impact, RelationKind

# The same address on several items ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shared:
    """An address that several items hold which do not belong together."""

    address: str
    items: frozenset[UUID]


_HELD = (Part.HOLDER, Part.REGISTERED)


def shared(reach: Reach, rows: QuerySet[models.Address]) -> list[Shared]:
    """Among these rows, which the reader sees; three statements.

    Items that stand on one another are one host (a machine and the system in it), and who is told
    to use a registered address belongs to that; of one address there is one registration.
    """
    held = rows.filter(part__in=_HELD)
    several = held.order_by().values("space", "first").annotate(items=Count("item", distinct=True))
    doubled = several.filter(items__gt=1).values_list("space", "first")
    groups: dict[tuple[UUID, str], dict[UUID, str]] = {each: {} for each in doubled}
    if not groups:
        return []
    alike = held.filter(first__in=listed("inet", {first for _space, first in groups}))
    for space, first, item, part in alike.values_list("space", "first", "item_id", "part"):
        if (space, first) in groups:
            groups[space, first][item] = part
    joined = _joined(reach, {item for of in groups.values() for item in of})
    found = ((first, conflicting(of, joined)) for (_space, first), of in groups.items())
    return [Shared(first, items) for first, items in found if items]


def conflicting(parts: dict[UUID, str], joined: Iterable[tuple[UUID, UUID]]) -> frozenset[UUID]:
    """Which of the items that hold one address are too many. Pure."""
    found: set[object] = set()
    registered = [item for item, part in parts.items() if part == Part.REGISTERED]
    if len(registered) > 1:
        found.update(registered)
    hosts = [
        group
        for group in spans.apart(list(parts), joined)
        if any(parts[item] == Part.HOLDER for item in group)  # type: ignore[index]
    ]
    if len(hosts) > 1:
        found.update(item for group in hosts for item in group)
    return frozenset(found)  # type: ignore[arg-type]


def _joined(reach: Reach, items: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    kinds = [name for name, kind in schema.remembered_relation_kinds().items() if _joins(kind)]
    rows = models.Relation.objects.filter(both_ends(reach), kind__in=kinds)
    found = rows.filter(source__in=listed("uuid", items), target__in=listed("uuid", items))
    return list(found.values_list("source_id", "target_id"))


def _joins(kind: RelationKind) -> bool:
    needed = kind.capable.source, kind.capable.target
    return kind.carries_impact is not Impact.NONE or Capability.ADDRESSES in needed


# Where no network is, or none may be -------------------------------------------------------------


def outside(rows: QuerySet[models.Address]) -> QuerySet[models.Address]:
    """In no network, where its address space has any."""
    known = models.Network.objects.order_by().values("space").distinct()
    return rows.filter(network=None, space__in=known)


_ON_EDGE = """
SELECT held.id
FROM cmdb_address held
JOIN cmdb_network own ON own.item_id = held.network
WHERE held.part <> 'range'
    AND masklen(own.prefix) <= CASE family(own.prefix) WHEN 4 THEN 30 ELSE 126 END
    AND (
        held."first" = host(own.prefix)::inet
        OR (family(own.prefix) = 4 AND held."first" = host(broadcast(own.prefix))::inet)
    )
"""


def on_edge(rows: QuerySet[models.Address]) -> QuerySet[models.Address]:
    """Equal to the address of the network itself, or of its broadcast."""
    return rows.filter(id__in=RawSQL(_ON_EDGE, []))  # noqa: S611  # a text of ours


_NOT_IN_NAMED = """
SELECT held.id
FROM cmdb_address held
JOIN cmdb_network named ON named.item_id = held.named_network
WHERE NOT (named.prefix >>= held."first" AND named.prefix >>= held."last")
"""


def wrong_mask(reach: Reach, rows: QuerySet[models.Address]) -> QuerySet[models.Address]:
    """Not in the network that it names: a gateway out of its own, an address out of its mask."""
    seen = sight.networks(reach).values("item")
    strangers = RawSQL(_NOT_IN_NAMED, [])  # noqa: S611  # a text of ours
    return rows.filter(id__in=strangers, named_network__in=seen)


# Networks that are in each other's way ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two networks of one space that cannot both be as they are said to be."""

    prefix: str
    networks: tuple[UUID, UUID]


Standing = tuple[UUID, str, UUID, bool]
"""A network: its item, prefix, space, and whether it has a gateway of its own."""


def overlaps(reach: Reach, around: spans.Prefix | None = None) -> list[Overlap]:
    """Two statements over all networks that the reader may know of, or those that share an address
    with this one.
    """
    rows = sight.networks(reach).order_by("space", "place", "item_id")
    gateways = sight.addresses(reach).filter(part=Part.GATEWAY)
    if around is not None:
        text = "SELECT item_id FROM cmdb_network WHERE prefix && %s::inet"
        near = RawSQL(text, [str(around)])  # noqa: S611  # a text of ours
        rows, gateways = rows.filter(item__in=near), gateways.filter(item__in=near)
    led = set(gateways.values_list("item_id", flat=True))
    told = rows.values_list("item_id", "prefix", "space")
    return overlapping([(item, prefix, space, item in led) for item, prefix, space in told])


def overlapping(networks: Sequence[Standing]) -> list[Overlap]:
    """The same prefix twice, or a network with a gateway in another that has one: both would be
    the one wire on which its hosts meet. Pure; `networks` come by space and place.
    """
    found = list[Overlap]()
    above: list[tuple[UUID, spans.Prefix, UUID, bool]] = []
    for item, text, space, led in networks:
        prefix = ip_network(text)
        while above and not _holds(above[-1], prefix, space):
            above.pop()
        if above and above[-1][1] == prefix:
            found.append(Overlap(text, (above[-1][0], item)))
        wire = next((each for each in reversed(above) if each[3] and each[1] != prefix), None)
        if led and wire is not None:
            found.append(Overlap(text, (wire[0], item)))
        above.append((item, prefix, space, led))
    return found


def _holds(outer: tuple[UUID, spans.Prefix, UUID, bool], prefix: spans.Prefix, space: UUID) -> bool:
    same = outer[2] == space and outer[1].version == prefix.version
    return same and prefix.subnet_of(outer[1])  # type: ignore[arg-type]  # of one version


# As findings -------------------------------------------------------------------------------------


def items_sharing(reach: Reach) -> Q:
    found = shared(reach, sight.addresses(reach))
    return Q(id__in=listed("uuid", {item for each in found for item in each.items}))


def items_outside(reach: Reach) -> Q:
    return Q(id__in=outside(sight.addresses(reach)).values("item"))


def items_on_edge(reach: Reach) -> Q:
    return Q(id__in=on_edge(sight.addresses(reach)).values("item"))


def items_with_wrong_mask(reach: Reach) -> Q:
    return Q(id__in=wrong_mask(reach, sight.addresses(reach)).values("item"))


def items_overlapping(reach: Reach) -> Q:
    return Q(id__in=listed("uuid", {item for each in overlaps(reach) for item in each.networks}))
