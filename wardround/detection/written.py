"""An expression as text again: `parse(written(node))` is the node."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import singledispatch

from wardround.detection.expression import (
    COMPARISONS,
    METRIC,
    Aggregate,
    Binary,
    Call,
    Clock,
    Matcher,
    Matching,
    Negative,
    Node,
    Number,
    Relabel,
    Selector,
    Window,
)
from wardround.detection.functions import CALENDAR_FUNCTIONS, DISTINCT, NUMBERED_AGGREGATIONS

_PLAIN_NAME = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_UNITS = (("d", 86_400.0), ("h", 3600.0), ("m", 60.0), ("s", 1.0))
_SIGN, _POWER, _ATOM = 6, 7, 8
_TIGHTNESS = {
    "or": 1,
    "and": 2,
    "unless": 2,
    **dict.fromkeys(COMPARISONS, 3),
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
    "^": _POWER,
}


@singledispatch
def written(node: Node) -> str:
    """One line; brackets only where they are needed."""
    raise TypeError(node)


@written.register
def _(node: Number) -> str:
    return number(node.value)


@written.register
def _(node: Clock) -> str:
    del node
    return "time()"


@written.register
def _(node: Selector) -> str:
    return f"{_selected(node)}{_offset(node)}"


@written.register
def _(node: Negative) -> str:
    return f"-{_inside(node.operand, _SIGN)}"


def number(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def duration(seconds: float) -> str:
    """`1h30m`; a part of a second as milliseconds."""
    whole, rest = divmod(seconds, 1.0)
    parts = []
    for unit, size in _UNITS:
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{int(count)}{unit}")
    if rest:
        parts.append(f"{round(rest * 1000)}ms")
    return "".join(parts) or "0s"


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _tightness(node: Node) -> int:
    if isinstance(node, Binary):
        return _TIGHTNESS[node.operator]
    negative = isinstance(node, Number) and math.copysign(1.0, node.value) < 0
    return _SIGN if negative or isinstance(node, Negative) else _ATOM


def _inside(node: Node, least: int) -> str:
    text = written(node)
    return text if _tightness(node) >= least else f"({text})"


@written.register
def _(node: Binary) -> str:
    own = _TIGHTNESS[node.operator]
    right_binds = node.operator == "^"
    left = _inside(node.left, own + 1 if right_binds else own)
    right = _inside(node.right, _SIGN if right_binds else own + 1)
    words = [node.operator, *(["bool"] if node.as_bool else []), *_matching(node.matching)]
    return f"{left} {' '.join(words)} {right}"


def _matching(matching: Matching | None) -> Iterable[str]:
    if matching is not None:
        yield f"{'on' if matching.on else 'ignoring'} {_names(matching.labels)}"
        if matching.many:
            yield f"group_{matching.many} {_names(matching.taken)}"


def _names(labels: Iterable[str]) -> str:
    return f"({', '.join(_name(label) for label in labels)})"


def _name(label: str) -> str:
    return label if _PLAIN_NAME.fullmatch(label) and ":" not in label else quoted(label)


def _selected(node: Selector) -> str:
    parts = [_matcher(matcher) for matcher in node.matchers]
    if node.metric and not _PLAIN_NAME.fullmatch(node.metric):
        return f"{{{', '.join([quoted(node.metric), *parts])}}}"
    return node.metric + (f"{{{', '.join(parts)}}}" if parts else "")


def _matcher(matcher: Matcher) -> str:
    label = METRIC if matcher.label == METRIC else _name(matcher.label)
    return f"{label}{matcher.operator}{quoted(matcher.value)}"


def _offset(node: Selector) -> str:
    return f" offset {duration(node.offset)}" if node.offset else ""


@written.register
def _(node: Window) -> str:
    inner = f"{_selected(node.selector)}[{duration(node.seconds)}]{_offset(node.selector)}"
    if node.function == "quantile_over_time":
        inner = f"{number(node.argument)}, {inner}"
    elif node.function == "predict_linear":
        inner = f"{inner}, {number(node.argument)}"
    return f"{node.function}({inner})"


@written.register
def _(node: Aggregate) -> str:
    inner = written(node.operand)
    grouping = f" {'without' if node.without else 'by'} {_names(node.by)}" if node.by else ""
    if node.without and not node.by:
        grouping = " without ()"
    if node.function == DISTINCT:
        return f'count{grouping} (count_values{grouping} ("value", {inner}))'
    if node.function in NUMBERED_AGGREGATIONS:
        inner = f"{number(node.argument)}, {inner}"
    return f"{node.function}{grouping} ({inner})" if grouping else f"{node.function}({inner})"


@written.register
def _(node: Relabel) -> str:
    inner = written(node.operand)
    if node.function == "label_join":
        texts = [node.label, node.separator, *node.sources]
    else:
        texts = [node.label, node.template, *node.sources, node.pattern]
    return f"{node.function}({', '.join([inner, *map(quoted, texts)])})"


@written.register
def _(node: Call) -> str:
    now = node.function in CALENDAR_FUNCTIONS and node.operand == Call("vector", Clock())
    inner = "" if now else written(node.operand)
    numbers = [number(value) for value in node.arguments]
    parts = [*numbers, inner] if node.function == "histogram_quantile" else [inner, *numbers]
    return f"{node.function}({', '.join(parts)})"
