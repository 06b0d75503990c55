"""Random rules over the random series of one target, the same for the same seed.

Both sides of an operator have equal label names: how labels meet is the language's own (a total
meets each part), and here it is asked what the same expression means.

Left out is what tells of arithmetic alone: a remainder of what was worked out (a last bit becomes a
whole divisor), logarithms of the least numbers (Go's are wrong) and quantiles across series (there
0 times infinity is NaN in Prometheus).
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STEP = 15.0
STEPS = 40
PARTS = ("a", "b")
GAUGES, COUNTERS = ("depth", "heat", "load"), ("done_total", "sent_total")
SERIES = tuple(f"{metric}{{m={part}}}" for metric in (*GAUGES, *COUNTERS) for part in PARTS)
WINDOWS = ("50s", "100s", "170s")
"""None ends where a sample lies: whether that one counts is the one thing that Prometheus itself
changed (with version 3 it does not, and not here either)."""
_COUNTED = ("rate", "increase", "irate", "resets")
_WINDOWS = (
    *_COUNTED, "rate", "increase", "delta", "idelta", "deriv", "predict_linear", "avg_over_time",
    "min_over_time", "max_over_time", "sum_over_time", "count_over_time", "last_over_time",
    "changes", "stddev_over_time", "stdvar_over_time", "quantile_over_time", "present_over_time",
)  # fmt: skip
_ODD = (math.nan, math.inf, -math.inf, -0.0, 1e308, -1e308)


@dataclass(frozen=True)
class RandomRule:
    """`hold` and `keep` are seconds."""

    name: str
    expr: str
    hold: int
    keep: int


@dataclass(frozen=True)
class World:
    """What a target tells: a value a step of each series, or None; `up` says when it answers."""

    up: Sequence[bool]
    series: Mapping[str, Sequence[float | None]]
    rules: Sequence[RandomRule]

    def told(self, step: int) -> dict[str, float]:
        """What the page holds at a step."""
        return {
            name: value
            for name, values in self.series.items()
            if (value := values[step]) is not None
        }


def world(seed: int, rules: int) -> World:
    """The world of a seed with so many rules."""
    chance = random.Random(seed)  # noqa: S311
    up = _up(chance)
    series = {name: _story(chance, name, up) for name in SERIES}
    writer = _Writer(chance)
    made = [
        RandomRule(
            name=f"Rule{number}",
            expr=writer.rule(),
            hold=chance.choice((0, 0, 15, 30, 40)),
            keep=chance.choice((0, 0, 0, 30, 40)),
        )
        for number in range(rules)
    ]
    return World(up, series, made)


def _up(chance: random.Random) -> list[bool]:
    """Most targets answer always; some are silent for a while."""
    up = [True] * STEPS
    if chance.random() < 0.25:
        begin, length = chance.randrange(2, STEPS), chance.randrange(1, 20)
        up[begin : begin + length] = [False] * len(up[begin : begin + length])
    return up


def _story(chance: random.Random, name: str, up: Sequence[bool]) -> list[float | None]:
    counts = name.startswith(COUNTERS)
    value = float(chance.randrange(0, 20))
    there, late = chance.random() < 0.8, chance.random() < 0.8
    odd = chance.random() < 0.2
    told: list[float | None] = []
    for step, answers in enumerate(up):
        there = (step > 0 or not late) and chance.random() < (0.97 if there else 0.3)
        if counts:
            value = 0.0 if chance.random() < 0.04 else value + chance.choice((0, 0, 1, 3, 8))
        elif chance.random() < 0.6:
            value = float(chance.randrange(-5, 20))
        spoiled = odd and chance.random() < 0.1
        if not there or not answers:
            told.append(None)
        else:
            told.append(chance.choice(_ODD) if spoiled else value)
    return told


class _Writer:
    """Writes expressions; `parts` have the label m, totals have none."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def rule(self) -> str:
        write = self._chance.choice((self._part, self._part, self._total))
        if self._chance.random() < 0.85:
            return self._compared(write(2), self._number())
        return write(3)

    def _compared(self, left: str, right: str) -> str:
        operator = self._chance.choice(("<", "<=", ">", ">=", "==", "!="))
        boolean = " bool" if self._chance.random() < 0.1 else ""
        if self._chance.random() < 0.3:
            left, right = right, left
        return f"({left} {operator}{boolean} {right})"

    def _number(self) -> str:
        plain = f"{self._chance.choice((0, 0.5, 1, 2, 2.5, 3, 5, 7.5, 10, 15, -1, 0.1, 0.05))}"
        return self._chance.choice((plain, plain, plain, f"-{plain.lstrip('-')}", f"({plain} + 1)"))

    def _part(self, depth: int) -> str:
        kind = self._chance.random()
        if depth == 0 or kind < 0.25:
            return self._chance.choice((self._selector, self._window))()
        if kind < 0.5:
            return self._made_of_one(depth - 1)
        if kind < 0.58:
            return self._with_total(depth - 1)
        return self._two(self._part, depth)

    def _made_of_one(self, depth: int) -> str:
        inner, choice = self._part(depth), self._chance.choice
        plain = choice(("abs", "ceil", "floor", "round", "sgn", "sqrt", "exp", "ln", "log2"))
        least, most = sorted((choice((-2, 0, 3)), choice((1, 4, 9))))
        return choice(
            (
                f"{plain}({inner})",
                f"-({inner})",
                f"({self._selector()} % {self._number()})",
                f"clamp({inner}, {least}, {most})",
                f"clamp_{choice(('min', 'max'))}({inner}, {most})",
                f"{choice(('sum', 'max', 'stddev', 'group'))} by (m) ({inner})",
                f"avg without (other) ({inner})",
                f'absent({choice(GAUGES)}{{m="{choice(PARTS)}"}})',
            )
        )

    def _with_total(self, depth: int) -> str:
        """A part and a total, which meet by no label."""
        part, total = self._part(depth), self._total(depth)
        operator = self._chance.choice(("+", "*", "/", ">", "<="))
        return self._chance.choice(
            (
                f"({part} {operator} on () group_left () {total})",
                f"({total} {operator} on () group_right () {part})",
                f"({part} {self._chance.choice(('and', 'unless'))} on () {total})",
                f"({part} {operator} ignoring (other) {self._part(depth)})",
                f"({part} {operator} scalar({total}))",
            )
        )

    def _total(self, depth: int) -> str:
        kind, choice = self._chance.random(), self._chance.choice
        if depth == 0 or kind < 0.5:
            function = choice(("sum", "min", "max", "avg", "count", "stddev", "stdvar", "group"))
            return f"{function}({self._part(max(0, depth - 1))})"
        if kind < 0.57:
            return f"absent({choice((*GAUGES, *COUNTERS))})"
        if kind < 0.62:
            return f"vector(scalar({self._total(depth - 1)}))"
        return self._two(self._total, depth)

    def _two(self, write: object, depth: int) -> str:
        assert callable(write)
        left, kind = write(depth - 1), self._chance.random()
        if kind < 0.35:
            operator = self._chance.choice(("+", "-", "*", "/", "^"))
            right = self._chance.choice((self._number(), "time()", write(depth - 1)))
            left, right = (right, left) if self._chance.random() < 0.2 else (left, right)
            return f"({left} {operator} {right})"
        if kind < 0.65:
            right = self._chance.choice((self._number(), write(depth - 1)))
            return self._compared(left, right)
        return f"({left} {self._chance.choice(('and', 'or', 'unless'))} {write(depth - 1)})"

    def _selector(self) -> str:
        metric = self._chance.choice((*GAUGES, *GAUGES, *COUNTERS))
        matcher = self._chance.choice(("", "", "", '{m="a"}', '{m!="a"}', '{m=~"a|b"}'))
        return metric + matcher + self._chance.choice((*[""] * 9, " offset 37s"))

    def _window(self) -> str:
        function = self._chance.choice(_WINDOWS)
        metric = self._chance.choice(COUNTERS if function in _COUNTED else GAUGES)
        offset = self._chance.choice((*[""] * 9, " offset 37s"))
        matcher = self._chance.choice(("", "", '{m="b"}'))
        series = f"{metric}{matcher}[{self._chance.choice(WINDOWS)}]{offset}"
        if function == "predict_linear":
            return f"predict_linear({series}, 60)"
        if function == "quantile_over_time":
            return f"quantile_over_time({self._chance.choice((0, 0.5, 0.9))}, {series})"
        return f"{function}({series})"
