"""Ctrl-C: what is known is printed, a second one ends the program, also in compiled code."""

from __future__ import annotations

import json
import os
import pty
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from wardround.dependability import Budget, cut_sets, cut_sets_of, parse, path_sets
from wardround.dependability.interrupts import interruptible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_the_first_interrupt_stops_the_budget_and_the_second_the_program() -> None:
    budget = Budget()
    with interruptible(budget):
        os.kill(os.getpid(), signal.SIGINT)
        assert budget.stopped
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0.0


def test_an_interrupted_question_still_has_an_answer() -> None:
    pairs = " or ".join(f"(a{n} and b{n % 7})" for n in range(40))
    answer = cut_sets(parse(f"gate top = {pairs}"), budget=Budget(stopped=True))
    assert (answer.ended, answer.basic_events) == ("interrupted", 47)
    assert answer.exact == (answer.complete_to is None and answer.count == 128)
    answer = path_sets(parse(f"gate top = {pairs}"), max_order=2, budget=Budget(stopped=True))
    assert (answer.exact, answer.ended) == (False, "interrupted")


def test_many_services_have_an_answer_where_the_budget_ends() -> None:
    model = parse("gate s = a and (b or c)\ngate t = (b or c) and (c or d)\n")
    answers = cut_sets_of(model, ["s", "t"], max_order=2, budget=Budget(stopped=True))
    found = [(each.exact, each.ended, each.count, each.basic_events) for each in answers.values()]
    assert found == [(False, "interrupted", 0, 3), (False, "interrupted", 0, 3)]


_BUSY = """
import numba, numpy as np, signal, threading, time
from wardround.dependability.interrupts import ended_at_once

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what runs in the background

@numba.njit(nogil=True)
def forever(flags):
    flags[0] = 1
    turns = 0
    while flags[1] == 0:
        turns += 1
    return turns

def tell():
    while not flags[0]:
        time.sleep(0.01)
    print("in it", flush=True)

flags = np.zeros(2)
forever(np.ones(2))
threading.Thread(target=tell, daemon=True).start()
with ended_at_once():
    forever(flags)
"""


def test_an_interrupt_ends_a_command_in_the_midst_of_compiled_code() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _BUSY],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "WARDROUND_LANGUAGE": "en"},
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stdout.readline() == "in it\n"
        running.send_signal(signal.SIGINT)
        try:
            _, said = running.communicate(timeout=60)
        finally:
            running.kill()  # else leaving would wait for it for ever
    assert running.returncode == 130
    assert said == "Stopped.\n"


_COMPILING = """
import os, signal
from wardround.dependability import Budget, compiling
from wardround.dependability.interrupts import interruptible

with interruptible(Budget(stopped=True)):
    compiling.begins()
    try:
        os.kill(os.getpid(), signal.{name})
    except KeyboardInterrupt:
        raise SystemExit("an exception in the midst of the compiler")
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGVTALRM"])
def test_no_exception_comes_in_the_midst_of_the_compiler(name: str) -> None:
    """Its own code cannot be left by one: the process would crash."""
    ran = subprocess.run(
        [sys.executable, "-c", _COMPILING.format(name=name)], capture_output=True, text=True,
        env={**os.environ, "WARDROUND_LANGUAGE": "en"}, timeout=120, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (130, "Stopped.\n")


# -- the command on a terminal

_COMMAND = """
import signal, sys
from wardround.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what runs in the background
sys.exit(main())
"""

# Two signals of one kind become one while the program gets no turn to hear the first; so the second
# comes out of the first's own handler, which starts the timer.
_ASKED_TWICE = """
import os, signal
heard = signal.setitimer

def and_once_more(which, seconds):
    heard(which, seconds)
    if seconds:
        os.kill(os.getpid(), signal.SIGINT)

signal.setitimer = and_once_more
"""


@pytest.fixture(scope="module")
def tangle(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model whose diagram nobody can build, after questions that nobody interrupts: on a new
    checkout the first ones wait for the compiler, which no interrupt ends with an answer.
    """
    draw = random.Random(3)  # noqa: S311  no secret
    clauses = (" or ".join(f"i{n}" for n in draw.sample(range(300), 4)) for _ in range(600))
    folder = tmp_path_factory.mktemp("tangle")
    small, path = folder / "small.txt", folder / "tangle.txt"
    small.write_text("gate top = (a or b) and (a or c)\ntop top\n")
    path.write_text(f"gate top = {' and '.join(f'({each})' for each in clauses)}\ntop top\n")
    for asked in (small, path):
        for _ in range(20):  # each compiles for a while, and keeps it
            if "machine code" not in _said_of(asked):
                break
        else:
            pytest.fail("what is compiled is not kept: every run compiles anew")
    return str(path)


def _said_of(path: Path) -> str:
    """What the command says beside its answer, such as that it compiles."""
    command = [sys.executable, "-m", "wardround", "cutsets", path, "--importance"]
    ran = subprocess.run(
        [*command, "--budget-seconds", "3"], capture_output=True, text=True, timeout=600,
        env={**os.environ, "WARDROUND_LANGUAGE": "en"}, check=False,
    )  # fmt: skip
    return ran.stderr


@contextmanager
def at_work(*arguments: str, program: str = _COMMAND) -> Iterator[subprocess.Popen[str]]:
    """The command with a terminal for what it says on its way, once it has said something."""
    terminal, end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE, stderr=end, text=True,
        env={**os.environ, "WARDROUND_LANGUAGE": "en"},
    ) as running:  # fmt: skip
        os.close(end)
        said = ""
        while " s: " not in said:
            said += os.read(terminal, 1024).decode()
        try:
            yield running
        finally:
            running.kill()
            os.close(terminal)


def test_one_interrupt_prints_what_is_known(tangle: str) -> None:
    with at_work("cutsets", tangle, "--json") as running:
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        printed, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert time.monotonic() - began < 20.0
    body = json.loads(printed)
    assert (body["exact"], body["ended"], body["basic_events"]) == (False, "interrupted", 300)
    assert body["complete_to_order"] is None or body["complete_to_order"] >= 1


def test_what_is_known_is_printed_also_where_importance_cannot_be_told(tangle: str) -> None:
    with at_work("cutsets", tangle, "--importance", "--limit", "1") as running:
        running.send_signal(signal.SIGINT)
        printed, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert printed.startswith("top: 601 gates, 300 basic events\nminimal cut sets: at least ")


def test_a_second_interrupt_ends_it_with_nothing_printed(tangle: str) -> None:
    with at_work("cutsets", tangle, program=_ASKED_TWICE + _COMMAND) as running:
        running.send_signal(signal.SIGINT)
        printed, _ = running.communicate(timeout=60)
    assert (running.returncode, printed) == (130, "")
