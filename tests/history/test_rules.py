"""The decisions of the history room, without any store."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.history import rolling, rolling_up, rules
from wardround.history.types import Refusal, Retention, SeriesKey, Source
from wardround.history.windows import HOUR, WIDTH

NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
KEEP = Retention(raw=30, five_minutes=180, hour=1830)
ITEM = UUID("01890a5d-ac96-774b-bcce-b302099a8057")

labels = st.lists(
    st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=3, unique_by=lambda p: p[0]
)


def test_the_id_of_a_series_stays_what_it_was() -> None:
    """Ids are on disk: another hash would tear every series in two."""
    assert rules.series_id(SeriesKey("up", ITEM)) == 6373300544817969762
    assert rules.series_id(SeriesKey("up", ITEM, (("b", "2"), ("a", "1")))) == 6373391853056570057


@given(labels, labels)
def test_ids_differ_exactly_where_keys_do(
    one: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    first, second = SeriesKey("m", ITEM, tuple(one)), SeriesKey("m", ITEM, tuple(other))
    assert (rules.series_id(first) == rules.series_id(second)) == (sorted(one) == sorted(other))


@given(st.text(), st.uuids(), st.uuids())
def test_series_of_one_metric_stand_together(metric: str, one: UUID, other: UUID) -> None:
    first, second = (
        rules.series_id(SeriesKey(metric, one)),
        rules.series_id(SeriesKey(metric, other)),
    )
    assert first >> 48 == second >> 48


def test_neither_unit_nor_kind_makes_another_series() -> None:
    assert SeriesKey("m", ITEM, unit="s") == SeriesKey("m", ITEM, unit="ms")


def test_samples_ahead_of_the_clock_or_past_keeping_are_refused() -> None:
    moments = [
        NOW + timedelta(minutes=5),
        NOW + timedelta(minutes=5, milliseconds=1),
        NOW - timedelta(days=30),
        NOW - timedelta(days=30, milliseconds=1),
    ]
    at = np.array([rules.milliseconds(moment) for moment in moments])
    refused = rules.refusals(at, now=NOW, keep=timedelta(days=30))
    assert refused[Refusal.FUTURE].tolist() == [False, True, False, False]
    assert refused[Refusal.TOO_OLD].tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("step", "days_ago", "source", "given_step"),
    [
        (timedelta(seconds=15), 1, Source.RAW, timedelta(seconds=15)),
        (timedelta(minutes=7), 1, Source.RAW, timedelta(minutes=7)),
        (timedelta(minutes=10), 1, Source.FIVE_MINUTES, timedelta(minutes=10)),
        (timedelta(hours=2), 1, Source.HOUR, timedelta(hours=2)),
        (timedelta(seconds=15), 31, Source.FIVE_MINUTES, timedelta(minutes=5)),
        (timedelta(minutes=7), 31, Source.FIVE_MINUTES, timedelta(minutes=10)),
        (timedelta(minutes=10), 200, Source.HOUR, timedelta(hours=1)),
        (timedelta(hours=1), 4000, Source.HOUR, timedelta(hours=1)),
    ],
)
def test_the_coarsest_store_that_fits_answers(
    step: timedelta, days_ago: int, source: Source, given_step: timedelta
) -> None:
    since = NOW - timedelta(days=days_ago)
    assert rules.source_for(step, since=since, now=NOW, retention=KEEP) == (source, given_step)


@given(
    st.timedeltas(timedelta(seconds=1), timedelta(days=2)).map(
        lambda d: d - d % timedelta(seconds=1)
    ),
    st.integers(0, 5000),
)
def test_a_step_only_ever_grows_and_fits_its_store(step: timedelta, days_ago: int) -> None:
    since = NOW - timedelta(days=days_ago)
    source, used = rules.source_for(step, since=since, now=NOW, retention=KEEP)
    assert used >= step
    assert not source.width or used % source.width == timedelta(0)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  made aware below
    st.timedeltas(timedelta(milliseconds=1), timedelta(days=40)),
    st.integers(1, 100_000),
)
def test_whole_steps_hold_the_range_and_less_than_two_steps_more(
    start: datetime, span: timedelta, seconds: int
) -> None:
    since = start.replace(tzinfo=UTC)
    until, step = since + span, timedelta(seconds=seconds)
    first, last = rules.whole_steps(since, until, step)
    width = seconds * 1000
    assert first % width == last % width == 0
    assert 0 <= rules.milliseconds(since) - first < width
    assert 0 <= last - rules.milliseconds(until) < width


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=4000)))
def test_the_step_named_in_the_error_is_allowed(span: timedelta) -> None:
    step = rules.least_step(NOW - span, NOW)
    assert span / step <= rules.MAX_POINTS


@given(st.integers(-(10**12), 10**13))
def test_a_moment_is_its_milliseconds(ms: int) -> None:
    assert rules.milliseconds(rules.moment(ms)) == ms


@pytest.mark.parametrize(
    ("series", "span", "is_narrow"),
    [
        (1, timedelta(hours=1), True),
        (43, timedelta(days=2), True),  # 495,360 samples
        (44, timedelta(days=2), False),
        (1, timedelta(days=2, seconds=1), False),
        (2083, timedelta(hours=1), True),
        (2084, timedelta(hours=1), False),
        (1700, timedelta(hours=1, minutes=13), True),
    ],
)
def test_few_samples_are_read_as_they_are(
    series: int,
    span: timedelta,
    is_narrow: bool,  # noqa: FBT001  a column of the table
) -> None:
    assert rules.is_narrow(series, since=NOW - span, until=NOW) is is_narrow


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ago", "window", "source"),
    [
        (timedelta(minutes=19), timedelta(minutes=19), Source.RAW),
        (timedelta(minutes=20), timedelta(minutes=20) - SECOND, Source.RAW),
        (timedelta(minutes=20), timedelta(minutes=20), Source.FIVE_MINUTES),
        (timedelta(days=3), timedelta(days=3), Source.FIVE_MINUTES),
        (timedelta(days=4), timedelta(days=3) + SECOND, Source.HOUR),
        (KEEP.of(Source.RAW), timedelta(minutes=5), Source.RAW),
        (KEEP.of(Source.RAW) + SECOND, timedelta(minutes=5), Source.FIVE_MINUTES),
        (KEEP.of(Source.FIVE_MINUTES), timedelta(minutes=5), Source.FIVE_MINUTES),
        (KEEP.of(Source.FIVE_MINUTES) + SECOND, timedelta(minutes=5), Source.HOUR),
    ],
)
def test_the_fleet_is_read_from_the_finest_store_that_is_quick_and_reaches_back(
    ago: timedelta, window: timedelta, source: Source
) -> None:
    since = NOW - ago
    assert rules.fleet_source(since, since + window, now=NOW, retention=KEEP) is source


@pytest.mark.parametrize("source", [Source.RAW, Source.FIVE_MINUTES, Source.HOUR])
def test_a_store_answers_to_the_second_at_which_it_forgets(source: Source) -> None:
    step, oldest = source.width or SECOND, NOW - KEEP.of(source)
    found, _ = rules.source_for(step, since=oldest, now=NOW, retention=KEEP)
    assert found is source
    if source is not Source.HOUR:
        later, _ = rules.source_for(step, since=oldest - SECOND, now=NOW, retention=KEEP)
        assert later is not source


def _windows(found: Iterable[rolling_up.Stretch]) -> list[tuple[int, int]]:
    """Every window that is rolled, as often as it is."""
    rolled = []
    for stretch in found:
        rolled += [(WIDTH, begin) for begin in range(stretch.begin, stretch.end, WIDTH)]
        first = stretch.begin // HOUR * HOUR
        rolled += [(HOUR, begin) for begin in range(first, stretch.end, HOUR) if stretch.hours]
    return sorted(rolled)


@given(st.integers(0, 40), st.integers(0, 60))
def test_a_turn_that_ends_after_any_stretch_leaves_nothing_out(until: int, more: int) -> None:
    begin, closed = until * WIDTH, (until + more) * WIDTH
    one_by_one = []
    while begin < closed:
        state = rolling.Rolling(begin, (), before=False)
        one_by_one.append(next(rolling_up.stretches(state, closed)))
        begin = one_by_one[-1].end
    hours = range(until * WIDTH // HOUR * HOUR, closed // HOUR * HOUR, HOUR)
    windows = range(until * WIDTH, closed, WIDTH)
    assert _windows(one_by_one) == sorted(
        [*((WIDTH, window) for window in windows), *((HOUR, hour) for hour in hours)]
    )


@given(
    st.integers(0, 40),
    st.integers(0, 60),
    st.sets(st.integers(0, 45), max_size=20),
    st.lists(st.integers(1, 24), min_size=1),
)
def test_hours_done_together_are_the_same_windows(
    until: int, more: int, touched: set[int], paces: list[int]
) -> None:
    state = rolling.Rolling(
        until * WIDTH * 4,
        tuple((window * WIDTH * 3, 1) for window in sorted(touched)),
        before=False,
    )
    closed = state.until + more * WIDTH
    pace = itertools.cycle(paces)
    many = list(rolling_up.stretches(state, closed, lambda: next(pace)))
    alone = list(rolling_up.stretches(state, closed))
    assert _windows(many) == _windows(alone)
    assert len(many) <= len(alone)
    assert max((s.end - s.begin for s in many), default=0) <= max(paces) * HOUR
