"""Sources as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from wardround.kernel.wire import Answer, Body, Label


class ValueFromOut(Answer):
    field: str
    source: str
    """Empty: it was released, and is nobody's."""
    label: Label
    rank: int
    at: datetime | None
    by: str


class KnownToOut(Answer):
    source: str
    label: Label
    own: str
    seen_at: datetime
    since: datetime | None
    loads: int


class ItemSourcesOut(Answer):
    """Nothing of an item that no source speaks of."""

    values: list[ValueFromOut]
    known_to: list[KnownToOut]


class ReleaseIn(Body):
    fields: Annotated[list[str], Field(min_length=1, max_length=200)]


class HeldIn(Body):
    retire: bool


class AcceptProposedIn(Body):
    rows: Annotated[list[int], Field(default_factory=list, max_length=10_000)]
    """Their numbers; none: all that propose something."""


class ChooseIn(Body):
    row: int
    """Its number."""
    item: UUID | None = None
    new: bool = False
    """In place of an item: it is none of these, but a new one."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.item is None) is not self.new:
            message = _("Say the item that the row is about, or that it is a new one.")
            raise ValueError(message)
        return self


class SourceOut(Answer):
    name: str
    label: Label
    owner: str | None
    rank: int
    load: str
    vanished: str
    items: int
    """That it knows, in use."""
    missing: int
    """Of them those that its last full load did not hold."""
    seen_at: datetime | None
    """When it was loaded last."""
