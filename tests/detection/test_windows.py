"""Functions over short windows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.detection.bind import Holding, bind
from wardround.detection.columns import SeriesColumns
from wardround.detection.errors import TooMuchKept
from wardround.detection.evaluate import GONE, PRESENT, UNKNOWN, evaluate
from wardround.detection.expression import Window
from wardround.detection.parse import parse
from wardround.detection.plan import Windowed


class Series:
    """One series `x`, fed value by value and asked over a window."""

    def __init__(self, text: str) -> None:
        self.columns = SeriesColumns()
        self.up, self.x = self.columns.add(), self.columns.add()
        part = bind(parse(text), Holding({"x": [((), self.x)]}, up=self.up))
        self.plan = part.plan
        assert isinstance(part.plan, Windowed)
        self.columns.watch([(part.plan.window, np.array([self.x]))])

    def feed(self, *values: float, every: float = 15.0, start: float = 1000.0) -> Series:
        for step, value in enumerate(values):
            at = start + step * every
            self.columns.put(np.array([self.x]), np.array([value]), at)
            self.columns.now = at
        return self

    @property
    def answer(self) -> float | None:
        found = evaluate(self.plan, self.columns)
        return float(found.value[0]) if found.status[0] == PRESENT else None


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("rate(x[1m])", [0, 15, 30, 45, 60], 1.0),
        ("increase(x[1m])", [0, 15, 30, 45, 60], 45.0),
        ("rate(x[1m])", [100, 110, 5, 10, 15], (5 + 5 + 5) / 45),
        ("delta(x[1m])", [5, 4, 3, 2, 1], -3.0),
        ("avg_over_time(x[1m])", [9, 1, 2, 3, 4], 2.5),
        ("max_over_time(x[1m])", [9, 1, 2, 7, 4], 7.0),
        ("min_over_time(x[1m])", [0, 3, 2, 7, 4], 2.0),
        ("predict_linear(x[1m], 60)", [10, 9, 8, 7, 6], 2.0),
        ("deriv(x[1m])", [10, 9, 8, 7, 6], -1 / 15),
        ("irate(x[1m])", [0, 15, 30, 45, 75], 2.0),
        ("irate(x[1m])", [0, 15, 30, 45, 5], 5 / 15),
        ("idelta(x[1m])", [5, 4, 9, 1, 3], 2.0),
        ("sum_over_time(x[1m])", [9, 1, 2, 3, 4], 10.0),
        ("count_over_time(x[1m])", [9, 1, math.nan, 3, 4], 3.0),
        ("last_over_time(x[1m])", [1, 2, 3, math.nan], 3.0),
        ("present_over_time(x[1m])", [1, 2, 3, 7], 1.0),
        ("changes(x[1m])", [1, 2, 2, 3, 3], 1.0),
        ("changes(x[75s])", [1, 2, 2, 3, 3], 2.0),
        ("resets(x[2m])", [5, 6, 1, 2, 1, 1], 2.0),
        ("quantile_over_time(0.5, x[1m])", [9, 1, 5, 3, 4], 3.5),
        ("quantile_over_time(2, x[1m])", [9, 1, 5, 3, 4], math.inf),
        ("stdvar_over_time(x[1m])", [9, 2, 4, 4, 2], 1.0),
        ("stddev_over_time(x[1m])", [9, 2, 4, 4, 2], 1.0),
        ("max_over_time(x[1m] offset 1m)", [9, 1, 2, 3, 4, 8, 8, 8, 8, 8], 8.0),
        ("sum_over_time(x[30s] offset 1m)", [1, 2, 4, 8, 16, 32, 64], 4.0 + 2.0),
        ("avg_over_time(x[1m])", [1, 1, math.nan, 4], 2.0),
        ("max_over_time(x[1m])", [1, 1, math.inf, 4], math.inf),
    ],
)
def test_functions(text: str, values: list[float], expected: float) -> None:
    assert Series(text).feed(*values).answer == pytest.approx(expected)


def test_a_window_is_unknown_until_half_filled() -> None:
    series = Series("avg_over_time(x[1m])")
    assert series.feed(90.0, 90.0).answer is None
    assert series.feed(90.0, start=1030.0).answer == 90.0


def test_one_value_has_no_rate() -> None:
    assert Series("rate(x[10s])").feed(1, 2, 3).answer is None


def test_many_values_are_thinned_but_the_newest_counts() -> None:
    series = Series("increase(x[1m])").feed(*range(1000), every=0.2)
    assert series.answer == pytest.approx(300, abs=4)


@given(
    st.lists(st.integers(0, 1000), min_size=6, max_size=60),
    st.sampled_from([30.0, 60.0, 300.0]),
)
def test_a_rate_is_what_was_counted(steps: list[int], seconds: float) -> None:
    """Whatever resets come between, growth is the sum of the steps inside the window."""
    raw: list[float] = []
    total = 0
    for number, step in enumerate(steps):
        total = step if number % 7 == 6 else total + step
        raw.append(total)
    expected, times = 0.0, [1000 + 15 * number for number in range(len(steps))]
    inside = [n for n, at in enumerate(times) if at > times[-1] - seconds]
    for number in inside[1:]:
        previous, now = raw[number - 1], raw[number]
        expected += now - previous if now >= previous else now
    series = Series(f"increase(x[{seconds:.0f}s])").feed(*raw)
    if times[-1] - times[0] >= seconds / 2:
        assert series.answer == pytest.approx(expected)


def test_a_dropped_series_leaves_nothing_to_its_successor() -> None:
    series = Series("max_over_time(x[1m])").feed(9, 9, 9, 9)
    series.columns.drop(np.array([series.x]))
    assert series.columns.add() == series.x
    assert evaluate(series.plan, series.columns).status[0] == UNKNOWN
    assert series.feed(1, 1, 1, 1, start=1060.0).answer == 1.0


def test_an_older_value_is_not_taken() -> None:
    series = Series("max_over_time(x[1m])").feed(1, 1, 1, 1)
    series.feed(99.0, start=1010.0)
    series.columns.now = 1045.0
    assert series.answer == 1.0


def test_many_series_grow_the_store() -> None:
    columns = SeriesColumns()
    ids = np.array([columns.add() for _ in range(5000)])
    window = Window("max_over_time", parse("x"), 30.0)  # type: ignore[arg-type]
    columns.watch([(window, ids[:10])])
    columns.watch([(window, ids)])
    for at in (0.0, 15.0, 30.0):
        columns.put(ids, ids.astype(float), at)
    columns.now = 30.0
    assert np.array_equal(columns.over(window, ids).value, ids)
    assert (columns.latest(ids).status == PRESENT).all()


@pytest.mark.parametrize("wrong", [math.inf, -math.inf, math.nan, 1e308, 2.0**60])
def test_a_counter_gone_wrong_leaves_with_its_window(wrong: float) -> None:
    for text in ("rate(x[1m])", "increase(x[1m])"):
        series = Series(text).feed(0, 15, 30, wrong, 60, 75, 90, 105, 120, 135)
        straight = Series(text).feed(0, 15, 30, 45, 60, 75, 90, 105, 120, 135)
        assert series.answer == straight.answer, text


@pytest.mark.parametrize("wrong", [math.inf, -math.inf, math.nan])
def test_what_is_not_finite_does_not_count_where_it_cannot(wrong: float) -> None:
    assert Series("rate(x[1m])").feed(0, 15, 30, wrong, 60).answer == 1.0
    assert Series("delta(x[1m])").feed(0, 15, 30, wrong, 60).answer == 45.0
    assert Series("delta(x[1m])").feed(0, 15, 30, 45, wrong).answer == 30.0
    assert Series("predict_linear(x[1m], 60)").feed(10, 9, wrong, 7, 6).answer == pytest.approx(2)


def test_a_reset_that_is_thinned_away_is_counted() -> None:
    raw = [float(step % 5) for step in range(1000)]
    series = Series("increase(x[1h])").feed(*raw, every=3.0)
    assert series.answer == 999 - 999 // 5


def _status(series: Series) -> tuple[int, int]:
    found = evaluate(series.plan, series.columns)
    return int(found.status[0]), int(found.there[0])


def test_a_new_series_is_judged_from_two_values() -> None:
    for text, expected in (("rate(x[5m])", 2.0), ("max_over_time(x[5m])", 40.0)):
        series = Series(text)
        series.columns.begin(np.array([series.x]))
        assert series.feed(10.0).answer is None
        assert series.feed(40.0, start=1015.0).answer == expected


def test_a_series_that_came_back_is_judged_from_two_values() -> None:
    series = Series("rate(x[5m])").feed(*range(20))
    series.columns.end(np.array([series.x]))
    assert series.feed(500, 530, start=5000.0).answer == pytest.approx(2.0)


def test_values_missing_for_longer_than_the_window_are_known_to_be_none() -> None:
    series = Series("max_over_time(x[1m])").feed(9, 9, 9, 9, 9)
    series.feed(math.nan, math.nan, math.nan, start=1075.0)
    assert series.answer == 9.0
    series.feed(math.nan, start=1120.0)
    assert _status(series) == (GONE, GONE)


def test_after_a_gap_nothing_is_known_until_two_values_could_have_come() -> None:
    series = Series("rate(x[1m])").feed(0, 15, 30, 45, 60)
    series.feed(700.0, start=1700.0)
    assert _status(series)[0] == UNKNOWN
    assert series.feed(715.0, start=1715.0).answer == 1.0


def test_a_series_rarer_than_its_window_has_no_rate() -> None:
    assert _status(Series("rate(x[1m])").feed(*range(8), every=300.0)) == (GONE, GONE)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("max_over_time(x[1d])", 99.0),
        ("min_over_time(x[1d])", -99.0),
        ("sum_over_time(x[1d])", 2880.0),
        ("count_over_time(x[1d])", 2880.0),
        ("avg_over_time(x[1d])", 1.0),
        ("changes(x[1d])", 4.0),
        ("resets(x[1d])", 2.0),
        ("increase(x[1d])", 98.0 + 1.0 - 99.0 + 100.0),
    ],
)
def test_a_day_in_128_places_loses_no_peak_and_no_sum(function: str, expected: float) -> None:
    """One value each 30 s, two of them far off and gone with the next."""
    values = [1.0] * 2900
    values[1500], values[2000] = 99.0, -99.0
    series = Series(function).feed(*values, every=30.0)
    # What is at the far edge comes and goes by places of 12 minutes.
    tolerance = 24.0 if "sum" in function or "count" in function else 1e-3
    assert series.answer == pytest.approx(expected, abs=tolerance)


def test_what_was_an_hour_ago_whatever_is_now() -> None:
    columns = SeriesColumns()
    up, x = columns.add(), columns.add()
    part = bind(parse("x offset 1h"), Holding({"x": [((), x)]}, up=up))
    assert isinstance(part.plan, Windowed)
    columns.watch([(part.plan.window, part.plan.ids)])
    ids = np.array([x])
    for step in range(300):
        columns.now = 15.0 * step
        columns.put(ids, np.array([float(step)]), columns.now)
        found = evaluate(part.plan, columns)
        if step >= 240:
            assert (found.status[0], found.value[0]) == (PRESENT, step - 240)
    columns.end(ids)
    columns.now += 15.0
    found = evaluate(part.plan, columns)
    assert (found.status[0], found.value[0]) == (PRESENT, 60)
    columns.now += 3700.0
    assert evaluate(part.plan, columns).status[0] == GONE


def test_windows_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = SeriesColumns()
    ids = np.array([columns.add() for _ in range(100)])
    window = parse("max_over_time(x[23h] offset 1h)")
    assert isinstance(window, Window)
    monkeypatch.setattr("wardround.detection.columns.MOST_KEPT", 50 * 128 * 16)
    small = Window("max_over_time", window.selector, 30.0)
    with pytest.raises(TooMuchKept):
        columns.watch([(small, ids[:10]), (window, ids)])
    short = parse("max_over_time(x[1m])")
    assert isinstance(short, Window)
    columns.watch([(short, ids[:50])])
    columns.watch([(short, ids[:50])])
    with pytest.raises(TooMuchKept):
        columns.watch([(short, ids[:51])])


def test_a_prediction_from_an_earlier_window_is_for_as_long_after_now() -> None:
    series = Series("predict_linear(x[1m] offset 30s, 60)").feed(*range(20))
    assert series.answer == pytest.approx(19 + 60 / 15)


def test_the_last_value_of_an_earlier_window_is_the_last_however_old() -> None:
    series = Series("last_over_time(x[3m] offset 30s)").feed(*range(20))
    series.columns.end(np.array([series.x]))
    series.columns.now += 120.0
    assert series.answer == 19.0
    beside = Series("x offset 30s").feed(*range(20))
    beside.columns.end(np.array([beside.x]))
    beside.columns.now += 120.0
    assert beside.answer is None
