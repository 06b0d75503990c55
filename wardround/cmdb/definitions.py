"""The `items` kind of definition: items and relations as data, applied by key."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as _

from wardround.cmdb import actions, preparation, queries, restricted
from wardround.cmdb.drafts import ItemDraft, People, Target, people_of
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.restricted import Sight
from wardround.cmdb.rules import (
    attributes_renamed,
    reference_names,
    secret_names,
    usable_types,
)
from wardround.cmdb.types import ItemsDefinition
from wardround.kernel.reach import Reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.kinds import Content, DefinitionKind, DefinitionView, Following
from wardround.schema.sealing import Secret
from wardround.schema.suggestions import closest
from wardround.schema.types import (
    Attribute,
    AttributeType,
    ItemType,
    Label,
    Path,
    Problem,
    with_inherited,
)

# Checking ----------------------------------------------------------------------------------------


def _types(view: DefinitionView) -> Mapping[str, ItemType]:
    own = view.all("item-type")
    return {name: with_inherited(item_type, own) for name, item_type in own.items()}


def _people(view: DefinitionView) -> People:
    return people_of(view.once(_types))


def _usable(view: DefinitionView) -> frozenset[str]:
    return usable_types(view.once(_types))


def _keys(view: DefinitionView) -> Mapping[str, tuple[str, str]]:
    """Every key that a definition gives: the definition that gives it first, and its type."""
    keys: dict[str, tuple[str, str]] = {}
    for name, definition in sorted(view.all("items").items()):
        for item in definition.items:
            keys.setdefault(item.key, (name, item.type))
    return keys


def _check(definition: ItemsDefinition, view: DefinitionView) -> Iterator[Problem]:
    yield from _check_keys(definition, view)
    types = view.once(_types)
    partial = view.outside("item", _incomplete(definition, types))
    for index, item in enumerate(definition.items):
        if item.type in types:
            draft = ItemDraft(
                _NOBODY, item.key, item.type, item.content, partial=item.key in partial
            )
            yield from _check_item(draft, view, ("items", index))
    yield from _check_named_keys(definition, view, types)
    yield from _check_ends(definition, view, types)
    yield from _check_doubled_relations(definition, view)


def _check_keys(definition: ItemsDefinition, view: DefinitionView) -> Iterator[Problem]:
    keys, seen = view.once(_keys), dict[str, int]()
    for index, item in enumerate(definition.items):
        path: Path = ("items", index, "key")
        if item.key in seen:
            message = _("the key “%(key)s” stands here twice")
            yield Problem(path, message, {"key": item.key}, found=item.key)
        elif keys[item.key][0] != definition.name:
            details = {"key": item.key, "other": keys[item.key][0]}
            message = _("the key “%(key)s” is in the definition “%(other)s” too")
            yield Problem(path, message, details, found=item.key)
        seen[item.key] = index


_NOBODY = UUID(int=0)
"""Stands for ids, which only the import gives."""


def _incomplete(definition: ItemsDefinition, types: Mapping[str, ItemType]) -> set[str]:
    """Keys of items that lack a required attribute: right only where the database has the rest."""
    return {
        item.key
        for item in definition.items
        if item.type in types
        and any(
            attribute.required and attribute.name not in item.attributes
            for attribute in types[item.type].attributes
        )
    }


def _check_item(draft: ItemDraft, view: DefinitionView, path: Path) -> Iterator[Problem]:
    """What the import would refuse, found by the import's own rule; keys are checked for all."""
    types, keys, said = view.once(_types), view.once(_keys), draft.content.attributes
    work = preparation.checked(draft, types, view.once(_usable), tokens=True)
    targets = {
        text: Target(_NOBODY, type=keys.get(text, ("", ""))[1])
        for _where, text, _admitted in work.named()
    }
    people = view.once(_people)
    for problem in (*work.problems, *preparation.found_problems(work, types, targets, people)):
        column, _dot, name = problem.field.partition(".")
        declared = work.type.attribute(name) if work.type and name else None
        yield Problem(
            (*path, column, name) if name else (*path, column),
            "%(text)s",
            {"text": problem.message},
            found=_shown(said.get(name) if name else getattr(draft, column, ""), name, declared),
            at_key=bool(name) and declared is None,
        )


def _shown(found: object, name: str, declared: Attribute | None) -> str:
    """What stands there, but nothing that is a secret or might be one under a mistyped name."""
    if name and (declared is None or declared.type is AttributeType.SECRET):
        return name
    return "" if found is None else str(found)


def _check_named_keys(
    definition: ItemsDefinition, view: DefinitionView, types: Mapping[str, ItemType]
) -> Iterator[Problem]:
    """Keys that are named must be those of an item, in a definition or in the database."""
    keys = view.once(_keys)
    unknown = [(path, key) for path, key in _named_keys(definition, types) if key not in keys]
    present = view.outside("item", {key for _path, key in unknown})
    for path, key in unknown:
        if key not in present:
            yield Problem(
                path,
                _("there is no item with the key “%(key)s”"),
                {"key": key},
                found=key,
                suggestion=closest(key, keys) if len(keys) < 5_000 else "",
            )


