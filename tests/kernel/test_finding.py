"""How what is typed is read: Chinese by sound and initials, codes, mistakes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardround.kernel import likeness
from wardround.kernel.finding import Asked, Candidate, Match, Texts, chosen, code, scoped, texts
from wardround.kernel.spoken import spoken

EXACT, PREFIX, PART, SOUND = Match.EXACT, Match.PREFIX, Match.PART, Match.SOUND


@pytest.mark.parametrize(
    ("typed", "name", "match"),
    [
        ("fskpacs", "放射科PACS", SOUND),
        ("fangshe", "放射科PACS", SOUND),
        ("sheke", "放射科PACS", SOUND),
        ("FangShe", "放射科PACS", SOUND),
        ("angshe", "放射科PACS", None),
        ("fske", "放射科PACS", None),
        ("放射", "放射科PACS", PREFIX),
        ("科PACS", "放射科PACS", PART),
        ("放射科 pacs", "放射科PACS", EXACT),
        ("放射科PACS", "放射科 PACS", EXACT),
        ("pacs 放射", "放射科PACS", PART),
        ("ＰＡＣＳ", "放射科PACS", PART),
        ("chongqing", "重庆楼", SOUND),
        ("zhongqing", "重庆楼", SOUND),
        ("cql", "重庆楼", SOUND),
        ("xueye", "血液科", SOUND),
        ("xieye", "血液科", SOUND),
        ("zhanghang", "长行", SOUND),
        ("lvdan", "绿单", SOUND),
        ("lüdan", "绿单", SOUND),
        ("nvkeshi", "女科室", SOUND),
        ("3lou", "门诊3楼", SOUND),
        ("门诊 3lou", "门诊3楼", SOUND),
        ("50%_", "50x", None),
        ("", "放射科", SOUND),
    ],
)
def test_a_name_is_found_as_it_is_written_and_as_it_is_heard(
    typed: str, name: str, match: Match | None
) -> None:
    found = chosen(Asked.of(typed), [Candidate(1, name, texts(name))], 5)
    assert [each for _thing, each in found.best] == ([match] if typed and match is not None else [])


@pytest.mark.parametrize(
    ("typed", "held", "found"),
    [
        ("aa-bb-cc-dd-ee-f1", "AA:BB:CC:DD:EE:F1", True),
        ("aabb.ccdd.eef1", "AA:BB:CC:DD:EE:F1", True),
        ("aabbccddeef1", "AA:BB:CC:DD:EE:F1", True),
        ("AA:BB:CC:DD:EE:F1", "aabb-ccdd-eef1", True),
        ("bb:cc:dd", "aabb-ccdd-eef1", True),
        ("b:cc:dd:ee:f1", "aabb-ccdd-eef1", True),
        ("SN340-01", "sn34001", True),
        ("sn34001", "SN-340-01", True),
        ("１０．１", "10.1.1.7", True),
        ("10.1.11", "10.11.1.1", False),
        ("10111", "10.11.1.1", False),
        ("138-0000-0000", "+86 138 0000 0000", True),
        ("+86 138 0000 0000", "13800000000", True),
    ],
)
def test_a_code_is_found_by_a_part_however_it_is_grouped(
    typed: str,
    held: str,
    found: bool,  # noqa: FBT001  # a row of the table
) -> None:
    assert (Asked.of(typed).match(texts("放射科", [held])) is not None) is found


@pytest.mark.parametrize(
    ("typed", "name", "mistakes"),
    [
        ("pasc", "影像PACS", 1),
        ("pcas", "影像PACS", 1),
        ("paks", "影像PACS", 1),
        ("pas", "影像PACS", None),
        ("orcale", "Oracle 19c", 1),
        ("oracel", "主 Oracle 19c", 1),
        ("terminla", "Terminal 12", 1),
        ("tremnial", "Terminal 12", 2),
        ("tremniax", "Terminal 12", None),
        ("racle", "Oracle 19c", 0),
        ("放社科", "放射科PACS", 1),
        ("放科pacs", "放射科PACS", 1),
        ("放社", "放射科PACS", None),
        ("放社刻", "放射科PACS", None),
        ("检验科", "放射科PACS", None),
        ("sn34001", "SN34002", None),
        ("pasc 放射", "放射科PACS", 1),
        ("pasc 检验", "放射科PACS", None),
    ],
)
def test_a_name_is_found_although_something_is_wrong_in_it(
    typed: str, name: str, mistakes: int | None
) -> None:
    assert Asked.of(typed).mistakes(texts(name), name) == mistakes


def test_what_is_found_best_stands_first_and_what_is_only_alike_fills_up() -> None:
    names = ["pasc", "pacs two", "my pacs", "pacs", "怕吃素", "nothing"]
    known = [Candidate(name, name, texts(name)) for name in names]
    found = chosen(Asked.of("pacs"), known, 5)
    assert found.best == (
        ("pacs", Match.EXACT), ("pacs two", Match.PREFIX), ("my pacs", Match.PART),
        ("pasc", Match.ALIKE),
    )  # fmt: skip
    assert found.total == 3
    assert chosen(Asked.of("pacs"), known, 2).best == found.best[:2]
    assert chosen(Asked.of("  "), known, 2).best == ()


@pytest.mark.parametrize(
    ("typed", "scope", "meant"),
    [
        ("@zhang", "", ("zhang", "people")),
        ("＠ 张", "", ("张", "people")),
        ("！INC", "", ("INC", "tickets")),
        ("#pacs", "", ("pacs", "items")),
        ("：server", "", ("server", "definitions")),
        ("#pacs", "tickets", ("#pacs", "tickets")),
        ("a@b", "", ("a@b", "")),
    ],
)
def test_a_prefix_narrows_unless_a_scope_is_named(
    typed: str, scope: str, meant: tuple[str, str]
) -> None:
    assert scoped(typed, scope) == meant


# Against brute force -----------------------------------------------------------------------------

LETTERS = "放射科门诊重行血pacso12 -."
names = st.text(LETTERS, min_size=1, max_size=9).filter(lambda text: text.strip() != "")


@given(names, st.integers(0, 8), st.integers(1, 9))
def test_every_part_of_a_name_finds_it(name: str, start: int, length: int) -> None:
    part = name[start : start + length]
    if part.strip():
        assert Asked.of(part).match(texts(name)) is not None


@given(names, st.integers(0, 8), st.integers(2, 6))
def test_what_is_heard_is_what_begins_with_a_syllable_of_some_reading(
    name: str, start: int, length: int
) -> None:
    for line in spoken("".join(name.split())).readings:
        syllables = line.split()
        for place in range(len(syllables)):
            sound = "".join(syllables[place:])[: start + length]
            if re.search("[a-z]", sound) and len(sound) > 1:
                assert Asked.of(sound).match(texts(name)) is not None


def edits(word: str, alphabet: str) -> set[str]:
    """Every text one mistake away."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return {
        *(head + tail[1:] for head, tail in cuts if tail),
        *(head + letter + tail[1:] for head, tail in cuts if tail for letter in alphabet),
        *(head + letter + tail for head, tail in cuts for letter in alphabet),
        *(head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1),
    }


