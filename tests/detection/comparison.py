"""Our judging beside Debian's Prometheus: random rules over random series, the same alerts.

A rule may differ only because a value that it reads differs, and each such value must have one of
the reasons below, proved from the samples. That nothing else differs is shown by judging once more
with our rules over the values that Prometheus reads: then every alert and every value is the same.
"""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.detection.promtool import Answers, Found, Labels, ask
from tests.detection.random_rules import STEP, STEPS, World, world
from tests.detection.story import Machine, rules
from wardround.detection import rules as steps
from wardround.detection.engine import Engine
from wardround.detection.evaluate import GONE, PRESENT, UNKNOWN, Values, evaluate
from wardround.detection.expression import Window
from wardround.detection.functions import OUTLASTING, VALUE_AT
from wardround.detection.plan import Indexes
from wardround.detection.types import Rule
from wardround.detection.watch import Watch, windows

REASONS = {
    "silent": "a target that does not answer is unknown and holds what was decided;"
    " Prometheus ends its alerts and finds its metrics absent",
    "growth": "rate, increase and delta are what the samples grew by; Prometheus adds what it"
    " supposes to have happened before the first and after the last",
    "half": "a window is not judged before it is half filled, nor one of a new series before two"
    " values; Prometheus judges from the first",
    "left": "a series that left its page is gone; Prometheus goes on with what lies in the window",
    "finite": "a value that is not finite does not count where there is no number to count with",
    "earlier": "of an earlier moment the values are known, not when a series left its page: one"
    " counts for three intervals",
    "large": "a sum or a square beyond what a float holds",
    "rounding": "the last bit of a sum of floats",
}
RULES_OF_A_WORLD = 50
_PAGE = {"scrape_group_up{group=page}": 1.0}
_TWO = 2
_LARGE = 1e150
"""What is larger has no square."""
_GROWTH = frozenset({"rate", "increase", "delta"})


@dataclass
class Difference:
    """A rule that was judged otherwise, and why; without a reason it is a fault of ours."""

    seed: int
    rule: str
    expr: str
    step: int
    ours: list[Labels]
    theirs: list[Labels]
    reasons: frozenset[str]


@dataclass
class Comparison:
    """What many worlds gave."""

    expressions: int = 0
    fired: int = 0
    """Rules of which at least one alert fired."""
    equal: int = 0
    differing: list[Difference] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)

    def report(self) -> str:
        by_reason = Counter(reason for one in self.differing for reason in one.reasons)
        lines = [
            f"expressions {self.expressions}, of which {self.fired} fired",
            f"equal {self.equal}",
            f"differing {len(self.differing)} (a rule may have several reasons)",
            *(f"  {reason:9}{by_reason[reason]:5}  {why}" for reason, why in REASONS.items()),
            f"unexplained {len(self.unexplained)}",
            *self.unexplained[:20],
        ]
        return "\n".join(lines)


def compare(seed: int, count: int, into: Comparison) -> None:
    """Judge one world both ways."""
    given = world(seed, count)
    made = [_rule(given, number) for number in range(count)]
    ours = _Judged(given, made)
    with tempfile.TemporaryDirectory() as folder:
        theirs, values = ask(
            given, sorted({_text(window) for window in ours.windows}), Path(folder)
        )
    reasons = _Reasons(given, ours, values)
    into.unexplained += [f"seed {seed}: {one}" for one in reasons.unexplained]
    for rule in made:
        into.expressions += 1
        into.fired += any(theirs[rule.name, step] for step in range(STEPS))
        for told in _otherwise(rule, ours, theirs, values, given):
            into.unexplained.append(f"seed {seed}: {rule.name} {rule.expr} {told}")
        different = _first_difference(rule, ours, theirs)
        if different is None:
            into.equal += 1
            continue
        why = reasons.of(ours.watch(rule), different)
        found = Difference(
            seed, rule.name, rule.expr, different,
            sorted(ours.open[rule.name, different]), sorted(theirs[rule.name, different]), why,
        )  # fmt: skip
        into.differing.append(found)
        if not why:
            into.unexplained.append(f"no reason: {found}")


def _rule(given: World, number: int) -> Rule:
    told = given.rules[number]
    timing = {"for": f"{told.hold}s", "keep_firing_for": f"{told.keep}s"}
    return rules({"alert": told.name, "expr": told.expr, **timing})[0]


def _windows(watch: Watch) -> set[Window]:
    return {part.window for bound in watch._bound.values() for part in windows(bound.condition)}


def _text(window: Window) -> str:
    """As Prometheus reads it: what was at an earlier moment is a window of our own making."""
    matchers = ",".join(f'{m.label}{m.operator}"{m.value}"' for m in window.selector.matchers)
    offset = f" offset {window.selector.offset:.0f}s" if window.selector.offset else ""
    series = f"{window.selector.metric}{{{matchers}}}"
    if window.function == VALUE_AT:
        return series + offset
    series += f"[{window.seconds:.0f}s]{offset}"
    if window.function == "quantile_over_time":
        return f"quantile_over_time({window.argument:g}, {series})"
    ahead = f", {window.argument:g}" if window.function == "predict_linear" else ""
    return f"{window.function}({series}{ahead})"


