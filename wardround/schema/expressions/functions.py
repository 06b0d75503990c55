"""The functions a condition may call. The list is fixed: a pack cannot add to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from wardround.schema.expressions.nodes import FieldType
from wardround.schema.expressions.values import moment, number

_DAY_S = 86_400
_HOUR_S = 3_600

TEXT, NUMBER, BOOLEAN, ANY = (
    frozenset({FieldType.TEXT}),
    frozenset({FieldType.NUMBER}),
    frozenset({FieldType.BOOLEAN}),
    frozenset(FieldType),
)
SIZED = frozenset({FieldType.TEXT, FieldType.LIST})
TIME = frozenset({FieldType.DATE, FieldType.DATETIME})


@dataclass(frozen=True, slots=True)
class Function:
    """`takes` lists, argument by argument, the types it accepts; a missing argument value gives
    `if_missing` without a call, unless the function itself deals with it.
    """

    name: str
    takes: tuple[frozenset[FieldType], ...]
    gives: FieldType
    run: Callable[..., Any]
    if_missing: bool | None = None
    sees_missing: bool = False
    needs_moment: bool = False
    most: int | None = None
    """How many arguments at most, where the last of `takes` may be repeated."""

    @property
    def signature(self) -> str:
        kinds = (" or ".join(sorted(kind)) if len(kind) < 4 else "value" for kind in self.takes)
        return f"{self.name}({', '.join(kinds)}{', …' if self.most else ''})"


def _seconds_between(earlier: Any, later: Any) -> float | None:
    start, end = moment(earlier), moment(later)
    return None if start is None or end is None else (end - start).total_seconds()


def _since(unit_s: int) -> Callable[[Any, datetime], float | None]:
    def since(value: Any, at: datetime) -> float | None:
        seconds = _seconds_between(value, at)
        return None if seconds is None else seconds / unit_s

    return since


def _until(value: Any, at: datetime) -> float | None:
    seconds = _seconds_between(at, value)
    return None if seconds is None else seconds / _DAY_S


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, str | tuple) else None


def _first_set(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _is_set(value: Any) -> bool:
    return value is not None and value not in ("", ())


def _text(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method of str that gives nothing where an argument is not text."""

    def run(*values: Any) -> Any:
        return method(*values) if all(isinstance(value, str) for value in values) else None

    return run


def _numeric(method: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        checked = number(value)
        return None if checked is None else number(method(checked))

    return run


def _contains(text: str, part: str) -> bool:
    return part.casefold() in text.casefold()


_ALL = (
    Function("len", (SIZED,), FieldType.NUMBER, _length),
    Function("lower", (TEXT,), FieldType.TEXT, _text(str.lower)),
    Function("upper", (TEXT,), FieldType.TEXT, _text(str.upper)),
    Function("trim", (TEXT,), FieldType.TEXT, _text(str.strip)),
    Function("contains", (TEXT, TEXT), FieldType.BOOLEAN, _text(_contains), if_missing=False),
    Function(
        "starts_with", (TEXT, TEXT), FieldType.BOOLEAN, _text(str.startswith), if_missing=False
    ),
    Function("ends_with", (TEXT, TEXT), FieldType.BOOLEAN, _text(str.endswith), if_missing=False),
    Function("abs", (NUMBER,), FieldType.NUMBER, _numeric(abs)),
    Function("round", (NUMBER,), FieldType.NUMBER, _numeric(round)),
    Function("is_set", (ANY,), FieldType.BOOLEAN, _is_set, sees_missing=True),
    Function("coalesce", (ANY, ANY), FieldType.ANY, _first_set, sees_missing=True, most=8),
    Function("days_since", (TIME,), FieldType.NUMBER, _since(_DAY_S), needs_moment=True),
    Function("hours_since", (TIME,), FieldType.NUMBER, _since(_HOUR_S), needs_moment=True),
    Function("days_until", (TIME,), FieldType.NUMBER, _until, needs_moment=True),
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType({function.name: function for function in _ALL})
