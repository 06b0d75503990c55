"""What item types, relation kinds and layers look like over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wardround.kernel.wire import Answer, Label, OptionalLabel
from wardround.schema.types import Capability, ItemRole, ItemType, Layer, RelationKind


class ChoiceOut(Answer):
    value: str
    label: Label


class AttributeOut(Answer):
    name: str
    label: Label
    type: str
    unit: str | None
    choices: Sequence[ChoiceOut]
    required: bool
    to: Sequence[str]
    list: bool
    filter: bool
    search: bool
    unique: bool
    group: str | None
    """One of the type's groups."""
    scope: bool
    seen_by: Sequence[str]
    """Roles that alone see its values, beside the administrator; none: whoever sees the item."""
    help: OptionalLabel
    minimum: float | None
    maximum: float | None
    default: str | bool | int | float | None
    """What a new item begins with where nothing else is said."""


class AttributeGroupOut(Answer):
    name: str
    label: Label


class ItemTypeOut(Answer):
    name: str
    label: Label
    layer: str
    layer_label: Label
    icon: str
    extends: str | None
    abstract: bool
    roles: list[ItemRole]
    capabilities: list[Capability]
    """The switches that are on, inherited ones too."""
    attributes: list[AttributeOut]
    groups: list[AttributeGroupOut]
    """In the order in which forms and pages show them."""

    @classmethod
    def of(cls, item_type: ItemType, layers: Mapping[str, Layer]) -> ItemTypeOut:
        layer = layers.get(item_type.layer)
        return cls(
            name=item_type.name,
            label=item_type.label,
            layer=item_type.layer,
            layer_label=layer.label if layer else "",
            icon=item_type.icon,
            extends=item_type.extends,
            abstract=item_type.abstract,
            roles=list(item_type.roles),
            capabilities=list(item_type.capabilities),
            attributes=[AttributeOut.model_validate(known) for known in item_type.attributes],
            groups=[AttributeGroupOut.model_validate(group) for group in item_type.groups],
        )


class EndsOut(Answer):
    """Types of items between which a kind of relation may be; none: any."""

    source: list[str]
    target: list[str]
    from_layers: list[str]
    to_layers: list[str]


class CapableOut(Answer):
    """What the types of items at the ends must be able to."""

    source: Capability | None
    target: Capability | None


class RelationKindOut(Answer):
    name: str
    label: Label
    reverse_label: Label
    carries_impact: str
    gate: str
    symmetric: bool
    allowed: list[EndsOut]
    capabilities: CapableOut
    most_targets: int | None
    most_sources: int | None
    standby: bool
    """Whether its relations can be a standby."""

    @classmethod
    def of(cls, kind: RelationKind) -> RelationKindOut:
        return cls(
            name=kind.name,
            label=kind.label,
            reverse_label=kind.reverse_label,
            carries_impact=kind.carries_impact,
            gate=kind.gate,
            symmetric=kind.symmetric,
            allowed=[EndsOut.model_validate(ends) for ends in kind.allowed],
            capabilities=CapableOut.model_validate(kind.capable),
            most_targets=kind.most_targets,
            most_sources=kind.most_sources,
            standby=kind.standby,
        )


class LayerOut(Answer):
    name: str
    label: Label
    order: int
    view: str
