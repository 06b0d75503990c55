"""Decisions about tickets, without a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from wardround.detection.types import Severity
from wardround.schema.lifecycle import StateCategory
from wardround.schema.types import Label
from wardround.tickets import models, rules
from wardround.tickets.types import (
    AlertHandling,
    Criteria,
    Grade,
    Grades,
    Instants,
    Level,
    LevelMatrix,
    LevelRow,
    OnAlertEnd,
)
from wardround.worktime import rules as worktime
from wardround.worktime.types import ClockReading, Colour, CountedOn

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
ITEM = UUID("0193f000-0000-7000-8000-000000000001")


def row(name: str, level: str, **wanted: str) -> LevelRow:
    sets = {key: frozenset(value.split()) for key, value in wanted.items()}
    return LevelRow(name=name, when=Criteria(sets), level=level, sla=f"sla-{level}")


MATRIX = LevelMatrix(
    name="test",
    label=Label("级别", "Levels"),
    levels=(
        Level(name="1", label=Label("一级", "Level 1")),
        Level(name="4", label=Label("四级", "Level 4")),
    ),
    rows=(
        row("a", "1", importance="A", urgency="high medium"),
        row("wide", "2", impact="high"),
        row("rest", "4"),
    ),
)


def test_the_first_row_that_fits_decides() -> None:
    facts = {"importance": "A", "urgency": "medium", "impact": "high"}
    deciding = rules.level_row(MATRIX, facts)
    assert deciding is not None
    assert (deciding.name, deciding.level, deciding.sla) == ("a", "1", "sla-1")
    assert rules.level_row(MATRIX, {**facts, "importance": "B"}) == MATRIX.rows[1]
    assert rules.level_row(MATRIX, {}) == MATRIX.rows[2]


def test_a_matrix_may_leave_a_ticket_without_level() -> None:
    assert rules.level_row(MATRIX.model_copy(update={"rows": MATRIX.rows[:2]}), {}) is None


def test_a_level_has_its_label_and_an_unknown_one_its_name() -> None:
    assert MATRIX.label_of("1").text("zh-hans") == "一级"
    assert MATRIX.label_of("9").text("en") == "9"


def test_own_facts_win_over_form_fields_of_the_same_name() -> None:
    facts = rules.facts_of({"impact": "high", "importance": None}, {"impact": "x", "urgent": True})
    assert facts == {"impact": "high", "importance": "", "urgent": "true"}


def test_the_highest_class_counts() -> None:
    assert rules.highest_class(["C", None, "A", "B"]) == "A"
    assert rules.highest_class([None]) is None


moments = st.integers(-100, 100).map(lambda minutes: NOON + timedelta(minutes=minutes))


@st.composite
def readings(draw: st.DrawFn) -> ClockReading:
    """A clock as it stood at its last log entry, which lies before every instant."""
    yellow, red, due = sorted(draw(st.lists(moments, min_size=3, max_size=3)))
    paused = draw(st.booleans())
    past = draw(st.integers(0, 3)) if paused else 3
    return ClockReading(
        clock="any",
        round=1,
        counted_on=CountedOn.WALL,
        target=timedelta(hours=1),
        started_at=NOON - timedelta(hours=3),
        elapsed=timedelta(),
        remaining=timedelta(),
        yellow_at=yellow if past > 0 else None,
        red_at=red if past > 1 else None,
        due_at=due if past > 2 else None,
        paused_since=max(yellow, red, due) if paused else None,
        stopped_at=draw(st.sampled_from([None, None, NOON])),
    )


@given(st.lists(readings(), max_size=4), st.integers(0, 200))
def test_the_stored_instants_give_the_colour_of_the_worst_clock(
    several: list[ClockReading], minutes: int
) -> None:
    at = NOON + timedelta(minutes=100 + minutes) if any(one.paused for one in several) else NOON
    expected = worktime.worst(tuple(worktime.colour_at(one, at) for one in several))
    stored = [
        models.Clock(
            yellow_at=one.yellow_at,
            red_at=one.red_at,
            black_at=one.due_at,
            paused_since=one.paused_since,
            stopped_at=one.stopped_at,
        )
        for one in several
    ]
    assert rules.colour_at(rules.instants(stored), at) is expected


def test_a_ticket_without_clocks_has_no_colour() -> None:
    assert rules.colour_at(Instants(), NOON) is Colour.NONE


def handling(on_end: OnAlertEnd) -> AlertHandling:
    return AlertHandling(
        on_end=on_end,
        end_by="recover",
        reopen_by="recur",
        reopen_within=timedelta(minutes=30),
        grades={Severity.DISASTER: Grades(impact=Grade.HIGH, urgency=Grade.HIGH)},
    )


def test_only_an_untouched_ticket_ends_with_its_alert() -> None:
    ends = {
        (way, category)
        for way in OnAlertEnd
        for category in StateCategory
        if rules.ends_with_alert(handling(way), category)
    }
    assert ends == {
        (OnAlertEnd.UNTOUCHED, StateCategory.NEW),
        (OnAlertEnd.ALWAYS, StateCategory.NEW),
        (OnAlertEnd.ALWAYS, StateCategory.WORKING),
        (OnAlertEnd.ALWAYS, StateCategory.WAITING),
    }


def test_the_same_trouble_joins_an_open_ticket_and_a_freshly_resolved_one() -> None:
    half_hour = timedelta(minutes=30)
    way = handling(OnAlertEnd.UNTOUCHED)

    def again(category: StateCategory, resolved_at: datetime | None) -> bool:
        return rules.takes_again(way, category, resolved_at, NOON)

    assert again(StateCategory.WAITING, None)
    assert again(StateCategory.RESOLVED, NOON - half_hour)
    assert not again(StateCategory.RESOLVED, NOON - half_hour - timedelta(seconds=1))
    assert not again(StateCategory.CLOSED, NOON)


def test_numbers_count_by_the_local_day() -> None:
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert rules.local_day(late, "Asia/Shanghai") == "20261124"
    assert rules.number("EVT", "20261124", 12) == "EVT-20261124-0012"


def levels(*named: tuple[str, str | None]) -> LevelMatrix:
    """A matrix with these levels, each with the name it had."""
    made = [
        Level.model_construct(name=name, label=Label(name, name), renamed_from=former)
        for name, former in named
    ]
    return LevelMatrix.model_construct(name="m", label=Label("m", "m"), levels=tuple(made), rows=())


def test_a_level_is_lost_unless_it_stays_or_is_called_otherwise() -> None:
    before = levels(("one", None), ("two", None), ("three", None))
    after = levels(("one", None), ("zwei", "two"), ("new", None))
    assert rules.levels_lost(before, after) == {"three"}
    assert rules.levels_renamed(before, after) == {"two": "zwei"}
    assert rules.levels_lost(before, before) == frozenset()
    back = levels(("one", None), ("two", "one"), ("three", None))  # “one” is there still
    assert rules.levels_renamed(before, back) == {}


def test_facts_of_a_form_are_asked_for_as_texts() -> None:
    given = {"yes": True, "no": False, "count": 3, "empty": None}
    asked = {"yes": "true", "no": "false", "count": "3", "empty": "", "impact": ""}
    assert rules.facts_of({"impact": None}, given) == asked


def test_what_is_on_no_scale_is_below_all_of_it() -> None:
    assert rules.worse(Severity.INFO, "")
    assert not rules.worse("", Severity.INFO)
    assert not rules.worse("", "")
    assert rules.worse(Severity.DISASTER, Severity.CRITICAL)
    assert rules.higher("", Grade.LOW) == Grade.LOW
    assert rules.higher(Grade.HIGH, Grade.MEDIUM) == Grade.HIGH
