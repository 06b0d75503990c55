"""Roll-ups against plain arithmetic over the samples, through the duty that makes them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.history.batches import NOON, batch, every
from wardround.history import actions, queries, rolling, rolling_up, rules
from wardround.history.engine import engine
from wardround.history.errors import SamplesNotKept
from wardround.history.types import Aggregate, FleetQuery, Kind, RangeQuery, SeriesKey, Source
from wardround.kernel.ids import new_id

pytestmark = pytest.mark.servers

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _own_database(history_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    address, _, _ = history_url.rpartition("/")
    monkeypatch.setenv("WARDROUND_HISTORY_URL", f"{address}/test_{new_id().hex}")
    monkeypatch.setattr(rules, "NARROW_SAMPLES", 0)  # or the samples would be read instead
    actions.migrate()
    yield
    engine().command(f"DROP DATABASE IF EXISTS `{engine().database}`", use_database=False)


def roll_up(at: datetime | None = None) -> None:
    while actions.roll_up(at=at or datetime.now(UTC)):
        pass


def stored(table: str) -> int:
    """Rows that the roll-up has; not what a question adds from samples."""
    return int(engine().rows(f"SELECT count() FROM {table} FINAL")[0][0])  # noqa: S608


def ask(key: SeriesKey, step: timedelta, aggregate: Aggregate) -> dict[datetime, float]:
    query = RangeQuery(key.metric, (key.item,), NOON - HOUR, NOON + DAY, step, aggregate)
    found = queries.samples(query, now=NOON + DAY).series
    return {
        datetime.fromtimestamp(at / 1000, UTC): value
        for series in found
        for at, value in zip(series.at.tolist(), series.value.tolist(), strict=True)
    }


NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6).map(lambda digits: digits / 100),
    st.integers(-(2**53), 2**53).map(float),
    st.floats(-1e12, 1e12),
    st.just(math.nan),
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    values=st.lists(NUMBERS, min_size=1, max_size=60),
    gap=st.integers(1, 400),
    later=st.integers(0, 3),
)
def test_what_is_rolled_answers_as_the_samples_do(
    values: list[float], gap: int, later: int
) -> None:
    """All at once, and with every fourth sample late: after its window was rolled."""
    key = SeriesKey(f"m_{new_id().hex}", new_id(), kind=Kind.COUNTER if later == 1 else Kind.GAUGE)
    sent = every(gap, values, start=NOON)
    late = sent[1::4] if later else []
    actions.append(batch({key: [point for point in sent if point not in late]}), at=NOON + DAY)
    roll_up()
    actions.append(batch({key: late}), at=NOON + DAY)
    questions = [
        (step, aggregate)
        for step in (5 * MINUTE, HOUR)
        for aggregate in (Aggregate.AVG, Aggregate.MIN, Aggregate.MAX, Aggregate.COUNT,
                          Aggregate.LAST)
    ]  # fmt: skip
    from_samples = [ask(key, *question) for question in questions]
    roll_up()
    assert rolling.rolling(engine(), fresh=True).touched == ()
    from_rolled = [ask(key, *question) for question in questions]
    for (_, aggregate), before, after in zip(questions, from_samples, from_rolled, strict=True):
        exact = aggregate is not Aggregate.AVG
        assert after == (before if exact else pytest.approx(before, rel=1e-9, abs=1e-6))
    numbers = [value for value in values if not math.isnan(value)]
    assert sum(ask(key, 5 * MINUTE, Aggregate.COUNT).values()) == len(numbers)


def test_each_window_is_rolled_once_and_a_late_sample_rolls_its_own_again() -> None:
    key = SeriesKey("m", new_id())
    actions.append(batch({key: every(60, [1.0] * 120, start=NOON)}), at=NOON + DAY)
    roll_up()
    assert (stored("rolled_5m"), stored("rolled_1h")) == (24, 2)
    assert actions.roll_up(at=datetime.now(UTC)) == 0
    actions.append(batch({key: [(NOON + 90 * MINUTE + MINUTE / 2, 7.0)]}), at=NOON + DAY)
    assert ask(key, HOUR, Aggregate.MAX)[NOON + HOUR] == 7.0  # at once, and not when it is rolled
    assert actions.roll_up(at=datetime.now(UTC)) == 1
    assert ask(key, HOUR, Aggregate.COUNT) == {NOON: 60.0, NOON + HOUR: 61.0}
    assert (stored("rolled_5m"), stored("rolled_1h")) == (24, 2)


def test_a_series_that_ended_tells_its_last_moment_once_that_is_rolled_up() -> None:
    key = SeriesKey("m", new_id())
    last = NOON + 3 * HOUR
    for moments in (every(60, [1.0] * 60, start=NOON), [(last, 2.0), (last + MINUTE, math.nan)]):
        actions.append(batch({key: moments}), at=NOON + DAY)
    (before,) = queries.series(key.item, at=NOON + DAY)
    assert before.first_seen == NOON
    assert NOON <= before.last_seen <= last
    roll_up()
    (after,) = queries.series(key.item, at=NOON + DAY)
    assert (after.first_seen, after.last_seen, after.latest) == (NOON, last, None)


def test_windows_close_while_their_samples_come() -> None:
    """The duty at every minute of two hours, samples up to the moment, some a window late."""
    key = SeriesKey("m", new_id(), kind=Kind.COUNTER)
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for minute in range(130):
        now = begin + minute * MINUTE
        points = [(now, float(minute))]
        if minute % 10 == 9:
            points.append((now - 7 * MINUTE + MINUTE / 2, float(minute - 7)))
        actions.append(batch({key: points}), at=now)
        actions.roll_up(at=now)
    end = begin + 130 * MINUTE
    for step in (5 * MINUTE, HOUR):
        query = RangeQuery("m", (key.item,), begin, end, step, Aggregate.COUNT)
        answer = queries.samples(query, now=end)
        assert answer.source is not Source.RAW
        assert sum(value for series in answer.series for value in series.value) == 143
    assert stored("rolled_5m") >= 25
    fleet = FleetQuery("m", Aggregate.MAX, begin, begin + 2 * HOUR)
    assert [row.value for row in queries.fleet(fleet, now=end)] == [119.0]


def test_a_duty_that_ends_between_rows_and_note_is_done_again_to_the_same_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = SeriesKey("m", new_id())
    actions.append(batch({key: every(60, [1.5] * 60, start=NOON)}), at=NOON + DAY)
    note = rolling_up._note

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rolling_up, "_note", end)
    with pytest.raises(KeyboardInterrupt):
        actions.roll_up(at=datetime.now(UTC))
    monkeypatch.setattr(rolling_up, "_note", note)
    roll_up()
    assert ask(key, HOUR, Aggregate.COUNT) == {NOON: 60.0}
    assert ask(key, 5 * MINUTE, Aggregate.SUM) == {NOON + i * 5 * MINUTE: 7.5 for i in range(12)}


def test_turns_that_have_time_for_one_stretch_leave_no_hour_out() -> None:
    key = SeriesKey("m", new_id())
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
    actions.append(batch({key: every(60, [1.0] * 120, start=begin)}), at=begin + 2 * HOUR)
    for minutes in range(5, 125, 5):
        now = begin + timedelta(minutes=minutes, seconds=91)
        while rolling_up.roll_up(engine(), now=now.timestamp(), seconds=0):
            pass
    assert engine().rows("SELECT count() FROM rolled_5m FINAL") == [(24,)]
    assert engine().rows("SELECT count FROM rolled_1h FINAL ORDER BY at") == [(60,), (60,)]


@pytest.mark.parametrize("step", [MINUTE, 5 * MINUTE, 20 * MINUTE, HOUR, 6 * HOUR])
def test_p95_is_that_of_the_samples_at_every_step(step: timedelta) -> None:
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    values = [float((number * 7919) % 1000) for number in range(24 * 60)]
    sent = every(60, values, start=NOON)
    actions.append(batch({key: sent}), at=NOON + DAY)
    roll_up()
    width = step.total_seconds()
    steps: dict[float, list[float]] = {}
    for at, value in sent:
        steps.setdefault(at.timestamp() // width * width, []).append(value)
    expected = {at: float(np.percentile(values, 95)) for at, values in steps.items()}
    found = {at.timestamp(): value for at, value in ask(key, step, Aggregate.P95).items()}
    assert found == pytest.approx(expected)
    query = FleetQuery(key.metric, Aggregate.P95, NOON, NOON + DAY)
    (row,) = queries.fleet(query, now=NOON + DAY)
    assert row.value == pytest.approx(float(np.percentile(values, 95)))


def test_p95_begins_where_samples_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROUND_HISTORY_RAW_DAYS", "1")
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    actions.append(batch({key: every(60, [1.0] * 1440, start=NOON)}), at=NOON + DAY)
    roll_up()
    now = NOON + DAY + 10 * HOUR + MINUTE
    query = RangeQuery(key.metric, (key.item,), NOON, now, HOUR, Aggregate.P95)
    answer = queries.samples(query, now=now)
    assert (answer.source, answer.step) == (Source.RAW, HOUR)
    assert [at // 3_600_000 for at in answer.series[0].at.tolist()] == [
        (NOON + number * HOUR).timestamp() // 3600 for number in range(11, 24)
    ]
    with pytest.raises(SamplesNotKept):
        queries.fleet(FleetQuery(key.metric, Aggregate.P95, NOON, now), now=now)
