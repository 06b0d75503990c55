"""What Prometheus judges over all targets together, and we of each: no alert in its silence.

Random rules over two targets, judged by Debian's Prometheus and, taken in, by our engine.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.detection.promtool import PROMTOOL, Answers, ask
from tests.detection.random_rules import STEP, STEPS, RandomRule, World
from tests.detection.story import Machine
from wardround.detection.definitions import ALERT_RULES
from wardround.detection.engine import Engine
from wardround.detection.intake.packing import pack
from wardround.detection.intake.taking import Intake, Known, Wishes, take
from wardround.detection.intake.together import Meaning, of_one_target, stands_alone
from wardround.detection.parse import parse

TARGETS, PARTS, METRICS = ("a", "b"), ("x", "y"), ("depth", "load", "heat")
_AGGREGATES = ("sum", "sum", "count", "max", "min", "avg", "group", "stddev")
_SEVERAL = "Prometheus looks at all targets together"


class _Writer:
    """Writes expressions: `part` has the labels m and instance, `total` has m, `whole` none."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.choice = chance, chance.choice

    def rule(self) -> str:
        kind = self.choice((self.part, self.total, self.total, self.whole))
        if self.chance.random() < 0.8:
            return self.compared(kind(2))
        return (
            f"({self.mixed()})" if self.chance.random() < 0.5 else self.compared(kind(1), kind(1))
        )

    def mixed(self) -> str:
        part, total = self.part(1), self.total(1)
        return self.choice(
            (
                f"{part} {self.choice(('>', '<', '==', '>='))} on (m) group_left () {total}",
                f"{part} {self.choice(('and', 'unless'))} on (m) {total}",
                f"{self.compared(part)} and on (m) {self.compared(total)}",
                f"{self.compared(part)} unless on (m) {self.compared(total)}",
                f"{part} unless on (m) {self.compared(self.part(1))}",
            )
        )

    def number(self) -> str:
        return self.choice(("0", "0", "1", "2", "3", "0.5", "4", "6"))

    def compared(self, left: str, right: str = "") -> str:
        operator = self.choice(("<", "<=", ">", ">=", "==", "!="))
        right = right or self.number()
        if self.chance.random() < 0.2:
            left, right = right, left
        boolean = " bool" if self.chance.random() < 0.1 else ""
        return f"({left} {operator}{boolean} {right})"

    def part(self, depth: int) -> str:
        if depth == 0 or self.chance.random() < 0.4:
            matcher = self.choice(("", "", '{m="x"}'))
            return self.choice(METRICS) + matcher
        return self.made(self.part, depth)

    def total(self, depth: int) -> str:
        if depth == 0 or self.chance.random() < 0.6:
            by = self.choice(("by (m)", "without (instance)"))
            return f"{self.choice(_AGGREGATES)} {by} ({self.part(max(0, depth - 1))})"
        return self.made(self.total, depth)

    def whole(self, depth: int) -> str:
        inner = self.choice((self.part, self.total, self.total))(max(0, depth - 1))
        if depth < 2 or self.chance.random() < 0.7:
            return f"{self.choice(_AGGREGATES)}({inner})"
        return self.made(self.whole, depth)

    def made(self, write: object, depth: int) -> str:
        assert callable(write)
        left, right = write(depth - 1), write(depth - 1)
        return self.choice(
            (
                f"({left} {self.choice(('+', '-', '*', '/'))} {right})",
                f"({left} {self.choice(('+', '-', '*', '/'))} {self.number()})",
                f"({self.number()} {self.choice(('+', '-', '*', '/'))} {left})",
                f"({left} {self.choice(('and', 'or', 'unless'))} {right})",
                f"({left} or vector(0) * {right})" if write == self.whole else f"-({left})",
                self.compared(left),
                f"{self.choice(('abs', 'ceil', 'sqrt', 'sgn', 'ln'))}({left})",
                f"clamp_max({left}, 3)",
            )
        )


def world(seed: int, rules: int) -> World:
    chance = random.Random(seed)  # noqa: S311
    series = {
        f"{metric}{{instance={target},m={part}}}": [
            None if chance.random() < 0.2 else float(chance.choice((0, 0, 1, 1, 2, 3, 5)))
            for _ in range(STEPS)
        ]
        for metric in METRICS
        for target in TARGETS
        for part in PARTS
    }
    writer = _Writer(chance)
    made = [RandomRule(f"Rule{number}", writer.rule(), 0, 0) for number in range(rules)]
    return World([True] * STEPS, series, made)


def taken(given: World) -> Intake:
    rules = [{"alert": rule.name, "expr": rule.expr} for rule in given.rules]
    known = Known({}, ())
    text = yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]})
    return pack(take({"r.yml": text.encode()}, Wishes(), known), "mine", known).intake


