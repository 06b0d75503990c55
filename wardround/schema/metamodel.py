"""The kinds of definition this room owns: layers, item types and relation kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.schema.attributes import check_attributes
from wardround.schema.capabilities import Capability
from wardround.schema.icons import ICONS
from wardround.schema.item_attributes import DAY, WARRANTY
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.suggestions import unknown
from wardround.schema.types import (
    Attribute,
    AttributeType,
    Gate,
    Impact,
    ItemAttribute,
    ItemRole,
    ItemType,
    Label,
    Layer,
    Path,
    Problem,
    RelationKind,
    with_inherited,
)


def _check_layer(layer: Layer, others: DefinitionView) -> Iterator[Problem]:
    for name, other in others.all("layer").items():
        if name < layer.name and other.order == layer.order:
            message = _("the layer “%(other)s” has the same order")
            yield Problem(("order",), message, {"other": name}, found=str(layer.order))


LAYER: DefinitionKind[Layer] = DefinitionKind(
    name="layer",
    model=Layer,
    label=Label("层", "Layer"),
    about=Label("配置项所在的层，自上而下排列。", "Where items stand, ordered from top to bottom."),
    check=_check_layer,
)


# Item types


def _check_item_type(item_type: ItemType, others: DefinitionView) -> Iterable[Problem]:
    if not item_type.layer and not item_type.extends:
        yield Problem((), _("a type needs a “layer”, or a type it “extends”"), expected="layer")
    if item_type.icon and item_type.icon not in ICONS:
        message = _("there is no icon “%(name)s”")
        yield unknown(("icon",), message, item_type.icon, ICONS)
    yield from check_attributes(item_type.attributes, path=("attributes",))
    yield from _check_uses(item_type.attributes)
    yield from _check_notices(item_type.attributes)
    yield from _check_groups(item_type, others)
    yield from _check_capabilities(item_type, others)
    yield from _check_former_names(item_type, others)
    yield from _check_overrides(item_type, others)
    yield from _check_scope(item_type, others)
    yield from _check_identifiers(item_type, others)


_SEARCHED = frozenset(
    {
        AttributeType.TEXT,
        AttributeType.LONGTEXT,
        AttributeType.ADDRESS,
        AttributeType.NETWORK,
        AttributeType.EMAIL,
        AttributeType.PHONE,
        AttributeType.URL,
    }
)
_NOT_NARROWED_BY = frozenset({AttributeType.SECRET, AttributeType.LONGTEXT})
_NEVER_ALONE = _NOT_NARROWED_BY | {AttributeType.BOOLEAN}


def _check_uses(attributes: Sequence[ItemAttribute]) -> Iterator[Problem]:
    """Only what is text can be searched, nothing secret be narrowed by, a scope be a reference."""
    for index, attribute in enumerate(attributes):
        uses = (
            ("search", attribute.search, attribute.type in _SEARCHED),
            ("filter", attribute.filter, attribute.type not in _NOT_NARROWED_BY),
            ("scope", attribute.scope, attribute.type is AttributeType.REFERENCE),
            ("unique", attribute.unique, attribute.type not in _NEVER_ALONE),
        )
        for use, wanted, fits in uses:
            if wanted and not fits:
                details = {"use": use, "type": str(attribute.type)}
                message = _("a %(type)s cannot be used for “%(use)s”")
                where: Path = ("attributes", index, use)
                yield Problem(where, message, details, found=use, at_key=True)
        if attribute.unique and attribute.default is not None:
            message = _("a unique attribute has no default: every new item would have the same")
            yield Problem(("attributes", index, "default"), message, found=str(attribute.default))


def _check_notices(attributes: Sequence[ItemAttribute]) -> Iterator[Problem]:
    """Notice is given of dates, in whole days, each once."""
    for index, attribute in enumerate(attributes):
        where: Path = ("attributes", index, "expires")
        if attribute.expires and attribute.type is not AttributeType.DATE:
            details = {"use": "expires", "type": str(attribute.type)}
            message = _("a %(type)s cannot be used for “%(use)s”")
            yield Problem(where, message, details, found="expires", at_key=True)
        if any(length % DAY for length in attribute.expires):
            yield Problem(where, _("notice is given in whole days, such as 30d"), at_key=True)
        if len({*attribute.expires}) < len(attribute.expires):
            yield Problem(where, _("each notice stands here once"), at_key=True)


def _check_capabilities(item_type: ItemType, others: DefinitionView) -> Iterator[Problem]:
    """A switch is on or off, and what it brings has no namesake of another type."""
    for index, capability in enumerate(item_type.without):
        if capability in item_type.capabilities:
            message = _("“%(name)s” is switched on and off")
            yield Problem(("without", index), message, {"name": str(capability)}, found=capability)
    if not with_inherited(item_type, others.all("item-type")).can(Capability.WARRANTY):
        return
    brought = {attribute.name: attribute for attribute in WARRANTY}
    for index, attribute in enumerate(item_type.attributes):
        known = brought.get(attribute.name)
        if known is not None and known.type is not attribute.type:
            details = {"name": attribute.name, "type": str(known.type)}
            message = _("“%(name)s” is inherited as %(type)s and must stay that")
            where: Path = ("attributes", index, "type")
            yield Problem(where, message, details, found=attribute.type, expected=known.type)


def _check_groups(item_type: ItemType, others: DefinitionView) -> Iterator[Problem]:
    """Each group is declared once, and an attribute stands in one that is declared."""
    met: set[str] = set()
    for index, group in enumerate(item_type.groups):
        if group.name in met:
            message = _("two groups are called “%(name)s”")
            where: Path = ("groups", index, "name")
            yield Problem(where, message, {"name": group.name}, found=group.name)
        met.add(group.name)
    whole = with_inherited(item_type, others.all("item-type"))
    known = {group.name for group in whole.groups} | met
    for index, attribute in enumerate(item_type.attributes):
        if attribute.group is not None and attribute.group not in known:
            message = _("there is no group “%(name)s”: declare it under “groups”")
            yield unknown(("attributes", index, "group"), message, attribute.group, known)


def _check_former_names(item_type: ItemType, others: DefinitionView) -> Iterator[Problem]:
    """A former name is nobody's any more, and one attribute's alone."""
    whole = with_inherited(item_type, others.all("item-type"))
    names = {attribute.name for attribute in whole.attributes}
    met: set[str] = set()
    for index, attribute in enumerate(item_type.attributes):
        former = attribute.renamed_from
        if former is not None and (former in names or former in met):
            message = _("“%(name)s” is the name of another attribute: its values stay there")
            where: Path = ("attributes", index, "renamed_from")
            yield Problem(where, message, {"name": former}, found=former)
        met.update([former] if former else [])


def _check_scope(item_type: ItemType, others: DefinitionView) -> Iterator[Problem]:
    """Only a system has an organisation whose people may see it, and only to one it points."""
    types = others.all("item-type")
    system = ItemRole.SYSTEM in with_inherited(item_type, types).roles
    for index, attribute in enumerate(item_type.attributes):
        if not attribute.scope:
            continue
        where: Path = ("attributes", index, "scope")
        if not system:
            message = _("only an attribute of a system can be used for a scope")
            yield Problem(where, message, expected="roles: [system]", at_key=True)
        aims = [with_inherited(types[name], types) for name in attribute.to if name in types]
        if not attribute.to or any(ItemRole.ORGANISATION not in aim.roles for aim in aims):
            message = _("a scope is given over organisations: “to” must name types with that role")
            yield Problem(where, message, expected="roles: [organisation]", at_key=True)


def _check_identifiers(item_type: ItemType, others: DefinitionView) -> Iterator[Problem]:
    """What identifies items is their name or an attribute that they have, and no secret."""
    whole = with_inherited(item_type, others.all("item-type"))
    known = {
        attribute.name
        for attribute in whole.attributes
        if attribute.type not in (AttributeType.SECRET, AttributeType.LONGTEXT)
    } | {"name"}
    known |= {
        each.renamed_from for each in whole.attributes if each.renamed_from and each.name in known
    }
    for index, identifier in enumerate(item_type.identified_by):
        if not identifier:
            yield Problem(("identified_by", index), _("name at least one attribute"))
        for place, name in enumerate(identifier):
            if name not in known:
                message = _("there is no attribute “%(name)s” that could identify an item")
                yield unknown(("identified_by", index, place), message, name, known)


def _check_overrides(item_type: ItemType, others: DefinitionView) -> Iterator[Problem]:
    """An inherited attribute may be narrowed, not turned into another type."""
    inherited = {attribute.name: attribute for attribute in _ancestral(item_type, others)}
    for index, attribute in enumerate(item_type.attributes):
        before = inherited.get(attribute.name)
        if before is not None and before.type is not attribute.type:
            details = {"name": attribute.name, "type": str(before.type)}
            message = _("“%(name)s” is inherited as %(type)s and must stay that")
            where = ("attributes", index, "type")
            yield Problem(where, message, details, found=attribute.type, expected=before.type)


def _ancestral(item_type: ItemType, others: DefinitionView) -> Iterator[Attribute]:
    seen = {item_type.name}
    parent = others.get("item-type", item_type.extends or "")
    while parent is not None and parent.name not in seen:
        seen.add(parent.name)
        yield from parent.attributes
        parent = others.get("item-type", parent.extends or "")


ITEM_TYPE: DefinitionKind[ItemType] = DefinitionKind(
    name="item-type",
    model=ItemType,
    label=Label("配置项类型", "Item type"),
    about=Label(
        "一类配置项：它的层、图标和属性。",
        "A type of configuration item: its layer, its icon and its attributes.",
    ),
    check=_check_item_type,
)


# Relation kinds


def _check_relation_kind(kind: RelationKind, _others: DefinitionView) -> Iterator[Problem]:
    if kind.carries_impact is Impact.NONE and kind.gate is not Gate.NONE:
        message = _("a kind that carries no impact combines nothing: it has no gate")
        yield Problem(("gate",), message, found=str(kind.gate), expected="none")
    if kind.carries_impact is not Impact.NONE and kind.gate is Gate.NONE:
        message = _("a kind that carries impact needs the gate “and” or “or”")
        yield Problem(("carries_impact",), message, expected="gate: and")
    if kind.symmetric and kind.carries_impact is not Impact.NONE:
        message = _("impact goes one way: a symmetric kind carries none")
        yield Problem(("symmetric",), message)
    if kind.symmetric and kind.reverse is not None and kind.reverse != kind.label:
        message = _("a symmetric kind is called the same from both ends: leave this out")
        yield Problem(("reverse_label",), message, at_key=True)
    if kind.symmetric and kind.most_sources is not None:
        message = _("both ends stand for the same: “most_targets” counts at either, leave this out")
        yield Problem(("most_sources",), message, at_key=True)
    for index, ends in enumerate(kind.allowed):
        if not (ends.source or ends.target or ends.from_layers or ends.to_layers):
            message = _("say “from”, “to” or both: between any types it may be without this")
            yield Problem(("allowed", index), message, expected="from, to")


RELATION_KIND: DefinitionKind[RelationKind] = DefinitionKind(
    name="relation-kind",
    model=RelationKind,
    label=Label("关系类型", "Relation kind"),
    about=Label(
        "配置项之间的一类关系，以及一端故障时的影响。",
        "A kind of relation between items, and what a failure at one end means at the other.",
    ),
    check=_check_relation_kind,
)

KINDS: tuple[DefinitionKind[Any], ...] = (LAYER, ITEM_TYPE, RELATION_KIND)
