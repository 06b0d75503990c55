"""Samples in, answers out, against a real store."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.history.batches import NOON, Point, batch, every, ms
from wardround.history import actions, queries, rules
from wardround.history.errors import (
    BadRange,
    BadStep,
    BatchMalformed,
    StepNeeded,
    TooManyPoints,
)
from wardround.history.types import (
    Aggregate,
    AppendReport,
    FleetQuery,
    Kind,
    Labels,
    RangeQuery,
    RangeResult,
    Refusal,
    SampleBatch,
    SeriesKey,
    SeriesList,
    Source,
)
from wardround.kernel.ids import new_id

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("history")]

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def ask(
    metric: str,
    item: UUID,
    *,
    span: timedelta = HOUR,
    step: timedelta | None = MINUTE,
    aggregate: Aggregate = Aggregate.AVG,
    labels: Labels = (),
) -> RangeResult:
    query = RangeQuery(metric, (item,), NOON, NOON + span, step, aggregate, labels)
    return queries.samples(query, now=NOON + span)


def points(result: RangeResult) -> list[Point]:
    (only,) = result.series
    return [
        (datetime.fromtimestamp(at / 1000, UTC), value)
        for at, value in zip(only.at.tolist(), only.value.tolist(), strict=True)
    ]


def test_what_was_appended_comes_back_as_it_was(metric: str, item: UUID) -> None:
    key = SeriesKey(metric, item, (("b", "x"), ("a", "\t'{\\中")), Kind.COUNTER, "s", new_id())
    sent = every(15.123, [1.0, math.inf, -0.0, 1e-300, 5e15], start=NOON)
    assert actions.append(batch({key: sent}), at=NOON) == AppendReport(5, {})
    result = ask(metric, item, step=None)
    assert points(result) == [(datetime.fromtimestamp(ms(at) / 1000, UTC), v) for at, v in sent]
    found = result.series[0].key
    assert found == key
    assert (found.kind, found.unit, found.target) == (key.kind, key.unit, key.target)


def test_nan_is_kept_and_takes_no_part_in_any_aggregate(metric: str, item: UUID) -> None:
    actions.append(
        batch({SeriesKey(metric, item): every(10, [2, math.nan, 4], start=NOON)}), at=NOON
    )
    stored = points(ask(metric, item, step=None))
    assert [math.isnan(value) for _, value in stored] == [False, True, False]
    for step in (MINUTE, 5 * MINUTE, HOUR):
        assert points(ask(metric, item, step=step)) == [(NOON, 3.0)]
        assert points(ask(metric, item, step=step, aggregate=Aggregate.COUNT)) == [(NOON, 2.0)]


def test_refused_samples_are_counted_by_reason_and_the_others_stored(
    metric: str, item: UUID
) -> None:
    late, early = NOON - timedelta(days=31), NOON + timedelta(minutes=6)
    sent = {SeriesKey(metric, item): [(late, 1.0), (NOON, 2.0), (early, 3.0), (early, 4.0)]}
    assert actions.append(batch(sent), at=NOON) == AppendReport(
        1, {Refusal.FUTURE: 2, Refusal.TOO_OLD: 1}
    )
    assert points(ask(metric, item, step=None)) == [(NOON, 2.0)]


def test_an_empty_batch_and_one_of_refused_samples_alone_are_fine(metric: str, item: UUID) -> None:
    assert actions.append(batch({}), at=NOON) == AppendReport(0, {})
    ahead = {SeriesKey(metric, item): [(NOON + HOUR, 1.0)]}
    assert actions.append(batch(ahead), at=NOON) == AppendReport(0, {Refusal.FUTURE: 1})
    assert queries.series(item) == []


@pytest.mark.parametrize(
    ("index", "value"), [([0, 1], [1.0, 2.0]), ([-1, 0], [1.0, 2.0]), ([0, 0], [1.0])]
)
def test_a_batch_that_does_not_fit_together_stores_nothing(
    metric: str, item: UUID, index: list[int], value: list[float]
) -> None:
    wrong = SampleBatch(
        batch_id=new_id(),
        series=(SeriesList((SeriesKey(metric, item),)),),
        series_index=np.array(index, dtype=np.int32),
        at=np.array([ms(NOON)] * 2, dtype=np.int64),
        value=np.array(value),
    )
    with pytest.raises(BatchMalformed):
        actions.append(wrong, at=NOON)
    assert ask(metric, item, step=None).series == ()


def test_a_batch_sent_again_counts_once_in_samples_and_roll_ups(metric: str, item: UUID) -> None:
    """Also when its samples lie on both sides of midnight, in two partitions."""
    midnight = NOON.replace(hour=0)
    key = SeriesKey(metric, item)
    sent = batch({key: every(60, [1.0] * 20, start=midnight - 10 * MINUTE)})
    for _ in range(3):
        assert actions.append(sent, at=NOON).accepted == 20
    query = RangeQuery(metric, (item,), midnight - HOUR, midnight + HOUR, None, Aggregate.COUNT)
    assert len(points(queries.samples(query, now=NOON))) == 20
    for step in (5 * MINUTE, HOUR):
        rolled = RangeQuery(
            metric, (item,), midnight - HOUR, midnight + HOUR, step, Aggregate.COUNT
        )
        assert sum(value for _, value in points(queries.samples(rolled, now=NOON))) == 20


def test_a_batch_of_many_inserts_arrives_whole(
    metric: str, item: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MAX_ROWS", 7)
    sent = batch({SeriesKey(metric, item): every(1, list(range(100)), start=NOON)})
    for _ in range(2):
        assert actions.append(sent, at=NOON).accepted == 100
    assert [value for _, value in points(ask(metric, item, step=None))] == list(range(100))


MODEL: dict[Aggregate, Callable[[list[float]], float]] = {
    Aggregate.AVG: lambda values: math.fsum(values) / len(values),
    Aggregate.MIN: min,
    Aggregate.MAX: max,
    Aggregate.SUM: math.fsum,
    Aggregate.LAST: lambda values: values[-1],
    Aggregate.COUNT: lambda values: float(len(values)),
}


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60),
    gap=st.integers(1, 400),
    parts=st.integers(1, 4),
    narrow=st.sampled_from([0, rules.NARROW_SAMPLES]),
)
def test_every_store_gives_the_same_answer_as_plain_arithmetic(
    values: list[float], gap: int, parts: int, narrow: int
) -> None:
    """Raw (a step no roll-up divides), 5 minutes and 1 hour, in whatever batches they came."""
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    sent = every(gap, values, start=NOON)
    for part in range(parts):
        actions.append(batch({key: sent[part::parts]}), at=NOON + timedelta(hours=12))
    span = timedelta(hours=12)
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(rules, "NARROW_SAMPLES", narrow)
    for step in (timedelta(minutes=7), timedelta(minutes=10), timedelta(hours=2)):
        expected: dict[datetime, list[float]] = {}
        for at, value in sent:
            start = datetime.fromtimestamp(
                at.timestamp() // step.total_seconds() * step.total_seconds(), UTC
            )
            expected.setdefault(start, []).append(value)
        for aggregate, model in MODEL.items():
            got = points(ask(key.metric, key.item, span=span, step=step, aggregate=aggregate))
            wanted = sorted((start, model(of)) for start, of in expected.items())
            assert [start for start, _ in got] == [start for start, _ in wanted]
            assert [value for _, value in got] == pytest.approx(
                [value for _, value in wanted], rel=1e-9, abs=1e-6
            )
    monkeypatch.undo()


@pytest.fixture(params=["narrow", "wide"])
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer from a reading of the samples, and from the statement for many of them."""
    if request.param == "wide":
        monkeypatch.setattr(rules, "NARROW_SAMPLES", 0)


