"""Numbered migrations of the history store, embedded or not.

ClickHouse has no transactions for its tables, so every statement may run again harmlessly and a
migration counts as applied when all of it has run. The caller holds the lock that lets only one
process do this.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from string import Template

from wardround.history import settings
from wardround.history.engine import Engine, engine
from wardround.history.errors import HistoryFromTheFuture, MigrationChanged
from wardround.history.types import Retention
from wardround.kernel import clock

_TABLE = """
CREATE TABLE IF NOT EXISTS migrations $on_cluster
(
    number UInt32,
    name String,
    checksum String,
    applied_at DateTime64(3, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class _Migration:
    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.blake2b(self.text.encode(), digest_size=16).hexdigest()

    def statements(self) -> list[str]:
        return [part for part in self.text.split(";\n") if part.strip()]


def migrate() -> list[str]:
    """Bring the store to this version; the names of the migrations it took.

    Also moves the retention of each class to what is configured. Run it under a lock.
    """
    store = engine()
    words = _words(settings.retention(), settings.cluster())
    store.create_database(words["on_cluster"])
    store.command(Template(_TABLE).substitute(words))
    applied = {
        int(number): str(checksum)
        for number, checksum in store.rows("SELECT number, checksum FROM migrations FINAL")
    }
    pending = _pending(_migrations(), applied)
    for migration in pending:
        _apply(store, migration, words)
    _set_retention(store, words)
    return [migration.name for migration in pending]


def _migrations() -> list[_Migration]:
    folder = files("wardround.history") / "migrations"
    return [
        _Migration(int(entry.name[:4]), entry.name, entry.read_text("utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".sql")
    ]


def _pending(known: list[_Migration], applied: dict[int, str]) -> list[_Migration]:
    unknown = set(applied) - {migration.number for migration in known}
    if unknown:
        raise HistoryFromTheFuture(number=max(unknown))
    for migration in known:
        if applied.get(migration.number, migration.checksum) != migration.checksum:
            raise MigrationChanged(name=migration.name)
    return [migration for migration in known if migration.number not in applied]


def _apply(store: Engine, migration: _Migration, words: dict[str, str]) -> None:
    for statement in migration.statements():
        store.command(Template(statement).substitute(words))
    row = [migration.number, migration.name, migration.checksum, clock.now()]
    store.insert_rows("migrations", ("number", "name", "checksum", "applied_at"), [row])


def _words(keep: Retention, cluster: str) -> dict[str, str]:
    """What differs between one server and a cluster, and between installations."""
    return {
        "on_cluster": f"ON CLUSTER `{cluster}`" if cluster else "",
        "replicated": "Replicated" if cluster else "",
        "window": "replicated_deduplication_window"
        if cluster
        else "non_replicated_deduplication_window",
        "raw_days": str(keep.raw),
        "five_minute_days": str(keep.five_minutes),
        "hour_days": str(keep.hour),
        "change_days": str(keep.changes),
    }


_KEPT = {
    "series": ("toDateTime(last_seen)", "hour_days"),
    "samples": ("toDateTime(at)", "raw_days"),
    "samples_5m": ("at", "five_minute_days"),
    "samples_1h": ("at", "hour_days"),
    "rolled_5m": ("at", "five_minute_days"),
    "rolled_1h": ("at", "hour_days"),
    "state_changes": ("toDateTime(at)", "change_days"),
    "events": ("toDateTime(at)", "change_days"),
}


def _set_retention(store: Engine, words: dict[str, str]) -> None:
    texts = dict(
        store.rows(
            "SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase()"
        )
    )
    for table, (moment, days) in _KEPT.items():
        if f"toIntervalDay({words[days]})" in texts[table]:
            continue
        store.command(
            f"ALTER TABLE {table} {words['on_cluster']} "
            f"MODIFY TTL {moment} + INTERVAL {words[days]} DAY "
            "SETTINGS materialize_ttl_after_modify = 0"
        )
