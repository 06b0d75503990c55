"""What should not come, and comes: very many series, a clock set back, a store that is away."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from tests.collect.scrapes import layout, scrape
from tests.history.batches import batch, every
from wardround.collect.delivery import Delivery
from wardround.collect.spool import Spool
from wardround.history import actions, hot, queries, rolling, rules, server
from wardround.history.engine import engine
from wardround.history.errors import HistoryUnavailable
from wardround.history.types import (
    Aggregate,
    FleetQuery,
    Kind,
    RangeQuery,
    SampleBatch,
    SeriesKey,
    SeriesList,
)
from wardround.kernel import clock
from wardround.kernel.ids import new_id

pytestmark = pytest.mark.servers

HOUR = timedelta(hours=1)
NEW_SERIES = int(os.environ.get("WARDROUND_TEST_SERIES", "230000"))
"""More than memory keeps windows of; a million takes minutes."""
MEGABYTE = 1024 * 1024


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[server.RunningServer]:
    with server.start(tmp_path / "history") as started:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", started.url)
        actions.migrate()
        yield started


def figures() -> dict[str, float]:
    told: dict[str, float] = json.loads(engine().send("/figures", b""))
    return told


def own_memory(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


def test_very_many_new_series_are_all_there_and_memory_keeps_its_budgets(
    running: server.RunningServer,
) -> None:
    """One scrape of each: past its budgets memory says so, and the tables answer."""
    first = SeriesKey("first", new_id())
    actions.append(batch({first: [(clock.now(), 1.0)]}))
    while not figures()["recent_series"]:
        time.sleep(0.05)  # until its code is there
    keys = tuple(SeriesKey(f"m_{i % 50}", new_id()) for i in range(NEW_SERIES))
    at = np.full(len(keys), rules.milliseconds(clock.now()))
    index = np.arange(len(keys), dtype=np.int32)
    sent = SampleBatch(new_id(), (SeriesList(keys),), index, at, index.astype(np.float64))
    assert actions.append(sent).accepted == len(keys)
    told = figures()
    assert told["recent_full"] == 1
    assert told["recent_bytes"] < 256 * MEGABYTE
    assert told["hot_series"] <= hot.MOST_SERIES
    assert told["hot_bytes"] < 256 * MEGABYTE
    assert own_memory(running.process.pid) < 1400 * MEGABYTE
    newest = {found.key: found.value for found in queries.latest(["m_7", "m_49", "first"])}
    expected = {key: float(i) for i, key in enumerate(keys) if key.metric in {"m_7", "m_49"}}
    assert newest == expected | {first: 1.0}
    now = clock.now()
    ranked = queries.fleet(FleetQuery("m_49", Aggregate.LAST, now - HOUR, now + HOUR / 60, top=3))
    assert [row.key for row in ranked] == list(keys[49::50][:-4:-1])
    count = engine().rows("SELECT count(), uniqExact(series) FROM samples")[0]
    assert count == (NEW_SERIES + 1, NEW_SERIES + 1)


def test_a_clock_set_back_an_hour_while_the_store_restarts_loses_and_doubles_nothing(
    tmp_path: Path, running: server.RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in its log and its tables is then ahead of it; later the clock is right again."""
    key = SeriesKey("m", new_id(), kind=Kind.COUNTER)
    now = clock.now().replace(microsecond=0)
    port, password = running.port, urlsplit(running.url).password or ""
    sent = [every(15, [float(i) for i in range(40)], start=now - HOUR / 6)]
    actions.append(batch({key: sent[0]}))
    running.kill()  # the second's worth is in the log alone

    monkeypatch.setattr(server, "_COMMAND", (sys.executable, "-m", "tests.history.turned_back"))
    monkeypatch.setattr(clock, "now", lambda: datetime.now(now.tzinfo) - HOUR)
    back = server.start(tmp_path / "history", port, password=password)
    sent.append(every(15, [float(i) for i in range(40)], start=now - HOUR - HOUR / 6))
    actions.append(batch({key: sent[1]}))
    assert newest(key) == sent[1][-1]
    roll_up()
    assert counted(key, now) == 80
    back.kill()

    monkeypatch.undo()
    monkeypatch.setenv("WARDROUND_HISTORY_URL", running.url)
    with server.start(tmp_path / "history", port, password=password):
        sent.append([(clock.now().replace(microsecond=0), 7.0)])
        actions.append(batch({key: sent[2]}))
        assert newest(key) == sent[2][0]
        roll_up()
        assert rolling.rolling(engine(), fresh=True).touched == ()
        assert counted(key, now) == 81


