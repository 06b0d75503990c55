"""What is free in a network: not used, not reserved, in no smaller network, and usable by a host.

Computed over everything, whoever asks: what somebody may not see is taken all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from uuid import UUID

from django.db import connection

from wardround.cmdb import statements
from wardround.cmdb.networks import spans
from wardround.cmdb.networks.spans import Address, Prefix, Span

MOST_FREE = 256
"""Addresses that are told at once."""
MOST_SPANS = 200
"""Free ranges that are told of one network."""


@dataclass(frozen=True, slots=True)
class Free:
    """The free addresses of a network, as spans in order."""

    prefix: Prefix
    spans: Sequence[Span]

    @property
    def count(self) -> int:
        return spans.size(self.spans)

    def addresses(self, count: int) -> list[Address]:
        """The first so many."""
        version = self.prefix.version
        return [spans.address(each, version) for each in spans.first_of(self.spans, count)]

    def has(self, address: Address) -> bool:
        number, same = int(address), address.version == self.prefix.version
        return same and any(first <= number <= last for first, last in self.spans)


def in_network(prefix: Prefix, space: UUID) -> Free:
    """Three statements."""
    area = {"prefix": str(prefix), "space": space}
    used = [
        (int(ip_address(first)), int(ip_address(last)))
        for first, last in statements.returned("used_runs", area)
    ]
    taken = [*used, *reserved(prefix, space), *map(spans.whole, smaller(prefix, space))]
    return Free(prefix, list(spans.gaps(spans.for_hosts(prefix), taken)))


def reserved(prefix: Prefix, space: UUID) -> list[Span]:
    """Ranges of which something lies in a prefix."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT host("first"), host("last") FROM cmdb_address WHERE space = %s'
            " AND part = 'range' AND family(\"first\") = %s"
            ' AND "first" <= %s AND "last" >= %s ORDER BY "first"',
            [space, prefix.version, str(prefix[-1]), str(prefix[0])],
        )
        rows = cursor.fetchall()
    found = [(int(ip_address(first)), int(ip_address(last))) for first, last in rows]
    return spans.clipped(found, spans.whole(prefix))


def smaller(prefix: Prefix, space: UUID) -> list[Prefix]:
    """The largest networks that lie in a prefix and are smaller, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT prefix::text, place FROM cmdb_network"
            " WHERE space = %s AND prefix << %s::cidr ORDER BY place",
            [space, str(prefix)],
        )
        rows = cursor.fetchall()
    found: list[Prefix] = []
    for text, _place in rows:
        each = ip_network(text)
        if not found or int(each[0]) > int(found[-1][-1]):
            found.append(each)
    return found
