"""Windows that reach behind a restart hold what they would have held without it."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from tests.detection.story import Machine, rules
from tests.history.batches import batch as stored
from tests.history.conftest import _migrated, history, history_url
from wardround.detection.engine import Engine
from wardround.detection.expression import Window
from wardround.detection.filling import Filled, Filling, Unfilled, _before, read, ring_of
from wardround.detection.parse import parse
from wardround.detection.types import Rule
from wardround.history import actions
from wardround.history.types import SeriesKey
from wardround.kernel import clock

__all__ = ["_migrated", "history", "history_url"]

EVERY = 30.0
"""Seconds; no two values share a place then, so that a far edge is as fine here as there."""
FUNCTIONS = (
    "rate", "increase", "irate", "delta", "idelta", "deriv", "avg_over_time", "min_over_time",
    "max_over_time", "sum_over_time", "count_over_time", "last_over_time", "changes", "resets",
    "stddev_over_time", "present_over_time",
)  # fmt: skip
EXPRESSIONS = (
    *(f"{function}(x[10m]{past})" for function in FUNCTIONS for past in ("", " offset 5m")),
    "x offset 10m",
)  # fmt: skip


def story(chance: random.Random, steps: int) -> list[float | None]:
    value, told = 10.0, []
    for _ in range(steps):
        value = 0.0 if chance.random() < 0.05 else value + chance.choice((0, 0, 1, 2, -1, 5))
        told.append(None if chance.random() < 0.05 else value)
    told[0] = told[-1] = 10.0
    return told


@cache
def watching(*expressions: str) -> Sequence[Rule]:
    return [
        rule
        for number, expr in enumerate(expressions)
        for rule in rules({"alert": f"R{number}", "expr": f"{expr} > -1e9"})
    ]


def run(engine: Engine, machine: Machine, told: Sequence[float | None], first: int) -> None:
    for step, value in enumerate(told):
        page = {"scrape_group_up{group=page}": 1.0} | ({} if value is None else {"x": value})
        batch = machine.scrape((first + step) * EVERY, page)
        engine.admit([batch])
        engine.evaluate([batch])


def values(engine: Engine, machine: Machine) -> Mapping[str, tuple[int, float]]:
    """What each window of x says: status and value."""
    series = engine._members[machine.target].series
    ids = np.array([number for key, number in series.ids.items() if key.metric == "x"])
    found = {}
    for expr in EXPRESSIONS:
        node = parse(expr)
        if isinstance(node, Window):
            with np.errstate(all="ignore"):
                told = engine._columns.over(node, ids)
            found[expr] = (int(told.status[0]), float(told.value[0]))
    return found


def from_memory(
    windows: Sequence[Unfilled], told: Sequence[float | None], first: int
) -> list[Filled]:
    """As the history would tell them."""
    at = np.array([(first + step) * EVERY for step, value in enumerate(told) if value is not None])
    of = np.array([value for value in told if value is not None])
    return [
        Filled(window.shape, [window], ring_of(window.shape, [_before(window, at, of)]))
        for window in windows
    ]


@pytest.mark.parametrize("seed", range(6))
def test_a_window_that_was_filled_says_what_one_says_that_never_ended(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    told, restart = story(chance, 90), chance.randrange(55, 85)
    told[restart] = 7.0
    late = min(restart + 1 + chance.randrange(8), len(told))
    machine = Machine()
    whole, anew = Engine(watching(*EXPRESSIONS)), Engine(watching(*EXPRESSIONS))
    run(whole, machine, told, 0)
    run(anew, machine, told[restart:late], restart)
    windows = [window for window in anew.unfilled() if window.key.metric == "x"]
    anew.fill(from_memory(windows, told, 0))
    run(anew, machine, told[late:], late)
    expected, found = values(whole, machine), values(anew, machine)
    assert len(windows) > 5
    for expr, (status, value) in expected.items():
        assert found[expr][0] == status, expr
        assert math.isclose(found[expr][1], value, rel_tol=1e-9, abs_tol=1e-9) or math.isnan(
            value
        ), (expr, found[expr], value)


def test_short_windows_and_series_that_just_began_ask_nothing() -> None:
    machine, engine = Machine(), Engine(watching("rate(x[5m])", "rate(y[1h])"))
    run(engine, machine, [1.0, 1.0], 0)
    assert engine.unfilled() == []
    batch = machine.scrape(60, {"scrape_group_up{group=page}": 1.0, "x": 1.0, "y": 2.0})
    engine.admit([batch])
    assert engine.unfilled() == []


def test_what_is_another_series_by_now_is_not_filled() -> None:
    machine, engine = Machine(), Engine(watching("rate(x[1h])"))
    run(engine, machine, [100.0], 0)
    windows = engine.unfilled()
    engine.forget(machine.target)
    engine.fill(from_memory(windows, [1.0] * 10, -20))
    run(engine, Machine("other"), [100.0], 1)
    assert all(window.key.metric == "x" for window in windows)
    assert engine.evaluate([]).findings == ()


@pytest.mark.servers
def test_the_history_tells_what_was_before(history: str) -> None:
    """A rule over a day is judged with the second scrape after a start."""
    now = clock.now()
    machine = Machine("db1", item=f"item {now}")
    key = SeriesKey("errors_total", machine.item, target=machine.target)
    day = [
        (now - timedelta(hours=23) + timedelta(minutes=5) * step, float(step))
        for step in range(23 * 12)
    ]
    actions.append(stored({key: day}))
    engine = Engine(watching("increase(errors_total[1d])"))
    rule, other = rules(
        {"alert": "Many", "expr": "increase(errors_total[1d]) > 200"},
        {"alert": "More", "expr": "increase(errors_total[1d]) > 300"},
    )
    engine.use([rule, other])
    filling = Filling()
    filling.start()
    found = []
    for step in range(2):
        batch = [machine.scrape(now.timestamp() + step * EVERY, {"errors_total": 290.0})]
        engine.fill(filling.take())
        engine.admit(batch)
        filling.ask(engine.unfilled())
        found += engine.evaluate(batch).findings
        assert filling.settle(20)
    filling.stop(5)
    assert [(finding.rule.name, finding.value) for finding in found] == [("Many", 290.0)]


@pytest.mark.servers
def test_series_of_other_targets_and_metrics_are_left(history: str) -> None:
    now = clock.now()
    machine, other = Machine("a", item=f"a {now}"), Machine("b", item=f"b {now}")
    keys = [SeriesKey("busy", one.item) for one in (machine, other)]
    actions.append(stored({key: [(now - timedelta(hours=1), 1.0)] for key in keys}))
    engine = Engine(watching("avg_over_time(busy[2h])"))
    engine.admit([machine.scrape(now.timestamp(), {"busy": 5.0})])
    (filled,) = read(engine.unfilled())
    assert [window.key for window in filled.windows] == [keys[0]]


@pytest.mark.servers
def test_a_history_that_is_away_is_asked_again(
    history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    machine = Machine("c", item=f"c {now}")
    key = SeriesKey("busy", machine.item)
    actions.append(stored({key: [(now - timedelta(hours=2), 1.0)]}))
    engine = Engine(watching("max_over_time(busy[3h])"))
    engine.admit([machine.scrape(now.timestamp(), {"busy": 5.0})])
    filling = Filling()
    monkeypatch.setenv("WARDROUND_HISTORY_URL", "http://127.0.0.1:9")
    filling.start()
    filling.ask(engine.unfilled())
    assert not filling.settle(1)
    monkeypatch.setenv("WARDROUND_HISTORY_URL", history)
    assert filling.settle(30)
    assert len(filling.take()) == 1
    filling.stop(5)