@pytest.mark.usefixtures("width")
@pytest.mark.parametrize("step", [timedelta(minutes=4), timedelta(minutes=5), HOUR])
def test_the_rate_of_a_steady_counter_is_its_slope_in_every_store(
    metric: str, item: UUID, step: timedelta
) -> None:
    values = [10.0 * i for i in range(480)]
    actions.append(
        batch({SeriesKey(metric, item): every(15, values, start=NOON)}), at=NOON + 2 * HOUR
    )
    got = points(ask(metric, item, span=2 * HOUR, step=step, aggregate=Aggregate.RATE))
    assert [value for _, value in got] == pytest.approx([10 / 15] * len(got))
    assert len(got) >= 2 * HOUR / step - 1


@pytest.mark.usefixtures("width")
@pytest.mark.parametrize("step", [timedelta(minutes=4), timedelta(minutes=20), HOUR])
def test_a_counter_that_begins_again_never_has_a_negative_rate_and_loses_no_growth(
    metric: str, item: UUID, step: timedelta
) -> None:
    """Growth: 0→590, new beginning, 5→595: 590 + 5 + 590 over the whole time."""
    values = [*(10.0 * i for i in range(60)), *(5 + 10.0 * i for i in range(60))]
    sent = every(60, values, start=NOON)
    actions.append(batch({SeriesKey(metric, item): sent}), at=NOON + 2 * HOUR)
    got = points(ask(metric, item, span=2 * HOUR, step=step, aggregate=Aggregate.RATE))
    assert all(value > 0 for _, value in got)
    grew = points(ask(metric, item, span=2 * HOUR, step=step, aggregate=Aggregate.INCREASE))
    assert [at for at, _ in grew] == [at for at, _ in got]
    if step < HOUR:  # the first bucket of an hour has nothing before it to grow from
        assert 590 + 5 + 590 - 40 <= sum(value for _, value in grew) <= 590 + 5 + 590
        grown = sum(value * step.total_seconds() for _, value in got)
        assert grown == pytest.approx(1185, rel=0.2)