def test_late_samples_left_in_the_log_are_rolled_up_also_when_the_clock_was_set_back(
    tmp_path: Path, running: server.RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their windows were rolled before, and are ahead of the clock when they are inserted."""
    monkeypatch.setattr(rules, "NARROW_SAMPLES", 0)  # or roll-ups would not be asked
    key, now = SeriesKey("m", new_id()), clock.now().replace(microsecond=0)
    actions.append(batch({key: every(15, [1.0] * 40, start=now - 2 * HOUR / 3)}))
    roll_up()
    actions.append(batch({key: [(now - HOUR / 2, 7.0)]}))
    running.kill()
    monkeypatch.setattr(server, "_COMMAND", (sys.executable, "-m", "tests.history.turned_back"))
    password = urlsplit(running.url).password or ""
    with server.start(tmp_path / "history", running.port, password=password):
        assert counted(key, now) == 41
        assert len(rolling.rolling(engine(), fresh=True).touched) == 1
        roll_up()
        assert rolling.rolling(engine(), fresh=True).touched == ()
        assert counted(key, now) == 41


def newest(key: SeriesKey) -> tuple[datetime, float]:
    (found,) = queries.latest([key.metric], [key.item])
    return found.at, found.value


def counted(key: SeriesKey, now: datetime) -> float:
    query = RangeQuery(key.metric, (key.item,), now - 2 * HOUR, now + HOUR, HOUR, Aggregate.COUNT)
    (found,) = queries.samples(query, now=now + HOUR).series
    return float(found.value.sum())


def roll_up() -> None:
    while actions.roll_up(at=clock.now()):
        pass


def test_a_clickhouse_that_is_away_is_a_clear_error_and_samples_wait_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (sys.executable, "-m", "tests.history.plain_clickhouse")
    monkeypatch.setattr(server, "_COMMAND", command)
    clickhouse = server.start(tmp_path / "history")
    monkeypatch.setenv("WARDROUND_HISTORY_URL", clickhouse.url)
    actions.migrate()
    assert not engine().embedded
    spool = Spool.open(tmp_path / "spool")
    shape, now = layout(3), clock.now()
    collected = [scrape(shape, first=10 * i, at=now + timedelta(seconds=i)) for i in range(4)]
    asyncio.run(spool.accept(collected[0]))
    delivery = Delivery(spool, actions.append, linger=0)
    assert delivery.drain()
    clickhouse.kill()

    with pytest.raises(HistoryUnavailable) as caught:
        actions.append(batch({shape.keys[0]: [(now, 1.0)]}))
    assert caught.value.status == 503
    assert not queries.answers()
    for one in collected[1:]:
        asyncio.run(spool.accept(one))
    delivery.start()
    deadline = time.monotonic() + 30
    while delivery.working:
        assert time.monotonic() < deadline
        time.sleep(0.05)  # until it has tried
    assert spool.waiting_bytes > 0
    password = urlsplit(clickhouse.url).password or ""
    with server.start(tmp_path / "history", clickhouse.port, password=password):
        while spool.waiting_bytes or not delivery.working:
            assert time.monotonic() < deadline
            time.sleep(0.05)  # until it has tried again
        delivery.stop()
        spool.close()
        query = RangeQuery("load_1", (shape.keys[1].item,), now - HOUR, now + HOUR)
        (found,) = queries.samples(query).series
    assert found.value.tolist() == [1.0, 11.0, 21.0, 31.0]
