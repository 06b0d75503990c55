"""Two real PostgreSQL servers, one following the other, and what becomes of them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
import pytest

from tests.collect.targets import only, target, values
from tests.collect.test_postgresql import take
from wardround.cmdb.types import Item
from wardround.collect import actions
from wardround.collect.models import TargetRow
from wardround.collect.types import CollectedBatch, Reason, TargetSpec
from wardround.kernel import clock
from wardround.site.leash import leashed
from wardround.site.postgres import EmbeddedPostgres

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]
_SETTINGS = ("fsync=off", "max_prepared_transactions=5", "max_wal_senders=8")
_GONE = "pg_replication_streaming{application=reader,client=local}"


@dataclass
class Pair:
    """A primary that has a slot `reader`, and the standby that uses it."""

    primary: EmbeddedPostgres
    standby: EmbeddedPostgres

    def tell(self, *statements: str) -> None:
        with psycopg.connect(self.primary.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]  # our own words


@pytest.fixture(scope="module")
def pair() -> Generator[Pair]:
    folder = Path(tempfile.mkdtemp(prefix="wardround-replication-"))
    folder.chmod(0o755)
    primary = EmbeddedPostgres(folder / "primary", settings=_SETTINGS)
    standby = EmbeddedPostgres(folder / "reader", settings=(*_SETTINGS, "cluster_name=reader"))
    both = Pair(primary, standby)
    try:
        primary.start()
        with (primary.cluster / "pg_hba.conf").open("a") as file:
            file.write("local replication all peer map=wardround\n")
        both.tell("select pg_reload_conf()", "select pg_create_physical_replication_slot('reader')")
        _copy(both)
        standby.start()
        yield both
    finally:
        standby.stop()
        primary.stop()
        for server in (primary, standby):
            shutil.rmtree(server.sockets, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _copy(pair: Pair) -> None:
    binaries = pair.primary._binaries()
    pair.standby.folder.mkdir()
    pair.standby.owner.take(pair.standby.cluster)
    command = [binaries / "pg_basebackup", "-D", str(pair.standby.cluster), "-R", "-S", "reader"]
    command += ["-d", pair.primary.url, "--checkpoint=fast"]
    made = leashed(command, owner=pair.standby.owner, output=subprocess.PIPE)
    said, _nothing = made.communicate(timeout=120)
    assert made.returncode == 0, said.decode()


def of(server: EmbeddedPostgres, *groups: str, **parameters: Any) -> TargetSpec:
    return only(target("postgresql", server.url, **parameters), *groups)


def until(spec: TargetSpec, wanted: Callable[[dict[str, float]], bool]) -> CollectedBatch:
    """A server tells its news when it is ready to."""
    begun = monotonic()
    while monotonic() - begun < 60:
        (batch,) = take(spec)
        assert batch.up, batch.detail
        if wanted(values(batch)):
            return batch
    raise AssertionError(f"it never came: {values(batch)}")


def rows(batch: CollectedBatch, name: str) -> list[dict[str, Any]]:
    return [dict(row) for table in batch.tables if table.name == name for row in table.rows]


def test_standby_and_its_slot_are_seen_from_both_sides(pair: Pair) -> None:
    pair.tell("select pg_switch_wal()")  # a standby says how far it is when it has written
    lag = "pg_replication_lag_bytes{application=reader,client=local}"
    spec = of(pair.primary, "replication")
    primary = until(spec, lambda got: got.get(_GONE) == 1 and lag in got)
    got = values(primary)
    assert got["pg_replication_connections{application=reader,client=local}"] == 1
    assert got["pg_replication_slot_present{slot=reader}"] == 1
    assert got["pg_replication_slot_active{slot=reader}"] == 1
    assert got["pg_replication_slot_lost{slot=reader}"] == 0
    assert got[lag] >= 0
    assert [(row["kind"], row["name"]) for row in rows(primary, "replication")] == [
        ("standby", "reader"),
        ("slot", "reader"),
    ]
    pair.tell("select pg_switch_wal()")
    heard = "pg_wal_receiver_lag_bytes"
    standby = values(until(of(pair.standby, "replication"), lambda got: heard in got))
    assert standby["pg_wal_receiver_up"] == 1
    assert standby["pg_wal_receiver_silence_seconds"] >= 0
    assert standby["pg_wal_receiver_lag_bytes"] >= 0
    assert standby["pg_standby_lag_seconds"] >= 0


@pytest.fixture
def watched(pair: Pair, host: Item) -> TargetSpec:
    """The primary as a target that is stored, so that what is known of it outlives a collector."""
    spec = of(pair.primary, "replication")
    now = clock.now()
    TargetRow.objects.create(
        id=spec.id, name=spec.name, item_id=host.id, template="postgresql", address=spec.address,
        interval_s=15, timeout_s=5, created_at=now, updated_at=now, asked_at=now,
    )  # fmt: skip
    return replace(spec, item=host.id)


def record(spec: TargetSpec, batch: CollectedBatch) -> None:
    for table in batch.tables:
        actions.record_table(spec.id, spec.item, table, at=batch.at)


@contextmanager
def stopped(server: EmbeddedPostgres) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


def test_standby_that_is_gone_is_told_until_it_is_back(pair: Pair, watched: TargetSpec) -> None:
    before = until(watched, lambda got: got.get(_GONE) == 1)
    record(watched, before)
    with stopped(pair.standby):
        # Each scrape is that of a new collector, which knows what another recorded.
        gone = until(watched, lambda got: got.get(_GONE) == 0)
        assert values(gone)["pg_replication_connections{application=reader,client=local}"] == 0
        assert values(gone)["pg_replication_slot_active{slot=reader}"] == 0
        record(watched, gone)
        (standby, _slot) = rows(gone, "replication")[::-1]
        assert (standby["present"], standby["last_seen"]) == (
            False,
            rows(before, "replication")[0]["last_seen"],
        )
        retired = replace(watched, parameters={"retired": ["reader"]})
        assert _GONE not in values(take(retired)[0])
    assert values(until(watched, lambda got: got.get(_GONE) == 1))[_GONE] == 1


def test_slot_that_is_dropped_is_told(pair: Pair, watched: TargetSpec) -> None:
    pair.tell("select pg_create_physical_replication_slot('archive', true)")
    record(watched, take(watched)[0])
    pair.tell("select pg_drop_replication_slot('archive')")
    for _ in range(2):
        (batch,) = take(watched)
        record(watched, batch)
        got = values(batch)
        assert got["pg_replication_slot_present{slot=archive}"] == 0
        assert "pg_replication_slot_active{slot=archive}" not in got
    pair.tell("select pg_create_physical_replication_slot('archive', true)")
    assert values(take(watched)[0])["pg_replication_slot_present{slot=archive}"] == 1
    pair.tell("select pg_drop_replication_slot('archive')")


def test_temporary_slot_is_nobodys_loss(pair: Pair, watched: TargetSpec) -> None:
    with psycopg.connect(pair.primary.url, autocommit=True) as connection:
        connection.execute("select pg_create_physical_replication_slot('short', true, true)")
        got = values(take(watched)[0])
    assert not any("slot=short" in name for name in got)


def test_standby_that_receives_nothing_says_so(pair: Pair) -> None:
    with stopped(pair.primary):
        batch = until(of(pair.standby, "replication"), lambda got: got["pg_wal_receiver_up"] == 0)
        assert "pg_wal_receiver_silence_seconds" not in values(batch)
    until(of(pair.standby, "replication"), lambda got: got["pg_wal_receiver_up"] == 1)


def test_who_may_not_see_replication_is_told_so_and_gets_no_alert(pair: Pair) -> None:
    """Without pg_monitor, a standby's receiver is a row with nothing but its process."""
    pair.tell("create role plain", "alter database postgres set role = 'plain'")
    try:
        for server in (pair.primary, pair.standby):
            address = server.url.replace("///wardround", "///postgres")
            spec = only(target("postgresql", address), "replication")
            begun = monotonic()
            batch = take(spec)[0]
            while batch.up and monotonic() - begun < 60:  # the standby learns of the role
                batch = take(spec)[0]
            assert batch.reason is Reason.PERMISSION
            assert "pg_monitor" in batch.detail
            assert "pg_wal_receiver_up" not in values(batch)
    finally:
        pair.tell("alter database postgres reset role", "drop role plain")


