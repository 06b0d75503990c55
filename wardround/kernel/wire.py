"""What every room's HTTP shapes are made of: bodies that come in, answers that go out.

An answer takes its fields from a frozen value of the room by their names, so that most shapes are
a list of fields and nothing more; names and sentences become words in the reader's language here.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.utils.functional import Promise
from ninja import Schema
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from wardround.kernel import wording


class Body(Schema):
    """What comes in: an unknown field is a mistake that gets named, not something to ignore."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What goes out, read from a frozen value (`X.model_validate(value)`) or made by name."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")


def _worded(value: object) -> object:
    """The words of a label or a wording; anything else as it is."""
    if isinstance(value, wording.Label | wording.Wording):
        return value.text()
    if isinstance(value, Promise):
        return str(value)
    return "" if value is None else value


def _worded_if_any(value: object) -> object:
    return None if value is None or value == "" else _worded(value)


Label = Annotated[str, BeforeValidator(_worded)]
"""A label or wording in the reader's language; nothing is an empty text."""

OptionalLabel = Annotated[str | None, BeforeValidator(_worded_if_any)]
"""The same where nothing stays nothing."""

Several: Any = Field(default_factory=list)
"""A filter that may be given more than once."""


class Ref(Answer):
    """A thing named by another: its id, and its name as the reader may see it."""

    id: UUID
    name: Label


class ReachedRef(Answer):
    """A thing named by another; without an id where it is out of the reader's reach."""

    id: UUID | None
    name: Label


def _finite(value: object) -> object:
    """JSON knows neither NaN nor infinities: they become nothing."""
    return None if isinstance(value, float) and not abs(value) < float("inf") else value


Figure = Annotated[float | None, BeforeValidator(_finite)]
"""A measured number; null where it is none that JSON can say."""

Pairs = Annotated[dict[str, str], BeforeValidator(dict)]
"""Labels of a series: pairs of names and values, or a mapping of them."""
