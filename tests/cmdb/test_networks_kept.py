"""What is kept of networks and addresses, against a brute force over Python's own `ipaddress`.

Networks of both versions nest, double and stand in two address spaces; addresses are held, named,
registered, reserved; all of it is written once and then otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cmdb.conftest import AT, PLATFORM
from wardround.cmdb import actions, models
from wardround.cmdb.networks import free, spans
from wardround.cmdb.networks.spans import Address, Prefix
from wardround.cmdb.types import ItemEntry, ItemsDefinition

pytestmark = pytest.mark.django_db

_BASES = (("10.0.0.0", 32), ("2001:db8::", 128))


@dataclass(frozen=True)
class Net:
    prefix: Prefix
    space: str | None


@dataclass(frozen=True)
class Held:
    first: Address
    last: Address
    sort: str
    """host, registered, range"""
    space: str | None
    names: int | None
    """The network that it names, by place."""


@st.composite
def prefixes(draw: st.DrawFn) -> Prefix:
    base, bits = draw(st.sampled_from(_BASES))
    host_bits = draw(st.integers(0, 6))
    number = int(ip_address(base)) + draw(st.integers(0, 63))
    made: Prefix = ip_network((number, bits - host_bits), strict=False)
    return made


@st.composite
def houses(draw: st.DrawFn) -> tuple[list[Net], list[Held]]:
    spaces = st.sampled_from((None, None, "vrf"))
    nets = draw(st.lists(st.builds(Net, prefixes(), spaces), max_size=9))
    held = []
    for sort in draw(
        st.lists(st.sampled_from(("host", "registered", "registered", "range")), max_size=14)
    ):
        base, _bits = draw(st.sampled_from(_BASES))
        first = ip_address(int(ip_address(base)) + draw(st.integers(0, 63)))
        more = draw(st.integers(0, 9)) if sort == "range" else 0
        names = draw(st.integers(0, len(nets) - 1)) if nets and sort != "host" else None
        held.append(Held(first, first + more, sort, None, names))
    return nets, held


def declared(nets: Sequence[Net], held: Sequence[Held]) -> ItemsDefinition:
    items = [ItemEntry(key="vrf", type="ip-space", name="专网")]
    for number, net in enumerate(nets):
        told = {"network": str(net.prefix), "space": net.space}
        items.append(ItemEntry(key=f"net-{number}", type="subnet", name="n", attributes=told))
    for number, each in enumerate(held):
        key, named = f"at-{number}", None if each.names is None else f"net-{each.names}"
        if each.sort == "host":
            kind, told = "host", {"management_address": str(each.first)}
        elif each.sort == "registered":
            kind, told = "ip-address", {"address": str(each.first), "subnet": named}
        else:
            kind = "ip-range"
            told = {"first": str(each.first), "last": str(each.last), "subnet": named}
        items.append(ItemEntry(key=f"{key}-{kind}", type=kind, name="a", attributes=told))
    return ItemsDefinition(name="ipam", items=tuple(items))


class Brute:
    """The same by looking at everything."""

    def __init__(self, nets: Sequence[Net], held: Sequence[Held], ids: Sequence[UUID]) -> None:
        self.nets, self.held, self.ids = nets, held, ids

    def space(self, each: Held) -> str | None:
        return self.nets[each.names].space if each.names is not None else None

    def around(self, first: Address, last: Address, space: str | None) -> list[int]:
        """Networks that hold it, the smallest first, of twins the one of the lowest id."""
        found = [
            number
            for number, net in enumerate(self.nets)
            if net.space == space
            and first.version == net.prefix.version
            and first in net.prefix
            and last in net.prefix
        ]
        return sorted(found, key=lambda n: (-self.nets[n].prefix.prefixlen, self.ids[n]))

    def network(self, each: Held) -> int | None:
        return next(iter(self.around(each.first, each.last, self.space(each))), None)

    def parent(self, number: int) -> int | None:
        own = self.nets[number]
        found = self.around(own.prefix[0], own.prefix[-1], own.space)
        return next((n for n in found if self.nets[n].prefix != own.prefix), None)

    def used(self, number: int) -> set[Address]:
        """Of the network and all in it: each is usable where it lies."""
        found = set()
        for each in self.held:
            at = self.network(each)
            inside = each.sort != "range" and at is not None and self.within(at, number)
            if inside and each.first not in spans.edges(self.nets[at].prefix):
                found.add(each.first)
        return found

    def within(self, number: int, other: int) -> bool:
        mine, theirs = self.nets[number], self.nets[other]
        same = mine.space == theirs.space and mine.prefix.version == theirs.prefix.version
        return same and mine.prefix.subnet_of(theirs.prefix)  # type: ignore[arg-type]

    def reserved(self, number: int) -> int:
        found = set()
        for each in self.held:
            at = self.network(each)
            if each.sort == "range" and at is not None and self.within(at, number):
                every = (each.first + n for n in range(int(each.last) - int(each.first) + 1))
                usable = {a for a in every if a not in spans.edges(self.nets[at].prefix)}
                own = [h for h in self.held if h.sort != "range" and self.network(h) == at]
                found |= {(at, a) for a in usable - {h.first for h in own}}
        return len(found)

    def free(self, number: int) -> list[Address]:
        own = self.nets[number]
        inner = [n.prefix for n in self.nets if n.space == own.space and self._below(n, own)]
        taken = set(spans.edges(own.prefix))
        for each in self.held:
            if self.space(each) == own.space and each.first.version == own.prefix.version:
                taken |= {each.first + n for n in range(int(each.last) - int(each.first) + 1)}
        return [a for a in own.prefix if a not in taken and not any(a in i for i in inner)]

    @staticmethod
    def _below(inner: Net, outer: Net) -> bool:
        same = inner.prefix.version == outer.prefix.version and inner.prefix != outer.prefix
        return same and inner.prefix.subnet_of(outer.prefix)  # type: ignore[arg-type]


def check(nets: Sequence[Net], held: Sequence[Held]) -> None:
    actions.import_items(PLATFORM, [declared(nets, held)], at=AT)
    rows = models.Item.objects.filter(retired_at=None)
    by_key = dict(rows.filter(origin="ipam").values_list("key", "id"))
    ids = [by_key[f"net-{number}"] for number in range(len(nets))]
    brute = Brute(nets, held, ids)
    number_of = {id_: number for number, id_ in enumerate(ids)}
    stored = {row.item_id: row for row in models.Network.objects.all()}
    assert stored.keys() == set(ids)
    for number, id_ in enumerate(ids):
        row, prefix = stored[id_], nets[number].prefix
        assert row.prefix == str(prefix)
        assert row.parent == (ids[p] if (p := brute.parent(number)) is not None else None)
        assert row.used == len(brute.used(number))
        assert row.reserved == brute.reserved(number)
        assert row.share == pytest.approx(len(brute.used(number)) / spans.usable(prefix))
        assert row.covered == pytest.approx(_covered(brute, number))
        space = by_key["vrf"] if nets[number].space else models.COMMON
        found = free.in_network(prefix, space)
        assert found.addresses(100) == brute.free(number)
    for address in models.Address.objects.select_related("item"):
        each = held[int(address.item.key.split("-")[1])]
        at = brute.network(each)
        assert number_of.get(address.network) == at  # type: ignore[arg-type]


def _covered(brute: Brute, number: int) -> float:
    below = {brute.nets[n].prefix for n in range(len(brute.nets)) if brute.parent(n) == number}
    return sum(each.num_addresses for each in below) / brute.nets[number].prefix.num_addresses


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(houses(), houses())
def test_written_once_and_then_otherwise(
    base: None, before: tuple[list[Net], list[Held]], after: tuple[list[Net], list[Held]]
) -> None:
    with transaction.atomic():
        check(*before)
        check(*after)
        transaction.set_rollback(True)


def _numbers(found: Iterable[spans.Span]) -> set[int]:
    return {number for first, last in found for number in range(first, last + 1)}


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 8)), max_size=8),
    st.tuples(st.integers(0, 20), st.integers(0, 30)),
)
def test_spans_are_sets_of_numbers(given_: list[tuple[int, int]], area: tuple[int, int]) -> None:
    taken = [(first, first + more) for first, more in given_]
    within = area[0], area[0] + area[1]
    every, inside = _numbers(taken), _numbers([within])
    assert _numbers(spans.merged(taken)) == every
    assert _numbers(spans.clipped(taken, within)) == every & inside
    left = list(spans.gaps(within, taken))
    assert _numbers(left) == inside - every
    assert spans.size(left) == len(inside - every)
    assert spans.first_of(left, 3) == sorted(inside - every)[:3]


@pytest.mark.parametrize(
    ("prefix", "hosts"),
    [("10.0.0.0/24", 254), ("10.0.0.0/31", 2), ("10.0.0.1/32", 1), ("2001:db8::/64", 2**64 - 1)],
)
def test_usable_hosts(prefix: str, hosts: int) -> None:
    made: IPv4Network | IPv6Network = ip_network(prefix)
    assert spans.usable(made) == hosts
    assert spans.size([spans.for_hosts(made)]) == hosts