def _named_keys(
    definition: ItemsDefinition, types: Mapping[str, ItemType]
) -> Iterator[tuple[Path, str]]:
    for index, item in enumerate(definition.items):
        path: Path = ("items", index)
        for name in ("owner", "vendor"):
            key = getattr(item, name)
            if key is not None:
                yield (*path, name), key
        for name in reference_names(types.get(item.type)):
            key = item.attributes.get(name)
            if isinstance(key, str) and key.strip():
                yield (*path, "attributes", name), key.strip()
    for index, relation in enumerate(definition.relations):
        yield ("relations", index, "from"), relation.source
        yield ("relations", index, "to"), relation.target


def _check_ends(
    definition: ItemsDefinition, view: DefinitionView, types: Mapping[str, ItemType]
) -> Iterator[Problem]:
    keys = view.once(_keys)
    for index, relation in enumerate(definition.relations):
        kind = view.get("relation-kind", relation.kind)
        source = types.get(keys.get(relation.source, ("", ""))[1])
        target = types.get(keys.get(relation.target, ("", ""))[1])
        path: Path = ("relations", index)
        if relation.source == relation.target:
            yield Problem((*path, "to"), _("an item cannot be related to itself"))
        if kind and source and target and not kind.admits(source, target):
            details = {"kind": kind.name, "source": source.name, "target": target.name}
            message = _("“%(kind)s” does not lead from a %(source)s to a %(target)s")
            yield Problem((*path, "kind"), message, details, found=kind.name)


def _check_doubled_relations(
    definition: ItemsDefinition, view: DefinitionView
) -> Iterator[Problem]:
    kinds = view.all("relation-kind")
    seen: set[tuple[str, str, str]] = set()
    for index, relation in enumerate(definition.relations):
        same = relation.kind, relation.source, relation.target
        if same in seen:
            details = dict(zip(("kind", "source", "target"), same, strict=True))
            message = _("%(source)s %(kind)s %(target)s stands here twice")
            yield Problem(("relations", index), message, details)
        seen.add(same)
        if (kind := kinds.get(relation.kind)) and kind.symmetric:
            seen.add((relation.kind, relation.target, relation.source))


def _secrets(body: Mapping[str, Any], view: DefinitionView) -> Iterator[Secret]:
    types = view.once(_types)
    for index, item in enumerate(body.get("items", ())):
        given, its_type = item.get("attributes", {}), types.get(item["type"])
        for name in secret_names(its_type):
            if name in given:
                path: Path = ("items", index, "attributes", name)
                declared = its_type.attribute(name) if its_type else None
                was = declared.renamed_from if declared else None
                yield Secret(path, f"{item['key']}/{name}", f"{item['key']}/{was}" if was else "")


def _renamed_keys(
    definition: ItemsDefinition,
    before: Mapping[str, ItemType],
    after: Mapping[str, ItemType],
    names: Mapping[str, str],
) -> Iterator[tuple[Path, str]]:
    """The attributes of items that their type calls otherwise from now on."""
    renamed = attributes_renamed(before, after, names)
    for index, item in enumerate(definition.items):
        its_type = names.get(item.type, item.type)
        for name in item.attributes:
            if new := renamed.get((its_type, name)):
                yield ("items", index, "attributes", name), new


def _held(definition: ItemsDefinition) -> Iterator[str]:
    """The keys of everything that a definition tells of: items, and whatever they name.

    What stands under a name that its type does not have (any more) may have been such a key.
    """
    types = schema.remembered_item_types()
    yield from (item.key for item in definition.items)
    yield from (
        f"{item.key}/{name}"
        for item in definition.items
        for name in item.attributes
        if name in restricted.once()
    )
    yield from (key for _path, key in _named_keys(definition, types))
    for item in definition.items:
        its_type = types.get(item.type)
        for name, value in item.attributes.items():
            if isinstance(value, str) and (its_type is None or its_type.attribute(name) is None):
                yield value.strip()


def _apply(values: Sequence[ItemsDefinition], actor: Actor, at: datetime) -> None:
    actions.import_items(actor, values, at=at)


def existing_keys(keys: Collection[str]) -> frozenset[str]:
    """Which of these keys the database has."""
    return frozenset(queries.items_by_key(keys))


def reached_keys(reach: Reach, keys: Collection[str]) -> frozenset[str]:
    """Which of these keys are of items within reach; `KEY/ATTRIBUTE`: which attributes are seen."""
    return queries.visible_keys(reach, keys)


def _sees_all(reach: Reach) -> bool:
    return reach.everything and Sight(reach).whole


ITEMS: DefinitionKind[ItemsDefinition] = DefinitionKind(
    name="items",
    label=Label("配置项数据", "Items"),
    model=ItemsDefinition,
    about=Label(
        "作为数据的配置项及其关系，按编号导入。", "Items and relations as data, by their keys."
    ),
    check=_check,
    apply=_apply,
    order=10,
    content=Content(READ, WRITE, _held, whole=_sees_all),
    secrets=_secrets,
    following=Following("item-type", _renamed_keys),
)
