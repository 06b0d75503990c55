"""What the edge itself answers: how the platform is, and what a refusal looks like."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wardround.kernel.wire import Answer, Body


class StreamFilters(Body):
    topics: Annotated[str, Field(json_schema_extra={"x-names": "topic"})] = ""


class HospitalOut(Answer):
    """What every reader of this installation shares, signed in or not."""

    language: str
    """Of whoever has not chosen one: `zh-hans` or `en`."""
    time_zone: str
    """In which moments are shown, wherever the reader sits."""


class PartOut(Answer):
    name: str
    ok: bool
    text: str


class HealthOut(Answer):
    """`ok`: everything works; `degraded`: it serves, but something is missing; `down`."""

    status: Literal["ok", "degraded", "down"]
    parts: list[PartOut]


class RefusedFieldOut(Answer):
    """What is wrong with one field, in which row of a list (counted from 0), and after how many
    characters of a text.
    """

    field: str
    message: str
    row: int | None = None
    offset: int | None = None


class RefusalOut(Answer):
    """A refusal (RFC 9457), with our code and, where fields are wrong, what is wrong with each."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    problems: list[RefusedFieldOut] | None = None
