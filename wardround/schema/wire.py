"""What definitions look like over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import get_language
from ninja import Schema
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from wardround.kernel.http import Version
from wardround.schema import queries, refusals
from wardround.schema.kinds import DefinitionKind
from wardround.schema.types import (
    Change,
    DefinitionVersion,
    Dependent,
    Difference,
    ItemAttribute,
    ItemType,
    Label,
    Layer,
    Problem,
    RelationKind,
    Role,
    StoredDefinition,
)


class PackOut(Schema):
    name: str
    version: str
    label: str
    requires: list[str]
    imported_at: datetime
    imported_by: str
    definitions: int
    description: str


class KindRow(Schema):
    name: str
    label: str
    about: str


class KindOut(KindRow):
    shape: dict[str, Any]
    """JSON-schema (2020-12); `title` and `description` of each key in the reader's language,
    `x-reference` names the kind of definition that a key refers to."""


class DefinitionRow(Schema):
    kind: str
    kind_label: str
    name: str
    label: str
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
    retired_by: str | None


class VersionOut(Schema):
    version: int
    at: datetime
    by: str
    current: bool
    retired_at: datetime | None
    retired_by: str | None
    text: str
    diff: str
    """The difference from the version before."""


class DependentOut(Schema):
    """How many things of one sort live by a definition."""

    thing: str
    label: str
    count: int


class ReferringOut(Schema):
    kind: str
    kind_label: str
    name: str


class DependentsOut(Schema):
    """What depends on a definition: things that live by it, and definitions that refer to it."""

    things: list[DependentOut]
    definitions: list[ReferringOut]


class DefinitionIn(Schema):
    """A definition to save, as its text (remarks are kept) or as its body."""

    model_config = ConfigDict(extra="forbid")

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


class ChangeOut(Schema):
    change: str
    kind: str
    name: str
    was: str | None
    pack: str
    file: str
    content: bool
    diff: str
    dependents: list[DependentOut]
    lost: list[DependentOut]


class ProblemOut(Schema):
    """A mistake, with its place in the text that was sent or in another definition's file."""

    file: str | None
    line: int | None
    column: int | None
    path: str
    message: str
    suggestion: str | None


class DifferenceOut(Schema):
    """What a change would do, or has done."""

    changes: list[ChangeOut]
    needs_consent: bool
    lost: str
    """What would be lost, counted in words."""
    problems: list[ProblemOut] = Field(default_factory=list)


class ChoiceOut(Schema):
    value: str
    label: str


class AttributeOut(Schema):
    name: str
    label: str
    type: str
    unit: str | None
    choices: Sequence[ChoiceOut]
    required: bool
    to: Sequence[str]
    list: bool
    filter: bool
    search: bool
    scope: bool
    help: str | None
    minimum: float | None
    maximum: float | None


class ItemTypeOut(Schema):
    name: str
    label: str
    layer: str
    layer_label: str
    icon: str
    extends: str | None
    abstract: bool
    roles: list[Role]
    attributes: list[AttributeOut]


class RelationKindOut(Schema):
    name: str
    label: str
    reverse_label: str
    carries_impact: str
    gate: str
    symmetric: bool
    allowed: list[dict[str, list[str]]]


class LayerOut(Schema):
    name: str
    label: str
    order: int
    view: str


def told(label: Label | None) -> str:
    return label.text(get_language() or "zh-hans") if label else ""


def kind_row(kind: DefinitionKind[Any]) -> KindRow:
    return KindRow(name=kind.name, label=told(kind.label), about=told(kind.about))


def kind_out(kind: DefinitionKind[Any]) -> KindOut:
    shape = dict(kind.json_schema(get_language() or "zh-hans"))
    return KindOut(**kind_row(kind).model_dump(), shape=shape)


def kind_label(kind: str) -> str:
    return told(queries.kind_label(kind)) or kind


def item_type_out(one: ItemType, layers: dict[str, Layer]) -> ItemTypeOut:
    layer = layers.get(one.layer)
    return ItemTypeOut(
        name=one.name,
        label=told(one.label),
        layer=one.layer,
        layer_label=told(layer.label) if layer else "",
        icon=one.icon,
        extends=one.extends,
        abstract=one.abstract,
        roles=list(one.roles),
        attributes=[attribute_out(attribute) for attribute in one.attributes],
    )


def attribute_out(one: ItemAttribute) -> AttributeOut:
    return AttributeOut(
        name=one.name,
        label=told(one.label),
        type=str(one.type),
        unit=one.unit,
        choices=[ChoiceOut(value=each.value, label=told(each.label)) for each in one.choices],
        required=one.required,
        to=list(one.to),
        list=one.list,
        filter=one.filter,
        search=one.search,
        scope=one.scope,
        help=told(one.help) or None,
        minimum=one.minimum,
        maximum=one.maximum,
    )


def relation_kind_out(one: RelationKind) -> RelationKindOut:
    return RelationKindOut(
        name=one.name,
        label=told(one.label),
        reverse_label=told(one.reverse_label),
        carries_impact=str(one.carries_impact),
        gate=str(one.gate),
        symmetric=one.symmetric,
        allowed=[{"from": list(each.source), "to": list(each.target)} for each in one.allowed],
    )


def row_out(one: StoredDefinition) -> DefinitionRow:
    return DefinitionRow(
        kind=one.kind,
        kind_label=kind_label(one.kind),
        name=one.name,
        label=told(one.label) or one.name,
        version=one.version,
        pack=one.pack,
        file=one.file,
    )


def definition_out(one: StoredDefinition) -> DefinitionOut:
    return DefinitionOut(
        **row_out(one).model_dump(),
        text=one.text,
        body=dict(one.body),
        created_at=one.created_at,
        created_by=one.created_by,
        retired_at=one.retired_at,
        retired_by=one.retired_by or None,
    )


def version_out(one: DefinitionVersion) -> VersionOut:
    stored = one.stored
    return VersionOut(
        version=stored.version,
        at=stored.created_at,
        by=stored.created_by,
        current=stored.current,
        retired_at=stored.retired_at,
        retired_by=stored.retired_by or None,
        text=stored.text,
        diff=one.diff,
    )


def dependent_out(one: Dependent) -> DependentOut:
    return DependentOut(thing=one.thing, label=told(one.label), count=one.count)


def referring_out(kind: str, name: str) -> ReferringOut:
    return ReferringOut(kind=kind, kind_label=kind_label(kind), name=name)


def difference_out(difference: Difference, problems: Sequence[Problem] = ()) -> DifferenceOut:
    return DifferenceOut(
        changes=[_change_out(one) for one in difference.changes],
        needs_consent=bool(difference.lost),
        lost=refusals.counted([each for one in difference.lost for each in one.lost]),
        problems=[_problem_out(one) for one in problems[: refusals.MOST_PROBLEMS_TOLD]],
    )


def _change_out(one: Change) -> ChangeOut:
    return ChangeOut(
        change=one.change,
        kind=one.kind,
        name=one.name,
        was=one.was or None,
        pack=one.pack,
        file=one.file,
        content=one.content,
        diff=one.diff,
        dependents=[dependent_out(each) for each in one.dependents],
        lost=[dependent_out(each) for each in one.lost],
    )


def _problem_out(one: Problem) -> ProblemOut:
    return ProblemOut(
        file=one.place.file if one.place else None,
        line=one.place.line if one.place else None,
        column=one.place.column if one.place else None,
        path=one.dotted,
        message=refusals.wording(one),
        suggestion=one.suggestion or None,
    )
