"""Open-PSA: scopes, expressions, common-cause groups, monotone hulls, several files."""

from __future__ import annotations

import itertools
import math
import random
import re
from typing import TYPE_CHECKING

import pytest

from wardround.dependability import cfia, cut_sets, parse, read_model, read_openpsa
from wardround.dependability.errors import (
    BadNumber,
    CyclicModel,
    DependabilityError,
    DuplicateName,
    SyntaxProblem,
    UndefinedName,
    Unsupported,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _mef(body: str) -> bytes:
    return f"<opsa-mef>{body}</opsa-mef>".encode()


def _tree(body: str) -> bytes:
    return _mef(f"<define-fault-tree name='t'>{body}</define-fault-tree>")


def _gate(name: str, formula: str, role: str = "public") -> str:
    return f"<define-gate name='{name}' role='{role}'>{formula}</define-gate>"


def _event(name: str, value: str = "") -> str:
    return f"<define-basic-event name='{name}'>{value}</define-basic-event>"


def _found(xml: bytes) -> set[frozenset[str]]:
    return {frozenset(each.items) for each in cut_sets(read_openpsa(xml)).sets()}


EITHER = "<or><basic-event name='a'/><basic-event name='b'/></or>"


def test_a_private_name_is_known_inside_and_by_its_path() -> None:
    gate = _gate("G", "<event name='e'/>", "")
    inner = f"<define-component name='sub' role='private'>{gate}{_event('e')}</define-component>"
    use = _gate("top", "<gate name='G'/>")
    top = _gate("top", "<or><gate name='G'/><gate name='sub.G'/></or>")
    model = read_openpsa(_tree(top + _gate("G", "<basic-event name='e'/>") + inner + _event("e")))
    assert {each.items for each in cut_sets(model).sets()} == {("e",), ("t.sub.e",)}
    outside = _mef(
        f"<define-fault-tree name='t'>{inner}</define-fault-tree>"
        f"<define-fault-tree name='u'>{use}</define-fault-tree>"
    )
    with pytest.raises(UndefinedName, match="“G”"):
        read_openpsa(outside)
    with pytest.raises(DuplicateName):
        read_openpsa(_tree(_event("e") + inner.replace("private", "public")))


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("<exponential><float value='1e-3'/><system-mission-time/></exponential>", 0.0952),
        (("<Weibull><float value='200'/><float value='2'/><float value='50'/>"
         "<system-mission-time/></Weibull>"), 0.0606),
        (("<GLM><float value='0.1'/><float value='1e-3'/><float value='0.1'/>"
         "<system-mission-time/></GLM>"), 0.0099),
        ("<mul><parameter name='half'/><parameter name='t.half'/></mul>", 0.25),
        ("<sub><float value='0.5'/><float value='0.1'/><float value='0.2'/></sub>", 0.2),
        ("<div><int value='1'/><int value='4'/></div>", 0.25),
        ("<neg><neg><float value='0.5'/></neg></neg>", 0.5),
        ("<bool value='true'/>", 1.0),
        ("<uniform-deviate><float value='0'/><float value='1'/></uniform-deviate>", 0.5),
        (("<lognormal-deviate><float value='2e-3'/><float value='2'/><float value='0.95'/>"
         "</lognormal-deviate>"), 0.002),
        (("<histogram><float value='0'/><bin><float value='0.1'/><float value='2'/></bin>"
         "<bin><float value='0.3'/><float value='2'/></bin></histogram>"), 0.125),
        ("<div><pi/><mul><pi/><int value='2'/></mul></div>", 0.5),
    ],
)  # fmt: skip
def test_expressions_are_computed_for_the_mission_time(expression: str, value: float) -> None:
    parameter = "<define-parameter name='half'><float value='0.5'/></define-parameter>"
    body = _gate("top", "<basic-event name='a'/>") + _event("a", expression) + parameter
    answer = cut_sets(read_openpsa(_tree(body), mission_time=100.0))
    assert answer.probability == pytest.approx(value, abs=6e-5)


