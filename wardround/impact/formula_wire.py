"""Formulas, as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from wardround.impact.formula_meaning import MOST_CHARACTERS
from wardround.impact.formula_types import FormulaSaid, Standing
from wardround.impact.formulas import Term, Word
from wardround.impact.types import Cell
from wardround.impact.wire import DoubtOut
from wardround.kernel.wire import Answer, Body, Label, Ref


class TermOut(Answer):
    """An item, or a gate over other terms."""

    id: UUID | None
    """The item; null for a gate, and for an item out of reach."""
    name: str
    """What it is called in the text."""
    hidden: bool
    standing: Standing | None
    word: Word | None
    need: int
    minutes: float | None
    """Of a cold standby, those of the switch."""
    parts: list[TermOut]


class RelatedItemOut(Answer):
    id: UUID
    name: str
    layer_label: Label
    named: bool
    grouped: bool


class FormulaOut(Answer):
    """On what terms an item needs what its formula names; the rest is needed as relations say."""

    item: Ref
    version: int
    """To be given when it is changed; 0 where there never was one."""
    tree: TermOut | None
    text: str
    by: Ref | None
    at: datetime | None
    reason: str
    related: list[RelatedItemOut]
    """What may be named; `named` false: needed beside the formula."""
    hidden: list[Label]
    """Layers of which the item needs others that are out of reach; how many is not told."""
    doubts: list[DoubtOut]
    editable: bool


class FormulaVersionOut(Answer):
    version: int
    tree: TermOut | None
    """Null: it went by its relations from then on."""
    text: str
    by: Ref
    at: datetime
    reason: str


class FormulaHistoryOut(Answer):
    versions: list[FormulaVersionOut]
    """The newest first."""


class FormulaMistakeOut(Answer):
    message: Label
    line: int
    """From 1; 0 where there is no place."""
    column: int
    suggestion: str
    """The name that may be meant."""


class CellChangeOut(Answer):
    item: Ref
    service: Ref
    before: Cell | None
    after: Cell | None


class CirclePartOut(Answer):
    needing: Ref
    needed: Ref


class FormulaEffectOut(Answer):
    cells: list[CellChangeOut]
    """Of the matrix, that would change; the first 20 within reach."""
    more: int
    doubts: list[DoubtOut]
    circle: list[CirclePartOut]
    """The needs that close a circle on which the item is; without one of them there is none."""


class FormulaCheckedOut(Answer):
    tree: TermOut | None
    text: str
    """As it would be kept."""
    mistakes: list[FormulaMistakeOut]
    effect: FormulaEffectOut | None


class TermBody(Body):
    item: UUID | None = None
    word: Word | None = None
    need: Annotated[int, Field(ge=0, le=10_000)] = 0
    parts: Annotated[list[TermBody], Field(max_length=500)] = Field(default_factory=list)
    minutes: float | None = None

    def term(self) -> Term:
        parts = tuple(part.term() for part in self.parts)
        need = self.need if self.word is Word.OF else 0
        return Term(self.item, self.word, need, parts, self.minutes)


class FormulaCheckBody(Body):
    """A formula, as text or as a tree."""

    text: Annotated[str | None, Field(max_length=MOST_CHARACTERS)] = None
    tree: TermBody | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.text is None) == (self.tree is None):
            raise PydanticCustomError("text_or_tree", "either text or tree")
        return self

    def said(self) -> FormulaSaid:
        return FormulaSaid(self.text, self.tree.term() if self.tree else None)


class FormulaBody(FormulaCheckBody):
    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    """That of the formula that was read; another is refused."""
    reason: Annotated[str, Field(max_length=2_000)] = ""


class FormulaDropQuery(Body):
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    """The one that was looked at; none: whatever there is."""
