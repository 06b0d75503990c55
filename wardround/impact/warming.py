"""Machine code for what every board asks, made before anybody asks: the first time on a machine
that takes some ten seconds, and then it lies on disk.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from wardround.cmdb.graph import HOT, ID, Graph, Terms
from wardround.dependability import Budget, State, cut_sets, importance, parse
from wardround.impact.live import Live
from wardround.impact.modelling import built


def warm_up() -> None:
    """A pair with one half down, and the same once more among many: both ways to follow it."""
    for size in (3, 400):
        hospital = built(_pair(size), (), ())
        failed = hospital.graph.id(1)
        live = Live.of(hospital, [failed])
        live.causes(0, State(live.states()[0]))
        live.unprotected([0])
        both = Live.of(hospital, [failed, hospital.graph.id(2)])
        both.switch_minutes(0)
    cutting_warmed()


@cache
def cutting_warmed() -> None:
    """The same of cut sets and their figures; at once where the process has it already."""
    gate = "gate s = a and 2 of (b, c, d) and (e hot f cold[5min] g)"
    text = "\n".join([gate, *(f"{name}: p=0.1" for name in "abcdefg")])
    model = parse(text)
    next(cut_sets(model, "s", max_order=2).sets(), None)
    importance(cut_sets(model, "s"), budget=Budget())


def _pair(size: int) -> Graph:
    """The first of so many items needs one of the next two."""
    numbers = b"".join(number.to_bytes(ID.itemsize, "big") for number in range(1, size + 1))
    two = np.ones(2, np.int16)
    return Graph(
        ids=np.frombuffer(numbers, ID),
        types=np.zeros(size, np.int16),
        type_names=("",),
        needing=np.zeros(2, np.int32),
        needed=np.array([1, 2], np.int32),
        terms=Terms(two, ("", "uses"), two.astype(np.int64), two, np.full(2, HOT, np.float32)),
    )
