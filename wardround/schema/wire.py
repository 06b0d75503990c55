"""What definitions look like over HTTP, and what is taken of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import AliasPath, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.http import ShortFilters, Version, WholeListFilters
from wardround.kernel.suggestions import Named
from wardround.kernel.wire import Answer, Body, Label, Several
from wardround.schema import kinds, queries, refusals
from wardround.schema.dependents import Renames
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.kinds import DefinitionKind
from wardround.schema.types import (
    Difference,
    Living,
    Problem,
)


def _something(text: object) -> object:
    return text or None


OptionalText = Annotated[str | None, BeforeValidator(_something)]
"""A text; an empty one is nothing."""


# What comes in -----------------------------------------------------------------------------------


class ItemTypeFilters(ShortFilters):
    retired: bool = False
    """Those too that are no longer in force, as they were last: for the items that still live."""


class DefinitionFilters(WholeListFilters):
    kind: list[Annotated[str, Named("kind", kinds.kind_names)]] = Several
    pack: list[Annotated[str, Field(json_schema_extra={"x-names": "pack"})]] = Several


class Consent(Body):
    """`consent`: whether things may lose the definitions they live by."""

    consent: bool = False


class Retirement(Consent):
    base_version: Version | None = None


class Renamed(Body):
    """`renamed`, each `kind:old=new`: a definition that comes under a new name."""

    renamed: list[str] = Several

    def renames(self) -> Renames:
        """Raises BadInput where one of them is not of that form."""
        found = {}
        for row, text in enumerate(self.renamed, start=1):
            names, _equals, new = text.partition("=")
            kind, _colon, old = names.partition(":")
            if not (kind and old and new):
                told = _("Write it as kind:old=new.")
                raise BadInput(problems=[FieldProblem("renamed", told, row)])
            found[kind, old] = new
        return found


class Importing(Consent, Renamed):
    """How packs are brought in."""


class DefinitionIn(Body):
    """A definition to save, as its text (remarks are kept) or as its body."""

    text: str | None = None
    body: dict[str, Any] | None = None
    base_version: Version | None = None
    """The version that was edited; nothing for a new definition."""
    renamed_from: Annotated[str, Field(max_length=100)] = ""
    consent: bool = False
    """Whether things may lose what they live by."""

    @model_validator(mode="after")
    def _one_of_both(self) -> DefinitionIn:
        if (self.text is None) is (self.body is None):
            raise PydanticCustomError("text_or_body", "Give either a text or a body.")
        return self

    def draft(self, kind: str, name: str) -> DefinitionDraft:
        return DefinitionDraft(
            kind=kind, name=name, text=self.text, body=self.body, renamed_from=self.renamed_from
        )


# Packs and definitions ---------------------------------------------------------------------------


def _kind_label(kind: str) -> object:
    return queries.kind_label(kind) or kind


class PackOut(Answer):
    name: str
    version: str
    label: Label
    requires: list[str]
    imported_at: datetime
    imported_by: str
    definitions: int
    description: Label


class WaitingOut(Answer):
    """A definition that an update of the product left as it was, and why."""

    pack: str
    kind: str
    kind_label: Annotated[Label, Field(validation_alias="kind"), BeforeValidator(_kind_label)]
    name: str
    what: list[Label]
    """What its new form would take from what lives here, and of how many."""


class KindRow(Answer):
    name: str
    label: Label
    about: Label


class KindOut(KindRow):
    shape: dict[str, Any]
    """JSON-schema (2020-12); `title` and `description` of each key in the reader's language,
    `x-reference` names the kind of definition that a key refers to, `x-text` the key that a
    plain text in the place of a mapping stands for."""
    given: list[str]
    """Names that may be referred to and that no definition gives: what the product has built in."""
    example: str
    """The text of a small sound definition to begin a new one with."""

    @classmethod
    def of(cls, kind: DefinitionKind[Any]) -> KindOut:
        return cls(
            name=kind.name,
            label=kind.label,
            about=kind.about,
            shape=kind.json_schema(),
            given=sorted(kind.given()) if kind.given else [],
            example=kind.example,
        )


class DefinitionRow(Answer):
    kind: str
    kind_label: Annotated[Label, Field(validation_alias="kind"), BeforeValidator(_kind_label)]
    name: str
    label: Annotated[Label, Field(validation_alias="called")]
    version: int
    pack: str
    file: str


class DefinitionOut(DefinitionRow):
    text: str
    body: dict[str, Any]
    created_at: datetime
    created_by: str
    retired_at: datetime | None
    """Set where the definition is no longer in force; what began with it keeps it."""
    retired_by: OptionalText


def _stored(field: str) -> Any:
    return Field(validation_alias=AliasPath("stored", field))


class VersionOut(Answer):
    """One version; `diff` is the difference from the one before."""

    version: Annotated[int, _stored("version")]
    at: Annotated[datetime, _stored("created_at")]
    by: Annotated[str, _stored("created_by")]
    current: Annotated[bool, _stored("current")]
    retired_at: Annotated[datetime | None, _stored("retired_at")]
    retired_by: Annotated[OptionalText, _stored("retired_by")]
    text: Annotated[str, _stored("text")]
    diff: str


class DependentOut(Answer):
    """How many things of one sort live by a definition."""

    thing: str
    label: Label
    count: int


class ReferringOut(Answer):
    kind: str
    kind_label: Label
    name: str
    label: Label


class DependentsOut(Answer):
    """What depends on a definition: things that live by it, and definitions that refer to it."""

    things: list[DependentOut]
    complete: bool
    """False for a reader who sees a part of the platform: how many things there are is not said."""
    definitions: list[ReferringOut]

    @classmethod
    def of(cls, living: Living, referring: Sequence[tuple[str, str, object]]) -> DependentsOut:
        return cls(
            things=[DependentOut.model_validate(dependent) for dependent in living.things],
            complete=living.complete,
            definitions=[
                ReferringOut(kind=kind, kind_label=_kind_label(kind), name=name, label=label)
                for kind, name, label in referring
            ],
        )


# Differences -------------------------------------------------------------------------------------


class ChangeOut(Answer):
    change: str
    kind: str
    name: str
    was: OptionalText
    pack: str
    file: str
    content: bool
    diff: str
    dependents: list[DependentOut]
    lost: list[DependentOut]


class ProblemOut(Answer):
    """A mistake, with its place in the text that was sent or in another definition's file."""

    file: str | None
    line: int | None
    column: int | None
    path: str
    message: str
    suggestion: OptionalText

    @classmethod
    def of(cls, problem: Problem) -> ProblemOut:
        place = problem.place
        return cls(
            file=place.file if place else None,
            line=place.line if place else None,
            column=place.column if place else None,
            path=problem.dotted,
            message=refusals.wording(problem),
            suggestion=problem.suggestion,
        )


class SetAsideOut(Answer):
    """A retired definition that gives its name to a renamed one, and what it becomes."""

    kind: str
    name: str
    becomes: str


class DifferenceOut(Answer):
    """What a change would do, or has done."""

    changes: list[ChangeOut]
    needs_consent: bool
    lost: str
    """What would be lost, counted in words."""
    problems: list[ProblemOut] = Field(default_factory=list)
    advice: list[ProblemOut] = Field(default_factory=list)
    """What is no mistake, and probably not what was meant."""
    aside: list[SetAsideOut] = Field(default_factory=list)

    @classmethod
    def of(cls, difference: Difference, problems: Sequence[Problem] = ()) -> DifferenceOut:
        return cls(
            changes=[ChangeOut.model_validate(change) for change in difference.changes],
            needs_consent=bool(difference.lost),
            lost=refusals.lost_in_words(difference),
            problems=[
                ProblemOut.of(problem) for problem in problems[: refusals.MOST_PROBLEMS_TOLD]
            ],
            advice=[ProblemOut.of(problem) for problem in difference.advice],
            aside=[SetAsideOut.model_validate(aside) for aside in difference.aside],
        )
