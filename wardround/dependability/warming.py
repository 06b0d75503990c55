"""Compile everything once: at installation, so that no user waits for the compiler.

    python -m wardround.dependability.warming

does that and ends; `tools/install` starts it in the background, at the lowest priority.
"""

from __future__ import annotations

from wardround.dependability.cuts import cut_sets, cut_sets_of
from wardround.dependability.diagram import Budget
from wardround.dependability.explanations import explain, what_if
from wardround.dependability.importances import importance
from wardround.dependability.matrix import cfia
from wardround.dependability.rootcause import root_cause
from wardround.dependability.state import live_state
from wardround.dependability.text import parse

_SMALL = """
s = a and 2 of (b, c, d) and (e hot f cold[5min] g)
t = a and (b or c)
u = (a or b) and (b or c) and (c or a)
a, b, c, d, e, f, g: p=0.1
top s
top t
top u
"""
_MANY = 30  # failures at once, for which root cause takes a shorter way


def warm_up() -> None:
    """Run every compiled function on a small model; takes about half a minute the first time."""
    model = parse(_SMALL.replace("a, b, c, d, e, f, g: p=0.1", _chances()))
    for top in "tus":
        answer = cut_sets(model, top)
        importance(answer, budget=Budget(10.0))
    cut_sets_of(model, ["s", "t"], max_order=2)
    next(answer.sets("probability"), None)
    matrix = cfia(model)
    matrix.after(model, ["a"])
    live_state(model).fail("a")
    what_if(model, ["b"]).why("s")
    for item in "abf":
        explain(model, item, "s")
    root_cause(model, down=["s"], failed=["b"], up=["t"])
    many = [f"n{number}" for number in range(_MANY)]
    root_cause(parse(f"u = 1 of ({', '.join(many)})"), down=["u"], failed=many, up=[])


def _chances() -> str:
    return "\n".join(f"{name}: p=0.1" for name in "stuabcdefg")


if __name__ == "__main__":
    warm_up()
