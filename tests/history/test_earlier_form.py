"""A store as earlier versions left it: doubles, roll-ups by views."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import pytest

from tests.history.batches import NOON, batch, every, ms
from wardround.history import actions, migrate, queries, rules
from wardround.history.engine import engine
from wardround.history.rules import series_id
from wardround.history.types import Aggregate, Kind, RangeQuery, SeriesKey
from wardround.kernel import clock
from wardround.kernel.ids import new_id

pytestmark = pytest.mark.servers

HOUR = timedelta(hours=1)
KEY = SeriesKey("old", new_id(), kind=Kind.COUNTER)
VALUES = [0.1, -0.0, math.inf, 1 / 3, 5e300, 12345.678901, 42.0, math.nan, 1e15 + 0.5, 7.25] * 30
"""Five hours, one a minute."""


@pytest.fixture(autouse=True)
def _earlier_store(history_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    address, _, _ = history_url.rpartition("/")
    monkeypatch.setenv("WARDROUND_HISTORY_URL", f"{address}/test_{new_id().hex}")
    monkeypatch.setattr(rules, "NARROW_SAMPLES", 0)  # or the samples would be read instead
    known = migrate._migrations()
    with monkeypatch.context() as earlier:
        earlier.setattr(migrate, "_migrations", lambda: known[:3])
        earlier.setattr(migrate, "_KEPT", {})
        actions.migrate()
    moments = [(KEY, ms(at), value) for at, value in every(60, VALUES, start=NOON)]
    rows = np.array(
        [(series_id(key), at, value) for key, at, value in moments],
        dtype=[("series", "<u8"), ("at", "<i8"), ("value", "<f8")],
    )
    engine().insert_columns(
        "samples",
        [
            ("series", "UInt64", rows["series"]),
            ("at", "DateTime64(3, 'UTC')", rows["at"]),
            ("value", "Float64", rows["value"]),
        ],
        token="old",
    )
    described = [series_id(KEY), KEY.metric, KEY.item, {}, new_id(), "", "counter", NOON, NOON]
    columns = ("id", "metric", "item", "labels", "target", "unit", "kind", "first_seen",
               "last_seen")  # fmt: skip
    engine().insert_rows("series", columns, [described])
    yield
    engine().command(f"DROP DATABASE IF EXISTS `{engine().database}`", use_database=False)


def bits(since: datetime = NOON) -> list[int]:
    query = RangeQuery(KEY.metric, (KEY.item,), since, since + 6 * HOUR, None)
    (found,) = queries.samples(query, now=clock.now()).series
    return [int(number) for number in found.value.view(np.int64)]


def counts(step: timedelta) -> list[float]:
    query = RangeQuery(KEY.metric, (KEY.item,), NOON, NOON + 6 * HOUR, step, Aggregate.COUNT)
    return [v for found in queries.samples(query, now=clock.now()).series for v in found.value]


def carry_over() -> int:
    steps = 0
    deadline = time.monotonic() + 60
    while actions.carry_over():
        steps += 1
        assert time.monotonic() < deadline
        time.sleep(0.05)  # the engine writes a day anew; there is no event to wait for
    return steps


def test_it_answers_at_once_and_the_same_after_it_was_carried_over() -> None:
    assert actions.migrate()[0] == "0004_decimals_and_roll_ups.sql"
    expected = [int(number) for number in np.array(VALUES).view(np.int64)]
    for _ in range(2):
        assert bits() == expected
        assert counts(5 * timedelta(minutes=1)) == [5.0, 4.0] * 30
        assert counts(HOUR) == [54.0] * 5
        carry_over()
    assert engine().rows("SELECT count() FROM samples_5m")[0][0] == 0
    assert engine().rows("SELECT count() FROM rolled_1h FINAL")[0][0] == 5
    decimals = engine().rows("SELECT countIf(scale >= 0), countIf(scale < 0) FROM samples")[0]
    assert decimals == (4 * 30, 6 * 30)


def test_carrying_over_that_was_cut_short_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the copy of a day's roll-ups and the end of the old ones: both are there."""
    actions.migrate()
    command = engine().command

    def end(sql: str, **_: object) -> None:
        if "DROP PARTITION" in sql:
            raise KeyboardInterrupt
        command(sql)

    with monkeypatch.context() as cut:
        cut.setattr(engine(), "command", end)
        with pytest.raises(KeyboardInterrupt):
            actions.carry_over()
    assert counts(5 * timedelta(minutes=1)) == [5.0, 4.0] * 30
    assert carry_over() > 0
    assert counts(5 * timedelta(minutes=1)) == [5.0, 4.0] * 30
    assert counts(HOUR) == [54.0] * 5


def test_a_late_sample_counts_in_a_window_that_an_earlier_version_rolled() -> None:
    actions.migrate()
    late = NOON + timedelta(seconds=30)
    actions.append(batch({KEY: [(late, 3.0)]}), at=clock.now())
    for _ in range(2):
        assert counts(HOUR)[0] == 55.0
        while actions.roll_up(at=clock.now()):
            pass
        assert counts(HOUR)[0] == 55.0
        carry_over()
    assert counts(HOUR) == [55.0, *[54.0] * 4]


def test_a_migration_that_was_cut_short_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    """After each of its statements once."""
    command = type(engine()).command
    for stop in range(1, len(migrate._migrations()[3].statements())):
        left = iter(range(stop))

        def run(store: object, sql: str, left: Iterator[int] = left, **words: bool) -> None:
            ours = any(word in sql for word in ("samples", "rolling", "rolled_"))
            if ours and next(left, None) is None:
                raise KeyboardInterrupt
            command(store, sql, **words)

        with monkeypatch.context() as cut:
            cut.setattr(type(engine()), "command", run)
            with pytest.raises(KeyboardInterrupt):
                actions.migrate()
    assert actions.migrate()[0] == "0004_decimals_and_roll_ups.sql"
    assert counts(HOUR) == [54.0] * 5