def test_prepared_transactions_stand_in_the_lock_tree(pair: Pair) -> None:
    url = pair.primary.url
    pair.tell(
        "create table held (id int primary key, patient text)",
        "insert into held values (1, 'Zhang'), (2, 'Li')",
        "begin",
        "update held set patient = 'Wang' where id = 1",
        "prepare transaction 'row of 1'",
        "begin",
        "lock table held in row share mode",
        "prepare transaction 'the table'",
    )
    spec = of(pair.primary, "instance", "sessions", "locks")
    try:
        with (
            psycopg.connect(url) as one,
            psycopg.connect(url) as other,
            ThreadPoolExecutor(2) as threads,
        ):
            pids = (one.info.backend_pid, other.info.backend_pid)
            first = threads.submit(one.execute, "update held set patient = 'Zhao' where id = 1")
            until(spec, lambda got: got["pg_sessions_blocked"] == 1)
            second = threads.submit(other.execute, "lock table held in exclusive mode")
            batch = until(spec, lambda got: got["pg_sessions_blocked"] == 2)
            pair.tell("rollback prepared 'row of 1'", "rollback prepared 'the table'")
            first.result(30)
            one.rollback()
            second.result(30)
            other.rollback()
    finally:
        pair.tell("drop table held")
    tree = [(row["level"], row["parent"], row["pid"]) for row in rows(batch, "locks")]
    assert (0, None, "row of 1") in tree
    assert (0, None, "the table") in tree
    assert (1, "row of 1", pids[0]) in tree
    assert next(place for place in tree if place[2] == pids[1])[0] == 1
    (held,) = [row for row in rows(batch, "locks") if row["pid"] == "row of 1"]
    assert (held["state"], held["user"]) == ("prepared transaction", "wardround")
    assert held["transaction_s"] > 0
    assert values(batch)["pg_prepared_transactions"] == 2
    assert values(batch)["pg_oldest_prepared_seconds"] > 0
