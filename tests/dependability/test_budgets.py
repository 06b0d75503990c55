"""Budgets looked at while work is laid out; counts of any length; Ctrl-C in compiled code."""

from __future__ import annotations

import json
import math
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.dependability.test_command import run
from wardround.dependability import (
    Budget,
    Builder,
    Input,
    cut_sets,
    importance,
    parse,
    root_cause,
)
from wardround.dependability import machine as operations
from wardround.dependability.counting import choices, counts_of, series
from wardround.dependability.diagram import Diagram
from wardround.dependability.errors import BadNumber, BudgetEnded, TooDear, UnknownItem
from wardround.dependability.families import sparse_counts
from wardround.dependability.figures import for_json, written
from wardround.dependability.program import Program
from wardround.dependability.tree import Tree
from wardround.dependability.votes import diagram_of_vote

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def names(many: int) -> str:
    return ", ".join(f"e{n}" for n in range(many))


# -- votes


@pytest.mark.parametrize(("fail", "count"), [(1, 1), (1, 6), (6, 6), (2, 3), (4, 9), (8, 9)])
def test_a_vote_written_down_is_the_vote_that_is_built(fail: int, count: int) -> None:
    rows = diagram_of_vote(fail, count, Budget())
    assert sparse_counts(rows, [[0, 1]] * count) == [0] * fail + [math.comb(count, fail)]
    tree = Tree(list(range(count)))
    tree.tops = [tree.gate(fail, list(range(count)))]
    diagram, program = started(tree)
    program.run(diagram, Budget())
    assert diagram.count >= len(rows)
    nodes = diagram.nodes[: diagram.count, :3].tolist()
    assert table(nodes, int(program.registers[program.register(-1)])) == table(rows.tolist(), -1)


def table(rows: list[list[int]], root: int) -> object:
    level, low, high = rows[root]
    if root in {0, 1}:
        return root
    return level, table(rows, low), table(rows, high)


def started(tree: Tree) -> tuple[Diagram, Program]:
    order = list(range(len(tree.variables)))
    program = Program(tree, order, both=operations.AND, either=operations.OR)
    diagram = Diagram()
    program.registers[2 : 2 + len(order)] = diagram.literals(len(order))
    return diagram, program


def test_a_vote_of_1500_of_3000_is_counted() -> None:
    answer = cut_sets(parse(f"gate top = 1500 of ({names(3000)})"))
    assert answer.exact
    assert answer.count == answer.by_order[1501] == math.comb(3000, 1501)
    assert next(answer.sets()).order == 1501


def test_a_vote_too_large_for_the_memory_is_refused_before_it_is_made() -> None:
    answer = cut_sets(parse(f"gate top = 30000 of ({names(60000)})"), budget=Budget(30.0, 2000.0))
    assert (answer.exact, answer.ended) == (False, "memory")


def test_a_budget_is_looked_at_while_a_vote_is_laid_out() -> None:
    """An item that is used twice: no way around the program of 1500 of 3000."""
    tree = Tree(list(range(2999)))
    tree.tops = [tree.gate(1500, [0, *range(2999)])]
    diagram, program = started(tree)
    budget = Budget(steps=200_000)
    with pytest.raises(BudgetEnded, match="work"):
        program.run(diagram, budget)
    assert 0 < program.done(diagram) < 1_000_000
    with pytest.raises(BudgetEnded, match="interrupted"):
        program.run(diagram, Budget(stopped=True))


def test_the_pieces_of_a_program_make_the_same_diagram() -> None:
    inputs = [*range(399), 0]
    tree = Tree(list(range(399)))
    tree.tops = [tree.gate(150, inputs)]
    diagram, program = started(tree)
    program.run(diagram, Budget())
    assert program.done(diagram) > 1 << 16
    answer = cut_sets(parse(f"gate top = 251 of (e0, {names(399)})"))
    expected = math.comb(398, 148)  # with e0, which counts twice; and without it
    assert answer.by_order[149:] == [expected, math.comb(398, 150)]


