"""How a kind of definition is declared: once, as a strict typed model.

    class Layer(Declaration):
        label: Annotated[LabelField, Key("名称", "Label", "层的名称。", "What it is called.")]
        order: Annotated[int, Field(ge=1), Key("次序", "Order", "自上而下。", "From the top.")]

The model is the frozen value that rules use. Its JSON-schema, the browser's form, the messages
about a wrong body and the printed reference all come from it (`kinds`, `mistakes`, `forms`).
What people write (`15s`, a plain text for a label, one name where several may stand) becomes a
typed value by the field types below; each takes its own value too, so that code can make a part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from django.utils.translation import gettext_noop as _
from pydantic import GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema
from pydantic_core import core_schema as core

from wardround.kernel.errors import BadPattern
from wardround.kernel.patterns import pattern
from wardround.schema.field_types import (
    NUMBER,
    SHAPES,
    STORED,
    TEXT,
    FromText,
    FrozenMapping,
    Keyed,
    LabelField,
    MadeFrom,
    Part,
    Several,
    Unique,
    refusal,
    refused,
    shape_of,
    written,
)
from wardround.schema.keys import LABEL_KEY, NAME_KEY, Key, Refers, told_as
from wardround.schema.problems import Problem

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
TYPE_NAME_PATTERN = r"^[a-z][a-z0-9-]{0,49}$"
FIELD_NAME_PATTERN = r"^[a-z][a-z0-9_]{0,49}$"

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""The name of a definition."""
TypeName = Annotated[str, StringConstraints(pattern=TYPE_NAME_PATTERN)]
FieldName = Annotated[str, StringConstraints(pattern=FIELD_NAME_PATTERN)]
Text = Annotated[str, StringConstraints(min_length=1)]
"""Any text but an empty one."""


class Declaration(Part):
    """A whole definition."""

    name: Annotated[Name, NAME_KEY]


# Durations --------------------------------------------------------------------------------------

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PIECE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|[smhdw])")
_DURATION = r"[0-9]+(\.[0-9]+)?(ms|s|m|h|d|w)"
DURATION_PATTERN = f"^(0|{_DURATION}( ?{_DURATION})*)$"


def seconds_of(text: str | float) -> float:
    """A duration such as `90s`, `1h 30m` or `0` in seconds; a bare number is seconds.

    Raises ValueError for any other text.
    """
    if isinstance(text, int | float):
        return float(text)
    if not re.fullmatch(DURATION_PATTERN, text):
        raise ValueError(text)
    return sum(float(number) * _UNITS[unit] for number, unit in _PIECE.findall(text))


_WRITTEN_DURATION = Annotated[str, StringConstraints(pattern=DURATION_PATTERN)]


LONGEST_DURATION = 10 * 366 * 86_400.0
"""Seconds; a moment so far ahead can still be written."""


@dataclass(frozen=True, slots=True)
class _DurationShape:
    above_zero: bool = False

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        text = core.str_schema(pattern=DURATION_PATTERN)
        limit: Any = {"gt": 0} if self.above_zero else {"ge": 0}
        number = core.float_schema(strict=True, **limit)
        union = core.tagged_union_schema({TEXT: text, NUMBER: number}, shape_of)
        return core.no_info_after_validator_function(self.seconds, union)

    def seconds(self, value: str | float) -> float:
        length = seconds_of(value)
        if self.above_zero and length <= 0:
            raise refusal(_("the duration is zero"), found=str(value))
        if length > LONGEST_DURATION:
            raise refusal(_("longer than ten years"), found=str(value))
        return length


Duration = Annotated[float, _DurationShape()]
"""Seconds, written `500ms`, `15s`, `1h30m`, or as a bare number."""
PositiveDuration = Annotated[float, _DurationShape(above_zero=True)]


def _period(text: str) -> timedelta:
    return timedelta(seconds=seconds_of(text))


Period = Annotated[timedelta, MadeFrom(_WRITTEN_DURATION, _period)]
"""A `timedelta`, written like a duration."""


# Days -------------------------------------------------------------------------------------------


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refusal(_("there is no such day"), found=text) from None


Day = Annotated[
    date,
    MadeFrom(Annotated[str, StringConstraints(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")], _day),
]
"""A day, written 2026-01-31."""


# Regular expressions ----------------------------------------------------------------------------


class _PatternShape:
    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core.no_info_after_validator_function(_sound_pattern, core.str_schema(strict=True))


def _sound_pattern(text: str) -> str:
    try:
        pattern(text)
    except BadPattern as error:
        message = _("not a regular expression: %(why)s")
        problem = Problem((), message, {"why": error.why}, found=text, offset=error.offset)
        raise refused(problem) from None
    return text


PatternText = Annotated[str, _PatternShape()]
"""The text of a regular expression that compiles."""


__all__ = [
    "DURATION_PATTERN",
    "FIELD_NAME_PATTERN",
    "LABEL_KEY",
    "NAME_KEY",
    "NAME_PATTERN",
    "SHAPES",
    "STORED",
    "TYPE_NAME_PATTERN",
    "Day",
    "Declaration",
    "Duration",
    "FieldName",
    "FromText",
    "FrozenMapping",
    "Key",
    "Keyed",
    "LabelField",
    "MadeFrom",
    "Name",
    "Part",
    "PatternText",
    "PositiveDuration",
    "Refers",
    "Several",
    "Text",
    "TypeName",
    "Unique",
    "refusal",
    "refused",
    "seconds_of",
    "told_as",
    "written",
]
