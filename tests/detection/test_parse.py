"""Expressions: what they mean, and how a mistake is told."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from wardround.detection.errors import BadExpression
from wardround.detection.expression import (
    Aggregate,
    Binary,
    Call,
    Matcher,
    Matching,
    Negative,
    Number,
    Selector,
    Window,
    selectors,
)
from wardround.detection.parse import parse
from wardround.schema.declarations import seconds_of


def test_the_example_of_a_filling_disk() -> None:
    text = 'node_filesystem_free_bytes{mountpoint!="/boot"} / node_filesystem_size_bytes < 0.1'
    free = Selector(
        "node_filesystem_free_bytes", (Matcher("mountpoint", "!=", "/boot"),), position=0
    )
    size = Selector("node_filesystem_size_bytes", (), position=50)
    assert parse(text) == Binary("<", Binary("/", free, size), Number(0.1))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a < 1 and b > 2 or c == 3", "((a < 1) and (b > 2)) or (c == 3)"),
        ("a unless b and c", "(a unless b) and c"),
        ("-a ^ 2", "-(a ^ 2)"),
        ("a ^ 2 ^ 3", "a ^ (2 ^ 3)"),
        ("a > bool 1 + 1", "a > bool (1 + 1)"),
        ("sum by (x) (a)", "sum (a) by (x)"),
        ("a # why\n > 1", "a > 1"),
        ("a AND b Unless c OR d", "((a and b) unless c) or d"),
        ("SUM BY (x) (a) > BOOL 1", "sum by (x) (a) > bool 1"),
        ("a > 2 * 3 - 1", "a > 5"),
        ("a == -Inf", "a == -inf"),
        ('{"a", x="1"} > 1', 'a{x="1"} > 1'),
        ("{__name__='a'} > 1", "a > 1"),
        ("a > on (x) b", "a > on(x,) b"),
    ],
)
def test_precedence_is_that_of_prometheus(text: str, same: str) -> None:
    assert _shape(parse(text)) == _shape(parse(same))


def _shape(node: object) -> str:
    """The tree without positions."""
    if isinstance(node, Binary):
        how = f"{node.operator} {node.as_bool} {node.matching}"
        return f"({_shape(node.left)} {how} {_shape(node.right)})"
    if isinstance(node, Negative):
        return f"-({_shape(node.operand)})"
    if isinstance(node, Aggregate):
        return f"{node.function}{node.by}({_shape(node.operand)})"
    return node.metric if isinstance(node, Selector) else repr(node)


def test_functions_windows_and_patterns() -> None:
    node = parse('absent(up{job=~"a|b"}) or rate(x_total[1m30s]) > 0x10')
    assert isinstance(node, Binary)
    assert isinstance(node.left, Call)
    assert isinstance(node.right, Binary)
    assert node.right.left == Window("rate", Selector("x_total", (), position=31), seconds=90.0)
    assert node.right.right == Number(16.0)
    assert [one.metric for one in selectors(node)] == ["up", "x_total"]
    assert next(selectors(node)).accepts({"job": "b"})
    assert not next(selectors(node)).accepts({"job": "bc"})


def test_matching_by_labels() -> None:
    node = parse("a * ON (x) GROUP_LEFT (y, z) b")
    assert isinstance(node, Binary)
    assert node.matching == Matching(("x",), on=True, many="left", taken=("y", "z"))
    node = parse("a unless ignoring (x) b")
    assert isinstance(node, Binary)
    assert node.matching == Matching(("x",), on=False)


def test_words_of_the_language_may_be_names() -> None:
    assert [one.metric for one in selectors(parse("on > 0 and by < 1"))] == ["on", "by"]
    assert parse("sum > 1") == Binary(">", Selector("sum", (), position=0), Number(1.0))


def test_texts_in_quotes() -> None:
    node = parse(r"""a{b="\x41\"", c='\\d', d=`\d`}""")
    assert isinstance(node, Selector)
    assert [matcher.value for matcher in node.matchers] == ['A"', r"\d", r"\d"]


def test_an_absent_label_is_empty() -> None:
    assert Matcher("device", "=", "").accepts({})
    assert not Matcher("device", "!=", "").accepts({})


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "found “the end”"),
        ("a > > 1", 4, "found “>”"),
        ("a @ b", 2, "“@” has no meaning"),
        ("1 > 2", 2, "Two plain numbers"),
        ("1 + 2", 0, "names no metric"),
        ("ratee(x[5m]) > 1", 0, "no function “ratee”"),
        ("rate(x) > 1", 6, "needs a window such as [5m]"),
        ("rate(x[25h]) > 1", 6, "not between 1s and 1d"),
        ("rate(x[5]) > 1", 6, "not between 1s and 1d"),
        ("x{a=1} > 1", 4, "a text in quotes"),
        ('x{a=~"("} > 1', 5, "not a regular expression"),
        ('x{a="1" b="2"}', 8, "Expected “,” or “}”"),
        ("a and 1", 2, "needs a metric on both sides"),
        ("(a > 1", 6, "Expected “)”"),
        ("a b", 2, "Expected an operator"),
        ("a and on (x) group_left b", 13, "without “group_left”"),
        ("a * on (x) group_left (x) b", 11, "both compared and taken over"),
        ("a * on (x) 2", 4, "matches labels"),
        ("a{b='1'}[5m] > 1", 8, "needs a function"),
        ("rate(x[23h] offset 2h) > 1", 19, "more than 1d"),
        ("x offset 5 > 1", 9, "a duration such as 5m"),
        ("x offset -5m > 1", 9, "not ahead"),
        ("(x + y) offset 5m > 1", 8, "directly behind a metric"),
        ("max_over_time(x[1h:1m]) > 1", 15, "over another expression"),
        ("quantile_over_time(x[1h], 0.5) > 1", 20, "needs a function"),
        ("timestamp(x offset 1m) > 1", 10, "of a metric alone"),
        ("{b='1'} > 1", 0, "No metric is named"),
        ('a{__name__="b"} > 1', 0, "named twice"),
        ("topk(0, a)", 5, "chooses 1 to 1,000"),
        ("clamp_max(a, b) > 1", 13, "needs a plain number"),
        ("clamp(a, 1) > 1", 10, "Expected “,”"),
        ('count_values("v", a) > 1', 0, "makes labels of values"),
        ('label_replace(a, "x", "$1", "y", "(") > 1', 33, "not a regular expression"),
        ("vector(a) > 1", 7, "needs a plain number"),
        ("time() > 1", 7, "Two plain numbers"),
        ("5m > a", 0, "Expected a metric"),
        ('a{b="c', 4, "has no meaning"),
        ("(" * 100 + "a" + ")" * 100, 60, "nested too deeply"),
        ("+".join(["a"] * 300), 400, "too many parts"),
        ("a" * 4001, 4000, "longer than"),
    ],
)
def test_a_mistake_is_shown_where_it_stands(text: str, position: int, words: str) -> None:
    with translation.override("en"), pytest.raises(BadExpression) as found:
        parse(text)
    assert words in str(found.value)
    assert found.value.position == position


@given(st.text(alphabet='ab{}[]()<>=!~"+-*/ 15m,^%#\\', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    refusal = _refusal(text)
    assert refusal is None or (str(refusal) and 0 <= refusal.position <= len(text))


def _refusal(text: str) -> BadExpression | None:
    try:
        parse(text)
    except BadExpression as error:
        return error
    return None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("1h30m", 5400), ("1.5m", 90), ("250ms", 0.25), ("1d", 86400)],
)
def test_durations(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "1h-3m", "5m!"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        seconds_of(text)