def test_rows_that_need_no_work_count_too() -> None:
    """Millions of rows answered at once must still look at the budget."""
    diagram = Diagram()
    program = packed([[operations.OR, 2, 0, 0]] * 50_000)
    registers = packed([0, 1, 0])
    with pytest.raises(BudgetEnded, match="work"):
        diagram.run(program, registers, Budget(steps=10_000))


def packed(rows: object) -> NDArray[np.int32]:
    return np.array(rows, np.int32)


def test_importance_of_a_vote_is_that_of_its_definition() -> None:
    lines = [f"gate top = 3 of ({names(5)})", *(f"e{n}: p=0.{n + 1}" for n in range(5))]
    answer = cut_sets(parse("\n".join(lines)))
    assert answer.probability is not None
    first = next(each for each in importance(answer) if each.item == "e0")
    # of the sets with e0: two of the four others have failed
    others = [0.2, 0.3, 0.4, 0.5]
    none = math.prod(1 - p for p in others)
    one = sum(none / (1 - p) * p for p in others)
    assert first.fussell_vesely_exact
    assert first.fussell_vesely == pytest.approx(0.1 * (1 - none - one) / answer.probability)


# -- counts


def brute(tree: Tree, weights: list[list[int]]) -> list[int]:
    known: dict[int, list[int]] = {}
    for gate, inputs in enumerate(tree.inputs):
        chosen = [[1], *([0] for _ in range(tree.fail[gate]))]
        for each in inputs:
            given = weights[each] if each >= 0 else known[each]
            for wanted in range(tree.fail[gate], 0, -1):
                chosen[wanted] = added(chosen[wanted], multiplied(chosen[wanted - 1], given))
        known[-1 - gate] = chosen[-1]
    return stripped(known[tree.top])


def multiplied(left: list[int], right: list[int]) -> list[int]:
    found = [0] * (len(left) + len(right) - 1)
    for n, number in enumerate(left):
        for m, other in enumerate(right):
            found[n + m] += number * other
    return found


def added(left: list[int], right: list[int]) -> list[int]:
    long, short = (left, right) if len(left) > len(right) else (right, left)
    return [number + (short[n] if n < len(short) else 0) for n, number in enumerate(long)]


def stripped(counts: list[int]) -> list[int]:
    while len(counts) > 1 and not counts[-1]:
        counts.pop()
    return counts


