"""The kinds of definition this room owns: layers, item types and relation kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.schema.attributes import ATTRIBUTE_SCHEMA, check_attributes, parse_attributes
from wardround.schema.kinds import DefinitionKind, DefinitionView, paths_to
from wardround.schema.types import (
    LABEL_SCHEMA,
    Ends,
    Gate,
    Impact,
    ItemType,
    Label,
    Layer,
    Problem,
    Reference,
    RelationKind,
)

_VIEWS = ("ownership", "business", "application", "system", "hardware", "infrastructure")
"""Lanes of the six-layer view, top to bottom."""

_TYPE_NAME = r"^[a-z][a-z0-9-]{0,49}$"
_NAMES = {"type": ["string", "array"], "items": {"type": "string"}, "minItems": 1}


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


# Layers


def _layer(body: Mapping[str, Any]) -> Layer:
    return Layer(body["name"], Label.parse(body["label"]), body["order"], body["view"])


def _check_layer(layer: Layer, others: DefinitionView) -> Iterator[Problem]:
    for name, other in others.all("layer").items():
        if name < layer.name and other.order == layer.order:
            message = _("the layer “%(other)s” has the same order")
            yield Problem(("order",), message, {"other": name}, found=str(layer.order))


LAYER: DefinitionKind[Layer] = DefinitionKind(
    name="layer",
    label=Label("层", "Layer"),
    name_pattern=_TYPE_NAME,
    schema={
        "required": ["label", "order", "view"],
        "properties": {
            "label": LABEL_SCHEMA,
            "order": {"type": "integer", "minimum": 1},
            "view": {"enum": list(_VIEWS)},
        },
    },
    parse=_layer,
    check=_check_layer,
)


# Item types


def _item_type(body: Mapping[str, Any]) -> ItemType:
    return ItemType(
        name=body["name"],
        label=Label.parse(body["label"]),
        layer=body.get("layer", ""),
        icon=body.get("icon", ""),
        extends=body.get("extends"),
        abstract=body.get("abstract", False),
        attributes=parse_attributes(body.get("attributes", ())),
    )


def _item_type_references(one: ItemType) -> Iterator[Reference]:
    if one.layer:
        yield Reference(("layer",), "layer", one.layer)
    if one.extends:
        yield Reference(("extends",), "item-type", one.extends, acyclic=True)
    for index, attribute in enumerate(one.attributes):
        for path, name in paths_to(("attributes", index, "to"), attribute.to):
            yield Reference(path, "item-type", name)


def _check_item_type(one: ItemType, others: DefinitionView) -> Iterable[Problem]:
    if not one.layer and not one.extends:
        yield Problem((), _("a type needs a “layer”, or a type it “extends”"), expected="layer")
    yield from check_attributes(one.attributes, path=("attributes",))
    yield from _check_overrides(one, others)


def _check_overrides(one: ItemType, others: DefinitionView) -> Iterator[Problem]:
    """An inherited attribute may be narrowed, not turned into another type."""
    inherited = {attribute.name: attribute for attribute in _ancestral(one, others)}
    for index, attribute in enumerate(one.attributes):
        before = inherited.get(attribute.name)
        if before is not None and before.type is not attribute.type:
            details = {"name": attribute.name, "type": str(before.type)}
            message = _("“%(name)s” is inherited as %(type)s and must stay that")
            where = ("attributes", index, "type")
            yield Problem(where, message, details, found=attribute.type, expected=before.type)


def _ancestral(one: ItemType, others: DefinitionView) -> Iterator[Any]:
    seen = {one.name}
    parent = others.get("item-type", one.extends or "")
    while parent is not None and parent.name not in seen:
        seen.add(parent.name)
        yield from parent.attributes
        parent = others.get("item-type", parent.extends or "")


ITEM_TYPE: DefinitionKind[ItemType] = DefinitionKind(
    name="item-type",
    label=Label("配置项类型", "Item type"),
    name_pattern=_TYPE_NAME,
    schema={
        "required": ["label"],
        "properties": {
            "label": LABEL_SCHEMA,
            "layer": {"type": "string"},
            "icon": {"type": "string"},
            "extends": {"type": "string"},
            "abstract": {"type": "boolean"},
            "attributes": {"type": "array", "items": ATTRIBUTE_SCHEMA},
        },
    },
    parse=_item_type,
    references=_item_type_references,
    check=_check_item_type,
)


# Relation kinds


def _relation_kind(body: Mapping[str, Any]) -> RelationKind:
    label = Label.parse(body["label"])
    return RelationKind(
        name=body["name"],
        label=label,
        reverse_label=Label.parse(body["reverse_label"]) if "reverse_label" in body else label,
        carries_impact=Impact(body.get("carries_impact", "none")),
        gate=Gate(body.get("gate", "none")),
        symmetric=body.get("symmetric", False),
        allowed=tuple(
            Ends(_several(pair.get("from")), _several(pair.get("to")))
            for pair in body.get("allowed", ())
        ),
    )


def _relation_references(one: RelationKind) -> Iterator[Reference]:
    for index, ends in enumerate(one.allowed):
        for key, names in (("from", ends.source), ("to", ends.target)):
            for path, name in paths_to(("allowed", index, key), names):
                yield Reference(path, "item-type", name)


def _check_relation_kind(one: RelationKind, _others: DefinitionView) -> Iterator[Problem]:
    if one.carries_impact is Impact.NONE and one.gate is Gate.AND:
        message = _("a kind that carries no impact cannot have the gate “and”")
        yield Problem(("gate",), message, found=str(one.gate), expected="none, or")
    if one.carries_impact is not Impact.NONE and one.gate is Gate.NONE:
        message = _("a kind that carries impact needs the gate “and” or “or”")
        yield Problem(("carries_impact",), message, expected="gate: and")
    if one.symmetric and one.carries_impact is not Impact.NONE:
        message = _("impact goes one way: a symmetric kind carries none")
        yield Problem(("symmetric",), message)


RELATION_KIND: DefinitionKind[RelationKind] = DefinitionKind(
    name="relation-kind",
    label=Label("关系类型", "Relation kind"),
    name_pattern=_TYPE_NAME,
    schema={
        "required": ["label"],
        "properties": {
            "label": LABEL_SCHEMA,
            "reverse_label": LABEL_SCHEMA,
            "carries_impact": {"enum": [str(one) for one in Impact]},
            "gate": {"enum": [str(one) for one in Gate]},
            "symmetric": {"type": "boolean"},
            "allowed": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "minProperties": 1,
                    "properties": {"from": _NAMES, "to": _NAMES},
                },
            },
        },
    },
    parse=_relation_kind,
    references=_relation_references,
    check=_check_relation_kind,
)

KINDS: tuple[DefinitionKind[Any], ...] = (LAYER, ITEM_TYPE, RELATION_KIND)
