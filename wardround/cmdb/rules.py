"""Decisions of the configuration database, free of Django, stores and clocks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wardround.cmdb.items import ABNORMAL, Condition, Parts
from wardround.schema.types import (
    AttributeType,
    Capability,
    Declared,
    Impact,
    ItemAttribute,
    ItemRole,
    ItemType,
    RelationKind,
    with_inherited,
)


def parts_of(counted: Mapping[Condition, int]) -> Parts:
    """What is told of a system's parts, by how many are in each condition."""
    known = next((condition for condition in ABNORMAL if counted.get(condition)), None)
    quiet = Condition.OK if counted.get(Condition.OK) else Condition.UNKNOWN
    return Parts(
        all=sum(counted.values()),
        abnormal=sum(counted.get(condition, 0) for condition in ABNORMAL),
        unknown=counted.get(Condition.UNKNOWN, 0),
        worst=known or quiet,
    )


Values = Mapping[str, Any]
"""The stored values of an item that have a history: columns by name, attributes by
`attributes.NAME`."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    old: Any
    new: Any
    other: UUID | None = None
    """The item at the other end, where a relation changed."""
    outward: bool | None = None
    """Whether that relation leads from the item to the other one."""


def changes(before: Values, after: Values, *, secret: frozenset[str]) -> tuple[FieldChange, ...]:
    """What `after` changes, field by field; of a secret only that it changed is told."""
    return tuple(_changes(before, after, secret))


def _changes(before: Values, after: Values, secret: frozenset[str]) -> Iterator[FieldChange]:
    for name, new in after.items():
        old = before.get(name)
        if old != new:
            hidden = name in secret
            yield FieldChange(
                name, _hidden(old) if hidden else old, _hidden(new) if hidden else new
            )


def confirmed(name: str) -> FieldChange:
    """Somebody has looked at the item and found it right: an entry of its history, so that it is
    known who did, and how long ago.
    """
    return FieldChange("confirmed", None, name)


HIDDEN = "••••••"
"""What the history says of a secret that there is."""


def _hidden(value: Any) -> str | None:
    return None if value is None else HIDDEN


def merged(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes after an edit: given ones replace, emptied ones go, the others stay."""
    after = {**before, **given}
    return {name: value for name, value in after.items() if value is not None}


AttributeOf = tuple[str, str]
"""A type, and the name of an attribute that its items may hold, inherited or its own."""


def attributes_lost(
    before: Mapping[str, ItemType], after: Mapping[str, ItemType], renames: Mapping[str, str]
) -> set[AttributeOf]:
    """What items may no longer hold, of types that stay, by the present names of the types.

    What is a secret and is to be none is lost too: nothing may show it. So is what points to an
    item and is to be a text, and the other way round: neither can be read as the other.

    Args:
        before: every type there is, as it declares itself.
        after: every type there will be.
        renames: by old name, the new name of a type.

    """
    return {
        (step.was.name, name)
        for step in staying(before, after, renames)
        for name, attribute in step.present.items()
        if (heir := step.heir(name)) is None or not _goes_on(attribute, heir)
    }


def attributes_renamed(
    before: Mapping[str, ItemType], after: Mapping[str, ItemType], renames: Mapping[str, str]
) -> dict[AttributeOf, str]:
    """What items hold under a new name from now on: by type (its new name) and old, the new one."""
    return {
        (step.becomes.name, name): heir.name
        for step in staying(before, after, renames)
        for name in step.present
        if (heir := step.heir(name)) and heir.name != name
    }