@pytest.mark.usefixtures("width")
def test_p95_of_samples(metric: str, item: UUID) -> None:
    actions.append(
        batch({SeriesKey(metric, item): every(0.5, list(range(101)), start=NOON)}), at=NOON
    )
    assert points(ask(metric, item, aggregate=Aggregate.P95)) == [(NOON, 95.0)]


def test_labels_and_items_choose_series(metric: str, item: UUID) -> None:
    other = new_id()
    keys = [
        SeriesKey(metric, item, (("disk", "sda"), ("op", "read"))),
        SeriesKey(metric, item, (("disk", "sda"), ("op", "write"))),
        SeriesKey(metric, item, (("disk", "sdb"), ("op", "read"))),
        SeriesKey(metric, other, (("disk", "sda"), ("op", "read"))),
    ]
    actions.append(batch({key: [(NOON, 1.0)] for key in keys}), at=NOON)

    def chosen(*items: UUID, labels: Labels = ()) -> set[SeriesKey]:
        query = RangeQuery(metric, items, NOON, NOON + HOUR, MINUTE, labels=labels)
        return {found.key for found in queries.samples(query, now=NOON + HOUR).series}

    assert chosen(item) == set(keys[:3])
    assert chosen() == set(keys)
    assert chosen(labels=(("disk", "sda"),)) == {keys[0], keys[1], keys[3]}
    assert chosen(item, labels=(("disk", "sda"), ("op", "read"))) == {keys[0]}
    assert chosen(new_id()) == set()
    assert chosen(labels=(("disk", "' OR 1=1 --"),)) == set()


def test_the_answer_says_which_store_it_came_from(metric: str, item: UUID) -> None:
    actions.append(batch({SeriesKey(metric, item): [(NOON, 1.0)]}), at=NOON)
    steps = (None, MINUTE, 5 * MINUTE, HOUR)
    long = [ask(metric, item, step=step, span=3 * DAY).source for step in steps]
    assert long == [Source.RAW, Source.RAW, Source.FIVE_MINUTES, Source.HOUR]
    assert {ask(metric, item, step=step).source for step in steps} == {Source.RAW}


@pytest.mark.parametrize(
    ("wrong", "error", "field"),
    [
        (RangeQuery("m", (), NOON, NOON, MINUTE), BadRange, "from"),
        (RangeQuery("m", (), NOON, NOON + HOUR, timedelta(milliseconds=999)), BadStep, "step"),
        (RangeQuery("m", (), NOON, NOON + HOUR, -MINUTE), BadStep, "step"),
        (RangeQuery("m", (), NOON, NOON + 12 * HOUR, timedelta(seconds=2)), TooManyPoints, "step"),
        (RangeQuery("m", (), NOON, NOON + HOUR, None, Aggregate.RATE), StepNeeded, "step"),
        (RangeQuery("m", (), NOON, NOON + HOUR, None, Aggregate.INCREASE), StepNeeded, "step"),
    ],
)
def test_a_wrong_question_gets_an_error_that_names_the_field(
    wrong: RangeQuery, error: type[BadRange], field: str
) -> None:
    with pytest.raises(error) as caught:
        queries.samples(wrong)
    assert (caught.value.status, caught.value.field) == (422, field)


def test_too_many_stored_samples_are_an_error_too(metric: str, item: UUID) -> None:
    sent = every(0.1, [0.0] * 11_001, start=NOON)
    actions.append(batch({SeriesKey(metric, item): sent}), at=NOON + HOUR)
    with pytest.raises(TooManyPoints):
        ask(metric, item, step=None)


