"""When a target is asked, by whom, and what moment its samples bear."""

from __future__ import annotations

import math
from uuid import UUID, uuid5

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.collect.targets import target
from wardround.collect import rules
from wardround.collect.schedule import Patience, Schedule
from wardround.collect.types import SHARDS, Reason

TARGETS = [uuid5(UUID(int=7), str(number)) for number in range(2_000)]
INTERVALS = st.sampled_from((1.0, 5.0, 15.0, 60.0, 300.0))
NOW = st.floats(1_700_000_000, 1_800_000_000)
NEVER = -math.inf


@given(st.sampled_from(TARGETS), INTERVALS)
def test_a_phase_lies_in_the_interval_on_a_whole_millisecond(target: UUID, interval: float) -> None:
    phase = rules.phase_of(target, interval)
    assert 0 <= phase < interval
    assert round(phase * 1000) == pytest.approx(phase * 1000, abs=1e-9)
    assert phase == rules.phase_of(target, interval)


def test_phases_and_shards_are_spread_evenly() -> None:
    tenths = [int(rules.phase_of(target, 10.0)) for target in TARGETS]
    shards = [rules.shard_of(target) for target in TARGETS]
    assert all(140 < tenths.count(second) < 260 for second in range(10))
    assert set(shards) <= set(range(SHARDS))
    busiest = max(shards.count(shard) for shard in range(SHARDS))
    assert busiest < 2 * len(TARGETS) / SHARDS + 20


def test_the_phase_of_a_known_target_never_changes() -> None:
    """Another phase after an update would store every sample of the house off its rhythm once."""
    assert rules.phase_of(UUID(int=1), 15.0) == 11.142
    assert rules.shard_of(UUID(int=1)) == 4


@given(NOW, INTERVALS, st.floats(0, 0.999))
def test_the_next_due_moment_is_the_first_after_now_with_the_phase(
    now: float, interval: float, share: float
) -> None:
    phase = share * interval
    due = rules.next_due(now, interval=interval, phase=phase)
    assert now < due <= now + interval * 1.000001
    turns = (due - phase) / interval
    assert turns == pytest.approx(round(turns), abs=1e-4)


def test_a_target_that_is_due_now_is_due_again_in_an_interval() -> None:
    assert rules.next_due(1_000.0, interval=10, phase=0.0) == 1_010.0
    assert rules.next_due(1_000.0, interval=10, phase=3.0) == 1_003.0


@pytest.mark.parametrize(
    ("late", "interval", "kept"),
    [(0, 15, True), (0.05, 15, True), (0.16, 15, False), (0.149, 15, True), (-0.0005, 15, True),
     (-0.002, 15, False), (0.051, 1, False), (0.599, 60, True), (0.61, 60, False)],
)  # fmt: skip
def test_a_scrape_taken_nearly_when_planned_bears_the_planned_moment(
    late: float, interval: float, *, kept: bool
) -> None:
    planned = 1_000.0
    moment = rules.stamp(planned + late, planned, newest=NEVER, interval=interval)
    assert moment == (planned if kept else planned + late)


def test_samples_after_others_bear_a_later_moment() -> None:
    assert rules.stamp(1_000.0, 1_000.0, newest=1_000.0, interval=15) == 1_000.002
    assert rules.stamp(1_000.0005, 1_000.0, newest=1_000.0, interval=15) == 1_000.002
    assert rules.stamp(1_000.01, 1_000.0, newest=1_000.0, interval=15) == 1_000.01
    assert rules.stamp(1_000.0015, 1_000.0, newest=999.9995, interval=15) == 1_000.002
    assert rules.stamp(990.0, 985.0, newest=1_000.0, interval=15) == 1_000.002


def test_after_a_clock_set_back_by_more_than_an_interval_samples_follow_it() -> None:
    assert rules.stamp(984.0, 980.0, newest=1_000.0, interval=15) == 984.0
    assert rules.stamp(980.0, 980.0, newest=1_000.0, interval=15) == 980.002


@given(NOW, st.floats(-20, 20), st.floats(-30, 30), INTERVALS)
def test_moments_move_on_unless_the_clock_was_set_back(
    planned: float, late: float, since: float, interval: float
) -> None:
    newest, actual = planned + since, planned + late
    moment = rules.stamp(actual, planned, newest=newest, interval=interval)
    assume(actual > newest - interval + 0.001)
    assert moment > newest
    assert abs(moment - actual) <= max(rules.NEAR, interval * rules.NEAR_SHARE, newest - actual) + (
        0.0031
    )


@pytest.mark.parametrize(
    ("failures", "interval", "pause"),
    [(0, 15, 0), (4, 15, 0), (5, 15, 30), (6, 15, 60), (50, 15, 60), (5, 1, 2), (6, 1, 4),
     (9, 1, 32), (10, 1, 60), (5, 300, 300), (40, 300, 300)],
)  # fmt: skip
def test_a_target_that_stays_down_is_asked_at_least_each_minute(
    failures: int, interval: float, pause: float
) -> None:
    assert rules.pause_after(failures, Reason.REFUSED, interval) == pause


@given(st.integers(1, 500), st.floats(1, 60))
def test_a_target_that_comes_back_is_asked_within_a_minute(failures: int, interval: float) -> None:
    """The tick after the pause, whether it comes a little early or late."""
    for early in (-0.05, 0.0, 0.05):
        patience, at = Patience(interval, failures=failures - 1), 1_000_000.0
        patience.failed(Reason.REFUSED, at)
        ticks = (at + interval * number + early for number in range(1, 100))
        asked = next(tick for tick in ticks if not patience.resting(tick))
        assert asked - at <= 60.06


def test_a_clock_set_back_ends_a_rest_and_makes_every_group_due() -> None:
    patience = Patience(15)
    for number in range(10):
        patience.failed(Reason.TIMEOUT, 90_000.0 + 60 * number)
    assert patience.resting(90_560)
    assert not patience.resting(1_000)
    schedule = Schedule(target("postgresql", "x"))
    for group in schedule.next(90_000).groups:
        schedule.took(group, 90_000)
    assert len(schedule.next(90_002).groups) < len(schedule.spec.template.groups)
    assert len(schedule.next(1_000).groups) == len(schedule.spec.template.groups)


def test_refused_sign_ins_pause_before_an_account_locks() -> None:
    assert rules.pause_after(2, Reason.AUTH, 15) == 0
    assert rules.pause_after(3, Reason.AUTH, 15) == 600
    assert rules.pause_after(9, Reason.AUTH, 15) == 600


@given(st.integers(0, 100))
def test_fair_shares_cover_every_shard_and_no_more_than_needed(collectors: int) -> None:
    share = rules.fair_share(collectors)
    assert share * max(collectors, 1) >= SHARDS
    assert (share - 1) * max(collectors, 1) < SHARDS
