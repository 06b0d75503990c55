"""The collector as a process: shards change hands, samples survive kill −9, nothing comes twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from psycopg.conninfo import make_conninfo

from tests.collect.pages import Exporter
from tests.hospital import HOSPITAL
from wardround.cmdb.types import Item
from wardround.collect import actions, models, queries
from wardround.collect.drivers.platform_address import platform_database
from wardround.collect.shards import Shards
from wardround.collect.types import SHARDS, Target, TargetChange
from wardround.history import queries as history_queries
from wardround.history.types import RangeQuery
from wardround.kernel import clock
from wardround.kernel.reach import EVERYTHING

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]

_PROGRAM = """
import django
django.setup()
from wardround.collect import process
raise SystemExit(process.run())
"""
PATIENCE = 60.0
NOWHERE = "http://wardround:x@127.0.0.1:1/wardround"


def eventually(what: Callable[[], object]) -> None:
    """Wait for what another process does; there is no event of it to wait for."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError(f"never came true: {what}")
        time.sleep(0.05)


@dataclass
class Counting(Exporter):
    """Each page has the next number, so that a lost or doubled sample shows."""

    number: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.current_task())
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                self.number += 1
                self.body = b"page_number %d\nother 1\n" % self.number
                writer.write(self._head() + self.body)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.close()


@contextmanager
def counting() -> Iterator[Counting]:
    one, ready, done = Counting(), threading.Event(), threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
        one.port = server.sockets[0].getsockname()[1]
        ready.set()
        await asyncio.to_thread(done.wait)
        server.close()
        for task in one.tasks:
            if task is not None:
                task.cancel()

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    ready.wait()
    try:
        yield one
    finally:
        done.set()
        thread.join()


