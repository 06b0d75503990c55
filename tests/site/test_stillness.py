"""Whose fault it is that a loop stands: pure, over what the kernel books of threads."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wardround.site.stillness import LONGEST_STEP, ThreadTimes, could_run

LOOP = 1


def asleep(ran: float = 0.0, waited: float = 0.0) -> ThreadTimes:
    return ThreadTimes("S", ran, waited)


def test_a_loop_that_waits_for_nothing_is_to_blame_for_all_of_it() -> None:
    assert could_run({LOOP: asleep()}, {LOOP: asleep()}, 0.5, leader=LOOP) == 0.5


def test_a_loop_that_spins_is_to_blame() -> None:
    before, now = ThreadTimes("R", 0.0, 0.0), ThreadTimes("R", 0.5, 0.0)
    assert could_run({LOOP: before}, {LOOP: now}, 0.5, leader=LOOP) == 0.5


def test_a_loop_that_gets_no_processor_is_not() -> None:
    waiting = ThreadTimes("R", 1.0, 3.0)
    assert could_run({LOOP: waiting}, {LOOP: waiting}, 0.5, leader=LOOP) == 0.0


def test_a_loop_that_waits_for_a_thread_without_a_processor_is_not() -> None:
    before = {LOOP: asleep(), 2: asleep()}
    now = {LOOP: asleep(), 2: asleep(ran=0.05, waited=0.45)}
    assert could_run(before, now, 0.5, leader=LOOP) <= 0.05 + 1e-9


def test_what_we_slept_through_ourselves_does_not_count() -> None:
    assert could_run({LOOP: asleep()}, {LOOP: asleep()}, 3600.0, leader=LOOP) == LONGEST_STEP


def test_what_no_signal_reaches_or_somebody_traces_is_left() -> None:
    for state in ("D", "t"):
        held = {LOOP: ThreadTimes(state, 0.0, 0.0)}
        assert could_run({LOOP: asleep()}, held, 0.5, leader=LOOP) == 0.0


def test_a_process_stopped_by_a_signal_is_to_blame() -> None:
    stopped = {LOOP: ThreadTimes("T", 0.0, 0.0)}
    assert could_run(stopped, stopped, 0.5, leader=LOOP) == 0.5


TIMES = st.builds(ThreadTimes, st.sampled_from("RSDTt"), st.floats(0, 100), st.floats(0, 100))
THREADS = st.dictionaries(st.integers(1, 5), TIMES)


@given(before=THREADS, now=THREADS, seconds=st.floats(0, 100))
def test_never_more_than_passed_and_never_less_than_nothing(
    before: dict[int, ThreadTimes], now: dict[int, ThreadTimes], seconds: float
) -> None:
    assert 0.0 <= could_run(before, now, seconds, leader=LOOP) <= min(seconds, LONGEST_STEP)
