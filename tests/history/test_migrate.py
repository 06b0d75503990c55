"""Numbered migrations, each in a database of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wardround.history import actions
from wardround.history.engine import engine
from wardround.history.errors import HistoryFromTheFuture, MigrationChanged
from wardround.kernel.ids import new_id
from wardround.site import prepare

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _own_database(history_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server, _, _ = history_url.rpartition("/")
    monkeypatch.setenv("WARDROUND_HISTORY_URL", f"{server}/test_{new_id().hex}")
    yield
    engine().command(f"DROP DATABASE IF EXISTS `{engine().database}`", use_database=False)


def test_each_migration_is_taken_once() -> None:
    first = actions.migrate()
    assert first == sorted(first)
    assert first[0] == "0001_series.sql"
    assert actions.migrate() == []


def test_a_migration_cut_short_is_finished_by_the_next_start() -> None:
    taken = actions.migrate()
    engine().command("DROP TABLE events")
    engine().command("ALTER TABLE migrations DELETE WHERE number = 3 SETTINGS mutations_sync = 2")
    assert actions.migrate() == [name for name in taken if name.startswith("0003")]
    assert engine().rows("SELECT count() FROM events")[0][0] == 0


def test_retention_follows_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    actions.migrate()
    monkeypatch.setenv("WARDROUND_HISTORY_RAW_DAYS", "7")
    monkeypatch.setenv("WARDROUND_HISTORY_CHANGES_DAYS", "77")
    assert actions.migrate() == []
    for table, days in (
        ("samples", 7),
        ("samples_5m", 180),
        ("state_changes", 77),
        ("series", 1830),
    ):
        (text,) = engine().rows(f"SHOW CREATE TABLE {table}")[0]
        assert f"toIntervalDay({days})" in text


def test_a_changed_retention_is_prepared_for_at_the_next_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = prepare._fingerprint()
    assert prepare._fingerprint() == before
    monkeypatch.setenv("WARDROUND_HISTORY_5M_DAYS", "90")
    assert prepare._fingerprint() != before


def test_a_store_of_a_newer_version_is_left_alone() -> None:
    actions.migrate()
    engine().command("INSERT INTO migrations VALUES (9999, '9999_later.sql', 'x', now64(3))")
    with pytest.raises(HistoryFromTheFuture) as caught:
        actions.migrate()
    assert caught.value.details == {"number": 9999}


def test_a_migration_changed_after_it_was_applied_is_an_error() -> None:
    actions.migrate()
    engine().command("INSERT INTO migrations VALUES (1, '0001_series.sql', 'x', now64(3))")
    with pytest.raises(MigrationChanged):
        actions.migrate()
