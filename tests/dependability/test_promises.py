"""What the engine promises, each promise against trying everything on small random models.

The oracle here is written from the promises alone and shares nothing with the engine.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardround.dependability import (
    Budget,
    DependabilityError,
    NotAList,
    RootCause,
    Verdict,
    cfia,
    cut_sets,
    cut_sets_of,
    explain,
    importance,
    live_state,
    parse,
    path_sets,
    read_model,
    read_openpsa,
    root_cause,
    what_if,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wardround.dependability import Model

TRIES = settings(max_examples=60, deadline=None)
Rule = tuple[str, int, list[str], bool]  # name, need, inputs, fallible


@st.composite
def estates(draw: Callable[..., Any]) -> list[Rule]:
    """Items, then gates and items with supports above them; everything may be shared."""
    items = [f"e{number}" for number in range(draw(st.integers(2, 5)))]
    rules: list[Rule] = [(name, 0, [], True) for name in items]
    names = list(items)
    for number in range(draw(st.integers(2, 5))):
        below = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        need = draw(st.integers(1, len(below)))
        name = f"g{number}"
        rules.append((name, need, below, draw(st.booleans())))
        names.append(name)
    return rules


def written(rules: list[Rule], chance: Mapping[str, float]) -> str:
    lines = []
    for name, need, below, fallible in rules:
        word = "" if fallible else "gate "
        if below:
            lines.append(f"{word}{name} = {need} of ({', '.join(below)})")
        if fallible:
            lines.append(f"{name}: p={chance[name]}")
    return "\n".join(lines)


def down(rules: list[Rule], failed: frozenset[str]) -> frozenset[str]:
    fallen: set[str] = set()
    for name, need, below, _ in rules:
        if name in failed or sum(each not in fallen for each in below) < need:
            fallen.add(name)
    return frozenset(fallen)


def fallible_of(rules: list[Rule]) -> list[str]:
    return [name for name, _, _, fallible in rules if fallible]


def subsets(names: list[str]) -> list[frozenset[str]]:
    return [
        frozenset(chosen)
        for size in range(len(names) + 1)
        for chosen in itertools.combinations(names, size)
    ]


def cuts_of(rules: list[Rule], top: str) -> set[frozenset[str]]:
    found: list[frozenset[str]] = []
    for chosen in subsets(fallible_of(rules)):
        if not any(each <= chosen for each in found) and top in down(rules, chosen):
            found.append(chosen)
    return set(found)


def chances(rules: list[Rule]) -> dict[str, float]:
    return {name: 0.01 * (3 + 7 * place) for place, name in enumerate(fallible_of(rules))}


def answer_of(found: RootCause) -> list[tuple[frozenset[str], float]]:
    return [(frozenset(each.items), round(each.likelihood, 12)) for each in found.causes]


# -- root cause


@TRIES
@given(estates(), st.data())
def test_root_cause_never_names_a_gate_and_never_contradicts(
    rules: list[Rule], data: st.DataObject
) -> None:
    names = [name for name, *_ in rules]
    model, chance = parse(written(rules, chances(rules))), chances(rules)
    roles = [data.draw(st.sampled_from("duf---"), label=name) for name in names]
    seen = {
        role: [name for name, given in zip(names, roles, strict=True) if given == role]
        for role in "duf"
    }
    answer = root_cause(model, down=seen["d"], failed=seen["f"], up=seen["u"])
    every = subsets(fallible_of(rules))
    allowed = [each for each in every if not down(rules, each) & set(seen["u"])]
    every_failed = [each for each in allowed if set(seen["f"]) <= down(rules, each)]
    full = [each for each in every_failed if set(seen["d"]) <= down(rules, each)]
    for cause in answer.causes:
        assert set(cause.items) <= set(fallible_of(rules)), "a gate is no cause"
        assert set(cause.assumed) == set(cause.items) - set(seen["f"])
        assert not down(rules, frozenset(cause.items)) & set(seen["u"])
        explained = set(seen["d"]) - set(answer.unexplained)
        assert explained <= down(rules, frozenset(cause.items)), "it explains the services"
    assert answer.exact
    if full:
        assert not answer.unexplained
        assert not answer.conflicting
    elif every_failed:
        assert answer.unexplained, "brute force explains no more"
    else:
        assert answer.conflicting
    if full and seen["d"]:
        best = max(_likelihood(each, chance, seen["f"]) for each in full)
        assert answer.causes[0].likelihood == pytest.approx(best)
        figures = [each.likelihood for each in answer.causes]
        assert figures == sorted(figures, reverse=True), "likeliest first"
    assert set(answer.verdicts) == set(seen["f"]) - set(seen["d"])


def _likelihood(items: frozenset[str], chance: Mapping[str, float], seen: list[str]) -> float:
    return math.prod(chance[each] * (1.0 if each in seen else 0.5) for each in items)


@TRIES
@given(estates(), st.randoms(use_true_random=False))
def test_the_same_answer_whatever_the_order_and_however_often(rules: list[Rule], rng: Any) -> None:
    lines = written(rules, chances(rules)).splitlines()
    top = rules[-1][0]
    failed = fallible_of(rules)[:2]
    first = parse("\n".join(lines))
    rng.shuffle(lines)
    second, third = parse("\n".join(lines)), parse("\n".join(lines))
    found = [
        {frozenset(each.items): each.probability for each in cut_sets(model, top).sets()}
        for model in (first, second)
    ]
    assert found[0].keys() == found[1].keys()
    for items, probability in found[0].items():
        assert found[1][items] == pytest.approx(probability)
    assert cfia(first, [top]).row(top) == cfia(second, [top]).row(top)
    causes = [
        root_cause(model, down=[top], failed=seen)
        for model, seen in ((first, failed), (second, failed[::-1]), (third, failed[::-1]))
    ]
    assert causes[0].causes[0].likelihood == pytest.approx(causes[1].causes[0].likelihood)
    assert answer_of(causes[1]) == answer_of(causes[2])
    assert causes[1].verdicts == causes[2].verdicts
    sets = [list(cut_sets(model, top).sets("probability")) for model in (second, third)]
    assert sets[0] == sets[1]


def test_a_seen_failed_item_counts_before_the_answer_is_minimised() -> None:
    """db1 was seen failed and rests on nothing: it is part of each candidate, and of no cause."""
    model = parse("pacs = web1 and (db1 or db2)")
    found = root_cause(model, down=["pacs"], failed=["db1"], up=["db2"])
    assert {each.items for each in found.causes} >= {("web1",), ("pacs",)}
    assert found.verdicts == {"db1": Verdict.UNRELATED}


# -- cells with explanations


@TRIES
@given(estates())
def test_cells_and_their_explanations_agree_with_trying_everything(rules: list[Rule]) -> None:
    model = parse(written(rules, chances(rules)))
    services = [name for name, _, below, _ in rules if below]
    matrix = cfia(model, services)
    for service in services:
        row, cuts = matrix.row(service), cuts_of(rules, service)
        within = frozenset().union(*cuts)
        for item in fallible_of(rules):
            single = service in down(rules, frozenset([item]))
            expected = "X" if single else "A" if item in within else ""
            assert row.get(item, "") == expected
            explained = explain(model, item, service)
            assert (explained.letter.strip()) == expected


@TRIES
@given(estates())
def test_importance_lists_the_items_of_some_cut_set_and_no_other(rules: list[Rule]) -> None:
    model, top = parse(written(rules, chances(rules))), rules[-1][0]
    answer = cut_sets(model, top)
    cuts = cuts_of(rules, top)
    assert {frozenset(each.items) for each in answer.sets()} == cuts
    assert {each.item for each in importance(answer)} == frozenset().union(*cuts)
    limited = cut_sets_of(model, [top], max_order=9)[top]
    assert limited.by_order == answer.by_order
    assert path_sets(model, top).exact


# -- the text form

ASCII = "abcxyz0189"
WIDE = {code: code + 0xFEE0 for code in map(ord, "()=,:[]0123456789#;")}
WORDS = {"and", "or", "of", "hot", "cold", "gate", "top", "items", "p", "probability"}


def widened(text: str, rng: Any) -> str:
    """Some of its punctuation, digits and whole keywords as a Chinese keyboard writes them."""
    parts = []
    for number, piece in enumerate(text.split('"')):
        if number % 2:
            parts.append(piece)
            continue
        words = [
            word.translate({code: code + 0xFEE0 for code in range(97, 123)})
            if word in WORDS and rng.random() < 0.5
            else "".join(c.translate(WIDE) if rng.random() < 0.5 else c for c in word)
            for word in piece.split(" ")
        ]
        parts.append(" ".join(words))
    return '"'.join(parts)


INSIDE = "（甲） ＝ ａｎｄ １２，：［x］"
TEXT = f"""items a1, b2, c3, "{INSIDE}"
s = a1 and 2 of ( b2, c3, "{INSIDE}" ) and ( b2 cold [15min] c3 )
a1 : p = 0.25
top s
"""


@settings(max_examples=80, deadline=None)
@given(st.randoms(use_true_random=False))
def test_full_width_is_read_as_ascii_outside_quotes_and_left_alone_inside(rng: Any) -> None:
    plain, wide = parse(TEXT), parse(widened(TEXT, rng))
    assert plain.names == wide.names
    assert INSIDE in wide.names
    assert plain.inputs.tolist() == wide.inputs.tolist()
    assert plain.need.tolist() == wide.need.tolist()
    assert plain.minutes.tolist() == wide.minutes.tolist()
    assert wide.probability[wide.node("a1")] == 0.25


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(blacklist_categories=["Cc", "Cs"]), min_size=1, max_size=12))
def test_every_name_can_be_written(name: str) -> None:
    """In double quotes, a double quote in it twice."""
    quoted = '"' + name.replace('"', '""') + '"'
    model = parse(f"s = a and {quoted}\n{quoted}: p=0.5\ntop s")
    assert model.probability[model.node(name)] == 0.5
    assert cfia(model).row("s") == {"s": "X", "a": "X", name: "X"}


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_computer_ends_them(ends: str) -> None:
    model = parse(ends.join(["s = a and b", "a: p=0.5 # half", "top s", ""]))
    assert cut_sets(model).by_order == [0, 3]
    with pytest.raises(DependabilityError) as refused:
        parse(ends.join(["s = a and b", "t = a b"]))
    assert "line 2, column 7" in str(refused.value)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f"])
def test_a_control_character_is_pointed_at(character: str) -> None:
    for text in (f"s = a{character} and b", f's = "a{character}" and b'):
        with pytest.raises(DependabilityError, match="line 1"):
            parse(text)


# -- Open-PSA

OPERATORS: dict[str, Callable[[list[bool]], bool]] = {
    "and": all,
    "or": any,
    "xor": lambda given: sum(given) == 1,
    "nand": lambda given: not all(given),
    "nor": lambda given: not any(given),
    "not": lambda given: not given[0],
}


@TRIES
@given(st.sampled_from(["not", "xor", "nand", "nor"]), st.data())
def test_a_gate_with_not_or_its_like_is_its_monotone_hull_and_said_to_be(
    outer: str, data: st.DataObject
) -> None:
    arity = 1 if outer == "not" else 2
    inner = data.draw(st.lists(st.sampled_from(["and", "or", "xor", "nor"]), min_size=arity,
                               max_size=arity))  # fmt: skip
    below = [data.draw(st.lists(st.sampled_from("abc"), min_size=2, max_size=2)) for _ in inner]
    formula = "".join(
        f"<{tag}>{''.join(f'<basic-event name={chr(34)}{e}{chr(34)}/>' for e in events)}</{tag}>"
        for tag, events in zip(inner, below, strict=True)
    )
    events = "".join(
        f'<define-basic-event name="{e}"><float value="0.1"/></define-basic-event>' for e in "abc"
    )
    xml = (
        f'<opsa-mef><define-fault-tree name="f"><define-gate name="g"><{outer}>{formula}</{outer}>'
        f"</define-gate></define-fault-tree><model-data>{events}</model-data></opsa-mef>"
    )
    model = read_openpsa(xml.encode())

    def fails(failed: frozenset[str]) -> bool:
        given = [
            OPERATORS[tag]([e in failed for e in events])
            for tag, events in zip(inner, below, strict=True)
        ]
        return OPERATORS[outer](given)

    found: list[frozenset[str]] = []
    for chosen in subsets(list("abc")):
        if not any(each <= chosen for each in found) and fails(chosen):
            found.append(chosen)
    answer = cut_sets(model, "g")
    assert model.hulls == ("g",)
    assert answer.of_hull
    assert {frozenset(each.items) for each in answer.sets()} == set(found)


@pytest.mark.parametrize(
    ("model", "factors", "expected"),
    [  # of three members of 0.1 each; what each member has in all
        ("beta-factor", [(3, 0.2)], 0.1),
        ("MGL", [(2, 0.3), (3, 0.4)], 0.1),
        # phi gives the part of each event itself (MEF 2.0d: "factors for each level are given
        # directly", Q_k = phi_k Q; SCRAM reads it so): one alone, two with one other, one of all
        ("phi-factor", [(1, 0.5), (2, 0.3), (3, 0.2)], 0.1 * (0.5 + 2 * 0.3 + 0.2)),
        ("alpha-factor", [(1, 0.7), (2, 0.2), (3, 0.1)], 0.1),
    ],
)
def test_the_events_of_a_common_cause_group_sum_to_what_each_member_has(
    model: str, factors: list[tuple[int, float]], expected: float
) -> None:
    members = "".join(f'<basic-event name="{each}"/>' for each in "abc")
    given = "".join(
        f'<factor level="{level}"><float value="{value}"/></factor>' for level, value in factors
    )
    xml = (
        '<opsa-mef><define-fault-tree name="f"><define-gate name="g"><and>'
        f"{members}</and></define-gate></define-fault-tree><model-data>"
        f'<define-CCF-group name="c" model="{model}"><members>{members}</members>'
        f'<distribution><float value="0.1"/></distribution><factors>{given}</factors>'
        "</define-CCF-group></model-data></opsa-mef>"
    )
    read = read_openpsa(xml.encode())
    named = [name for name in read.names if name.startswith("[") and "a" in name[1:-1].split()]
    assert sum(float(read.probability[read.node(name)]) for name in named) == pytest.approx(
        expected
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_in_every_encoding_that_says_itself(encoding: str, tmp_path: Any) -> None:
    xml, text = tmp_path / "a.xml", tmp_path / "a.txt"
    xml.write_text(
        '<opsa-mef><define-fault-tree name="f"><define-gate name="影像"><or>'
        '<basic-event name="库"/><basic-event name="b"/></or></define-gate>'
        '<define-basic-event name="库"/><define-basic-event name="b"/>'
        "</define-fault-tree></opsa-mef>",
        encoding=encoding,
    )
    text.write_bytes("影像 = 库 and b\ntop 影像".encode(encoding))
    assert set(read_model(xml).names) == set(read_model(text).names) == {"影像", "库", "b"}


# -- the library


QUESTIONS: list[Callable[[Model], object]] = [
    lambda model: cfia(model, "pacs"),
    lambda model: what_if(model, "app"),
    lambda model: what_if(model, ["app"], "pacs"),
    lambda model: live_state(model, "app"),
    lambda model: live_state(model, ["app"], "db2"),
    lambda model: root_cause(model, down="pacs"),
    lambda model: root_cause(model, down=["pacs"], failed="app"),
    lambda model: root_cause(model, down=["pacs"], up="app"),
    lambda model: root_cause(model, down=["pacs"], switched="db2"),
    lambda model: cut_sets_of(model, "pacs", max_order=2),
    lambda model: cfia(model).after(model, "app"),
    lambda model: live_state(model).update(failed="app"),
    lambda _: read_openpsa(b"<opsa-mef/>", tops="app"),
    lambda _: read_model("estate.txt", tops="app"),
]


def test_words_that_mean_nothing_are_refused() -> None:
    order: Any = "prob"
    with pytest.raises(TypeError, match="“size” or “probability”, not by 'prob'"):
        cut_sets(parse("a = b"), "a").sets(order)
    source: Any = "<opsa-mef/>"
    with pytest.raises(TypeError, match=r"Use read_model\(path\)"):
        read_openpsa(source)


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_a_text_where_a_list_is_meant_is_refused(number: int) -> None:
    with pytest.raises(NotAList):
        QUESTIONS[number](parse("pacs = app and (db1 hot db2)\ntop pacs"))


def test_what_a_notebook_shows_is_short() -> None:
    names = [f"n{number}" for number in range(3000)]
    model = parse(f"pacs = 1 of ({', '.join(names)})\ntop pacs")
    shown = [
        model,
        cfia(model),
        cut_sets(model, max_order=1),
        live_state(model, names),
        what_if(model, names),
        root_cause(model, down=["pacs"]),
        explain(model, "n1", "pacs"),
        Budget(),
    ]
    for each in shown:
        assert len(repr(each)) < 400, type(each)