@pytest.mark.parametrize("seed", range(40))
def test_counting_along_a_tree_is_multiplying_out(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  no secret
    for _ in range(20):
        count = rng.randint(1, 14)
        pool = list(range(count))
        long = [0, *(rng.randint(0, 10**6) for _ in range(12)), 1]
        kinds: list[list[int]] = [[0, 1], [0, 0, 3], [0, 2, 5], long]
        weights = [rng.choice(kinds) for _ in range(count)]
        tree = Tree([])
        while len(pool) > 1 or not tree.fail:
            rng.shuffle(pool)
            many = rng.randint(1, min(6, len(pool)))
            taken, pool = pool[:many], pool[many:]
            pool.append(tree.gate(rng.randint(1, many), taken))
        tree.tops = [pool[0]]
        found = counts_of(tree, [series(each) for each in weights], lambda: None)
        assert found == brute(tree, weights)


def test_choices_of_many_are_binomials() -> None:
    for count, taken in ((20_001, 9_999), (30_000, 3), (25_000, 24_999)):
        assert choices(count, taken) == math.comb(count, taken)


def test_counting_looks_at_its_budget_and_gives_up_what_is_too_dear() -> None:
    tree = Tree([])
    inputs = [tree.gate(1, [2 * n, 2 * n + 1]) for n in range(400)]
    tree.tops = [tree.gate(200, inputs)]
    rng = random.Random(1)  # noqa: S311  no secret
    weights = [series([0, *(rng.randint(1, 10**9) for _ in range(90))]) for _ in range(800)]
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls > 3:
            raise TooDear

    with pytest.raises(TooDear):
        counts_of(tree, weights, check)
    assert calls == 4


@pytest.mark.parametrize(
    ("part", "many"), [("(a{n} and b{n})", 15_000), ("(a{n} and (b{n} or c{n}))", 6_000)]
)
def test_independent_parts_multiply(part: str, many: int) -> None:
    text = " or ".join(part.format(n=n) for n in range(many))
    answer = cut_sets(parse(f"gate top = {text}"))
    assert answer.exact
    assert answer.count == 2**many
    assert repr(answer).startswith("<CutSets of 'top': ≈ ")


def test_a_part_that_is_no_tree_is_counted_from_the_root_down() -> None:
    """X in every one of 2,000 pairs: no product, yet the orders in a node are few."""
    pairs = " or ".join(f"(a{n} and b{n})" for n in range(2_000))
    answer = cut_sets(parse(f"gate g = {pairs}\ngate top = (g or x) and (g or y) and (x or y)"))
    assert answer.count == 2**2_001 + 1


def test_counts_are_written_so_that_they_can_be_read() -> None:
    assert written(12_345) == "12,345"
    assert written(10**30 - 1) == f"{10**30 - 1:,}"
    assert written(10**30) == "≈ 1.0000e30"
    assert written(2**15_000) == "≈ 2.8180e4515"
    assert written(99_999_999 * 10**5_000) == "≈ 1.0000e5008"
    assert for_json(2**53 - 1) == 2**53 - 1
    assert for_json(2**53) == str(2**53)
    assert for_json(10**3_999) == "1" + 3_999 * "0"
    assert for_json(2**15_000) == "≈2.8180e4515"


def test_the_command_prints_counts_of_any_length(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pairs.txt"
    pairs = " or ".join(f"(a{n} and (b{n} or c{n}))" for n in range(15_000))
    path.write_text(f"gate top = {pairs}")
    assert run("cutsets", str(path), "--json", "--limit", "1") == 0
    assert json.loads(capsys.readouterr().out)["minimal_cut_sets"] == "≈2.8180e4515"
    assert run("cutsets", str(path), "--limit", "0") == 0
    said = capsys.readouterr().out
    assert "≈ 2.8180e4515" in said
    assert len(said.splitlines()) < 200


# -- numbers


@pytest.mark.parametrize("work", [-1, 0, 0.5, math.nan, True])
def test_work_that_is_no_number_of_steps_is_refused(work: Any) -> None:
    model = parse("pacs = app and db1\napp = db1")
    with pytest.raises(BadNumber):
        root_cause(model, down=["pacs"], work=work)
    assert root_cause(model, down=["pacs"], work=1) is not None


@pytest.mark.parametrize("wrong", [-1.0, math.nan])
def test_a_budget_below_nothing_is_refused(wrong: float) -> None:
    with pytest.raises(BadNumber):
        Budget(wrong)
    with pytest.raises(BadNumber):
        Budget(memory_mb=wrong)


@pytest.mark.parametrize("wrong", [True, -1, 1.5, "2", math.nan])
def test_an_order_that_is_no_whole_number_is_refused(wrong: Any) -> None:
    with pytest.raises(BadNumber):
        cut_sets(parse("pacs = app and db1"), max_order=wrong)


@pytest.mark.parametrize("wrong", [Input(True), Input("x"), 0, Input(0, "5")])  # type: ignore[arg-type]  # noqa: FBT003
def test_what_is_no_input_is_refused(wrong: Any) -> None:
    builder = Builder()
    builder.define("a")
    with pytest.raises(TypeError, match="An input is Input"):
        builder.gate(1, [wrong])
    with pytest.raises(TypeError, match="An input is Input"):
        parse("s = a").edited("s", 1, [wrong])
    with pytest.raises(UnknownItem):
        builder.gate(1, [Input(7)])


def test_a_budget_is_short_in_a_notebook() -> None:
    assert repr(Budget(5.0, 400.0)) == "Budget(seconds=5.0, memory_mb=400.0)"
