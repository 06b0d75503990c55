"""Which addresses collectors may reach.

Whoever may write a target's address could otherwise ask, with the collector's eyes, what only the
collector's machine is told: the credentials that a cloud hands out on a link-local address.
`WARDROUND_COLLECT_REFUSE` names networks between commas; `WARDROUND_COLLECT_ALLOW`, where it is
set, those that alone may be reached.
"""

from __future__ import annotations

import asyncio
import os
import socket
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from ipaddress import IPv4Network as Network4

from wardround.collect.errors import TargetFailed
from wardround.collect.types import Reason

REFUSED = "169.254.0.0/16, fe80::/10, fd00:ec2::254, 100.100.100.200, 0.0.0.0/8, ::"
"""By default: link-local addresses, where clouds tell their machines' secrets (two of them
elsewhere), and what stands for this machine without saying so.
"""
_HOLDING_IPV4 = (IPv6Network("::/96"), IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""Addresses that end in the IPv4 address they stand for: old ones, and those of a NAT64."""
_REFUSE, _ALLOW = "WARDROUND_COLLECT_REFUSE", "WARDROUND_COLLECT_ALLOW"
_Network = Network4 | IPv6Network


async def reachable(host: str, port: int) -> list[str]:
    """The addresses of a host that may be reached. Raises OSError where it has none, and
    TargetFailed where none may.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    permitted = [address for address in addresses if permits(address)]
    if not permitted:
        raise TargetFailed(
            Reason.SETTINGS,
            f"{addresses[0]} is an address that collectors may not reach ({_REFUSE}, {_ALLOW})",
        )
    return permitted


def permits(address: str) -> bool:
    """Whether the settings let collectors reach this address."""
    refused = _networks(os.environ.get(_REFUSE, REFUSED))
    allowed = _networks(os.environ.get(_ALLOW, ""))
    meant = _meant(address)
    if any(meant in network for network in refused):
        return False
    return not allowed or any(meant in network for network in allowed)


def _meant(address: str) -> IPv4Address | IPv6Address:
    """The address behind a zone and behind the ways to write IPv4 in IPv6."""
    found = ip_address(address.partition("%")[0])
    if not isinstance(found, IPv6Address):
        return found
    if any(found in network for network in _HOLDING_IPV4) and int(found) > 1:
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or found


@lru_cache(maxsize=8)
def _networks(text: str) -> tuple[_Network, ...]:
    try:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return tuple(ip_network(part, strict=False) for part in parts)
    except ValueError as error:
        raise TargetFailed(Reason.SETTINGS, f"{_REFUSE} or {_ALLOW}: {error}") from error
