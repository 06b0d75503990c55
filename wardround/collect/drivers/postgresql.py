"""PostgreSQL 15 and later, over one read-only connection per database server."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from wardround.collect.drivers import postgresql_sql as texts
from wardround.collect.drivers import yields
from wardround.collect.drivers.driver import DriverKind, Equipment
from wardround.collect.drivers.failures import reason_of
from wardround.collect.drivers.platform_address import PLATFORM, platform_database
from wardround.collect.drivers.postgresql_locks import NO_PROCESS, Node, lock_row, lock_tree
from wardround.collect.drivers.postgresql_replication import ReplicationReader
from wardround.collect.drivers.reachable import reachable
from wardround.collect.drivers.statements import without_literals
from wardround.collect.errors import TargetFailed
from wardround.collect.readings import Readings
from wardround.collect.types import Collected, Reason, ScrapeGroup, Table, TargetSpec
from wardround.kernel.addresses import signs_in

OLDEST = 150000
Rows = list[dict[str, Any]]
_SIGN_IN_STATES = ("28",)
_BY_CLASS = (
    (psycopg.errors.InsufficientPrivilege, Reason.PERMISSION),
    (psycopg.errors.QueryCanceled, Reason.TIMEOUT),
)
_BY_WORDS = (
    (
        re.compile(
            r"password authentication|no pg_hba|peer authentication|no password"
            r"|role \".*\" does not exist",
            re.IGNORECASE,
        ),
        Reason.AUTH,
    ),
    (re.compile(r"resolve host|translate host name|name or service", re.IGNORECASE), Reason.DNS),
    (re.compile(r"timeout|timed out", re.IGNORECASE), Reason.TIMEOUT),
    (re.compile(r"refused|no such file", re.IGNORECASE), Reason.REFUSED),
    (re.compile(r"unreachable|no route", re.IGNORECASE), Reason.UNREACHABLE),
    (re.compile(r"\bssl\b|certificate", re.IGNORECASE), Reason.TLS),
    (re.compile(r"permission denied", re.IGNORECASE), Reason.PERMISSION),
)


class PostgresDriver:
    """Keeps the connection; what it last read is for ratios between two readings."""

    def __init__(self, spec: TargetSpec, equipment: Equipment) -> None:
        self._spec = spec
        self._partners = ReplicationReader(spec, equipment)
        self._connection: psycopg.AsyncConnection[dict[str, Any]] | None = None
        self._version = 0
        self._readings: dict[str, Readings] = {}
        self._blocks: dict[str, tuple[float, float]] = {}
        self._groups = {
            "instance": self._instance,
            "sessions": self._sessions,
            "databases": self._databases,
            "locks": self._locks,
            "sizes": self._sizes,
            "wal": self._wal,
            "replication": self._replication,
        }

    async def collect(self, group: ScrapeGroup) -> Collected:
        out = self._readings.setdefault(group.name, Readings(self._spec, group))
        try:
            await self._connect(group.timeout)
            tables = await self._groups[group.name](out)
        except psycopg.Error as error:
            if isinstance(error, psycopg.OperationalError):
                await self.close()
            out.finish()
            raise TargetFailed(postgres_reason(error), _said(error)) from error
        except BaseException:
            await (
                self.close()
            )  # cancelled in the middle of a statement: its answer is still to come
            out.finish()
            raise
        return out.finish(tables)

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _connect(self, limit: float) -> None:
        if self._connection is not None and not self._connection.closed:
            return
        milliseconds = int(limit * 1000)
        settings = await _by_reachable_addresses(connection_settings(self._spec))
        self._connection = await psycopg.AsyncConnection.connect(
            **settings,
            connect_timeout=max(int(limit), 2),
            application_name="wardround collect",
            autocommit=True,
            row_factory=dict_row,
            options=f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
            " -c default_transaction_read_only=on -c search_path=pg_catalog",
        )
        self._version = self._connection.info.server_version
        if self._version < OLDEST:
            await self.close()
            raise TargetFailed(Reason.ANSWER, f"server version {self._version}; 15 is the oldest")

    async def _rows(self, text: str) -> Rows:
        if self._connection is None:  # pragma: no cover  # collect() connects first
            raise TargetFailed(Reason.INTERNAL, "not connected")
        async with self._connection.cursor() as cursor:
            await cursor.execute(sql.SQL(text))
            return await cursor.fetchall()

    async def _instance(self, out: Readings) -> tuple[Table, ...]:
        (about,) = await self._rows(texts.INSTANCE)
        out.add("pg_version", about["version"])
        out.add("pg_uptime_seconds", about["uptime"])
        out.add("pg_time_seconds", about["server_time"])
        out.add("pg_is_standby", about["standby"])
        out.add("pg_max_connections", about["most"])
        out.add("pg_connections", about["backends"])
        out.add("pg_connections_used_ratio", float(about["backends"] or 0) / about["most"])
        out.add("pg_prepared_transactions", about["prepared"])
        out.add("pg_oldest_prepared_seconds", about["oldest_prepared"])
        return ()

    async def _sessions(self, out: Readings) -> tuple[Table, ...]:
        rows = await self._rows(texts.SESSIONS)
        counts = dict.fromkeys(("active", "idle", "idle in transaction"), 0)
        counts |= {row["state"]: row["sessions"] for row in rows}
        for state, count in counts.items():
            out.add("pg_stat_activity_count", count, state=state)
        out.add("pg_oldest_transaction_seconds", _most(rows, "oldest_transaction"))
        out.add("pg_longest_statement_seconds", _most(rows, "longest_statement"))
        out.add("pg_sessions_waiting_for_locks", sum(row["waiting"] for row in rows))
        running = [_masked(row) for row in await self._rows(texts.RUNNING)]
        out.add("pg_sessions_blocked", sum(bool(row["blocked_by"]) for row in running))
        return (Table("sessions", running),)

    async def _databases(self, out: Readings) -> tuple[Table, ...]:
        for row in await self._rows(texts.DATABASES):
            name = row["datname"]
            out.add("pg_stat_database_numbackends", row["numbackends"], datname=name)
            out.add("pg_database_frozen_age", row["frozen_age"], datname=name)
            for column in _DATABASE_COUNTERS:
                out.add(f"pg_stat_database_{column}_total", row[column], datname=name)
            self._hit_ratio(out, name, hit=row["blks_hit"], read=row["blks_read"])
        return ()

    def _hit_ratio(self, out: Readings, name: str, *, hit: float, read: float) -> None:
        """Of the time since the last reading: since the server's start it says nothing any more."""
        hit_then, read_then = self._blocks.get(name, (hit, read))
        self._blocks[name] = (hit, read)
        hits, reads = hit - hit_then, read - read_then
        if hits >= 0 and reads >= 0 and hits + reads > 0:
            out.add("pg_cache_hit_ratio", hits / (hits + reads), datname=name)

    async def _locks(self, out: Readings) -> tuple[Table, ...]:
        held = {row["mode"]: row for row in await self._rows(texts.LOCKS)}
        for mode in _LOCK_MODES:
            row = held.get(mode, {"held": 0, "waiting": 0})
            out.add("pg_locks_count", row["held"], mode=mode)
            out.add("pg_locks_waiting", row["waiting"], mode=mode)
        return (Table("locks", await self._lock_tree()),)

    async def _lock_tree(self) -> Rows:
        waits: list[tuple[Node, Node]] = [
            (row["pid"], row["blocker"]) for row in await self._rows(texts.WAITS)
        ]
        if not waits:
            return []
        nodes: dict[Node, Mapping[str, Any]] = {
            row["pid"]: row for row in await self._rows(texts.LOCK_SESSIONS)
        }
        if any(blocker == NO_PROCESS for _, blocker in waits):
            held = await self._rows(texts.PREPARED_BLOCKERS)
            waits += [(row["pid"], row["gid"]) for row in held]
            nodes |= {row["gid"]: row for row in await self._rows(texts.PREPARED)}
        known = [wait for wait in waits if wait[1] != NO_PROCESS]
        places = lock_tree(known)[:_MOST_LOCK_ROWS]
        return [_masked(lock_row(place, nodes.get(place.node, {}))) for place in places]

    async def _sizes(self, out: Readings) -> tuple[Table, ...]:
        for row in await self._rows(texts.SIZES):
            out.add("pg_database_size_bytes", row["bytes"], datname=row["datname"])
        for row in await self._rows(texts.TABLESPACES):
            out.add("pg_tablespace_size_bytes", row["bytes"], spcname=row["spcname"])
        return ()

    async def _wal(self, out: Readings) -> tuple[Table, ...]:
        (wal,) = await self._rows(texts.WAL)
        out.add("pg_wal_records_total", wal["wal_records"])
        out.add("pg_wal_full_page_images_total", wal["wal_fpi"])
        out.add("pg_wal_bytes_total", wal["wal_bytes"])
        out.add("pg_wal_buffers_full_total", wal["wal_buffers_full"])
        (archiver,) = await self._rows(texts.ARCHIVER)
        out.add("pg_archived_total", archiver["archived_count"])
        out.add("pg_archive_failed_total", archiver["failed_count"])
        (points,) = await self._rows(texts.guard(texts.CHECKPOINTS, self._version))
        out.add("pg_checkpoints_timed_total", points["timed"])
        out.add("pg_checkpoints_requested_total", points["requested"])
        out.add("pg_checkpoint_write_seconds_total", points["write_seconds"])
        out.add("pg_checkpoint_sync_seconds_total", points["sync_seconds"])
        out.add("pg_checkpoint_buffers_total", points["checkpoint_buffers"])
        (writer,) = await self._rows(texts.BGWRITER)
        out.add("pg_bgwriter_buffers_clean_total", writer["buffers_clean"])
        out.add("pg_bgwriter_stopped_total", writer["maxwritten_clean"])
        out.add("pg_buffers_allocated_total", writer["buffers_alloc"])
        return ()

    async def _replication(self, out: Readings) -> tuple[Table, ...]:
        return (await self._partners.read(self._rows, out),)


