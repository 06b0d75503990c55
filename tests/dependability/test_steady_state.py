"""Unavailability from rates, switch times included, against the Markov chain solved outright."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from wardround.dependability import availability, cut_sets, parse
from wardround.dependability.errors import MissingProbability

RATES = "\n".join(f"{name}: failure_rate=0.001 repair_rate=0.1" for name in "abc")


def test_hot_redundancy_needs_no_switch() -> None:
    model = parse(f"gate top = a and (b or c)\n{RATES}")
    found = availability(model, "top")
    assert found.down == pytest.approx(cut_sets(model).probability)
    assert found.switching == 0.0
    assert found.exact


def test_a_cold_pair_agrees_with_its_markov_chain() -> None:
    model = parse(f"gate top = (a cold[6min] b) and c\n{RATES}")
    found = availability(model, "top")
    assert found.unavailability == pytest.approx(_chain(0.001, 0.1, 10.0), rel=2e-3)
    assert found.switches_per_hour > 0.0


def _chain(failure: float, repair: float, switching: float) -> float:
    """a, b, c with “b is carrying”: the switch is made at rate `switching` while a is down."""
    states = list(itertools.product((0, 1), repeat=4))  # failed a, b, c; switched to b
    place = {state: n for n, state in enumerate(states)}
    q = np.zeros((len(states), len(states)))
    for a, b, c, on_b in states:
        here = place[a, b, c, on_b]
        for after, rate in (
            ((1 - a, b, c, on_b if not a else 0), repair if a else failure),
            ((a, 1 - b, c, on_b), repair if b else failure),
            ((a, b, 1 - c, on_b), repair if c else failure),
            ((a, b, c, 1), switching if a and not b and not on_b else 0.0),
        ):
            if place[after] != here:
                q[here, place[after]] += rate
    q -= np.diag(q.sum(axis=1))
    system = np.vstack([q.T, np.ones(len(states))])
    share = np.linalg.lstsq(system, np.array([0.0] * len(states) + [1.0]), rcond=None)[0]
    out = [c or (a and (b or not on_b)) for a, b, c, on_b in states]
    return float(share[np.array(out, bool)].sum())


def test_missing_rates_are_named() -> None:
    with pytest.raises(MissingProbability, match="d"):
        availability(parse(f"gate top = a and d\n{RATES}"), "top")
