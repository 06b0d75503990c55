"""Values of Open-PSA expressions: constants, parameters, distributions in the mission time.

Distributions of uncertainty (deviates, histograms) count by their mean, as a point estimate does.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from wardround.dependability.errors import BadNumber, CyclicModel, Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wardround.dependability.mef_elements import Definition, Element
    from wardround.dependability.mef_names import Names

MISSION_TIME = 8760.0
"""Hours of operation that `system-mission-time` means where nothing else is said: a year."""
_CONSTANTS = {"float", "int", "bool", "pi", "system-mission-time"}
_BOOLS = {"true": "1", "false": "0"}
_ANY = 1 << 30
_MOMENT = 1e-9  # a share of a time that is only rounding
_FIGURE = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?(inf|INF)", re.ASCII)
WHOLE = re.compile(r"[-+]?\d{1,18}", re.ASCII)
"""A whole number as Open-PSA writes it."""


def _exponential(rate: float, time: float) -> float:
    return -math.expm1(-rate * time)


def _glm(on_demand: float, failure: float, repair: float, time: float) -> float:
    """Failure on demand, failure rate, repair rate (MEF, GLM)."""
    total = failure + repair
    return (failure - (failure - on_demand * total) * math.exp(-total * time)) / total


def _weibull(scale: float, shape: float, shift: float, time: float) -> float:
    if scale <= 0.0 or shape <= 0.0:
        raise ValueError("no distribution")
    return 0.0 if time <= shift else -math.expm1(-(((time - shift) / scale) ** shape))


def _periodic_test(*given: float) -> float:
    """λ, τ, θ, t, or λ, μ, τ, θ, t: a failure stays hidden until the next test (the first after θ,
    then every τ) and is then repaired, at once or at the rate μ. At the moment of a test it is what
    it was just before.

    With e = exp(−λ s), and c the chance to be up again s after a test that found it down, the
    chance to be up goes from a to a (e − c) + c in a time s after a test.
    """
    if len(given) == 4:
        failure, between, first, time = given
        repair = math.inf
    else:
        failure, repair, between, first, time = given
    if not (between > 0.0 and min(failure, repair, first, time) >= 0.0):
        raise ValueError("no distribution")
    if time <= first:
        return _exponential(failure, time)
    tests, since = divmod(time - first, between)
    if since <= _MOMENT * between and tests:
        tests, since = tests - 1.0, between
    if repair == math.inf:
        return _exponential(failure, since)

    def kept_and_regained(passed: float) -> tuple[float, float]:
        kept = math.exp(-failure * passed)
        if abs(repair - failure) * passed < _MOMENT:
            return kept, repair * passed * kept
        rest = math.exp(-repair * passed)
        return kept, repair * (kept - rest) / (repair - failure)

    kept, regained = kept_and_regained(between)
    steady = regained / (1.0 - kept + regained) if failure or repair else 1.0
    up = steady + (math.exp(-failure * first) - steady) * math.pow(kept - regained, tests)
    kept, regained = kept_and_regained(since)
    return 1.0 - (up * kept + (1.0 - up) * regained)


def _histogram(*given: float) -> float:
    """Lower bound, then upper bound and weight of each bin: the mean."""
    low, mean, total = given[0], 0.0, 0.0
    for high, weight in zip(given[1::2], given[2::2], strict=True):
        mean += weight * (low + high) / 2.0
        total += weight
        low = high
    return mean / total


_FUNCTIONS: dict[str, tuple[int, int, Callable[..., float]]] = {
    "neg": (1, 1, lambda value: -value),
    "add": (2, _ANY, lambda *values: math.fsum(values)),
    "sub": (2, _ANY, lambda first, *rest: first - math.fsum(rest)),
    "mul": (2, _ANY, lambda *values: math.prod(values)),
    "div": (2, _ANY, lambda first, *rest: first / math.prod(rest)),
    "pow": (2, 2, math.pow),
    "exp": (1, 1, math.exp),
    "log": (1, 1, math.log),
    "log10": (1, 1, math.log10),
    "sqrt": (1, 1, math.sqrt),
    "abs": (1, 1, abs),
    "ceil": (1, 1, lambda value: float(math.ceil(value))),
    "floor": (1, 1, lambda value: float(math.floor(value))),
    "min": (1, _ANY, lambda *values: min(values)),
    "max": (1, _ANY, lambda *values: max(values)),
    "mean": (1, _ANY, lambda *values: math.fsum(values) / len(values)),
    "exponential": (2, 2, _exponential),
    "GLM": (4, 4, _glm),
    "Weibull": (4, 4, _weibull),
    "periodic-test": (4, 5, _periodic_test),
    "uniform-deviate": (2, 2, lambda low, high: (low + high) / 2.0),
    "normal-deviate": (2, 2, lambda mean, _deviation: mean),
    "lognormal-deviate": (3, 3, lambda mean, _factor, _level: mean),
    "gamma-deviate": (2, 2, lambda shape, scale: shape * scale),
    "beta-deviate": (2, 2, lambda alpha, beta: alpha / (alpha + beta)),
    "histogram": (3, _ANY, _histogram),
}


class Numbers:
    """Values of expressions; a parameter is computed once, when it is first asked for."""

    def __init__(self, parameters: Names, mission_time: float) -> None:
        self.parameters, self.mission_time = parameters, mission_time
        self.known: dict[str, float] = {}

    def of(self, definition: Definition, element: Element) -> float:
        """The value of an expression in the scope of a definition."""
        for parameter in self._needed(definition, element):
            self.known[parameter.path] = self._computed(parameter, only_child(parameter))
        return self._computed(definition, element)

    def _needed(self, definition: Definition, element: Element) -> list[Definition]:
        """The parameters it rests on that have no value yet, each after those it needs itself."""
        found: list[Definition] = []
        open_paths: dict[str, None] = {}
        stack: list[tuple[Definition, bool]] = self._asked(definition, element)
        while stack:
            parameter, leaving = stack.pop()
            path = parameter.path
            if leaving:
                found.append(parameter)
                del open_paths[path]
                self.known[path] = math.nan  # until it is computed, in this order
            elif path in open_paths:
                below = list(open_paths)
                raise CyclicModel([*below[below.index(path) :], path], place=parameter.place)
            elif path not in self.known:
                open_paths[path] = None
                stack.append((parameter, True))
                stack += self._asked(parameter, only_child(parameter))
        return found

    def _asked(self, owner: Definition, expression: Element) -> list[tuple[Definition, bool]]:
        return [
            (self._parameter(owner, each), False)
            for each in expression.inputs_first()
            if each.tag == "parameter"
        ]

    def _parameter(self, owner: Definition, element: Element) -> Definition:
        name = element.attribute("name")
        found = self.parameters.find(name, owner.scope)
        if found is None or not found.element.children:
            raise BadNumber("parameter_valueless", name=name, place=element.place)
        return found

    def _computed(self, definition: Definition, expression: Element) -> float:
        values: dict[int, list[float]] = {}
        for element in expression.inputs_first():
            given = [value for child in element.children for value in values.pop(id(child))]
            values[id(element)] = self._value(definition, element, given)
        if expression.tag == "bin":
            raise _unsupported(definition, expression)
        (value,) = values[id(expression)]
        return value

    def _value(self, definition: Definition, element: Element, given: list[float]) -> list[float]:
        """Its value; of a `bin` of a histogram its two."""
        if element.tag != "histogram" and any(each.tag == "bin" for each in element.children):
            raise _unsupported(
                definition, next(each for each in element.children if each.tag == "bin")
            )
        if element.tag == "bin":
            return given
        if element.tag == "parameter":
            return [self.known[self._parameter(definition, element).path]]
        if element.tag in _CONSTANTS:
            return [self._constant(definition, element)]
        return [_applied(definition, element, given)]

    def _constant(self, definition: Definition, element: Element) -> float:
        if element.tag == "system-mission-time":
            return self.mission_time
        return math.pi if element.tag == "pi" else _literal(definition, element)


def _literal(definition: Definition, element: Element) -> float:
    text = element.attribute("value")
    if element.tag == "bool":
        text = _BOOLS.get(text.lower(), text)
    form = WHOLE if element.tag == "int" else _FIGURE
    if not form.fullmatch(text):
        reason, name = "value_not_a_number", definition.name
        raise BadNumber(reason, name=name, text=text, place=element.place)
    return float(text)


def _unsupported(definition: Definition, element: Element) -> Unsupported:
    kind, name = definition.kind, definition.name
    return Unsupported("unsupported_in", tag=element.tag, kind=kind, name=name, place=element.place)


def _applied(definition: Definition, element: Element, given: Sequence[float]) -> float:
    if element.tag not in _FUNCTIONS:
        raise _unsupported(definition, element)
    least, most, function = _FUNCTIONS[element.tag]
    if not least <= len(given) <= most:
        expected = str(least) if least == most else f"≥ {least}"
        expected = f"{least}–{most}" if least < most < _ANY else expected
        raise Unsupported(
            "operator_arguments", tag=element.tag, name=definition.name, expected=expected,
            count=len(given), place=element.place,
        )  # fmt: skip
    try:
        return float(function(*given))
    except (ArithmeticError, ValueError):
        reason, name = "value_out_of_reach", definition.name
        raise BadNumber(reason, name=name, tag=element.tag, place=element.place) from None


def only_child(definition: Definition) -> Element:
    """The one expression of a definition that has any."""
    first, *others = definition.element.children
    if others:
        raise BadNumber("value_twice", name=definition.name, place=others[0].place)
    return first