_MOST_LOCK_ROWS = 200
_LOCK_MODES = (
    "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock",
    "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
)  # fmt: skip
_DATABASE_COUNTERS = (
    "xact_commit", "xact_rollback", "blks_read", "blks_hit", "tup_returned", "tup_fetched",
    "tup_inserted", "tup_updated", "tup_deleted", "conflicts", "temp_files", "temp_bytes",
    "deadlocks", "read_seconds", "write_seconds",
)  # fmt: skip


def connection_settings(spec: TargetSpec) -> dict[str, Any]:
    """From the target's address (a URL or `key=value` pairs, or the platform's own database)."""
    if spec.address == PLATFORM:
        return platform_database()
    try:
        settings: dict[str, Any] = conninfo_to_dict(spec.address)
    except psycopg.ProgrammingError as error:
        why = "" if signs_in(spec.address) else f": {error}"  # which quotes parts of it
        raise TargetFailed(Reason.SETTINGS, f"not an address of PostgreSQL{why}") from None
    settings.setdefault("dbname", "postgres")
    for ours in ("connect_timeout", "application_name", "options"):
        settings.pop(ours, None)
    for name, key in (("user", "user"), ("password", "password")):
        if value := spec.parameters.get(name):
            settings[key] = str(value)
    return settings


