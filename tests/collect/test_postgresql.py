"""A real PostgreSQL: sessions, blocking, deadlocks, refused sign-ins, and one connection only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from tests.collect.targets import shipped, target, values
from wardround.collect.drivers.driver import Equipment
from wardround.collect.drivers.platform_address import platform_database
from wardround.collect.drivers.statements import without_literals
from wardround.collect.runner import check_once
from wardround.collect.scrape import TargetScrape
from wardround.collect.types import CollectedBatch, Reason, TargetSpec
from wardround.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)


def here(**changes: Any) -> TargetSpec:
    parts = platform_database() | changes
    return target("postgresql", " ".join(f"{key}='{value}'" for key, value in parts.items()))


@contextmanager
def session(**settings_: Any) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(**platform_database(), **settings_) as connection:
        yield connection


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """One thread for everything; it gives back its connection to the platform's own database."""
    with ThreadPoolExecutor(1) as threads:
        yield threads
        threads.submit(connections.close_all).result()


def take(
    spec: TargetSpec, times: int = 1, *, between: Callable[[], None] = lambda: None
) -> list[CollectedBatch]:
    async def scrapes() -> list[CollectedBatch]:
        with _threads() as threads:
            one = TargetScrape(spec, Equipment(threads, threads), clock=clock.now)
            try:
                batches = []
                for _ in range(times):
                    batches.append(await one.take(spec.template.groups))
                    between()
                return batches
            finally:
                await one.close()

    return asyncio.run(scrapes())


def _read_something() -> None:
    """Blocks from the buffers, told to the statistics at once."""
    with session(autocommit=True) as busy:
        busy.execute("select count(*) from pg_class")
        busy.execute("select pg_stat_force_next_flush()")


def test_whole_server() -> None:
    _first, batch = take(here(), 2, between=_read_something)
    assert (batch.reason, batch.detail) == (Reason.OK, "")
    got = values(batch)
    name = settings.DATABASES["default"]["NAME"]
    assert got["pg_version"] >= 150000
    assert got["pg_is_standby"] == 0
    assert 0 < got["pg_connections_used_ratio"] < 1
    assert got[f"pg_stat_database_xact_commit_total{{datname={name}}}"] > 0
    assert got[f"pg_database_size_bytes{{datname={name}}}"] > 1_000_000
    assert got["pg_tablespace_size_bytes{spcname=pg_default}"] > 1_000_000
    assert 0 <= got[f"pg_cache_hit_ratio{{datname={name}}}"] <= 1
    assert all(fine == 1 for name, fine in got.items() if name.startswith("scrape_group_up"))
    declared = {metric.name for metric in shipped()["postgresql"].metrics}
    found = {key.metric for key in batch.keys}
    parts = ("replication", "standby_lag", "receiver")
    needs_replication = {one for one in declared if any(part in one for part in parts)}
    assert declared - needs_replication <= found


def test_platforms_own_database_needs_no_address() -> None:
    assert take(target("postgresql", "platform"))[0].up


def test_blocked_sessions_show_who_blocks_whom() -> None:
    with session(autocommit=True) as setup:
        setup.execute("create table collect_blocked (id int primary key, patient text)")
        setup.execute("insert into collect_blocked values (1, 'Zhang')")
    with session() as holder, session() as waiter:
        blocker = holder.info.backend_pid
        holder.execute("update collect_blocked set patient = 'Li' where id = 1")
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(
                waiter.execute, "update collect_blocked set patient = 'Wang' where id = 1"
            )
            batch = _until_blocked()
            holder.rollback()
            waiting.result(10)
        waiter.rollback()
    got = values(batch)
    assert got["pg_sessions_waiting_for_locks"] == 1
    assert got["pg_sessions_blocked"] == 1
    assert got["pg_stat_activity_count{state=idle in transaction}"] >= 1
    tables = {table.name: table.rows for table in batch.tables}
    root, blocked = tables["locks"]
    assert (root["level"], root["pid"]) == (0, blocker)
    assert (blocked["level"], blocked["parent"]) == (1, root["pid"])
    assert blocked["query"] == "update collect_blocked set patient = ? where id = ?"
    with session(autocommit=True) as cleanup:
        cleanup.execute("drop table collect_blocked")


def _until_blocked() -> CollectedBatch:
    for _ in range(200):
        (batch,) = take(here())
        if values(batch)["pg_sessions_blocked"]:
            return batch
    raise AssertionError("nobody was blocked")


def test_one_connection_however_often_it_is_read() -> None:
    async def scrapes() -> int:
        with _threads() as threads:
            spec = here()
            one = TargetScrape(spec, Equipment(threads, threads), clock=clock.now)
            for _ in range(5):
                await one.take(spec.template.groups)
            with session() as counting:
                row = counting.execute(
                    "select count(*) from pg_stat_activity"
                    " where application_name = 'wardround collect'"
                ).fetchone()
            await one.close()
            return int(row[0]) if row else -1

    assert asyncio.run(scrapes()) == 1


def test_connection_that_was_ended_comes_back() -> None:
    async def story() -> list[Reason]:
        with _threads() as threads:
            spec = here()
            one = TargetScrape(spec, Equipment(threads, threads), clock=clock.now)
            reasons = [(await one.take(spec.template.groups)).reason]
            with session(autocommit=True) as admin:
                admin.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where application_name = 'wardround collect'"
                )
            reasons.append((await one.take(spec.template.groups)).reason)
            reasons.append((await one.take(spec.template.groups)).reason)
            await one.close()
            return reasons

    first, ended, again = asyncio.run(story())
    assert (first, again) == (Reason.OK, Reason.OK)
    assert ended is not Reason.OK


def test_only_reads() -> None:
    """Whatever a statement of the driver were to try, the connection refuses to write."""

    async def attempt() -> None:
        from wardround.collect.drivers.postgresql import PostgresDriver  # noqa: PLC0415

        with ThreadPoolExecutor(1) as threads:
            spec = here()
            driver = PostgresDriver(spec, Equipment(threads, threads))
            await driver._connect(5)
            try:
                await driver._rows("create table public.collect_never (id int)")
            finally:
                await driver.close()

    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        asyncio.run(attempt())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"dbname": "no_such_database"}, Reason.ANSWER),
        ({"user": "nobody_here"}, Reason.AUTH),
        ({"host": "127.0.0.1", "port": 1}, Reason.REFUSED),
        ({"host": "/no/such/folder"}, Reason.REFUSED),
        ({"host": "no-such-host.invalid"}, Reason.DNS),
    ],
)
def test_failures_have_their_reason(changes: dict[str, Any], reason: Reason) -> None:
    (batch,) = take(here(**changes))
    assert not batch.up
    assert batch.reason is reason, batch.detail


def test_wrong_address_is_a_matter_of_settings() -> None:
    batch = asyncio.run(check_once(replace(here(), address="what is this")))
    assert batch.reason is Reason.SETTINGS


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "select * from p where name = 'O''Brien' and id = 42",
            "select * from p where name = ? and id = ?",
        ),
        ("select $1, t1.c2 -- 'Zhang'\n, 1.5e3", "select $1, t1.c2 , ?"),
        ("insert into p values ($$Wang$$, E'a\\'b', -7)", "insert into p values (?, ?, ?)"),
        ("select /* 13800000000 */ 'cut off in the mid", "select ?"),
    ],
)
def test_statements_lose_their_literals(text: str, shown: str) -> None:
    assert without_literals(text) == shown