def test_the_newest_value_of_each_series(metric: str, item: UUID) -> None:
    fresh, stale = SeriesKey(metric, item, (("a", "1"),)), SeriesKey(metric, item, (("a", "2"),))
    actions.append(
        batch(
            {
                fresh: [*every(60, [1, 2, 3], start=NOON), (NOON + 3 * MINUTE, math.nan)],
                stale: [(NOON - 3 * HOUR, 9.0)],
            }
        ),
        at=NOON + 5 * MINUTE,
    )
    (only,) = queries.latest([metric], [item], at=NOON + 5 * MINUTE)
    assert (only.key, only.at, only.value) == (fresh, NOON + 2 * MINUTE, 3.0)
    assert queries.latest([metric], [new_id()], at=NOON) == []


def test_the_series_of_an_item_with_their_newest_values(item: UUID) -> None:
    up, free = SeriesKey("up", item), SeriesKey("free_bytes", item, (("disk", "a"),), unit="B")
    actions.append(batch({up: [(NOON, 1.0)], free: [(NOON - 5 * HOUR, 7.0)]}), at=NOON)
    found = {info.key: info for info in queries.series(item, at=NOON)}
    assert set(found) == {up, free}
    newest = found[up].latest
    assert newest is not None
    assert newest.value == 1.0
    assert found[free].latest is None
    assert found[free].key.unit == "B"
    assert queries.series(new_id()) == []


@pytest.mark.parametrize("window", [timedelta(minutes=10), HOUR, timedelta(days=4)])
def test_the_fleet_by_one_value_a_series(metric: str, window: timedelta) -> None:
    keys = [SeriesKey(metric, new_id()) for _ in range(5)]
    sent = {key: every(30, [float(i), i + 2.0], start=NOON - MINUTE) for i, key in enumerate(keys)}
    actions.append(batch(sent), at=NOON)

    def top(aggregate: Aggregate, *, lowest: bool = False) -> list[tuple[SeriesKey, float]]:
        query = FleetQuery(metric, aggregate, NOON - window, NOON, top=2, lowest=lowest)
        return [(row.key, row.value) for row in queries.fleet(query, now=NOON)]

    assert top(Aggregate.AVG) == [(keys[4], 5.0), (keys[3], 4.0)]
    assert top(Aggregate.MAX, lowest=True) == [(keys[0], 2.0), (keys[1], 3.0)]
    assert top(Aggregate.COUNT)[0][1] == 2.0
    assert top(Aggregate.LAST)[0] == (keys[4], 6.0)


def test_the_fleet_by_growth(metric: str) -> None:
    slow, quick = SeriesKey(metric, new_id()), SeriesKey(metric, new_id())
    start = NOON - timedelta(minutes=40)
    actions.append(
        batch(
            {
                slow: every(60, [float(i) for i in range(40)], start=start),
                quick: every(60, [60.0 * i for i in range(40)], start=start),
            }
        ),
        at=NOON,
    )
    for minutes in (10, 30):
        query = FleetQuery(metric, Aggregate.RATE, NOON - minutes * MINUTE, NOON)
        rows = queries.fleet(query, now=NOON)
        assert [row.key for row in rows] == [quick, slow]
        assert [row.value for row in rows] == pytest.approx([1.0, 1 / 60])


def test_a_page_of_questions_is_answered_as_each_alone(metric: str, item: UUID) -> None:
    gauge, counter = SeriesKey(metric, item), SeriesKey(f"{metric}_total", item, kind=Kind.COUNTER)
    sent = {
        key: every(15, [float(i % 7 * i) for i in range(400)], start=NOON)
        for key in (gauge, counter)
    }
    actions.append(batch(sent), at=NOON + 2 * HOUR)
    asked = [
        RangeQuery(key.metric, (item,), NOON, NOON + span, step, aggregate)
        for key in (gauge, counter)
        for aggregate in Aggregate
        for step, span in ((MINUTE, HOUR), (5 * MINUTE, 2 * HOUR), (HOUR, 3 * DAY))
    ]
    asked.append(RangeQuery(metric, (new_id(),), NOON, NOON + HOUR, MINUTE))
    asked.append(RangeQuery(metric, (item,), NOON, NOON + HOUR, None))
    together = queries.samples_of(asked, now=NOON + 3 * DAY)
    for query, answer in zip(asked, together, strict=True):
        alone = queries.samples(query, now=NOON + 3 * DAY)
        assert (answer.source, answer.step) == (alone.source, alone.step)
        assert len(answer.series) == len(alone.series)
        for one, other in zip(answer.series, alone.series, strict=True):
            assert one.key == other.key
            assert one.at.tolist() == other.at.tolist()
            assert one.value.tolist() == other.value.tolist()