@settings(max_examples=60)
@given(st.text("abcd", min_size=4, max_size=7), st.text("abcd", min_size=1, max_size=7))
def test_one_mistake_is_one_step_away_from_the_beginning_of_a_word(word: str, name: str) -> None:
    reachable = edits(word, "abcd") | {word}
    brute = any(name.startswith(each) for each in reachable)
    assert (likeness.mistakes(word, name, 1) is not None) is brute


@given(
    st.text("abcd", min_size=4, max_size=9),
    st.integers(1, 2),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 8), st.sampled_from("abcd")), max_size=2),
)
def test_some_part_of_a_mistyped_word_survives(
    name: str, allowed: int, steps: list[tuple[int, int, str]]
) -> None:
    word = name
    for kind, place, letter in steps[:allowed]:
        at = place % len(word)
        if kind == 0:
            word = word[:at] + letter + word[at + 1 :]
        elif kind == 1:
            word = word[:at] + letter + word[at:]
        elif kind == 2 and len(word) > 4:
            word = word[:at] + word[at + 1 :]
        elif at + 1 < len(word):
            word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if likeness.mistakes(word, name, allowed) is not None:
        assert any(part in name for part in likeness.surviving(word, allowed))


@given(st.text("0123456789abcdef", min_size=5, max_size=12).filter(lambda s: re.search("[0-9]", s)))
def test_grouping_never_tells_two_codes_apart(bare: str) -> None:
    grouped = "-".join(bare[at : at + 2] for at in range(0, len(bare), 2))
    assert code(grouped) == bare
    assert Asked.of(grouped).match(texts("x", [bare])) is not None
    assert Asked.of(bare).match(Texts(texts("x", [grouped]).text)) is not None
