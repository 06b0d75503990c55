"""Definitions over HTTP: packs, definitions with their text, and the metamodel for forms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import Field

from wardround.kernel.http import (
    Page,
    Request,
    RoomRouter,
    ShortFilters,
    Version,
    WholeListFilters,
    actor_of,
    short_page,
)
from wardround.kernel.permissions import SIGNED_IN
from wardround.kernel.short_lists import short_list
from wardround.schema import queries
from wardround.schema.permissions import READ
from wardround.schema.types import Attribute, ItemType, Label, Layer, RelationKind

router = RoomRouter(tags=["schema"])


class DefinitionFilters(WholeListFilters):
    kind: Annotated[list[str], Field(default_factory=list)]
    pack: Annotated[list[str], Field(default_factory=list)]


class PackOut(Schema):
    name: str
    version: str
    label: str
    requires: list[str]
    imported_at: datetime
    imported_by: str
    definitions: int


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


def _told(label: Label | None) -> str:
    return label.text(get_language() or "zh-hans") if label else ""


def _kind_label(kind: str) -> str:
    return _told(queries.kind_label(kind)) or kind


@router.get("/packs", needs=READ, response=Page[PackOut])
def list_packs(request: Request, filters: Query[ShortFilters]) -> Page[PackOut]:
    packs = [
        PackOut(
            name=one.name,
            version=one.version,
            label=_told(one.label),
            requires=list(one.requires),
            imported_at=one.imported_at,
            imported_by=one.imported_by,
            definitions=one.definitions,
        )
        for one in queries.installed_packs(actor_of(request))
    ]
    return short_page(packs, filters)


@router.get("/definitions", needs=READ, response=Page[DefinitionRow])
def list_definitions(
    request: Request, filters: Query[DefinitionFilters]
) -> Page[DefinitionRow] | HttpResponse:
    found = queries.stored_definitions(
        actor_of(request), kinds_wanted=filters.kind, packs_wanted=filters.pack
    )
    rows = [
        DefinitionRow(
            kind=one.kind,
            kind_label=_kind_label(one.kind),
            name=one.name,
            label=_told(one.label) or one.name,
            version=one.version,
            pack=one.pack,
            file=one.file,
        )
        for one in found
    ]
    columns = {
        "name": _("Name"),
        "label": _("Label"),
        "kind_label": _("Kind"),
        "kind": _("Kind key"),
        "pack": _("Pack"),
        "version": _("Version"),
        "file": _("File"),
    }
    return short_list("definitions", rows, filters, columns)


@router.get("/definitions/{kind}/{name}", needs=READ, response=DefinitionOut)
def get_definition(
    request: Request, kind: str, name: str, version: Version | None = None
) -> DefinitionOut:
    one = queries.stored(actor_of(request), kind, name, version)
    return DefinitionOut(
        kind=one.kind,
        kind_label=_kind_label(one.kind),
        name=one.name,
        label=_told(one.label) or one.name,
        version=one.version,
        pack=one.pack,
        file=one.file,
        text=one.text,
        body=dict(one.body),
    )


@router.get("/item-types", needs=SIGNED_IN, response=Page[ItemTypeOut])
def list_item_types(request: Request, filters: Query[ShortFilters]) -> Page[ItemTypeOut]:
    layers = {layer.name: layer for layer in queries.layers()}
    types = sorted(queries.item_types().values(), key=lambda one: _order(one, layers))
    return short_page([_item_type_out(one, layers) for one in types], filters)


def _order(one: ItemType, layers: dict[str, Layer]) -> tuple[int, str]:
    layer = layers.get(one.layer)
    return layer.order if layer else 0, one.name


def _item_type_out(one: ItemType, layers: dict[str, Layer]) -> ItemTypeOut:
    layer = layers.get(one.layer)
    return ItemTypeOut(
        name=one.name,
        label=_told(one.label),
        layer=one.layer,
        layer_label=_told(layer.label) if layer else "",
        icon=one.icon,
        extends=one.extends,
        abstract=one.abstract,
        attributes=[_attribute_out(attribute) for attribute in one.attributes],
    )


def _attribute_out(one: Attribute) -> AttributeOut:
    return AttributeOut(
        name=one.name,
        label=_told(one.label),
        type=str(one.type),
        unit=one.unit,
        choices=[ChoiceOut(value=each.value, label=_told(each.label)) for each in one.choices],
        required=one.required,
        to=list(one.to),
        list=one.list,
        help=_told(one.help) or None,
        minimum=one.minimum,
        maximum=one.maximum,
    )


@router.get("/relation-kinds", needs=SIGNED_IN, response=Page[RelationKindOut])
def list_relation_kinds(request: Request, filters: Query[ShortFilters]) -> Page[RelationKindOut]:
    kinds = [_relation_kind_out(one) for one in queries.relation_kinds().values()]
    return short_page(kinds, filters)


def _relation_kind_out(one: RelationKind) -> RelationKindOut:
    return RelationKindOut(
        name=one.name,
        label=_told(one.label),
        reverse_label=_told(one.reverse_label),
        carries_impact=str(one.carries_impact),
        gate=str(one.gate),
        symmetric=one.symmetric,
        allowed=[{"from": list(each.source), "to": list(each.target)} for each in one.allowed],
    )


@router.get("/layers", needs=SIGNED_IN, response=Page[LayerOut])
def list_layers(request: Request, filters: Query[ShortFilters]) -> Page[LayerOut]:
    layers = [
        LayerOut(name=one.name, label=_told(one.label), order=one.order, view=one.view)
        for one in queries.layers()
    ]
    return short_page(layers, filters)
