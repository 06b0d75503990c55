"""The one rule of trying again: pauses grow to their limit and no further, and are told once."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.kernel.attempts import Attempts, Backoff, FailureLog, Setbacks

logger = logging.getLogger("wardround.tests.attempts")
SECONDS = st.floats(0.01, 1e4)
CHANCES = st.floats(0, 1)
BACKOFFS = st.builds(
    lambda first, more, steady: Backoff(first, first + more, steady),
    SECONDS,
    st.floats(0, 1e5),
    st.floats(1, 1e6) | st.just(float("inf")),
)


@given(BACKOFFS, st.integers(1, 10_000))
def test_pauses_grow_from_the_first_to_the_longest(backoff: Backoff, failures: int) -> None:
    pause = backoff.pause(failures)
    assert backoff.pause(0) == 0.0
    assert backoff.pause(1) == backoff.first
    assert backoff.first <= pause <= backoff.pause(failures + 1) <= backoff.longest
    assert backoff.pause(failures + 1) == min(2 * pause, backoff.longest)


@given(BACKOFFS, st.integers(1, 10_000), CHANCES)
def test_jitter_shortens_by_a_quarter_at_most(
    backoff: Backoff, failures: int, chance: float
) -> None:
    whole = backoff.pause(failures)
    assert 0.75 * whole <= backoff.pause(failures, jitter=chance) <= whole


@given(BACKOFFS, st.lists(st.tuples(st.floats(0, 1e6), CHANCES), max_size=40))
def test_only_a_steady_while_begins_anew(
    backoff: Backoff, failures: list[tuple[float, float]]
) -> None:
    """`failures`: seconds that an attempt lasted before it failed, and the jitter of the pause."""
    setbacks = Setbacks()
    for lasted, chance in failures:
        at = setbacks.until + lasted
        after = backoff.after(setbacks, at=at, jitter=chance)
        anew = setbacks.count == 0 or at - setbacks.until >= backoff.steady
        assert after.count == (1 if anew else setbacks.count + 1)
        assert after.pause == backoff.pause(after.count, jitter=chance)
        assert after.until == at + after.pause > at
        setbacks = after


def test_a_child_that_keeps_dying_is_started_less_and_less_often() -> None:
    pauses = Backoff(first=0.5, longest=30.0, steady=20.0)
    setbacks, told = Setbacks(), []
    for lived in (0.1, 0.1, 3, 19, 1, 1, 1, 1, 1, 21, 0):
        setbacks = pauses.after(setbacks, at=setbacks.until + lived)
        told.append(setbacks.pause)
    assert told == [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 0.5, 1]


def attempts_at(moments: list[float], backoff: Backoff) -> Attempts:
    log = FailureLog(logger, "the store is away: %s", "the store is back")
    return Attempts(backoff, log, moment=iter(moments).__next__, chance=lambda: 0.0)


def test_a_failure_is_told_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    attempts = attempts_at([0.0, 1.0, 2.0, 9.0], Backoff(0.25, 0.5))
    assert not attempts.failing
    assert [attempts.failed(OSError("refused ")) for _ in range(3)] == [0.25, 0.5, 0.5]
    assert attempts.failing
    attempts.worked()
    attempts.worked()
    assert not attempts.failing
    assert attempts.failed(OSError("reset")) == 0.25
    assert [record.message for record in caplog.records] == [
        "the store is away: refused",
        "the store is back",
        "the store is away: reset",
    ]


def test_what_failed_after_a_steady_while_is_told_again(caplog: pytest.LogCaptureFixture) -> None:
    attempts = attempts_at([0.0, 1.0, 100.0], Backoff(0.5, 8.0, steady=60.0))
    assert [attempts.failed("ended") for _ in range(3)] == [0.5, 1.0, 0.5]
    assert [record.message for record in caplog.records] == ["the store is away: ended"] * 2


def test_a_defect_is_told_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    log = FailureLog(logger, "the duty fails: %s")
    for _ in range(2):
        try:
            int("no number")
        except ValueError as error:
            log.failed(error, defect=True)
    log.worked()
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert record.exc_info[0] is ValueError
