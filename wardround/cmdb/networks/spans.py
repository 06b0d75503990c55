"""Addresses as whole numbers: spans of them, what is usable of a network, what is free. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from uuid import UUID

Address = IPv4Address | IPv6Address
Prefix = IPv4Network | IPv6Network
Span = tuple[int, int]
"""The first and the last of addresses that follow one another."""

_EDGED = {4: 30, 6: 126}
"""Down to this length a network has addresses that no host may have: of IPv4 its own and that of
its broadcast, of IPv6 its own, which all routers of it answer (RFC 4291). What is longer is a line
between two, or one host (RFC 3021, RFC 6164)."""


def edges(prefix: Prefix) -> tuple[Address, ...]:
    """The addresses of the network itself, which no host may have."""
    if prefix.prefixlen > _EDGED[prefix.version]:
        return ()
    if prefix.version == 4:  # the version of the protocol
        return prefix.network_address, prefix.broadcast_address
    return (prefix.network_address,)


def usable(prefix: Prefix) -> int:
    """How many hosts it has addresses for."""
    return prefix.num_addresses - len(edges(prefix))


def whole(prefix: Prefix) -> Span:
    return int(prefix.network_address), int(prefix.broadcast_address)


def for_hosts(prefix: Prefix) -> Span:
    """Those that hosts may have."""
    first, last = whole(prefix)
    lost = len(edges(prefix))
    return first + (lost > 0), last - (lost > 1)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same addresses as few spans, in order; those that touch are one."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def clipped(spans: Iterable[Span], within: Span) -> list[Span]:
    """What of these lies within."""
    low, high = within
    cut = ((max(first, low), min(last, high)) for first, last in spans)
    return [(first, last) for first, last in cut if first <= last]


def gaps(within: Span, taken: Iterable[Span]) -> Iterator[Span]:
    """What is left of `within`, in order."""
    first, end = within
    for low, high in merged(clipped(taken, within)):
        if first < low:
            yield first, low - 1
        first = high + 1
    if first <= end:
        yield first, end


def first_of(spans: Iterable[Span], count: int) -> list[int]:
    """The first so many addresses of these."""
    found: list[int] = []
    for first, last in spans:
        found.extend(range(first, min(last, first + count - len(found) - 1) + 1))
        if len(found) >= count:
            break
    return found


def size(spans: Iterable[Span]) -> int:
    return sum(last - first + 1 for first, last in spans)


def address(number: int, version: int) -> Address:
    return IPv4Address(number) if version == 4 else IPv6Address(number)


# What is typed ------------------------------------------------------------------------------------


def held(value: object) -> Address | None:
    """The address of a host that a value says: none for names, and for addresses that every host
    has for itself (loopback, link) or that are no host's (multicast, unspecified).
    """
    try:
        found = ip_address(str(value))
    except ValueError:
        return None
    own = found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified
    scoped = isinstance(found, IPv6Address) and found.scope_id is not None
    return None if own or scoped else found


def prefix_of(value: object) -> Prefix | None:
    """The network that a value says; none where it says something else."""
    try:
        return ip_network(str(value))
    except ValueError:
        return None


def place(prefix: Prefix, space: UUID) -> str:
    """Where a network stands among all: by version, space and address, a larger one before its
    parts.
    """
    own = f"{int(prefix.network_address):032x}/{prefix.prefixlen:03d}"
    return f"{prefix.version}:{space.hex}:{own}"


# Who shares an address ----------------------------------------------------------------------------


def apart(items: Sequence[object], joined: Iterable[tuple[object, object]]) -> list[set[object]]:
    """These items, by which of them belong together through pairs that are joined."""
    of = {item: {item} for item in items}
    for one_end, other in joined:
        if one_end in of and other in of and of[one_end] is not of[other]:
            of[one_end] |= of[other]
            for item in of[other]:
                of[item] = of[one_end]
    return list({id(group): group for group in of.values()}.values())
