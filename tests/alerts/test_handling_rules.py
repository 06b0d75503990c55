"""What people may do with an alert, whatever came before and in whichever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from wardround.alerts import rules
from wardround.alerts.rules import LONGEST_SILENCE, Handled, Outcome

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
AHEAD = timedelta(minutes=1)
"""Of the clock of whoever asks."""
LI, WANG = UUID(int=1), UUID(int=2)
people = st.sampled_from([LI, WANG])
reasons = st.sampled_from(["", "加内存", "换磁盘"])
spans = st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=20))
handled = st.builds(
    Handled,
    open=st.booleans(),
    last_at=spans.map(lambda span: NOW - abs(span)),
    interval=st.sampled_from([timedelta(0), timedelta(seconds=15), timedelta(minutes=10)]),
    acknowledged_by=st.none() | people,
    silenced_by=st.just(None),
    closed_by=st.none() | people,
)


@given(handled, people, st.none() | spans, reasons)
def test_a_silence_has_a_reason_and_an_end_within_the_limit(
    alert: Handled, by: UUID, span: timedelta | None, reason: str
) -> None:
    until = None if span is None else NOW + span
    outcome = rules.silencing(alert, by, reason=reason, until=until, at=NOW)
    fits = span is not None and timedelta(0) < span <= LONGEST_SILENCE + AHEAD
    assert (outcome is Outcome.DO) == bool(reason and fits and alert.open)


def test_the_longest_is_granted_to_whose_clock_is_a_little_ahead() -> None:
    alert = Handled(open=True, last_at=NOW)
    outcomes = [
        rules.silencing(alert, LI, reason="x", until=NOW + LONGEST_SILENCE + ahead, at=NOW)
        for ahead in (AHEAD, AHEAD + timedelta(seconds=1))
    ]
    assert outcomes == [Outcome.DO, Outcome.TOO_LONG]


@given(handled, people, people, spans, spans)
def test_of_two_silences_the_first_holds(
    alert: Handled, first: UUID, second: UUID, span: timedelta, other: timedelta
) -> None:
    silenced = replace(
        alert,
        open=True,
        silenced_by=first,
        silenced_until=NOW + span,
        silence_reason="加内存",
    )
    again = rules.silencing(silenced, second, reason="加内存", until=NOW + other, at=NOW)
    same = (first, span) == (second, other)
    assert again is (Outcome.DONE if same else Outcome.TAKEN)


@given(handled, st.lists(people, min_size=1, max_size=5))
def test_one_person_acknowledges(alert: Handled, order: list[UUID]) -> None:
    state = replace(alert, open=True, acknowledged_by=None)
    outcomes = []
    for by in order:
        outcome = rules.acknowledging(state, by)
        outcomes.append(outcome)
        if outcome is Outcome.DO:
            state = replace(state, acknowledged_by=by)
    assert outcomes.count(Outcome.DO) == 1
    assert state.acknowledged_by == order[0]
    assert all(
        outcome is (Outcome.DONE if by == order[0] else Outcome.TAKEN)
        for by, outcome in list(zip(order, outcomes, strict=True))[1:]
    )


@given(handled, people, reasons)
def test_what_holds_is_never_closed(alert: Handled, by: UUID, reason: str) -> None:
    outcome = rules.closing(alert, by, reason=reason, at=NOW)
    if rules.holds(alert, NOW):
        assert outcome is (Outcome.HOLDS if reason else Outcome.NO_REASON)
    if outcome is Outcome.DO:
        assert alert.open
        assert NOW - alert.last_at > 2 * alert.interval


@given(handled, people)
def test_nothing_is_done_with_what_is_over(alert: Handled, by: UUID) -> None:
    over = replace(alert, open=False)
    until = NOW + timedelta(hours=1)
    outcomes = {
        rules.acknowledging(over, by),
        rules.silencing(over, by, reason="x", until=until, at=NOW),
        rules.closing(over, by, reason="x", at=NOW),
        rules.lifting(over),
    }
    assert Outcome.DO not in outcomes


def test_two_looks_may_be_late_before_nobody_knows() -> None:
    slow = Handled(open=True, last_at=NOW - timedelta(minutes=21), interval=timedelta(minutes=10))
    assert rules.holds(slow, NOW)
    assert not rules.holds(replace(slow, interval=timedelta(seconds=15)), NOW)
