"""How many small faults in the rules the tests notice: each mutant is tried against its tests.

    .venv/bin/pip install --target .venv/mutation cosmic-ray==8.7.0
    PYTHONPATH=.venv/mutation .venv/bin/python -m tools.mutation [ROOM...] [--most N] [--seed N]

The mutants are cosmic-ray's; they are tried here in forked children, because Django, Hypothesis and
the libraries below need seconds to start and a mutant needs a tenth of one. A mutant that survives
is printed with its line: either a test is missing, or the line says the same either way.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import os
import random
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent

JUDGED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "worktime": (("worktime.rules",), ("tests/worktime",)),
    "access": (("access.rules",), ("tests/access/test_rules.py",)),
    "alerts": (("alerts.rules",), ("tests/alerts/test_rules.py",)),
    "detection": (("detection.rules",), ("tests/detection/test_rules.py",)),
    "history": (("history.rules",), ("tests/history/test_rules.py",)),
    "tickets": (("tickets.rules",), ("tests/tickets/test_rules.py",)),
    "collect": (
        ("collect.rules", "collect.target_rules"),
        ("tests/collect/test_rules.py", "tests/collect/test_target_rules.py"),
    ),
    "cmdb": (("cmdb.rules",), ("tests/cmdb/test_rules.py",)),
    "kernel": (
        ("kernel.audit_rules", "kernel.attempts", "kernel.reach"),
        ("tests/kernel",),
    ),
}
"""By room: the modules that are mutated, and the tests that must notice."""

SAME_EITHER_WAY = ("BitOr", "Is_", "_Is", "IsNot", "VariableInserter", "VariableReplacer")
"""Operators left out: unions of types are not run, identity of small values is equality."""
_SAME_FOR_CALLERS = re.compile(r"^    -(?:@dataclass\(|.*\bdef .*\(.*\*,|    \*,$)", re.MULTILINE)
"""Lines left out: whether a parameter may be given by place, and whether a value may be changed, is
what the type checker sees to.
"""
PATIENCE = 60
"""Seconds after which a mutant that does not end counts as noticed."""
_HEEDLESS = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
"""Loaded before the tests: what pytest would otherwise have rewritten."""
QUIET = 0
NOTICED = 1


@dataclass(frozen=True)
class Mutant:
    module: str
    operator: str
    line: int
    text: str
    code: str


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("rooms", nargs="*", default=list(JUDGED))
    arguments.add_argument("--most", type=int, default=150, help="mutants tried in a room")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    # Rules need no database; starting one for each mutant would take longer than all the tests.
    os.environ["WARDROUND_TEST_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    _warm()
    for room in given.rooms:
        modules, tests = JUDGED[room]
        present = [name for name in tests if (ROOT / name).exists()]
        made = [mutant for name in modules for mutant in _mutants(f"wardround.{name}")]
        tried = random.Random(given.seed).sample(made, min(given.most, len(made)))  # noqa: S311
        _judge(room, tried, len(made), present)


def _judge(room: str, tried: Sequence[Mutant], made: int, tests: Sequence[str]) -> None:
    if _outcome(None, tests) != QUIET:
        _say(f"{room}: its tests fail without any mutant, or there are none: {tests}")
        return
    began = time.monotonic()
    survivors = [mutant for mutant in tried if _outcome(mutant, tests) == QUIET]
    noticed = len(tried) - len(survivors)
    share = 100 * noticed / max(len(tried), 1)
    seconds = time.monotonic() - began
    _say(f"{room}: {noticed} of {len(tried)} noticed ({share:.0f} %; {made} made) {seconds:.0f} s")
    for mutant in sorted(survivors, key=lambda mutant: (mutant.module, mutant.line)):
        _say(f"  {mutant.module}:{mutant.line} {mutant.operator}\n{mutant.text}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _warm() -> None:
    """Load what no mutant touches, once, before the children are made."""
    for name in ("django.db.models", "pydantic", "hypothesis", "pytest", "numpy", "psycopg"):
        importlib.import_module(name)


def _mutants(module: str) -> Iterator[Mutant]:
    from cosmic_ray import plugins  # noqa: PLC0415  # installed only where mutants are made
    from cosmic_ray.mutating import mutate_code  # noqa: PLC0415

    source = (ROOT / (module.replace(".", "/") + ".py")).read_text()
    for name in sorted(plugins.operator_names()):
        if any(part in name for part in SAME_EITHER_WAY) or "NoOp" in name:
            continue
        operator = plugins.get_operator(name)()
        for occurrence in range(10_000):
            code = mutate_code(source, operator, occurrence)
            if code is None:
                break
            mutant = _described(module, name, source, code)
            if not _SAME_FOR_CALLERS.search(mutant.text):
                yield mutant


def _described(module: str, operator: str, source: str, code: str) -> Mutant:
    lines = list(unified_diff(source.splitlines(), code.splitlines(), n=0, lineterm=""))[2:]
    line = int(lines[0].split()[1].lstrip("-").split(",")[0]) if lines else 0
    text = "\n".join(f"    {change}" for change in lines[1:])
    return Mutant(module, operator.rpartition("/")[2], line, text, code)


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutated source where the module is asked for."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, fullname: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._mutant.code, self._mutant.module, "exec"), module.__dict__)  # noqa: S102


def _outcome(mutant: Mutant | None, tests: Sequence[str]) -> int:
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os._exit(_tested(mutant, tests))
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return NOTICED


def _tested(mutant: Mutant | None, tests: Sequence[str]) -> int:
    import pytest  # noqa: PLC0415

    if mutant is not None:
        sys.meta_path.insert(0, _Instead(mutant))
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    with contextlib.redirect_stdout(io.StringIO()):
        options = ["-x", "-q", "-p", "no:cacheprovider", "-n", "0", *_HEEDLESS, *tests]
        return NOTICED if tests and pytest.main(options) else QUIET if tests else NOTICED


if __name__ == "__main__":
    main()
