"""YAML with positions: what it reads, what it refuses, and where it says so."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.schema.documents import plain_scalar, read


def problems_of(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    return [str(problem) for problem in read(data, "f.yaml").problems]


def values_of(text: str) -> list[object]:
    reading = read(text.encode(), "f.yaml")
    assert not reading.problems
    return [document.root.plain() for document in reading.documents]


def test_it_reads_plain_words_as_yaml_1_2_does() -> None:
    text = "a: no\nb: 12:00\nc: 2026-01-01\nd: 007\ne: 0x1F\nf: .5\ng: ~\nh: true\ni: 1e3\nj: '1'"
    assert values_of(text) == [
        {
            "a": "no",
            "b": "12:00",
            "c": "2026-01-01",
            "d": "007",
            "e": 31,
            "f": 0.5,
            "g": None,
            "h": True,
            "i": 1000.0,
            "j": "1",
        }
    ]


@pytest.mark.parametrize("word", [".inf", ".nan", "1e999", "1_000", "+", "-", ".", "1e", "0x"])
def test_what_is_no_finite_number_stays_text(word: str) -> None:
    assert plain_scalar(word) == word


def test_a_document_keeps_its_text_and_every_node_its_place() -> None:
    text = "# head\nkind: a\nname: b\n---\n# second\nkind: c\nlist:\n  - {x: 1}\n"
    first, second = read(text.encode(), "f").documents
    assert first.text + "---\n" + second.text == text
    assert (second.root.at(("list", 0, "x")).line, second.root.at(("list", 0, "x")).column) == (
        8,
        9,
    )
    assert second.root.at(("list", 0, "x"), key=True).column == 6
    assert second.first_line == 5


def test_empty_documents_and_a_byte_order_mark_are_no_definitions() -> None:
    assert values_of("﻿# only a remark\n---\n---\na: 1\n") == [{"a": 1}]


def test_an_alias_stands_for_its_anchor() -> None:
    assert values_of("a: &x [1, 2]\nb: *x\n") == [{"a": [1, 2], "b": [1, 2]}]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3", ["f.yaml:3:1: the key “a” stands here twice, first in line 1"]),
        ("a: [1,", ["f.yaml:2:1: this is not YAML: did not find expected node content"]),
        (
            "a:\n\t- 1",
            ["f.yaml:2:1: this is not YAML: found character that cannot start any token"],
        ),
        (
            BOMB,
            ["f.yaml:7:11: more than 2000000 values, aliases counted as often as they are used"],
        ),
        ("a: &a [*a]", ["f.yaml:1:8: the alias “*a” stands for nothing above it, or for itself"]),
        ("a: *b", ["f.yaml:1:4: the alias “*b” stands for nothing above it, or for itself"]),
        ("[" * 100_000, ["f.yaml:1:61: nested deeper than 60 levels"]),
        ("- " * 3_000 + "x", ["f.yaml:1:121: nested deeper than 60 levels"]),
        ("? [1]\n: 2", ["f.yaml:1:3: a key must be a single word or text"]),
        (b"a: \xff", ["f.yaml:1:4: the file is not UTF-8 text"]),
        ("a: 'x\n\x00'", ["f.yaml:2:1: this is not YAML: control characters are not allowed"]),
        (
            "a: !!python/name:os x",
            ["f.yaml:1:4: tags such as “tag:yaml.org,2002:python/name:os” are not used in packs"],
        ),
    ],
)
def test_bad_text_is_refused_with_its_place(text: str | bytes, told: list[str]) -> None:
    assert problems_of(text) == told


def test_nesting_by_aliases_is_bounded_too() -> None:
    """Each line is shallow; what the last alias stands for is not."""
    lines = ["a0: &a0 x"]
    lines += [f"a{n}: &a{n} {'[' * 20}*a{n - 1}{']' * 20}" for n in range(1, 10)]
    assert problems_of("\n".join(lines)) == ["f.yaml:4:29: nested deeper than 60 levels"]


def test_a_huge_file_is_not_read() -> None:
    assert "at most 33554432 are read" in problems_of(b"#" * (33 * 1024 * 1024))[0]


def test_mistakes_after_the_first_are_told_too() -> None:
    assert len(problems_of("a: 1\na: 2\nb: {c: 1, c: 2}\nd: !x 1\n")) == 3


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    read(data, "f")


SCALARS = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES.filter(lambda value: value is not None))
def test_json_is_yaml_and_comes_back_whole(value: object) -> None:
    text = json.dumps(value, ensure_ascii=True)
    reading = read(text.encode(), "f")
    if reading.problems:  # lone surrogates and characters that YAML forbids
        assert "not YAML" in str(reading.problems[0])
    else:
        assert [document.root.plain() for document in reading.documents] == [value]