class _Judged:
    """What our engine finds, step by step, and what it read."""

    def __init__(self, given: World, made: list[Rule]) -> None:
        self.engine = Engine(made)
        self.open: dict[tuple[str, int], set[Labels]] = {}
        self.read: dict[tuple[Window, int], dict[Labels, tuple[int, float]]] = {}
        self.names: dict[int, str] = {}
        self.windows: set[Window] = set()
        machine = Machine("one")
        for step in range(STEPS):
            page = {**_PAGE, **given.told(step)} if given.up[step] else {}
            batch = machine.scrape(step * STEP, page, up=given.up[step])
            self.engine.admit([batch])
            self.engine.evaluate([batch])
            self._note(step, machine, made)

    def watch(self, rule: Rule) -> Watch:
        return self.engine._watches[rule.name]

    def _note(self, step: int, machine: Machine, made: list[Rule]) -> None:
        series = self.engine._members[machine.target].series
        self.names = {
            number: key.metric + "{" + ",".join("=".join(pair) for pair in key.labels) + "}"
            for key, number in series.ids.items()
        }
        for rule in made:
            watch = self.watch(rule)
            open_rows = np.flatnonzero(watch._states.phase >= steps.FIRING)
            self.open[rule.name, step] = {watch._instances[row][2] for row in open_rows}
            self.windows |= _windows(watch)
        for window in self.windows:
            ids = {
                number: key.labels
                for key, number in series.ids.items()
                if key.metric == window.selector.metric
                and window.selector.accepts(dict(key.labels))
            }
            numbers = np.fromiter(ids, np.int64)
            with np.errstate(all="ignore"):
                found = self.engine._columns.over(window, numbers)
            self.read[window, step] = {
                labels: (int(status), float(value))
                for labels, status, value in zip(
                    ids.values(), found.status, found.value, strict=True
                )
            }


class _Theirs:
    """Columns that hold what Prometheus reads at a step: it knows nothing that is unknown."""

    def __init__(self, given: World, names: Mapping[int, str], values: Answers, step: int) -> None:
        self._given, self._names, self._values, self._step = given, names, values, step

        self.now = step * STEP

    def latest(self, ids: Indexes) -> Values:
        told = [self._given.series[self._names[number]][self._step] for number in ids]
        return _values(told)

    def over(self, window: Window, ids: Indexes) -> Values:
        found = self._values.get((_text(window), self._step), {})
        return _values([found.get(_labels_of(self._names[number])) for number in ids])

    @staticmethod
    def are_true(ids: Indexes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.ones(len(ids), np.bool_)


def _values(told: list[float | None]) -> Values:
    status = np.array([GONE if value is None else PRESENT for value in told], np.int8)
    return Values(np.array([math.nan if v is None else v for v in told], float), status, status)


def _labels_of(name: str) -> Labels:
    _, _, labels = name.rstrip("}").partition("{")
    return tuple(tuple(pair.split("=")) for pair in labels.split(",") if pair)  # type: ignore[misc]


def _otherwise(
    rule: Rule, ours: _Judged, theirs: Answers, values: Answers, given: World
) -> Iterator[str]:
    """Where our judging of what Prometheus reads differs from its own: nowhere."""
    watch = ours.watch(rule)
    condition = watch._whole.condition
    if condition is None:
        return
    labels = [instance[2] for instance in watch._instances]
    states = steps.fresh(len(labels))
    for step in range(STEPS):
        found = evaluate(condition, _Theirs(given, ours.names, values, step))
        seen = steps.Observed(found.status, found.there, None)
        at = np.full(len(labels), step * STEP)
        states = steps.step(states, seen, at, rule.timing).states
        firing = {labels[row]: row for row in np.flatnonzero(states.phase >= steps.FIRING)}
        told = theirs[rule.name, step]
        if firing.keys() != told.keys():
            yield f"step {step}: {sorted(firing)} against {sorted(told)}"
            return
        for one, row in firing.items():
            if found.status[row] == PRESENT and not _same(found.value[row], told[one]):
                yield f"step {step}: {one} {found.value[row]!r} against {told[one]!r}"
                return


def _same(one: float, other: float) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return one == other or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-300)


def _first_difference(rule: Rule, ours: _Judged, theirs: Answers) -> int | None:
    for step in range(STEPS):
        if ours.open[rule.name, step] != theirs[rule.name, step].keys():
            return step
    return None