def test_a_chain_of_parameters_costs_no_power_of_two_and_a_circle_is_named() -> None:
    twice = "<mul><parameter name='p{0}'/><parameter name='p{0}'/></mul>"
    chain = "".join(
        f"<define-parameter name='p{n + 1}'>{twice.format(n)}</define-parameter>"
        for n in range(200)
    )
    first = "<define-parameter name='p0'><float value='1'/></define-parameter>"
    gate = _gate("top", "<basic-event name='a'/>")
    event = _event("a", "<parameter name='p200'/>")
    assert cut_sets(read_openpsa(_tree(gate + event + chain + first))).probability == 1.0
    round_again = "<define-parameter name='p0'><parameter name='p200'/></define-parameter>"
    with pytest.raises(CyclicModel, match="p0"):
        read_openpsa(_tree(gate + event + chain + round_again))


def _group(model: str, factors: dict[int, float], members: str = "abc") -> bytes:
    listed = "".join(f"<basic-event name='{each}'/>" for each in members)
    levels = "".join(
        f"<factor level='{level}'><float value='{value}'/></factor>"
        for level, value in factors.items()
    )
    body = _gate("top", f"<and>{listed}</and>")
    return _mef(
        f"<define-fault-tree name='t'>{body}</define-fault-tree>"
        f"<define-CCF-group name='g' model='{model}'><members>{listed}</members>"
        f"<distribution><float value='0.1'/></distribution>{levels}</define-CCF-group>"
    )


@pytest.mark.parametrize(
    ("model", "factors", "chances"),
    [
        ("beta-factor", {3: 0.2}, {1: 0.08, 3: 0.02}),
        ("MGL", {2: 0.2, 3: 0.5}, {1: 0.08, 2: 0.005, 3: 0.01}),
        ("MGL", {2: 0.2}, {1: 0.08, 2: 0.01}),
        ("alpha-factor", {1: 0.7, 2: 0.2, 3: 0.1}, {1: 0.05, 2: 0.2 / 14, 3: 0.3 / 14}),
        ("phi-factor", {1: 0.7, 2: 0.2, 3: 0.1}, {1: 0.07, 2: 0.02, 3: 0.01}),
    ],
)
def test_a_common_cause_group_becomes_independent_events(
    model: str, factors: dict[int, float], chances: dict[int, float]
) -> None:
    read = read_openpsa(_group(model, factors))
    events = {
        tuple(name[1:-1].split()): float(read.probability[node])
        for node, name in enumerate(read.names)
        if name.startswith("[")
    }
    wanted = {
        members: chance
        for size, chance in chances.items()
        for members in itertools.combinations("abc", size)
    }
    assert events == pytest.approx(wanted)
    unnumbered = read_openpsa(re.sub(rb" level='.'", b"", _group(model, factors)))
    assert unnumbered.names == read.names
    assert unnumbered.probability == pytest.approx(read.probability, nan_ok=True)
    answer = cut_sets(read)
    assert answer.probability == pytest.approx(_all_taken(wanted))


def _all_taken(chances: dict[tuple[str, ...], float]) -> float:
    """That the events that happen take a, b and c together, by all their combinations."""
    total = 0.0
    for states in itertools.product((False, True), repeat=len(chances)):
        taken = {
            m for members, state in zip(chances, states, strict=True) if state for m in members
        }
        if taken == set("abc"):
            total += math.prod(
                chance if state else 1.0 - chance
                for chance, state in zip(chances.values(), states, strict=True)
            )
    return total


