"""Live state, the impact matrix, what-if and their explanations against the definition."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dependability.small_models import fallible, minimal_sets, models, up
from wardround.dependability import (
    HOT,
    Explanation,
    Input,
    Model,
    State,
    cfia,
    explain,
    live_state,
    parse,
    what_if,
)
from wardround.dependability.errors import UnknownItem

if TYPE_CHECKING:
    from pathlib import Path

MODERATE = settings(max_examples=25, deadline=None)
WARD = """
pacs = app and 2 of (web1, web2, web3) and (db1 hot db2 cold[15min] db3)
ris = app2 and (db4 cold[30min] db5)
web1 = host1
web2 = host1
web3 = host2
top pacs
top ris
"""


@given(models(), st.data())
@MODERATE
def test_changes_one_by_one_equal_a_fresh_evaluation(model: Model, data: st.DataObject) -> None:
    live = live_state(model)
    names = [model.label(node) for node in fallible(model)]
    for _ in range(8):
        action = data.draw(st.sampled_from(["fail", "repair", "switch", "release"]))
        getattr(live, action)(data.draw(st.sampled_from(names)))
        failed = [n for n in names if live.failed[model.node(n)]]
        switched = [n for n in names if live.switched[model.node(n)]]
        assert (live_state(model, failed, switched).bits == live.bits).all()


@given(models(), st.data())
@MODERATE
def test_states_follow_the_definition(model: Model, data: st.DataObject) -> None:
    failed = frozenset(data.draw(st.sets(st.sampled_from(fallible(model)))))
    live = live_state(model, [model.label(node) for node in failed])
    hot, full = up(model, failed, cold=False), up(model, failed)
    for node in range(model.size):
        state = live.state_of(node)
        assert (state is State.DOWN) == (not hot[node])
        if model.names[node]:
            assert live.recoverable(model.names[node]) == (full[node] and not hot[node])


@given(models())
@MODERATE
def test_every_cell_follows_the_definition(model: Model) -> None:
    matrix = cfia(model)
    wanted = _cells(model)
    assert matrix.row("top") == {item: letter for item, letter in wanted.items() if letter}
    assert matrix.undecided == 0
    for item, letter in wanted.items():
        found = explain(model, item, "top")
        assert found.letter == letter
        assert found.proved
        assert bool(found.together) == (letter == "A")
        if found.together:
            assert frozenset(found.together) in minimal_sets(model)
            assert item in found.together
        _replay(model, found)


def _cells(model: Model) -> dict[str, str]:
    top = model.node("top")
    sets = minimal_sets(model)
    hot_up = up(model, frozenset(), cold=False)[top]
    cells = {}
    for node in fallible(model):
        name = model.label(node)
        alone = frozenset([node])
        if not up(model, frozenset())[top]:
            cells[name] = ""
        elif not up(model, alone)[top]:
            cells[name] = "X"
        elif not hot_up:
            cells[name] = ""  # up only by a standby at rest: neither M nor A can be told
        elif not up(model, alone, cold=False)[top]:
            cells[name] = "M"
        else:
            cells[name] = "A" if any(name in each for each in sets) else ""
    return cells


def _replay(model: Model, found: Explanation) -> None:
    """Walk the proof with nothing but the model: each step must follow from those before."""
    failed = {found.item, *found.together}
    labels = {model.label(node): node for node in range(model.size)}
    down: set[str] = set()
    for step in found.proof:
        if not step.down and not step.cold:
            assert step.node in failed or not model.inputs_of(labels[step.node])
        else:
            inputs = model.inputs_of(labels[step.node])
            assert set(step.down) <= down
            cold = {model.label(each.node) for each in inputs if each.minutes != HOT}
            assert set(step.cold) <= cold
            lost = {*step.down, *step.cold}
            left = sum(model.label(each.node) not in lost for each in inputs)
            assert left < step.need
        down.add(step.node)
    if found.letter:
        assert found.proof[-1].node == found.service


@given(models(), st.data())
@settings(max_examples=25, deadline=None)
def test_an_edit_gives_the_matrix_of_the_new_model(model: Model, data: st.DataObject) -> None:
    named = [n for n in model.names if n.startswith("g")]
    if not named:
        return
    name = data.draw(st.sampled_from(named))
    node = model.node(name)
    earlier = [n for n in range(model.size) if model.rank[n] < model.rank[node]]
    below = data.draw(st.lists(st.sampled_from(earlier), min_size=1, max_size=3))
    edited = model.edited(name, 1, [Input(each) for each in below])
    matrix = cfia(model).after(edited, [name])
    assert matrix.row("top") == cfia(edited).row("top")


def test_an_explanation_agrees_with_the_matrix_where_only_a_standby_carries_the_service() -> None:
    model = parse("s = 2 of (a, cold[10min] (b or c))\na\nb\nc")
    matrix = cfia(model, ["s"])
    assert matrix.cold_only == ("s",)
    assert matrix.row("s") == {"a": "X", "s": "X"}
    for item in "abcs":
        assert explain(model, item, "s").letter == matrix.cell(item, "s")


def test_rows_after_an_edit_are_computed_when_they_are_asked_for() -> None:
    names = [f"s{n}" for n in range(70)]
    model = parse("\n".join(f"{name} = shared and own{name}" for name in names))
    edited = model.edited("s3", 1, [Input(model.node("shared"))])
    matrix = cfia(model, names)
    after = matrix.after(edited, ["s3"])
    assert repr(after) == "<Matrix 141 nodes × 70 services: 207 cells, 1 rows to compute>"
    assert len(after.rows.missing) == 1
    assert after.row("s3") == {"s3": "X", "shared": "X"}
    assert not len(after.rows.missing)
    everywhere = matrix.after(model.edited("shared", 1, [Input(model.node("owns0"))]), ["shared"])
    assert len(everywhere.rows.missing) == 70
    everywhere.row("s0")
    assert len(everywhere.rows.missing) == 6
    again = everywhere.after(everywhere.model, ["s3"])
    assert len(again.rows.missing) == 7
    assert again.row("s69") == {"s69": "X", "owns69": "X", "shared": "X", "owns0": "X"}
    assert (again.codes == everywhere.codes).all()


def test_proofs_end_by_work_and_say_what_they_left() -> None:
    """Twelve layers, each node on two of three below: no diagram of it is small."""
    lines = ["s = " + " and ".join(f"n0x{n}" for n in range(12))]
    for layer in range(11):
        for node in range(12):
            below = ", ".join(f"n{layer + 1}x{(node + step) % 12}" for step in (0, 1, 5))
            lines.append(f"n{layer}x{node} = 2 of ({below})")
    model = parse("\n".join(lines))
    first, second = cfia(model, ["s"]), cfia(model, ["s"])
    assert first.row("s") == second.row("s")
    assert first.undecided == second.undecided
    for item, letter in first.row("s").items():
        assert explain(model, item, "s").letter == letter


def test_two_hot_nodes_on_one_host_make_the_host_a_single_point() -> None:
    matrix = cfia(parse(WARD))
    assert matrix.row("pacs") == {
        "pacs": "X", "app": "X", "host1": "X", "web1": "A", "web2": "A", "web3": "A",
        "host2": "A", "db1": "A", "db2": "A", "db3": "A",
    }  # fmt: skip
    assert matrix.row("ris") == {"ris": "X", "app2": "X", "db4": "M", "db5": "A"}
    assert matrix.cell("host1", "ris") == ""
    assert matrix.column("host1") == {"pacs": "X"}
    assert matrix.totals_of_service("ris").single == 2
    assert matrix.totals_of_item("db4").manual == 1
    assert next(matrix.critical_items())[1].single == 1


def test_what_is_absorbed_is_blank() -> None:
    text = "gate s = a and (a or b)\ngate t = (a or b) and (a or b or c)\n"
    matrix = cfia(parse(text + "gate u = g and (g or c)\ngate g = a or b\n"))
    assert matrix.row("s") == {"a": "X"}
    assert matrix.row("t") == matrix.row("u") == {"a": "A", "b": "A"}


def test_a_vote_without_slack_makes_every_member_single_and_a_cold_spare_manual() -> None:
    matrix = cfia(parse("gate s = 2 of (a, b)\ngate t = 2 of (a, b, cold[10min] c)"))
    assert matrix.row("s") == {"a": "X", "b": "X"}
    assert matrix.row("t") == {"a": "M", "b": "M", "c": "A"}


def test_a_service_down_from_the_start_is_reported() -> None:
    matrix = cfia(parse("gate broken = always_down\ngate s = broken\ngate t = cold_start\n"))
    assert matrix.broken == ("s",)
    assert matrix.row("s") == {}


def test_what_if_names_the_down_the_switched_and_the_degraded() -> None:
    world = what_if(parse(WARD), ["host1", "db4"])
    assert (world.down, world.switched, world.degraded) == (["pacs"], ["ris"], [])
    assert [step.node for step in world.why("pacs")] == ["host1", "web1", "web2", "gate #4", "pacs"]
    switches, minutes = world.switches("ris")
    assert minutes == 30.0
    assert [(each.standby, each.minutes) for each in switches] == [("db5", 30.0)]
    assert what_if(parse(WARD), ["web3"]).degraded == ["pacs"]


def test_a_switched_standby_is_on_standby_and_an_idle_failed_one_degrades() -> None:
    live = live_state(parse(WARD), failed=["db4"])
    assert live.state("ris") is State.DOWN
    assert live.recoverable("ris")
    live.switch("db5")
    assert live.state("ris") is State.STANDBY
    live.repair("db4")
    live.release("db5")
    assert live.state("ris") is State.UP
    live.fail("db5")
    assert live.state("ris") is State.DEGRADED
    with pytest.raises(UnknownItem, match="nobody"):
        live.fail("nobody")


def test_a_chain_of_100_000_gates_costs_no_square() -> None:
    lines = ["gate g0 = x"] + [f"gate g{n} = g{n - 1} and y{n % 7}" for n in range(1, 100_000)]
    model = parse("\n".join(lines))
    matrix = cfia(model)
    assert set(matrix.row("g99999").values()) == {"X"}
    assert live_state(model, ["x"]).state("g99999") is State.DOWN


def test_nothing_is_left_to_compile_once_warmed_up() -> None:
    """The first explanation of an A cell once waited 1.5 s for the compiler."""
    program = """