@dataclass(frozen=True)
class _Read:
    """What both read of one series by one function at one step."""

    window: Window
    step: int
    labels: Labels
    status: int
    value: float
    theirs: float | None

    @property
    def now(self) -> float:
        """The moment at which the window ends."""
        return self.step * STEP - self.window.selector.offset

    @property
    def is_equal(self) -> bool:
        if self.status != PRESENT or self.theirs is None:
            return self.status == GONE and self.theirs is None
        return self.value == self.theirs or (math.isnan(self.value) and math.isnan(self.theirs))


class _Reasons:
    """Why each value that was read differs, by window, series and step."""

    def __init__(self, given: World, ours: _Judged, values: Answers) -> None:
        self._given, self._ours = given, ours
        self.found: dict[tuple[Window, int], set[str]] = {}
        self.unexplained: list[str] = []
        for (window, step), read in ours.read.items():
            theirs: Found = values.get((_text(window), step), {})
            for labels, (status, value) in read.items():
                one = _Read(window, step, labels, status, value, theirs.get(labels))
                if one.is_equal:
                    continue
                reason = self._of_a_series(one) or self._of_a_window(one)
                if reason is None:
                    self.unexplained.append(f"{_text(window)}: {one}")
                else:
                    self.found.setdefault((window, step), set()).add(reason)

    def of(self, watch: Watch, step: int) -> frozenset[str]:
        """Reasons for which a rule may be judged otherwise at a step: of all before it too."""
        found = {
            reason
            for window in _windows(watch)
            for before in range(step + 1)
            for reason in self.found.get((window, before), ())
        }
        silent = not all(self._given.up[: step + 1])
        return frozenset(found | ({"silent"} if silent else set()))

    def _of_a_series(self, one: _Read) -> str | None:
        """Where nobody answers, or the series is not in the answer."""
        now = round(one.now // STEP)
        if not all(self._given.up[max(0, now - round(one.window.seconds // STEP)) : one.step + 1]):
            return "silent"
        gone = now >= 0 and self._told(one)[now] is None
        if gone and one.window.function == VALUE_AT and one.theirs is None:
            return "earlier"
        is_of_now = not one.window.selector.offset and one.window.function not in OUTLASTING
        return "left" if gone and is_of_now and one.status == GONE else None

    def _of_a_window(self, one: _Read) -> str | None:
        told, seconds = self._told(one), one.window.seconds
        samples = [
            (at * STEP, sample)
            for at in range(one.step + 1)
            if 0 <= one.now - at * STEP < seconds and (sample := told[at]) is not None
        ]
        if not all(math.isfinite(sample) for _, sample in samples):
            return "finite"
        if one.status == UNKNOWN:
            seen_for = self._seen_for(one) - one.window.selector.offset
            return "half" if len(samples) < _TWO or seen_for < seconds / 2 else None
        return None if one.theirs is None else self._of_a_number(one, samples, one.theirs)

    @staticmethod
    def _of_a_number(one: _Read, samples: list[tuple[float, float]], theirs: float) -> str | None:
        if one.status == PRESENT and math.isclose(one.value, theirs, rel_tol=1e-9, abs_tol=1e-12):
            return "rounding"
        if any(abs(sample) > _LARGE for _, sample in samples):
            return "large"
        if one.status != PRESENT or one.window.function not in _GROWTH:
            return None
        supposed = _supposed(one.window, samples, one.now, one.value)
        return "growth" if math.isclose(supposed, theirs, rel_tol=1e-9) else None

    def _told(self, one: _Read) -> Sequence[float | None]:
        return self._given.series[_name(one.window, one.labels)]

    def _seen_for(self, one: _Read) -> float:
        """Seconds since the target answers without a break."""
        begin = max((at for at in range(one.step) if not self._given.up[at]), default=-1) + 1
        return (one.step - begin) * STEP


def _name(window: Window, labels: Labels) -> str:
    return window.selector.metric + "{" + ",".join("=".join(pair) for pair in labels) + "}"


def _supposed(
    window: Window, samples: list[tuple[float, float]], now: float, value: float
) -> float:
    """What Prometheus makes of the same growth: carried on to the window's ends, or half a step
    beyond the samples where an end is farther than that; a counter not below zero.
    """
    (first, low), (last, _) = samples[0], samples[-1]
    lasted = last - first
    grown = value * lasted if window.function == "rate" else value
    between = lasted / (len(samples) - 1)
    before, after = first - (now - window.seconds), now - last
    if window.function != "delta" and grown > 0 and low >= 0:
        before = min(before, lasted * (low / grown))
    for end in (before, after):
        lasted += end if end < between * 1.1 else between / 2
    grown *= lasted / (last - first)
    return grown / window.seconds if window.function == "rate" else grown


def many(expressions: int, first: int = 0) -> Comparison:
    """So many random expressions, world after world."""
    found = Comparison()
    seed = first
    while found.expressions < expressions:
        compare(seed, min(RULES_OF_A_WORLD, expressions - found.expressions), found)
        seed += 1
    return found