def judged(given: World, intake: Intake) -> Mapping[tuple[str, int], set[str]]:
    """By rule and step: the targets of which an alert is open."""
    bodies = [dict(rule.body) for rule in intake.taken]
    body = {"name": "mine", "matching": "exact", "groups": [{"name": "g", "rules": bodies}]}
    engine = Engine(ALERT_RULES.read(body).rules)
    machines = [Machine(name) for name in TARGETS]
    found: dict[tuple[str, int], set[str]] = {}
    for step in range(STEPS):
        batches = [
            machine.scrape(step * STEP, _page(given, machine.name, step)) for machine in machines
        ]
        engine.admit(batches)
        engine.evaluate(batches)
        for seen in engine.seen():
            found.setdefault((seen.rule, step), set()).add(dict(seen.labels)["target"])
    return found


def _page(given: World, target: str, step: int) -> dict[str, float]:
    page = {"scrape_group_up{group=page}": 1.0}
    for name, values in given.series.items():
        value = values[step]
        if f"instance={target}," in name and value is not None:
            page[name.replace(f"instance={target},", "")] = value
    return page


def false_alerts(given: World, intake: Intake, theirs: Answers) -> list[str]:
    """Alerts of ours without any of theirs, of rules that are not said to have such."""
    ours, found = judged(given, intake), []
    for rule in intake.taken:
        meaning = of_one_target(parse(rule.text.expr))
        for step in range(STEPS):
            told = theirs[rule.text.name, step]
            here = ours.get((rule.name, step), set())
            there = {dict(labels).get("instance", "") for labels in told}
            silent = here and not told and meaning is not Meaning.OTHER
            if silent or (meaning is Meaning.SAME and here != there):
                found.append(f"{meaning.name} {rule.text.expr} {step}: {here} beside {there}")
                break
    return found


@pytest.mark.servers
@pytest.mark.skipif(not PROMTOOL, reason="the package prometheus is not installed")
@pytest.mark.parametrize("seed", [1, 2])
def test_no_alert_where_prometheus_is_silent(seed: int, tmp_path: Path) -> None:
    given = world(seed, 120)
    intake = taken(given)
    assert false_alerts(given, intake, ask(given, [], tmp_path)[0]) == []
    assert len(intake.taken) > 50
    assert len(intake.refused) > 10
    assert any(note.message.startswith(_SEVERAL) for note in intake.refused)


@pytest.mark.parametrize(
    ("expr", "meaning"),
    [
        ("x > 1", Meaning.SAME),
        ("sum by (instance) (x) > 1", Meaning.SAME),
        ("sum by (job) (rate(x[5m])) > 1", Meaning.FEWER),
        ("max without (instance) (x) > 5", Meaning.FEWER),
        ("min(x) < 5", Meaning.FEWER),
        ("min(x) == 0", Meaning.FEWER),
        ("5 < count(x == 0)", Meaning.FEWER),
        ("sum(x) != 0", Meaning.FEWER),
        ("sum(rate(errors[5m])) / sum(rate(requests[5m])) > 0.1", Meaning.OTHER),
        ("avg(x) > 50", Meaning.OTHER),
        ("sum(delta(x[5m])) > 0", Meaning.OTHER),
        ("x unless on (job) y", Meaning.OTHER),
        ("x unless on (job) sum by (job) (y)", Meaning.WRONG),
        ("up == 0 unless on (job) sum by (job) (up) == 0", Meaning.SILENT),
        ("x > 1 unless on () absent(y)", Meaning.SILENT),
        ("x unless on () (y unless on () absent(z))", Meaning.WRONG),
        ("sum by (job, cluster) (controller) != 1", Meaning.WRONG),
        ("count(x == 1) < 3", Meaning.WRONG),
        ("sum(x) == 0", Meaning.WRONG),
        ("min(x) > 5", Meaning.WRONG),
        ("(time() - max(x)) / 60 / 60 > 24", Meaning.WRONG),
        ("absent(x)", Meaning.WRONG),
        ("absent_over_time(x[5m])", Meaning.WRONG),
        ("sum(up == bool 1) without (instance) < (count(up) without (instance) + 1) / 2",
         Meaning.WRONG),
    ],
)  # fmt: skip
def test_what_a_rule_says_of_one_target(expr: str, meaning: Meaning) -> None:
    assert of_one_target(parse(expr)) is meaning


@pytest.mark.parametrize(
    ("expr", "alone"),
    [
        ("absent(x)", True),
        ("(sum(x) or vector(0)) < 1", True),
        ("absent_over_time(x[5m]) > 0", True),
        ("vector(1) unless x", True),
        ("x unless absent(x)", False),
        ("x and vector(1)", False),
        ("x > scalar(y)", False),
    ],
)
def test_what_holds_without_any_metric(expr: str, *, alone: bool) -> None:
    assert stands_alone(parse(expr)) is alone
