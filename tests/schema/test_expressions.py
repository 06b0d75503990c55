"""The language of guards: what it means, what it refuses, and that it never fails."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.schema.errors import ExpressionError
from wardround.schema.expressions import Field, FieldType, Kind, parse, parse_or_never

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
FIELDS = {
    "impact": Field(FieldType.TEXT, ("person", "ward", "hospital")),
    "title": Field(FieldType.TEXT),
    "users": Field(FieldType.NUMBER),
    "urgent": Field(FieldType.BOOLEAN),
    "opened_at": Field(FieldType.DATETIME),
    "due_on": Field(FieldType.DATE),
    "tags": Field(FieldType.LIST),
}
VALUES: dict[str, Any] = {
    "impact": "ward",
    "title": "PACS is slow",
    "users": 40,
    "urgent": True,
    "opened_at": AT - timedelta(days=3),
    "due_on": date(2026, 3, 4),
    "tags": ["pacs", "night"],
}


@pytest.mark.parametrize(
    ("source", "truth"),
    [
        ('impact in ["ward", "hospital"] and days_since(opened_at) > 2', True),
        ("users / 4 * 2 - 1 == 19 and -users < 0", True),
        ("not urgent or users >= 40", True),
        ("1 + 2 * 3 == 7 and (1 + 2) * 3 == 9", True),
        ("contains(title, 'pacs') and starts_with(lower(title), 'pacs')", True),
        ("len(tags) == 2 and 'night' in tags and 'day' not in tags", True),
        ("'slow' in title", True),
        ("days_until(due_on) > 1 and due_on < '2026-03-05' and due_on == '2026-03-04'", True),
        ("hours_since(opened_at) == 72", True),
        ("opened_at < due_on", True),
        ("users in [40.0]", True),
        ("round(users / 3) == 13", True),
        ("is_set(title) and not is_set(null)", True),
        ("coalesce(null, users, 3) == 40", True),
        ("impact != 'person'", True),
        ("impact == 'person'", False),
        ("urgent == false", False),
    ],
)
def test_what_is_true_of_the_values(source: str, *, truth: bool) -> None:
    expression = parse(source)
    assert expression.check(FIELDS) is FieldType.BOOLEAN
    assert expression.holds(VALUES, at=AT) is truth


@pytest.mark.parametrize(
    ("source", "truth"),
    [
        ("users > 1", False),
        ("users <= 1", False),
        ("users + 1 == null", True),
        ("users == null", True),
        ("users != 1", True),
        ("urgent", False),
        ("not urgent", True),
        ("contains(title, 'x')", False),
        ("impact in ['ward']", False),
        ("impact not in ['ward']", True),
        ("days_since(opened_at) > 0", False),
        ("len(title) == 0", False),
        ("coalesce(users, 0) == 0", True),
        ("1 / 0 == null", True),
        ("'a' in title", False),
    ],
)
def test_a_missing_value_has_one_meaning(source: str, *, truth: bool) -> None:
    parse(source).check(FIELDS)
    assert parse(source).holds({}, at=AT) is truth


@pytest.mark.parametrize(
    ("source", "offset", "told", "meant"),
    [
        ("impcat == 'ward'", 0, "there is no field “impcat”", "impact"),
        ("impact == 'wrad'", 10, "“impact” can never be “wrad”", "ward"),
        ("impact in ['ward', 'x']", 19, "“impact” can never be “x”", ""),
        ("True", 0, "there is no field “True”", "true"),
        ("users + 'a' > 2", 8, "this is text where number is needed", ""),
        ("users", 0, "this is number where boolean is needed", ""),
        ("urgent < true", 0, "this is boolean where number, text, date or time is needed", ""),
        ("users and urgent", 0, "this is number where boolean is needed", ""),
        ("users == 'x'", 9, "this is text where number is needed", ""),
        ("len(users) > 1", 4, "this is number where list or text is needed", ""),
        ("len() > 1", 0, "len is called with 0 values: len(list or text)", ""),
        ("opened_at < '2026-13-01'", 12, "“2026-13-01” is no date; write it as 2026-01-31", ""),
        ("__import__('os')", 0, "there is no function “__import__”", ""),
        ("lenght(title) > 1", 0, "there is no function “lenght”", "len"),
        ("[1, [2]] == tags", 4, "a list cannot stand inside a list", ""),
        ("users = 3", 6, "an operator or the end should stand here, not “=”", "=="),
        ("urgent && urgent", 7, "an operator or the end should stand here, not “&&”", "and"),
        ("(users", 6, "the expression ends where “)” should follow", ""),
        ("", 0, "the expression ends where a value should follow", ""),
        ("1 < users < 3", 10, "comparisons cannot be chained; join two with “and”", ""),
        ("title == 'x", 9, "the text that begins here is not closed", ""),
        ("title.upper == 'x'", 5, "“.” has no meaning in an expression", ""),
        ("users ** 2 > 1", 7, "a value should stand here, not “*”", ""),
        ("3x > 1", 0, "this is not a number", ""),
        ("users > 1234567890123456789", 8, "the number has more than 18 digits", ""),
        (r"title == 'a\q'", 11, "“\\q” is no escape", ""),
        ("title == x" + " " * 2000, 2000, "the expression is longer than 2000 characters", ""),
        ("(" * 40 + "1", 30, "the expression is nested deeper than 30 levels", ""),
        ("not " * 40 + "urgent", 120, "the expression is nested deeper than 30 levels", ""),
        ("1+" * 200 + "1 > 2", 300, "the expression has more than 300 words and signs", ""),
        ("lambda: 1", 6, "“:” has no meaning in an expression", ""),
    ],
)
def test_a_mistake_is_told_with_its_place(source: str, offset: int, told: str, meant: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(source).check(FIELDS)
    error = caught.value
    assert str(error).startswith(told)
    assert (error.offset, error.hints.get("suggestion", "")) == (offset, meant)
    assert error.caret().endswith("^")


def test_the_caret_stands_under_the_mistake() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("urgent and\nuserz > 1").check(FIELDS)
    assert caught.value.caret() == "userz > 1\n^"


def test_what_does_not_parse_never_holds() -> None:
    assert parse_or_never("users >").holds(VALUES, at=AT) is False


# Properties --------------------------------------------------------------------------------------

LITERALS = st.sampled_from(
    ["1", "2.5", "0", "'ward'", "''", "true", "false", "null", "'2026-01-01'", "['ward', 1, null]"]
)
ATOMS = LITERALS | st.sampled_from([*FIELDS, "nothing"])


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = ["==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or", "+", "-", "*", "/"]
    binary = st.builds("({0} {1} {2})".format, inner, st.sampled_from(signs), inner)
    unary = st.builds("{0} ({1})".format, st.sampled_from(["not", "-"]), inner)
    names = ["len", "lower", "is_set", "days_since", "abs", "round", "coalesce", "contains", "huh"]
    call = st.builds(
        "{0}({1})".format, st.sampled_from(names), st.lists(inner, max_size=3).map(", ".join)
    )
    return binary | unary | call


SOURCES = st.recursive(ATOMS, _joined, max_leaves=12)
WILD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.datetimes()
    | st.dates()
    | st.decimals()
    | st.lists(st.integers() | st.text(max_size=3) | st.none(), max_size=3)
    | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)
)


def parsed(source: str) -> Any:
    try:
        return parse(source)
    except ExpressionError:
        return None


@given(SOURCES, st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, WILD)))
def test_evaluation_is_total(source: str, values: dict[str, Any]) -> None:
    """Whatever is in the fields, an expression that parses comes to a value and has no effect."""
    expression = parsed(source)
    if expression is not None:
        before = dict(values)
        assert isinstance(expression.holds(values, at=AT), bool)
        expression.value(values, at=AT)
        assert values == before


@given(st.text(max_size=60))
def test_any_text_parses_or_is_refused(source: str) -> None:
    parsed(source)


@given(SOURCES)
def test_a_checked_condition_comes_to_a_truth(source: str) -> None:
    """Over fields that all have values of their types, what passed the check is true or false."""
    expression = parsed(source)
    try:
        assert expression is None or expression.check(FIELDS) is FieldType.BOOLEAN
    except ExpressionError:
        return
    if expression is not None:
        assert expression.value(VALUES, at=AT) in (True, False, None)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_arithmetic_is_that_of_numbers(a: int, b: int) -> None:
    values = {"users": a, "other": b}
    assert parse("users + other").value(values, at=AT) == a + b
    assert parse("users - other * 2").value(values, at=AT) == a - b * 2
    assert parse("users < other").holds(values, at=AT) is (a < b)
    assert parse("not users < other").holds(values, at=AT) is (a >= b)


@given(st.floats() | st.decimals())
def test_numbers_that_are_not_finite_are_missing(value: float | Decimal) -> None:
    finite = Decimal(value).is_finite() and abs(Decimal(value)) < Decimal("1e308")
    if finite or not Decimal(value).is_finite():
        assert parse("users == null").holds({"users": value}, at=AT) is not finite


@given(st.text(max_size=20))
def test_text_literals_come_back(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    assert parse(f'"{escaped}"').value({}, at=AT) == text


@pytest.mark.parametrize(
    ("source", "truth"),
    [
        ("item_type == 'host'", True),
        ("'machine' == item_type", True),
        ("item_type in ['switch', 'machine']", True),
        ("item_type != 'machine'", False),
        ("item_type == 'blade'", False),
        ("item_type not in ['blade', 'switch']", True),
        ("is_set(item_type) and starts_with(item_type, 'ho')", True),
        ("starts_with(item_type, 'ma')", False),
    ],
)
def test_a_type_is_each_of_those_it_extends(source: str, *, truth: bool) -> None:
    values = {"item_type": Kind("host", ("host", "machine", "thing"))}
    assert parse(source).holds(values, at=AT) is truth