async def _by_reachable_addresses(settings: dict[str, Any]) -> dict[str, Any]:
    """The same with the addresses that were found to be permitted: the driver asks no name server
    again, which might say something else. Raises TargetFailed where a host has none of them.
    """
    given = settings.get("hostaddr")
    hosts = str(given or settings.get("host") or "").split(",")
    ports = str(settings.get("port") or "5432").split(",")
    ways: list[tuple[str, str, str]] = []
    for host, port in zip(hosts, ports * len(hosts) if len(ports) == 1 else ports, strict=False):
        if not host or host.startswith(("/", "@")):
            ways.append((host, "", port))
            continue
        with contextlib.suppress(OSError):  # the others may have addresses
            ways += [(host, address, port) for address in await reachable(host, 0)]
    if not ways:
        raise TargetFailed(Reason.DNS, f"no address is known for {', '.join(hosts)}")
    if not given and any(address for _, address, _ in ways):
        by_part = zip(*dict.fromkeys(ways), strict=True)
        settings |= zip(("host", "hostaddr", "port"), map(",".join, by_part), strict=True)
    return settings


def postgres_reason(error: psycopg.Error) -> Reason:
    """The reason class of an error of the driver or of the server."""
    by_class = next((reason for kind, reason in _BY_CLASS if isinstance(error, kind)), None)
    if by_class is not None:
        return by_class
    if (error.sqlstate or "").startswith(_SIGN_IN_STATES):
        return Reason.AUTH
    said = str(error)
    by_words = next((reason for words, reason in _BY_WORDS if words.search(said)), Reason.ANSWER)
    return reason_of(error) or by_words


def _said(error: psycopg.Error) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__


def _masked(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row for a table: literals may be patient data, so the statement loses them."""
    shown = {name: _plain(value) for name, value in row.items()}
    shown["query"] = without_literals(row["query"] or "")[:500]
    return shown


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    return round(float(value), 3)


def _most(rows: Rows, column: str) -> float:
    return max((float(row[column]) for row in rows if row[column] is not None), default=0.0)


POSTGRESQL = DriverKind(
    "postgresql",
    PostgresDriver,
    yields.POSTGRESQL,
)
