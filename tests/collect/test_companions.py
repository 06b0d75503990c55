"""What runs beside a collector: when it is started, told and stopped, and what its faults cost."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from tests.collect.pages import exporter
from tests.collect.scrapes import layout, scrape
from tests.hospital import HOSPITAL
from wardround.cmdb.types import Item
from wardround.collect import actions, signals
from wardround.collect.process import Collector
from wardround.collect.signals import Companions, beside_collectors
from wardround.collect.spool import Spool
from wardround.collect.trial_server import TrialServer
from wardround.collect.types import CollectedBatch, TargetChange, TargetSpec
from wardround.kernel import clock

Said = list[tuple[str, object]]


class Remembering:
    """A companion that writes down what it is told, among others that do the same."""

    def __init__(self, name: str, said: Said, *, fails_at: frozenset[str] = frozenset()) -> None:
        self.name, self.said, self.fails_at = name, said, fails_at

    def start(self) -> None:
        self._say("start", self.name)

    def hold(self, specs: Mapping[UUID, TargetSpec]) -> None:
        self._say("hold", frozenset(specs))

    def offer(self, batch: CollectedBatch) -> None:
        self._say("offer", batch.target)

    def figures(self) -> Mapping[str, float]:
        return {f"{self.name}_told": len(self.said)}

    def stop(self) -> None:
        self._say("stop", self.name)

    def _say(self, what: str, of: object) -> None:
        self.said.append((what, of))
        if what in self.fails_at:
            raise ValueError(self.name)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[Said]:
    """What companions are told; only those that a test declares run."""
    monkeypatch.setattr(signals, "_makers", [])
    return []


def test_they_start_in_order_and_stop_the_other_way(said: Said) -> None:
    beside_collectors(lambda: Remembering("first", said))
    beside_collectors(lambda: Remembering("second", said))
    companions = Companions()
    companions.start()
    assert companions.figures() == {"first_told": 2, "second_told": 2}
    companions.stop()
    companions.stop()
    assert said == [("start", "first"), ("start", "second"), ("stop", "second"), ("stop", "first")]


def test_the_fault_of_one_is_told_once_and_costs_nobody_else(
    said: Said, caplog: pytest.LogCaptureFixture
) -> None:
    beside_collectors(lambda: Remembering("bad", said, fails_at=frozenset({"offer", "stop"})))
    other: Said = []
    beside_collectors(lambda: Remembering("good", other))
    companions = Companions()
    companions.start()
    batches = [scrape(layout(1), first=number) for number in range(3)]
    for batch in batches:
        companions.offer(batch)
    companions.stop()
    assert [what for what, _ in said] == ["start", "offer", "offer", "offer", "stop"]
    assert [what for what, _ in other] == ["start", "offer", "offer", "offer", "stop"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.ERROR]


def test_one_that_cannot_start_ends_the_collector(said: Said) -> None:
    beside_collectors(lambda: Remembering("bad", said, fails_at=frozenset({"start"})))
    with pytest.raises(ValueError, match="bad"):
        Companions().start()


def _target(host: Item, address: str) -> UUID:
    change = TargetChange(item=host.id, template="prometheus", name="page", address=address)
    try:
        return actions.create_target(HOSPITAL, change, at=clock.now()).id
    finally:
        connection.close()  # the thread ends, its connection with it


@pytest.mark.django_db(transaction=True)
def test_a_collector_starts_and_stops_them_in_its_own_order(
    said: Said, host: Item, tmp_path: Path
) -> None:
    beside_collectors(lambda: Remembering("beside", said))

    async def story() -> UUID:
        async with exporter() as page:
            made = await asyncio.to_thread(_target, host, page.address)
            ours, theirs = socket.socketpair()
            with ours, theirs:  # nobody tries anything here
                spool = Spool.open_any(tmp_path, limit_bytes=10_000_000)
                collector = Collector(spool, TrialServer(ours))
                await collector.run(asyncio.Event(), once=True)
                await asyncio.to_thread(collector.delivery.stop, patience=0.1)
                collector.spool.close()
            return made

    target = asyncio.run(story())
    told = [what for what, _ in said]
    assert told[0] == "start"
    assert told[-1] == "stop"
    assert told.count("start") == told.count("stop") == 1
    assert said.index(("hold", frozenset({target}))) < said.index(("offer", target))
    assert said[-2] == ("hold", frozenset()), "the shards are given back first"
