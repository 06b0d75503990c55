"""Values of every attribute type: the stored form of good ones, a clear word on bad ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from wardround.schema import kinds
from wardround.schema.attributes import MASK, masked, sealed, validated
from wardround.schema.types import Attribute, AttributeType


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def attribute(type_: str, **more: Any) -> Any:
    return kinds.read(Attribute, {"name": "a", "label": "A", "type": type_, **more})


@pytest.mark.parametrize(
    ("type_", "given_", "stored"),
    [
        ("text", "  x ", "x"),
        ("text", "", None),
        ("longtext", "a\nb", "a\nb"),
        ("number", 3, 3),
        ("number", 2.5, 2.5),
        ("boolean", False, False),
        ("date", "2026-01-31", "2026-01-31"),
        ("datetime", "2026-01-31T08:00:00+08:00", "2026-01-31T00:00:00Z"),
        ("datetime", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"),
        ("address", "10.1.2.3", "10.1.2.3"),
        ("address", "FD00:0::1", "fd00::1"),
        ("address", "pacs-db1.hospital.cn", "pacs-db1.hospital.cn"),
        ("network", "10.1.2.0/24", "10.1.2.0/24"),
        ("email", "a@hospital.cn", "a@hospital.cn"),
        ("phone", "+86 20 8133 2199", "+86 20 8133 2199"),
        ("phone", "62345", "62345"),
        ("url", "http://his/login?x=1", "http://his/login?x=1"),
        ("port", 8080, 8080),
        ("port", "８０８０", 8080),
        ("port", " 1521 ", 1521),
        ("port", 65535.0, 65535),
        ("text", "HIS\x01\x7f", "HIS"),
        ("reference", {"id": "k-1", "name": "X"}, "k-1"),
        ("secret", " s ", " s "),
    ],
)
def test_a_good_value_is_stored(type_: str, given_: Any, stored: Any) -> None:
    result = validated([attribute(type_)], {"a": given_})
    assert (result.values, result.problems) == ({"a": stored}, ())


@pytest.mark.parametrize(
    ("type_", "given_", "told"),
    [
        ("text", 3, "expected text, found a number (3)"),
        ("text", "a\nb", "the text must be on one line"),
        ("text", "x" * 501, "the text has 501 characters; at most 500 fit"),
        ("text", "a\x00", "the text has a character that cannot be stored (NUL)"),
        ("text", ["x"], "expected text, found a list"),
        ("number", "12", "expected a number, found text (“12”)"),
        ("number", True, "expected a number, found yes or no"),
        ("number", float("nan"), "the number is too large or not finite"),
        ("number", 10**400, "the number is too large or not finite"),
        ("number", -1, "must be at least 0"),
        ("number", 11, "must be at most 10"),
        ("boolean", "yes", "expected yes or no (true, false), found text (“yes”)"),
        ("date", "31.1.2026", "expected a date such as 2026-01-31, found text (“31.1.2026”)"),
        ("date", "2026-02-30", "expected a date such as 2026-01-31, found text (“2026-02-30”)"),
        ("datetime", "2026-01-31T08:00", "say the time zone, such as 2026-01-31T08:00:00+08:00"),
        ("choice", "wram", "“wram” is no choice; did you mean “warm”?"),
        ("choice", "x", "“x” is no choice; choose one of: warm, cold"),
        ("address", "10.1.2.300", "expected an address such as 10.1.2.3, fd00::1 or a host name"),
        ("address", "a b", "expected an address such as 10.1.2.3, fd00::1 or a host name"),
        ("network", "10.1.2.3/24", "this is an address inside the network 10.1.2.0/24"),
        ("network", "x", "expected a network such as 10.1.2.0/24"),
        ("email", "a@b", "expected an e-mail address such as name@hospital.cn"),
        ("phone", "call me", "expected a telephone number such as +86 20 8133 2199 or 62345"),
        ("url", "javascript:alert(1)", "expected an address such as https://his.hospital.cn/login"),
        ("url", "his/login", "expected an address such as https://his.hospital.cn/login"),
        ("text", "a\u2028b", "the text must be on one line"),
        *(
            ("port", wrong, "expected a port, a whole number from 1 to 65535")
            for wrong in (0, -1, "65536", 80.5, True, "http", "8_0", "+80", [80])
        ),
        ("url", "http://h/\x0bx", "expected an address such as https://his.hospital.cn/login"),
        ("url", "http://[", "expected an address such as https://his.hospital.cn/login"),
    ],
)
def test_a_bad_value_is_told(type_: str, given_: Any, told: str) -> None:
    more: dict[str, Any] = {"minimum": 0, "maximum": 10} if type_ == "number" else {}
    if type_ == "choice":
        more = {"choices": ["warm", "cold"]}
    result = validated([attribute(type_, **more)], {"a": given_}, row=3)
    problem = result.problems[0]
    assert (problem.field, problem.row, problem.message) == ("attributes.a", 3, told)
    assert result.values == {}


def test_unknown_and_missing_attributes_are_told_together() -> None:
    wanted = [
        attribute("text", required=True),
        kinds.read(Attribute, {"name": "serial", "label": "S", "type": "text"}),
    ]
    result = validated(wanted, {"seriel": "x", "zzz": 1})
    assert [(one.field, one.message) for one in result.problems] == [
        ("attributes.seriel", "there is no such attribute; did you mean “serial”?"),
        ("attributes.zzz", "there is no such attribute; known: a, serial"),
        ("attributes.a", "a value is needed"),
    ]
    assert validated(wanted, {}, require=False).problems == ()
    assert validated(wanted, {"a": " "}, require=False).problems[0].message == "a value is needed"


def test_secrets_are_sealed_masked_and_kept() -> None:
    secret = attribute("secret")
    stored = sealed([secret], {"a": "tiger"}, {})
    assert "tiger" not in stored["a"]
    assert masked([secret], stored) == {"a": MASK}
    assert sealed([secret], {"a": MASK}, stored) == stored
    assert sealed([secret], {"a": "tiger"}, stored) == stored
    assert sealed([secret], {"a": "lion"}, stored) != stored
    assert sealed([secret], {"a": MASK}, {}) == {"a": None}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(st.sampled_from(sorted(AttributeType)), ANYTHING)
def test_any_value_is_stored_or_told_and_storing_twice_is_storing_once(
    type_: AttributeType, value: Any
) -> None:
    more: dict[str, Any] = {"choices": ["x", "y"]} if type_ is AttributeType.CHOICE else {}
    wanted = [attribute(type_, **more)]
    first = validated(wanted, {"a": value})
    assert bool(first.problems) is ("a" not in first.values)
    if not first.problems:
        assert validated(wanted, first.values).values == first.values
