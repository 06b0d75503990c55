"""A ClickHouse of one's own: the same tables, the same duty, the same answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from tests.history.batches import NOON, batch, every
from wardround.history import actions, commits, queries, rolling, rules, server
from wardround.history.engine import engine
from wardround.history.errors import BatchChanged, HistoryUnavailable
from wardround.history.types import (
    Aggregate,
    AppendReport,
    FleetQuery,
    RangeQuery,
    Refusal,
    SeriesKey,
)
from wardround.kernel import clock
from wardround.kernel.ids import new_id

pytestmark = pytest.mark.servers

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def clickhouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[server.RunningServer]:
    command = (sys.executable, "-m", "tests.history.plain_clickhouse")
    monkeypatch.setattr(server, "_COMMAND", command)
    monkeypatch.setattr(rules, "NARROW_SAMPLES", 0)  # or roll-ups would not be asked
    with server.start(tmp_path / "history") as started:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", started.url)
        actions.migrate()
        assert not engine().embedded
        yield started


def counts(key: SeriesKey, step: timedelta, since: datetime = NOON) -> list[float]:
    query = RangeQuery(key.metric, (key.item,), since, since + 2 * HOUR, step, Aggregate.COUNT)
    return [v for found in queries.samples(query, now=NOON + DAY).series for v in found.value]


def roll_up() -> None:
    while actions.roll_up(at=clock.now()):
        pass


@pytest.mark.usefixtures("clickhouse")
def test_closed_windows_are_rolled_once_and_late_samples_roll_theirs_again() -> None:
    key = SeriesKey("m", new_id())
    actions.append(batch({key: every(60, [1.0] * 120, start=NOON)}), at=NOON + DAY)
    assert counts(key, HOUR) == [60.0, 60.0]
    roll_up()
    assert rolling.rolling(engine(), fresh=True).touched == ()
    assert engine().rows("SELECT count() FROM rolled_5m FINAL")[0][0] == 24
    actions.append(batch({key: [(NOON + 90 * MINUTE + MINUTE / 2, 7.0)]}), at=NOON + DAY)
    assert counts(key, HOUR) == [60.0, 61.0]
    assert actions.roll_up(at=clock.now()) == 1
    assert counts(key, HOUR) == [60.0, 61.0]
    assert counts(key, 5 * MINUTE) == [5.0] * 18 + [6.0] + [5.0] * 5


def test_a_batch_that_comes_again_counts_once_also_after_a_restart(
    tmp_path: Path, clickhouse: server.RunningServer
) -> None:
    key = SeriesKey("m", new_id())
    sent = batch({key: every(1, [0.1, 1 / 3] * 500, start=NOON)})
    for _ in range(2):
        assert actions.append(sent, at=NOON + HOUR) == AppendReport(1000, {})
    clickhouse.kill()
    password = urlsplit(clickhouse.url).password or ""
    with server.start(tmp_path / "history", clickhouse.port, password=password):
        assert actions.append(sent, at=NOON + HOUR) == AppendReport(1000, {})
        assert sum(counts(key, HOUR)) == 1000


def test_other_content_under_the_same_batch_id_is_told_also_after_a_restart(
    tmp_path: Path, clickhouse: server.RunningServer
) -> None:
    key = SeriesKey("m", new_id())
    sent = batch({key: every(1, [1.0] * 10, start=NOON)})
    changed = batch({key: every(1, [2.0] * 10, start=NOON)}, batch_id=sent.batch_id)
    actions.append(sent, at=NOON + HOUR)
    with pytest.raises(BatchChanged):
        actions.append(changed, at=NOON + HOUR)
    clickhouse.kill()
    password = urlsplit(clickhouse.url).password or ""
    with server.start(tmp_path / "history", clickhouse.port, password=password):
        with pytest.raises(BatchChanged):
            actions.append(changed, at=NOON + HOUR)
        assert actions.append(sent, at=NOON + HOUR) == AppendReport(10, {})
        assert sum(counts(key, HOUR)) == 10


def test_a_crash_between_the_claim_and_the_samples_loses_and_doubles_nothing(
    tmp_path: Path, clickhouse: server.RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the store and of the writer, who comes again when both are back."""
    key, now = SeriesKey("m", new_id()), NOON + HOUR
    sent = batch({key: [*every(1, [1.0] * 10, start=NOON), (now + HOUR / 10, 2.0)]})
    claim = commits._claim

    def crash(*given: Any) -> int:
        claimed = claim(*given)
        clickhouse.kill()
        return claimed

    with monkeypatch.context() as patched:
        patched.setattr(commits, "_claim", crash)
        with pytest.raises(HistoryUnavailable):
            actions.append(sent, at=now)
    password = urlsplit(clickhouse.url).password or ""
    with server.start(tmp_path / "history", clickhouse.port, password=password):
        assert sum(counts(key, HOUR)) == 0
        for _ in range(2):
            assert actions.append(sent, at=now) == AppendReport(10, {Refusal.FUTURE: 1})
        assert actions.append(sent, at=now + HOUR) == AppendReport(10, {Refusal.FUTURE: 1})
        assert sum(counts(key, HOUR)) == 10


@pytest.mark.usefixtures("clickhouse")
def test_of_writers_who_race_with_one_batch_id_one_is_stored_and_all_others_are_told() -> None:
    for _ in range(10):
        key, batch_id, ready = SeriesKey("m", new_id()), new_id(), Barrier(4)

        def write(
            number: int, key: SeriesKey = key, batch_id: UUID = batch_id, ready: Barrier = ready
        ) -> bool:
            brought = batch({key: every(1, [float(number)] * 5, start=NOON)}, batch_id=batch_id)
            ready.wait()
            try:
                return actions.append(brought, at=NOON + HOUR).accepted == 5
            except BatchChanged:
                return False

        with ThreadPoolExecutor(4) as writers:
            taken = list(writers.map(write, [1, 2, 3, 3]))  # the last two bring the same
        query = RangeQuery("m", (key.item,), NOON, NOON + HOUR)
        (found,) = queries.samples(query, now=NOON + DAY).series
        (value,) = set(found.value.tolist())
        assert (len(found.value), taken) == (5, [value == 1, value == 2, value == 3, value == 3])


@pytest.mark.usefixtures("clickhouse")
def test_pages_fleets_and_newest_values_come_from_the_tables() -> None:
    now = clock.now()
    keys = [SeriesKey("m", new_id()) for _ in range(3)]
    sent = {key: every(60, [float(i)] * 50, start=now - 50 * MINUTE) for i, key in enumerate(keys)}
    actions.append(batch(sent))
    assert {found.key: found.value for found in queries.latest(["m"])} == {
        key: float(i) for i, key in enumerate(keys)
    }
    ranked = queries.fleet(FleetQuery("m", Aggregate.AVG, now - HOUR, now, top=2))
    assert [(row.key, row.value) for row in ranked] == [(keys[2], 2.0), (keys[1], 1.0)]
    asked = [
        RangeQuery("m", (keys[1].item,), now - HOUR, now, 5 * MINUTE, aggregate)
        for aggregate in (Aggregate.AVG, Aggregate.COUNT)
    ]
    averages, numbers = queries.samples_of(asked)
    assert set(averages.series[0].value) == {1.0}
    assert sum(numbers.series[0].value) == 50
    assert queries.store_figures().commits is None