import importlib, pkgutil
from numba.core.dispatcher import Dispatcher
import wardround.dependability as room
room.warm_up()
for found in pkgutil.iter_modules(room.__path__):
    module = importlib.import_module(f"{room.__name__}.{found.name}")
    for name, value in vars(module).items():
        own = isinstance(value, Dispatcher) and value.py_func.__module__ == module.__name__
        if own and not name.startswith("_") and "inline" not in value.targetoptions:
            assert value.signatures, f"{module.__name__}.{name}"
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert not done.returncode, done.stderr.decode()


def test_where_no_folder_can_be_written_or_read_each_process_compiles(tmp_path: Path) -> None:
    program = """
from numba.core import caching
def full(self, *_):
    raise OSError(28, "No space left on device")
{patch}
import numpy as np
from wardround.dependability.compiled import compiled
def twice(x):
    return 2 * x
print(compiled(twice)(21))
"""
    for patch in (
        "caching._CacheLocator.ensure_cache_path = full",
        "caching.IndexDataCacheFile.save = full",
        "caching.IndexDataCacheFile.load = full",
    ):
        path = tmp_path / "own.py"
        path.write_text(program.format(patch=patch))
        done = subprocess.run(
            [sys.executable, str(path)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, "42\n"), done.stderr


def test_what_rests_on_a_standby_in_use_is_degraded() -> None:
    model = parse("gate g2 = 1 of (cold[20min] g1)\ngate g3 = e0 or g2\ntop g3")
    live = live_state(model, [], ["g1"])
    assert (live.state("g2"), live.state("g3")) == (State.STANDBY, State.DEGRADED)


def test_a_proof_of_a_long_chain_is_made_step_by_step() -> None:
    lines = [f"c{n} = c{n + 1}" for n in range(20_000)]
    found = explain(parse("\n".join([*lines, "top c0"])), "c20000", "c90").proof
    assert len(found) == 19_911
    assert (found[0].node, found[-1].node, found[-1].down) == ("c20000", "c90", ("c91",))
    assert [step.node for step in found[1:3]] == ["c19999", "c19998"]
    assert len(repr(found)) < 300
    assert found[:1] == (found[0],)
    with pytest.raises(IndexError):
        found[19_911]
