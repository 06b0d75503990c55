"""Debian's Prometheus as the judge beside ours: what it finds of the same rules and series.

`promtool test rules` tells what it found only where it differs from what was expected. So every
question expects what cannot be, and the answers are read from what it says it got.
"""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.detection.random_rules import STEP, STEPS, World

PROMTOOL = shutil.which("promtool") or ""
Labels = tuple[tuple[str, str], ...]
Found = dict[Labels, float]
Answers = dict[tuple[str, int], Found]
"""By name of an alert or text of an expression, and step: labels and value of what is so."""

_NOTHING = '{impossible="so"}'
_TIME = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_ALERT = re.compile(r"    alertname: (\w+), time: (\w+),\s*$")
_EXPR = re.compile(r'    expr: ("(?:[^"\\]|\\.)*"), time: (\w+),$')
_PAIR = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*")')
_SAMPLE = re.compile(r"\{([^}]*)\} (\S+?)(?:, |$)")


def ask(world: World, expressions: Iterable[str], folder: Path) -> tuple[Answers, Answers]:
    """The alerts that fire at every step, and the values of expressions at every step."""
    (folder / "rules.yml").write_text(json.dumps({"groups": [_group(world)]}))
    (folder / "test.yml").write_text(json.dumps(_questions(world, expressions)))
    done = subprocess.run(
        [PROMTOOL, "test", "rules", "test.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    told = done.stdout + done.stderr
    if "error" in told.replace('impossible="so"', "").lower():
        raise AssertionError(told[:2000])
    return _read(told)


def _group(world: World) -> Mapping[str, object]:
    rules = [
        {
            "alert": rule.name,
            "expr": rule.expr,
            "for": f"{rule.hold}s",
            "keep_firing_for": f"{rule.keep}s",
            "annotations": {"value": "{{ $value }}"},
        }
        for rule in world.rules
    ]
    return {"name": "random", "interval": f"{STEP:.0f}s", "rules": rules}


def _questions(world: World, expressions: Iterable[str]) -> Mapping[str, object]:
    series = [
        {"series": prometheus_name(name), "values": " ".join(map(_written, values))}
        for name, values in world.series.items()
    ]
    moments = [f"{step * STEP:.0f}s" for step in range(STEPS)]
    test = {
        "interval": f"{STEP:.0f}s",
        "input_series": series,
        "alert_rule_test": [
            {
                "eval_time": at,
                "alertname": rule.name,
                "exp_alerts": [{"exp_labels": {"impossible": "so"}}],
            }
            for rule in world.rules
            for at in moments
        ],
        "promql_expr_test": [
            {"expr": text, "eval_time": at, "exp_samples": [{"labels": _NOTHING, "value": 0}]}
            for text in expressions
            for at in moments
        ],
    }
    return {"rule_files": ["rules.yml"], "evaluation_interval": f"{STEP:.0f}s", "tests": [test]}


def prometheus_name(name: str) -> str:
    """`depth{m=a}` with the label's value in quotes."""
    return re.sub(r"=(\w+)", r'="\1"', name)


def _written(value: float | None) -> str:
    if value is None:
        return "stale"
    if math.isnan(value):
        return "NaN"
    return repr(value).replace("inf", "Inf")


def _read(told: str) -> tuple[Answers, Answers]:
    alerts: Answers = {}
    values: Answers = {}
    lines = iter(told.splitlines())
    name, step, labels, got = "", 0, (), False
    for line in lines:
        if head := _ALERT.match(line):
            name, step, got = head[1], _step(head[2]), False
            alerts[name, step] = {}
        elif head := _EXPR.match(line):
            asked = json.loads(head[1]), _step(head[2])
            next(lines)
            values[asked] = _samples(next(lines).strip().removeprefix("got: "))
        elif "got:[" in line:
            got = True
        elif got and (text := line.strip()).startswith("Labels:"):
            labels = _labels(text)
        elif got and text.startswith("Annotations:"):
            alerts[name, step][labels] = float(dict(_labels(text))["value"])
    return alerts, values


def _step(text: str) -> int:
    hours, minutes, seconds = (int(part or 0) for part in _TIME.fullmatch(text).groups())  # type: ignore[union-attr]
    return round((hours * 3600 + minutes * 60 + seconds) / STEP)


def _labels(text: str) -> Labels:
    pairs = ((name, json.loads(value)) for name, value in _PAIR.findall(text))
    return tuple(sorted(pair for pair in pairs if pair[0] not in {"alertname", "__name__"}))


def _samples(text: str) -> Found:
    if text == "nil":
        return {}
    return {_labels(labels): float(value) for labels, value in _SAMPLE.findall(text)}
