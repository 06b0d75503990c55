"""When a rule fires and recovers, against a plain reading of the same rules one by one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.detection.evaluate import GONE, PRESENT, UNKNOWN
from wardround.detection.rules import (
    FIRING,
    INACTIVE,
    KEEPING,
    NEVER,
    PENDING,
    Observed,
    States,
    Timing,
    fresh,
    step,
)

BAD, GOOD, DARK = PRESENT, GONE, UNKNOWN


@dataclass
class Watch:
    """One instance of a rule, told one finding after another."""

    timing: Timing
    states: States = field(default_factory=lambda: fresh(1))
    log: list[tuple[float, str]] = field(default_factory=list)

    def see(self, at: float, status: int, *, recovery: int | None = None, there: int = 2) -> Watch:
        observed = Observed(
            status=np.array([status], np.int8),
            there=np.array([there], np.int8),
            recovery=None if recovery is None else np.array([recovery], np.int8),
        )
        moved = step(self.states, observed, np.array([at]), self.timing)
        self.states = moved.states
        if moved.fired[0]:
            self.log.append((at, "fired"))
        if moved.recovered[0]:
            self.log.append((at, "recovered"))
        return self

    def see_all(self, text: str, *, every: float = 10.0, start: float = 0.0) -> Watch:
        """`!` bad, `.` good, `?` unknown."""
        for number, sign in enumerate(text):
            self.see(start + number * every, {"!": BAD, ".": GOOD, "?": DARK}[sign])
        return self

    @property
    def phase(self) -> int:
        return int(self.states.phase[0])


@pytest.mark.parametrize(
    ("timing", "seen", "log"),
    [
        (Timing(), "..!!!..", [(20, "fired"), (50, "recovered")]),
        (Timing(hold=20), ".!!!..", [(30, "fired"), (40, "recovered")]),
        (Timing(hold=20), ".!!.!!.!!.", []),
        (Timing(hold=20, keep=20), "!!!.!..!...", [(20, "fired"), (100, "recovered")]),
        (Timing(times=3, of=5), "!.!.!....", [(40, "fired"), (50, "recovered")]),
        (Timing(times=3, of=5), "!..!..!..!", []),
        (Timing(), "!???.", [(0, "fired"), (40, "recovered")]),
        (Timing(), "!????", [(0, "fired")]),
        (Timing(hold=20), "!??!", []),
        (Timing(hold=20), "!??!!", [(40, "fired")]),
        (Timing(hold=20), "?!?!?!?!", [(50, "fired")]),
        (Timing(hold=20, unknown_counts=True), "!??!", [(30, "fired")]),
        (Timing(), "????", []),
        (Timing(no_data=20), "....?????.", [(50, "fired"), (90, "recovered")]),
        (Timing(no_data=20), "?????", [(20, "fired")]),
        (Timing(no_data=20, hold=10), ".?????", [(30, "fired")]),
        (Timing(hold=20, gap=10), "!??!!!", [(50, "fired")]),
    ],
)
def test_stories(timing: Timing, seen: str, log: list[tuple[float, str]]) -> None:
    assert Watch(timing).see_all(seen).log == log


def test_a_condition_for_recovery_leaves_a_band_between() -> None:
    watch = Watch(Timing())
    for at, (status, recovery) in enumerate(
        [(BAD, GOOD), (GOOD, GOOD), (BAD, GOOD), (GOOD, GOOD), (GOOD, BAD)]
    ):
        watch.see(at, status, recovery=recovery)
    assert watch.log == [(0, "fired"), (4, "recovered")]


def test_what_no_longer_exists_recovers() -> None:
    watch = Watch(Timing()).see(0, BAD, recovery=GONE)
    assert watch.see(1, GOOD, recovery=GONE, there=GONE).log[-1] == (1, "recovered")


def test_an_unknown_recovery_does_not_recover() -> None:
    watch = Watch(Timing()).see(0, BAD, recovery=GONE)
    assert watch.see(1, GOOD, recovery=UNKNOWN, there=UNKNOWN).log == [(0, "fired")]


def test_time_that_goes_back_decides_nothing() -> None:
    watch = Watch(Timing(hold=30)).see(100, BAD).see(50, BAD).see(60, GOOD).see(110, BAD)
    assert watch.phase == PENDING
    assert watch.see(130, BAD).log == [(130, "fired")]
    assert watch.see(90, GOOD).see(130, GOOD).phase == FIRING


def test_a_gap_keeps_an_open_alert_but_not_a_pending_one() -> None:
    assert Watch(Timing(hold=20, gap=60)).see(0, BAD).see(100, BAD).phase == PENDING
    assert Watch(Timing(gap=60)).see(0, BAD).see(1000, BAD).log == [(0, "fired")]


def _plain(  # noqa: C901  # the whole rule in one place is what it is for
    timing: Timing, seen: list[int], every: float
) -> list[tuple[float, str]]:
    """The same rules for one instance, step by step, without arrays, recovery or silence."""
    phase, active, since, last, looked = "inactive", NEVER, NEVER, NEVER, NEVER
    window: list[bool] = []
    log = []
    for number, status in enumerate(seen):
        at = number * every
        before, looked = looked, at
        if status == UNKNOWN:
            active += 0 if timing.unknown_counts or phase != "pending" else at - before
            continue
        window = [*window, status == PRESENT][-timing.of :]
        bad = sum(window) >= timing.times
        if bad and phase == "inactive":
            phase, active = "pending", at
        elif bad and phase == "pending" and at - last > timing.gap:
            active = at
        elif not bad and phase == "pending":
            phase = "inactive"
        if bad and phase == "pending" and at - active >= timing.hold:
            phase = "firing"
            log.append((at, "fired"))
        elif bad and phase == "keeping":
            phase = "firing"
        elif not bad and phase == "firing":
            phase, since = "keeping", at
        if not bad and phase == "keeping" and at - since >= timing.keep:
            phase = "inactive"
            log.append((at, "recovered"))
        last = at
    return log


TIMINGS = st.builds(
    lambda hold, keep, of, times, gap, counts: Timing(
        hold=hold, keep=keep, of=of, times=min(times, of), gap=gap, unknown_counts=counts
    ),
    st.sampled_from([0.0, 10.0, 25.0, 40.0]),
    st.sampled_from([0.0, 10.0, 25.0]),
    st.integers(1, 6),
    st.integers(1, 6),
    st.sampled_from([15.0, 45.0, 300.0]),
    st.booleans(),
)
SEEN = st.lists(st.sampled_from([BAD, GOOD, DARK]), max_size=60)


@given(TIMINGS, SEEN)
def test_it_is_the_plain_reading(timing: Timing, seen: list[int]) -> None:
    watch = Watch(timing)
    for number, status in enumerate(seen):
        watch.see(number * 10.0, status)
    assert watch.log == _plain(timing, seen, 10.0)


@given(TIMINGS, SEEN)
def test_it_fires_once_and_recovers_once_in_turn(timing: Timing, seen: list[int]) -> None:
    watch = Watch(timing)
    for number, status in enumerate(seen):
        watch.see(number * 10.0, status)
    words = [word for _, word in watch.log]
    assert words == ["fired", "recovered"] * (len(words) // 2) + ["fired"] * (len(words) % 2)
    assert (watch.phase in {FIRING, KEEPING}) == (len(words) % 2 == 1)


@given(TIMINGS, SEEN, st.integers(0, 60))
def test_a_restart_from_what_was_kept_is_no_restart(
    timing: Timing, seen: list[int], restart: int
) -> None:
    """Only what `changed` says is kept; without N-of-M nothing else matters."""
    timing = replace(timing, times=1, of=1, gap=1e9)
    through, again = Watch(timing), Watch(timing)
    kept = fresh(1)
    for number, status in enumerate(seen):
        before = again.states
        if number == restart:
            again.states = kept
        through.see(number * 10.0, status)
        again.see(number * 10.0, status)
        if _differs(before, again.states):
            kept = again.states
        kept = replace(kept, looked_at=again.states.looked_at)  # noted beside
    assert through.log == again.log


def test_time_between_evaluations_too_far_apart_does_not_count() -> None:
    def fired(timing: Timing, moments: list[float]) -> list[float]:
        states, log = fresh(1), []
        bad = Observed(np.array([BAD], np.int8), np.array([2], np.int8), None)
        for at in moments:
            moved = step(states, bad, np.array([at]), timing, reach=90.0)
            states = moved.states
            log += [at] if moved.fired[0] else []
        return log

    moments = [0, 60, 200, 260, 320]
    assert fired(Timing(hold=120), moments) == [260]
    assert fired(Timing(hold=120, unknown_counts=True), moments) == [200]
    assert fired(Timing(hold=120, gap=100), moments) == [320]


def _differs(before: States, after: States) -> bool:
    return bool(before.phase[0] != after.phase[0] or before.active_at[0] != after.active_at[0])


@given(st.lists(st.tuples(TIMINGS, SEEN), min_size=1, max_size=8))
def test_many_instances_at_once_are_as_each_alone(stories: list[tuple[Timing, list[int]]]) -> None:
    timing = stories[0][0]
    length = max(len(seen) for _, seen in stories)
    seen = np.array([[*one, *[UNKNOWN] * (length - len(one))] for _, one in stories], np.int8)
    states, fired = fresh(len(stories)), np.zeros(len(stories), int)
    for number in range(length):
        observed = Observed(seen[:, number], np.full(len(stories), PRESENT, np.int8), None)
        moved = step(states, observed, np.full(len(stories), number * 10.0), timing)
        states, fired = moved.states, fired + moved.fired
    for row, (_, one) in enumerate(stories):
        alone = _plain(timing, one, 10.0)
        assert fired[row] == sum(word == "fired" for _, word in alone)


def test_changed_says_what_must_be_kept() -> None:
    timing = Timing(hold=20)
    states = fresh(1)
    kept = []
    for number, status in enumerate([GOOD, BAD, BAD, BAD, BAD, GOOD, GOOD]):
        observed = Observed(np.array([status], np.int8), np.array([2], np.int8), None)
        moved = step(states, observed, np.array([number * 10.0]), timing)
        states = moved.states
        if moved.changed[0]:
            kept.append((number, int(states.phase[0])))
    assert kept == [(1, PENDING), (3, FIRING), (5, INACTIVE)]