@contextmanager
def collector(
    data: Path, *, history_at: str = NOWHERE, program: str = _PROGRAM
) -> Iterator[subprocess.Popen[bytes]]:
    database = make_conninfo("", **platform_database())
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "wardround.web.settings",
        "WARDROUND_DATABASE_URL": database,
        "WARDROUND_HISTORY_URL": history_at,
        "WARDROUND_DATA": str(data),
        "WARDROUND_SECRET_KEY": settings.SECRET_KEY,
        "WARDROUND_ROLE": "collect",
    }
    process = subprocess.Popen([sys.executable, "-c", program], env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(20) in (0, -signal.SIGKILL)
        finally:
            process.kill()
            process.wait()


def make_target(host: Item, address: str, name: str = "page") -> Target:
    change = TargetChange(
        item=host.id, template="prometheus", name=name, address=address, interval_s=1, timeout_s=1
    )
    return actions.create_target(HOSPITAL, change, at=clock.now())


def state(target: Target) -> str:
    return queries.target(EVERYTHING, target.id).state.value


def stored(host: Item, metric: str = "page_number") -> list[float]:
    now = clock.now()
    query = RangeQuery(metric, (host.id,), now - timedelta(hours=1), now + timedelta(minutes=1))
    return [value for one in history_queries.samples(query).series for value in one.value.tolist()]


def test_samples_survive_kill_9_and_come_once(host: Item, history: str, tmp_path: Path) -> None:
    """With history away the collector is killed; the next one delivers all that was accepted."""
    with counting() as page:
        target = make_target(host, page.address)
        with collector(tmp_path, history_at=NOWHERE) as first:
            eventually(lambda: state(target) == "up")
            eventually(lambda: page.number >= 5)
            first.kill()
            first.wait()
        # The newest may have been taken and not yet been accepted; those before it were.
        accepted = page.number - 1
        assert list((tmp_path / "spool").rglob("*.spool"))
        with collector(tmp_path, history_at=history):
            eventually(lambda: set(range(1, accepted + 1)) <= {int(one) for one in stored(host)})
            eventually(lambda: page.number >= accepted + 3)
    values = stored(host)
    assert len(values) == len(set(values))
    assert not list((tmp_path / "spool").rglob("*.spool"))


def test_history_that_was_away_gets_everything(host: Item, history: str, tmp_path: Path) -> None:
    with counting() as page:
        target = make_target(host, page.address)
        with collector(tmp_path, history_at=history):
            eventually(lambda: state(target) == "up")
            eventually(lambda: len(stored(host)) >= 3)
    values = sorted(stored(host))
    assert values == [float(one) for one in range(1, len(values) + 1)]


def test_targets_appear_change_and_go_without_a_restart(
    host: Item,
    history: str,
    tmp_path: Path,
) -> None:
    with counting() as page, collector(tmp_path, history_at=history):
        eventually(lambda: queries.collectors(EVERYTHING))
        target = make_target(host, page.address)
        eventually(lambda: state(target) == "up")
        actions.change_target(
            HOSPITAL, target.id, TargetChange(address="127.0.0.1:1"), at=clock.now()
        )
        eventually(lambda: state(target) == "never")  # as it is asked now, it has yet to work
        shown = queries.target(EVERYTHING, target.id)
        assert shown.reason.value == "refused"
        assert shown.collector == queries.collectors(EVERYTHING)[0].id
        actions.delete_target(HOSPITAL, target.id)
        asked = page.number
        eventually(lambda: queries.collectors(EVERYTHING)[0].targets == 0)
        assert page.number <= asked + 1
    assert not queries.collectors(EVERYTHING)


def test_an_outage_is_one_after_the_first_answer_also_for_the_next_collector(
    host: Item, tmp_path: Path
) -> None:
    with counting() as page:
        target = make_target(host, page.address)
        with collector(tmp_path):
            eventually(lambda: state(target) == "up")
    with collector(tmp_path):
        eventually(lambda: state(target) == "down")
    assert queries.target(EVERYTHING, target.id).worked


def test_another_collector_takes_over_within_seconds(
    host: Item, history: str, tmp_path: Path
) -> None:
    with counting() as page:
        targets = [make_target(host, page.address, f"t{number}") for number in range(12)]
        with (
            collector(tmp_path / "a", history_at=history) as first,
            collector(tmp_path / "b", history_at=history),
        ):
            eventually(
                lambda: (
                    sorted(c.figures.get("shards", 0) for c in queries.collectors(EVERYTHING))
                    == [32, 32]
                )
            )
            eventually(lambda: all(state(one) == "up" for one in targets))
            held = {c.pid: c.id for c in queries.collectors(EVERYTHING)}
            orphans = _targets_of(held[first.pid])
            assert orphans
            first.kill()
            began = time.monotonic()
            eventually(lambda: not _targets_of(held[first.pid]))
            assert time.monotonic() - began < 15


def _targets_of(collector: UUID) -> list[UUID]:
    rows = models.TargetStateRow.objects.filter(collector=collector)
    return list(rows.values_list("target_id", flat=True))


class Holder:
    """One collector's shards, without the rest of it."""

    def __init__(self) -> None:
        self.held: frozenset[int] = frozenset()
        self.shards = Shards(platform_database(), on_change=self._changed, on_news=self._news)
        self.changed = asyncio.Condition()
        self.news = asyncio.Event()

    async def _changed(self, held: frozenset[int]) -> None:
        async with self.changed:
            self.held = held
            self.changed.notify_all()

    async def _news(self) -> None:
        self.news.set()

    async def until(self, enough: Callable[[frozenset[int]], bool]) -> None:
        async with asyncio.timeout(30), self.changed:
            await self.changed.wait_for(lambda: enough(self.held))


def test_shards_are_shared_fairly_and_never_held_twice(db: None) -> None:
    everything = frozenset(range(SHARDS))

    async def story() -> None:
        one, two, three = Holder(), Holder(), Holder()
        first = asyncio.create_task(one.shards.keep())
        await one.until(lambda held: held == everything)
        others = [asyncio.create_task(holder.shards.keep()) for holder in (two, three)]
        for holder in (two, three):
            await holder.until(lambda held: len(held) >= 20)
        await one.until(lambda held: len(held) <= 22)
        assert not one.held & two.held
        assert not one.held & three.held
        assert not two.held & three.held
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert not one.held
        await two.until(lambda held: len(held) == 32)
        await three.until(lambda held: len(held) == 32)
        assert two.held | three.held == everything
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    asyncio.run(story())


def test_lost_connection_stops_at_once_and_comes_back(db: None) -> None:
    import psycopg  # noqa: PLC0415

    async def story() -> None:
        one = Holder()
        task = asyncio.create_task(one.shards.keep())
        await one.until(lambda held: len(held) == SHARDS)
        with psycopg.connect(**platform_database(), autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'wardround collect shards'"
            )
        await one.until(lambda held: not held)
        await one.until(lambda held: len(held) == SHARDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())


def test_news_of_targets_arrive(db: None) -> None:
    async def story() -> None:
        one = Holder()
        task = asyncio.create_task(one.shards.keep())
        await one.until(lambda held: len(held) == SHARDS)
        await asyncio.to_thread(_tell)
        async with asyncio.timeout(20):
            await one.news.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())


def _tell() -> None:
    from django.db import connection  # noqa: PLC0415

    actions.tell_collectors()
    connection.close()