@pytest.mark.parametrize(
    ("xml", "error"),
    [
        (_group("beta-factor", {2: 0.2}), SyntaxProblem),
        (_group("MGL", {1: 0.2}), SyntaxProblem),
        (_group("phi-factor", {1: 0.7, 2: 0.2, 3: 0.2}), BadNumber),
        (_group("alpha-factor", {1: -0.7}), BadNumber),
        (_group("beta-factor", {1: 0.2}, "a"), SyntaxProblem),
        (_group("gamma-factor", {1: 0.2}), Unsupported),
        (_tree(_gate("top", "<not><event name='a'/><event name='b'/></not>")), SyntaxProblem),
        (_tree(_gate("top", "<event name='a'/>") + _event("a", "<sin><pi/></sin>")), Unsupported),
        (_tree(_gate("top", "<event name='a'/>") + _event("a", "<log><int value='0'/></log>")),
         BadNumber),
        (_tree(_gate("top", "<event name='a'/>") + _event("a", "<bin><pi/><pi/></bin>")),
         Unsupported),
        (_tree(_gate("top", "<event name='a'/>")
               + _event("a", "<add><int value='0'/><bin><int value='0'/></bin></add>")),
         Unsupported),
        (_tree(_gate("top", "<event name='a'/>")
               + _event("a", "<Weibull><int value='-9'/><int value='2'/><int value='0'/><pi/>"
                             "</Weibull>")), BadNumber),
        (_mef("<define-substitution name='s'/>"), Unsupported),
        (_tree(_gate("x", "<not><gate name='y'/></not>") + _gate("y", "<gate name='x'/>")),
         CyclicModel),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(xml: bytes, error: type[DependabilityError]) -> None:
    with pytest.raises(error) as caught:
        read_openpsa(xml)
    assert caught.value.zh != str(caught.value)


def test_the_hull_of_not_is_said_to_be_one() -> None:
    formula = "<or><and><event name='a'/><not><event name='b'/></not></and><event name='c'/></or>"
    body = _gate("top", formula) + "".join(map(_event, "abc"))
    model = read_openpsa(_tree(body))
    answer = cut_sets(model)
    assert {each.items for each in answer.sets()} == {("a",), ("c",)}
    assert model.hulls == ("top",)
    assert answer.of_hull
    assert cfia(model).row("top") == {"a": "X", "c": "X"}
    assert not cut_sets(parse("gate top = a")).of_hull


def test_an_inner_gate_is_read_when_it_is_named() -> None:
    body = _gate("top", "<and><gate name='g'/><event name='c'/></and>")
    body += _gate("g", "<xor><event name='a'/><event name='b'/></xor>")
    xml = _tree(body + "".join(map(_event, "abc")))
    assert "g" not in read_openpsa(xml).ids
    model = read_openpsa(xml, tops=["g"])
    assert {each.items for each in cut_sets(model, "g").sets()} == {("a",), ("b",)}
    assert {each.items for each in cut_sets(model).sets()} == {("a", "c"), ("b", "c")}


_TABLE: dict[str, Callable[[list[bool]], bool]] = {
    "and": all,
    "or": any,
    "xor": lambda given: sum(given) % 2 == 1,
    "nand": lambda given: not all(given),
    "nor": lambda given: not any(given),
    "not": lambda given: not given[0],
    "iff": lambda given: given[0] == given[1],
    "imply": lambda given: not given[0] or given[1],
    "atleast": lambda given: sum(given) >= 2,
    "cardinality": lambda given: 1 <= sum(given) <= 2,
}
_WIDE = {"not": (1, 1), "iff": (2, 2), "imply": (2, 2), "atleast": (2, 4), "cardinality": (2, 4)}
_GIVEN = {"atleast": " min='2'", "cardinality": " min='1' max='2'"}


@pytest.mark.parametrize("case", range(12))
def test_hulls_agree_with_trying_everything(case: int) -> None:
    seed = random.SystemRandom().getrandbits(32)
    rng = random.Random(seed)  # noqa: S311  no secret
    for _ in range(4):
        names = list("abcdef"[: rng.randint(1, 6)])
        gates: list[tuple[str, str, list[str]]] = []
        for number in range(rng.randint(1, 5)):
            kind = rng.choice(list(_TABLE))
            count = rng.randint(*_WIDE.get(kind, (2, 4)))
            below = [rng.choice([*names, *(gate[0] for gate in gates)]) for _ in range(count)]
            gates.append((f"g{number}", kind, below))
        body = "".join(
            _gate(name, f"<{kind}{_GIVEN.get(kind, '')}>"
                  + "".join(f"<event name='{each}'/>" for each in below) + f"</{kind}>")
            for name, kind, below in gates
        )  # fmt: skip
        model = read_openpsa(_tree(body + "".join(map(_event, names))), tops=[gates[-1][0]])
        found = {frozenset(each.items) for each in cut_sets(model, gates[-1][0]).sets()}
        assert found == _minimal(names, gates), f"seed {seed}: {gates}"


def _minimal(names: list[str], gates: list[tuple[str, str, list[str]]]) -> set[frozenset[str]]:
    holding: set[frozenset[str]] = set()
    for size in range(len(names) + 1):
        for chosen in itertools.combinations(names, size):
            value = {name: name in chosen for name in names}
            for gate, kind, below in gates:
                value[gate] = _TABLE[kind]([value[each] for each in below])
            smaller = any(each <= set(chosen) for each in holding)
            if value[gates[-1][0]] and not smaller:
                holding.add(frozenset(chosen))
    return holding


def test_several_files_make_one_model(tmp_path: Path) -> None:
    tree, data, text = tmp_path / "tree.xml", tmp_path / "data.xml", tmp_path / "model.txt"
    tree.write_bytes(_tree(_gate("top", EITHER)))
    data.write_bytes(_mef(f"<model-data>{_event('a')}{_event('b')}</model-data>"))
    text.write_text("a = b")
    assert cut_sets(read_model(tree, data)).count == 2
    with pytest.raises(UndefinedName):
        read_model(tree)
    with pytest.raises(SyntaxProblem, match=r"model\.txt"):
        read_model(tree, text)
    data.write_bytes(b"<opsa-mef>")
    with pytest.raises(SyntaxProblem, match=r"data\.xml: line 1"):
        read_model(tree, data)


def test_reading_tells_how_far_it_is(tmp_path: Path) -> None:
    tree = tmp_path / "tree.xml"
    tree.write_bytes(_tree(_gate("top", EITHER) + _event("a") + _event("b")) + b" " * 3_000_000)
    told = []
    read_model(tree, progress=told.append)
    assert [str(each) for each in told] == ["1 MB read", "2 MB read", "2 MB read"]
    assert told[0].zh == "已读 1 MB"


def test_only_gates_nobody_uses_are_tops() -> None:
    body = _gate("top", "<or><gate name='g'/></or>") + _gate("g", EITHER)
    assert cut_sets(read_openpsa(_tree(body + "".join(map(_event, "abz"))))).top == "top"
    assert _found(_tree(body + "".join(map(_event, "abz")))) == {frozenset("a"), frozenset("b")}


def periodic(*given: float) -> float:
    values = "".join(f"<float value='{each}'/>" for each in given)
    body = (
        f"<define-basic-event name='e'><periodic-test>{values}</periodic-test></define-basic-event>"
    )
    gate = "<define-gate name='g'><or><basic-event name='e'/></or></define-gate>"
    xml = (
        f"<opsa-mef><define-fault-tree name='f'>{gate}</define-fault-tree>"
        f"<model-data>{body}</model-data></opsa-mef>"
    )
    model = read_openpsa(xml.encode())
    return float(model.probability[model.node("e")])


def walked(failure: float, repair: float, between: float, first: float, time: float) -> float:
    """The three states step by step: up, failed and not yet found, in repair."""
    step = 0.01
    up, hidden, repaired = 1.0, 0.0, 0.0
    tested = first
    for turn in range(round(time / step)):
        if turn * step >= tested - step / 2:
            repaired, hidden, tested = repaired + hidden, 0.0, tested + between
        lost, back = up * failure * step, repaired * repair * step
        up, hidden, repaired = up - lost + back, hidden + lost, repaired - back
    return 1.0 - up


@pytest.mark.parametrize(
    "given",
    [
        (0.01, 0.05, 24.0, 10.0, 5.0),
        (0.01, 0.05, 24.0, 10.0, 30.0),
        (0.01, 0.05, 24.0, 10.0, 200.0),
        (0.02, 0.02, 24.0, 0.0, 150.0),
        (0.0, 0.0, 24.0, 0.0, 150.0),
        (0.01, 0.0, 24.0, 10.0, 150.0),
    ],
)
def test_periodic_tests_with_repair(given: tuple[float, ...]) -> None:
    assert periodic(*given) == pytest.approx(walked(*given), abs=2e-4)


def test_periodic_tests_that_repair_at_once() -> None:
    for time, since in ((5.0, 5.0), (10.0, 10.0), (11.0, 1.0), (34.0, 24.0), (40.0, 6.0)):
        assert periodic(0.01, 24.0, 10.0, time) == pytest.approx(-math.expm1(-0.01 * since))
    assert periodic(0.01, 0.1, 0.0, 0.3) == pytest.approx(-math.expm1(-0.001))
    with pytest.raises(DependabilityError, match="no number"):
        periodic(0.01, 0.0, 10.0, 40.0)
    with pytest.raises(DependabilityError, match="takes 4–5, not 11"):
        periodic(*[0.1] * 11)
