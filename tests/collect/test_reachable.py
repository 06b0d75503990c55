"""Where collectors may not reach, they send nothing, whatever the address is called."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from tests.collect.pages import exporter
from tests.collect.targets import target
from wardround.collect.drivers.reachable import permits
from wardround.collect.runner import check_once
from wardround.collect.types import CollectedBatch, Reason


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "::ffff:169.254.169.254", "2002:a9fe:a9fe::", "fe80::1%eth0",
        "64:ff9b::169.254.169.254", "64:ff9b:1::a9fe:a9fe", "::169.254.169.254",
        "fd00:ec2::254", "100.100.100.200", "0.0.0.1", "::",
    ],
)  # fmt: skip
def test_where_clouds_tell_secrets_nobody_is_asked(address: str) -> None:
    assert not permits(address)


@pytest.mark.parametrize("address", ["10.1.2.3", "127.0.0.1", "::1", "192.168.0.9", "fd12::7"])
def test_a_hospitals_own_networks_are_reached(address: str) -> None:
    assert permits(address)


def _page(host: str) -> tuple[CollectedBatch, int]:
    """A check of a page under this name, and how many requests came."""

    async def once() -> tuple[CollectedBatch, int]:
        async with exporter(body=b"up 1\n") as running:
            address = running.address.replace("127.0.0.1", host)
            batch = await check_once(target("prometheus", address, timeout=2))
            return batch, len(running.requests)

    return asyncio.run(once())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1"])
@pytest.mark.parametrize(
    ("name", "networks"),
    [("WARDROUND_COLLECT_REFUSE", "10.0.0.0/8, 127.0.0.0/8, ::1"),
     ("WARDROUND_COLLECT_ALLOW", "10.0.0.0/8")],
)  # fmt: skip
def test_what_is_refused_is_sent_nothing(
    monkeypatch: pytest.MonkeyPatch, host: str, name: str, networks: str
) -> None:
    monkeypatch.setenv(name, networks)
    batch, asked = _page(host)
    assert (batch.up, batch.reason, asked) == (False, Reason.SETTINGS, 0)
    assert name in batch.detail


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_what_is_allowed_is_asked(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("WARDROUND_COLLECT_ALLOW", "127.0.0.0/8, ::1/128")
    batch, asked = _page(host)
    assert (batch.up, asked) == (True, 1)


@pytest.mark.parametrize(
    "address",
    ["postgresql://169.254.169.254/x", "host=db1,169.254.1.1 dbname=x", "hostaddr=0.0.0.1"],
)
def test_a_database_is_no_way_around(address: str) -> None:
    batch = asyncio.run(check_once(target("postgresql", address, timeout=2)))
    assert (batch.up, batch.reason) == (False, Reason.SETTINGS)


def test_a_database_is_asked_at_the_addresses_that_were_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name server may say something else the next time, or name several addresses at once."""
    answers = [["127.0.0.9", "169.254.169.254"], ["169.254.169.254"], ["169.254.169.254"]]
    resolve = socket.getaddrinfo

    def told(host: str, *further: Any, **named: Any) -> Any:
        if host != "rebound.test":
            return resolve(host, *further, **named)
        addresses = answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (it, 0)) for it in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", told)
    where = "postgresql://rebound.test:1/x"
    batch = asyncio.run(check_once(target("postgresql", where, timeout=2)))
    assert (batch.up, batch.reason) == (False, Reason.REFUSED)
    assert "127.0.0.9" in batch.detail
    assert "169.254" not in batch.detail
    assert len(answers) == 2


def test_networks_that_are_none_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROUND_COLLECT_REFUSE", "10.0.0.0/99")
    batch, asked = _page("127.0.0.1")
    assert (batch.reason, asked) == (Reason.SETTINGS, 0)
    assert "10.0.0.0/99" in batch.detail