def secrets_from_now_on(
    before: Mapping[str, ItemType], after: Mapping[str, ItemType], renames: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """By type (its new name), what was shown until now and is a secret from now on.

    Each by every name it has or had, with the name that it has: under a former name old versions
    and histories tell it.
    """
    found: dict[str, dict[str, str]] = {}
    for step in staying(before, after, renames):
        kept = {heir.name for name in secret_names(step.was) if (heir := step.heir(name))}
        for name in secret_names(step.becomes):
            if name not in kept:
                names = {name, step.later[name].renamed_from or name}
                found.setdefault(step.becomes.name, {}).update(dict.fromkeys(names, name))
    return found


def emptied_from_now_on(
    before: Mapping[str, ItemType], after: Mapping[str, ItemType], renames: Mapping[str, str]
) -> set[AttributeOf]:
    """What stays declared and loses the values that items hold: by type (its new name) and name.

    The name is the one until now.
    """
    return {
        (step.becomes.name, name)
        for step in staying(before, after, renames)
        for name, attribute in step.present.items()
        if (heir := step.heir(name)) and not _goes_on(attribute, heir)
    }


def shown_from_now_on(
    before: Mapping[str, ItemType], after: Mapping[str, ItemType], renames: Mapping[str, str]
) -> set[AttributeOf]:
    """What a type (its new name) did not declare until now, and declares as no secret.

    Items may still hold what they held under that name long ago, sealed perhaps.
    """
    return {
        (step.becomes.name, name)
        for step in staying(before, after, renames)
        for name, attribute in step.later.items()
        if name not in step.present and attribute.type is not AttributeType.SECRET
    }


@dataclass(frozen=True, slots=True)
class Narrowed:
    """An attribute that takes other values than it did; one that was not there has no `was`."""

    was: ItemAttribute | None
    becomes: ItemAttribute


def attributes_narrowed(
    before: Mapping[str, ItemType], after: Mapping[str, ItemType], renames: Mapping[str, str]
) -> dict[AttributeOf, Narrowed]:
    """What may no longer take the values that items hold, or requires one from now on.

    By the present names of the types and attributes; what is lost altogether is none of it.
    """
    found: dict[AttributeOf, Narrowed] = {}
    for step in staying(before, after, renames):
        heirs = {name: heir for name in step.present if (heir := step.heir(name))}
        for name, heir in heirs.items():
            was = step.present[name]
            if _goes_on(was, heir) and _takes(was) != _takes(heir):
                found[step.was.name, name] = Narrowed(was, heir)
        inherited = {heir.name for heir in heirs.values()}
        for name, attribute in step.later.items():
            if attribute.required and name not in inherited:
                found[step.was.name, name] = Narrowed(None, attribute)
    return found


def _takes(attribute: ItemAttribute) -> tuple[object, ...]:
    """All that decides which values fit."""
    choices = frozenset(choice.value for choice in attribute.choices)
    limits = attribute.minimum, attribute.maximum
    return attribute.type, choices, limits, frozenset(attribute.to), attribute.required


@dataclass(frozen=True, slots=True)
class Step:
    """A type that stays, as it is and as it will be, with what it inherits."""

    was: ItemType
    becomes: ItemType
    present: Mapping[str, ItemAttribute]
    later: Mapping[str, ItemAttribute]
    by_former: Mapping[str, ItemAttribute]
    """What is new under its name, by the name that it had."""

    def heir(self, name: str) -> ItemAttribute | None:
        """What becomes of an attribute: the one of its name, or else the one it is renamed to."""
        return self.later.get(name) or self.by_former.get(name)


def staying(
    before: Mapping[str, ItemType], after: Mapping[str, ItemType], renames: Mapping[str, str]
) -> Iterator[Step]:
    """The types that stay, each as it is and as it will be."""
    for name, item_type in before.items():
        becomes = after.get(renames.get(name, name))
        if becomes is not None:
            yield _step(with_inherited(item_type, before), with_inherited(becomes, after))


def _step(was: ItemType, becomes: ItemType) -> Step:
    present = {attribute.name: attribute for attribute in was.attributes}
    later = {attribute.name: attribute for attribute in becomes.attributes}
    by_former = {
        attribute.renamed_from: attribute
        for attribute in becomes.attributes
        if attribute.renamed_from and attribute.name not in present
    }
    return Step(was, becomes, present, later, by_former)


_READ_ALONE = (AttributeType.SECRET, AttributeType.REFERENCE)
"""Types whose stored values no other type can show."""


def _goes_on(was: ItemAttribute, becomes: ItemAttribute) -> bool:
    """Whether what items hold can be read as what it becomes; anything may become a secret but an
    item that is pointed to.
    """
    apart = was.type in _READ_ALONE or becomes.type is AttributeType.REFERENCE
    return was.type is becomes.type or not apart


def losing_types(
    lost: Iterable[AttributeOf], before: Mapping[str, ItemType], changed: Collection[str]
) -> dict[str, list[AttributeOf]]:
    """What is lost by the changed type that took it away: the nearest that a type extends."""
    found: dict[str, list[AttributeOf]] = {}
    for name, attribute in sorted(lost):
        lineage = with_inherited(before[name], before).lineage
        nearest = next((kin for kin in lineage if kin in changed), name)
        found.setdefault(nearest, []).append((name, attribute))
    return found


def roles_changed(
    before: Mapping[str, ItemType], after: Mapping[str, ItemType], renames: Mapping[str, str]
) -> dict[str, tuple[frozenset[ItemRole], frozenset[ItemRole]]]:
    """By type that stays (its present name), the roles its items had and will have, where they
    differ; inherited ones count.
    """
    return {
        step.was.name: (frozenset(step.was.roles), frozenset(step.becomes.roles))
        for step in staying(before, after, renames)
        if {*step.was.roles} != {*step.becomes.roles}
    }


def scopes_lost(
    before: Mapping[str, ItemType], after: Mapping[str, ItemType], renames: Mapping[str, str]
) -> set[AttributeOf]:
    """What leads from an organisation to the systems it uses, and will no longer; of types that
    stay, by present names.
    """
    return {
        (step.was.name, name)
        for step in staying(before, after, renames)
        if ItemRole.SYSTEM in step.was.roles
        for name, attribute in step.present.items()
        if attribute.scope
        and not (ItemRole.SYSTEM in step.becomes.roles and (heir := step.heir(name)) and heir.scope)
    }


def carrying_less(
    before: Mapping[str, RelationKind],
    after: Mapping[str, RelationKind],
    renames: Mapping[str, str],
) -> list[str]:
    """Kinds that stay (their present names) and no longer carry impact the way they do."""
    return sorted(
        name
        for name, kind in before.items()
        if kind.carries_impact is not Impact.NONE
        and (becomes := after.get(renames.get(name, name))) is not None
        and becomes.carries_impact is not kind.carries_impact
    )


def types_with(role: ItemRole, types: Mapping[str, ItemType]) -> list[str]:
    """Item types whose items play this role."""
    return sorted(name for name, item_type in types.items() if role in item_type.roles)


def types_without(capability: Capability, types: Mapping[str, ItemType]) -> list[str]:
    """Item types for which this switch is off."""
    return sorted(name for name, item_type in types.items() if not item_type.can(capability))


def scope_attributes(types: Mapping[str, ItemType]) -> list[tuple[str, str]]:
    """Types of systems, each with an attribute that names the organisation that uses it."""
    return [
        (name, attribute.name)
        for name in types_with(ItemRole.SYSTEM, types)
        for attribute in types[name].attributes
        if attribute.scope
    ]


def usable_types(types: Mapping[str, ItemType]) -> frozenset[str]:
    """Of the types in force, those that a new item may be of."""
    return frozenset(name for name, item_type in types.items() if not item_type.abstract)


def types_in(layers: Sequence[str], types: Mapping[str, ItemType]) -> list[str]:
    """Item types of these layers."""
    return sorted(name for name, item_type in types.items() if item_type.layer in layers)


def with_descendants(names: Sequence[str], types: Mapping[str, ItemType]) -> list[str]:
    """These types and every type that extends one of them; unknown names stay."""
    kin = (
        name for name, item_type in types.items() if any(item_type.is_a(wanted) for wanted in names)
    )
    return sorted({*names, *kin})


def reference_names(item_type: ItemType | None) -> tuple[str, ...]:
    """Attributes of a type that point to other items."""
    return tuple(attribute.name for attribute in references(item_type))


def references(item_type: ItemType | None) -> tuple[ItemAttribute, ...]:
    """The same as they are declared."""
    declared = item_type.attributes if item_type else ()
    if isinstance(declared, Declared):
        return declared.references
    return tuple(each for each in declared if each.type is AttributeType.REFERENCE)


def secret_names(item_type: ItemType | None) -> tuple[str, ...]:
    """Attributes of a type that are secrets."""
    declared = item_type.attributes if item_type else ()
    return tuple(attribute.name for attribute in declared if attribute.type is AttributeType.SECRET)


def impact_kinds(kinds: Mapping[str, RelationKind], impact: Impact) -> list[str]:
    return sorted(name for name, kind in kinds.items() if kind.carries_impact is impact)


def serving_kinds(kinds: Mapping[str, RelationKind]) -> list[str]:
    """Kinds whose target serves whatever system its source serves: all that carry impact.

    An interface so serves its provider and its consumers, and neither of them the other.
    """
    return sorted(name for name, kind in kinds.items() if kind.carries_impact is not Impact.NONE)


def document_kinds(kinds: Mapping[str, RelationKind]) -> tuple[list[str], list[str]]:
    """Kinds that lead from a document to what it is about, and those that lead to a document."""
    needs = Capability.DOCUMENTS
    outward = sorted(name for name, kind in kinds.items() if kind.capable.target is needs)
    inward = sorted(name for name, kind in kinds.items() if kind.capable.source is needs)
    return outward, inward


def describing_less(
    before: Mapping[str, RelationKind],
    after: Mapping[str, RelationKind],
    renames: Mapping[str, str],
) -> list[str]:
    """Kinds that stay (their present names) and no longer join documents the way they do."""
    needs = Capability.DOCUMENTS
    return sorted(
        name
        for name, kind in before.items()
        if needs in (kind.capable.source, kind.capable.target)
        and (becomes := after.get(renames.get(name, name))) is not None
        and becomes.capable != kind.capable
    )


def as_id(text: str) -> UUID | None:
    """The id that a text is, if it is one; else it is a key."""
    if len(text) != 36:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None


def matches(pattern: str, text: str) -> bool:
    return re.match(pattern, text) is not None and "\n" not in text
