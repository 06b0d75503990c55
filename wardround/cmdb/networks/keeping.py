"""Networks and addresses, kept beside their items: written in the transaction that writes these.

What follows from several items is derived there too, since whoever writes items does it in turn:
which network stands in which, in which one an address lies, how many are used. A fixed number of
statements for any number of items, and none where nothing of it is written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from django.db import connection

from wardround.cmdb import models, rules, statements
from wardround.cmdb.drafts import Prepared
from wardround.cmdb.models import COMMON
from wardround.cmdb.networks import spans
from wardround.cmdb.networks.plans import Part, Plan, Plans, plans

_MANY = 1_000
"""From so many rows on, the planner is told at once what the tables hold now."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What one item comes to."""

    networks: Sequence[Mapping[str, Any]]
    addresses: Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class _Step:
    """What is written now, and what may have become otherwise by it."""

    items: list[UUID]
    networks: set[UUID] = field(default_factory=set)
    """Networks that came, went, or have another prefix or space."""
    areas: set[str] = field(default_factory=set)
    """Their prefixes, as they were and as they are."""
    touched: set[UUID] = field(default_factory=set)
    """Networks of which something is counted otherwise."""


def keep(items: Iterable[Prepared], retired: Collection[UUID]) -> None:
    """Write down anew the networks and addresses of these items; of retired ones nothing."""
    known = plans()
    concerned = [item for item in items if _concerned(item, known)]
    ids = [*(item.after.id for item in concerned), *retired]
    if not ids:
        return
    found = [
        kept_of(item.after.id, item.after.attributes, known.get(item.after.type))
        for item in concerned
    ]
    _replace(ids, found)


def _concerned(item: Prepared, known: Plans) -> bool:
    """Whether anything is written that it holds, or held, of this."""
    own = [known.get(each.type) for each in (item.before, item.after) if each]
    if not any(own):
        return False
    if item.before is None or item.before.retired or item.before.type != item.after.type:
        return True
    fields = {f"attributes.{name}" for plan in own if plan for name in plan.attributes}
    return any(change.field in fields for change in item.changes)


def kept_of(item: UUID, attributes: Mapping[str, Any], plan: Plan | None) -> Kept:
    """The rows of one item. Pure."""
    if plan is None:
        return Kept((), ())
    space = _named(attributes, plan.space)
    prefix = spans.prefix_of(attributes.get(plan.prefix)) if plan.prefix else None
    networks = []
    if prefix is not None:
        own = space or COMMON
        told = {"prefix": str(prefix), "place": spans.place(prefix, own), "space": own}
        networks.append({"item": item, **told})
    named = item if networks else _named(attributes, plan.network)
    common = {"item": item, "part": plan.part, "named_space": space, "named_network": named}
    ends = _range(attributes, plan) if plan.part is Part.RANGE else _single(attributes, plan)
    addresses = [
        {**common, "attribute": name, "first": str(first), "last": str(last)}
        for name, first, last in ends
    ]
    return Kept(networks, addresses)


_Ends = Iterator[tuple[str, spans.Address, spans.Address]]


def _single(attributes: Mapping[str, Any], plan: Plan) -> _Ends:
    for name in plan.addresses:
        if (address := spans.held(attributes.get(name))) is not None:
            yield name, address, address


def _range(attributes: Mapping[str, Any], plan: Plan) -> _Ends:
    ends = [spans.held(attributes.get(name)) for name in plan.addresses]
    whole = [each for each in ends if each is not None]
    if len(whole) == 2 and whole[0].version == whole[1].version:
        low, high = sorted(whole, key=int)
        yield plan.addresses[0], low, high


def _named(attributes: Mapping[str, Any], name: str | None) -> UUID | None:
    return rules.as_id(str(attributes.get(name))) if name else None


# Written -----------------------------------------------------------------------------------------


def _replace(ids: list[UUID], found: Iterable[Kept]) -> None:
    step = _Step(ids)
    networks, addresses = list[Mapping[str, Any]](), list[Mapping[str, Any]]()
    for kept in found:
        networks += kept.networks
        addresses += kept.addresses
    before = _areas_of(ids)
    after = {row["item"]: (str(row["prefix"]), row["space"]) for row in networks}
    step.networks = {id_ for id_ in before.keys() | after if before.get(id_) != after.get(id_)}
    step.areas = {of[id_][0] for of in (before, after) for id_ in step.networks if id_ in of}
    gone = [id_ for id_ in step.networks if id_ in before]
    forgotten = statements.returned("forget_addresses", {"items": ids, "networks": gone})
    step.touched = {row[0] for row in forgotten} | step.networks
    fresh = [row for row in networks if row["item"] in step.networks]
    if fresh:
        statements.changed("keep_networks", {"rows": json.dumps(fresh, default=str)})
    if addresses:
        statements.changed("keep_addresses", {"rows": json.dumps(addresses, default=str)})
    if len(fresh) + len(addresses) >= _MANY:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE cmdb_network, cmdb_address")
    if step.touched or addresses:
        _settle(step)


def _areas_of(ids: Collection[UUID]) -> dict[UUID, tuple[str, UUID]]:
    rows = models.Network.objects.filter(item__in=list(ids))
    return {item: (str(prefix), space) for item, prefix, space in rows.values_list(*_AREA)}


_AREA = ("item_id", "prefix", "space")


def _settle(step: _Step) -> None:
    """Derive what follows of it: who stands in whom, who lies where, how many there are."""
    around = {
        "items": step.items,
        "networks": list(step.networks),
        "prefixes": sorted(step.areas),
    }
    touched = {*step.touched}
    if step.areas:
        touched |= {row[0] for row in statements.returned("nest_networks", around)}
    touched |= {row[0] for row in statements.returned("place_addresses", around)}
    if touched:
        wanted = {"networks": list(touched)}
        statements.changed("count_addresses", wanted)
        _count_reserved(touched)
        statements.changed("sum_networks", wanted)


def _count_reserved(networks: Collection[UUID]) -> None:
    """Nothing is written where no range lies in any of them."""
    rows = models.Address.objects.filter(part=Part.RANGE, network__in=list(networks))
    by_network: dict[UUID, list[spans.Span]] = defaultdict(list)
    for network, first, last in rows.values_list("network", "first", "last"):
        if network is not None:
            by_network[network].append((int(ip_address(first)), int(ip_address(last))))
    if not by_network:
        return
    told = []
    for network, (prefix, _space) in _areas_of(by_network).items():
        of = spans.prefix_of(prefix)
        if of is None:
            continue
        for low, high in spans.merged(spans.clipped(by_network[network], spans.for_hosts(of))):
            ends = (str(spans.address(number, of.version)) for number in (low, high))
            span = dict(zip(("first", "last"), ends, strict=True))
            told.append({"network": network, **span, "size": str(high - low + 1)})
    statements.changed("count_reserved", {"spans": json.dumps(told, default=str)})


# When definitions change -------------------------------------------------------------------------

_AT_ONCE = 20_000


def renew(types: Collection[str]) -> None:
    """Write down anew the networks and addresses of all items of these types in use."""
    known = plans()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM cmdb_item WHERE type = ANY (%s)", [sorted(types)])
        ids = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        rows = models.Item.objects.filter(id__in=some, retired_at=None)
        _replace(
            some,
            [
                kept_of(id_, attributes, known.get(its_type))
                for id_, its_type, attributes in rows.values_list("id", "type", "attributes")
            ],
        )
