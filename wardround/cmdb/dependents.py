"""Items and relations that live by definitions: by type, by kind, or by what declares them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from wardround.cmdb import (
    actions,
    admitting,
    bin_following,
    conversions,
    counting,
    crowded,
    misfits,
    models,
    opening,
    retyping,
    rules,
    searched_types,
    serving,
    statements,
    symmetric,
    taking,
    uniques,
)
from wardround.cmdb.intake import following
from wardround.cmdb.networks import following as networks_following
from wardround.cmdb.past import RELATION
from wardround.cmdb.signals import ItemChanged, item_changed
from wardround.cmdb.types import ItemsDefinition
from wardround.cmdb.writing import save_history
from wardround.kernel import audit, live, secrets
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.dependents import Changed, Holder, Renames
from wardround.schema.kinds import parts
from wardround.schema.sealing import MASK, Secret
from wardround.schema.stored_secrets import seal_kept
from wardround.schema.types import Label

_ITEMS, _RELATIONS = Label("配置项", "item"), Label("关系", "relation")
_VALUES = Label("属性值", "attribute value")
_MISFIT = Label("不再符合定义的属性值", "attribute value that no longer fits")
_MISFITS = Label("不再符合定义的属性值", "attribute values that no longer fit")


def _keys(_name: str, definition: ItemsDefinition, _renames: Renames) -> Sequence[str]:
    return [entry.key for entry in definition.items]


# A new name --------------------------------------------------------------------------------------


def _give_types(actor: Actor, names: Mapping[str, str], at: datetime) -> None:
    """Items of a renamed type take its new name, in their history too."""
    statements.in_turn()
    bin_following.give_types(names)
    for old, new in names.items():
        rows = models.Item.objects.filter(type=old)
        ids = list(rows.values_list("id", flat=True))
        rows.update(type=new, version=F("version") + 1, updated_at=at)
        change = rules.FieldChange("type", old, new)
        save_history(actor, dict.fromkeys(ids, (change,)), at=at)
        audit.record(actor, "item.rename_type", subject=("item-type", new), old=old, count=len(ids))
        item_changed.send_many([ItemChanged(item, ("type",), at) for item in ids])
    live.publish("items")


def _give_kinds(actor: Actor, names: Mapping[str, str], _at: datetime) -> None:
    bin_following.give_kinds(names)
    for old, new in names.items():
        count = models.Relation.objects.filter(kind=old).update(kind=new)
        told = models.ItemChange.objects.filter(field=f"{RELATION}{old}")
        told.update(field=f"{RELATION}{new}")
        subject = ("relation-kind", new)
        audit.record(actor, "relation.rename_kind", subject=subject, old=old, count=count)
    live.publish("items")


def _give_origins(_actor: Actor, names: Mapping[str, str], _at: datetime) -> None:
    statements.in_turn()
    bin_following.give_origins(names)
    for old, new in names.items():
        models.Item.objects.filter(origin=old).update(origin=new)
        models.Relation.objects.filter(origin=old).update(origin=new)


# Attributes ---------------------------------------------------------------------------------------


def _marked(of: rules.AttributeOf) -> str:
    return "/".join(of)


def _attributes_taken(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed type, the attributes that its items, or those of types below it, lose with it."""
    lost = rules.attributes_lost(changed.all_before, changed.after, changed.renames)
    by_type = rules.losing_types(lost, changed.all_before, changed.differing)
    return {name: [_marked(each) for each in several] for name, several in by_type.items()}


def _empty_what_nothing_can_read(actor: Actor, changed: Changed, at: datetime) -> None:
    """Values of an attribute that can no longer be read go, and the history says so."""
    definitions = changed.all_before, changed.after, changed.renames
    emptied = rules.emptied_from_now_on(*definitions)
    shown = rules.shown_from_now_on(*definitions) - emptied
    held = _held_at_all(emptied | shown)
    for its_type, name in sorted(emptied | shown):
        bin_following.empty(its_type, name, only_sealed=(its_type, name) in shown)
    _empty(actor, sorted(emptied & held), at)
    _empty(actor, sorted(shown & held), at, only_sealed=True)


def _held_at_all(several: Collection[rules.AttributeOf]) -> set[rules.AttributeOf]:
    """Those of which some item holds a value, a retired one too; one statement."""
    if not several:
        return set()
    types = sorted({its_type for its_type, _name in several})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT item.type, held.name FROM cmdb_item item,"
            " jsonb_object_keys(item.attributes) AS held (name) WHERE item.type = ANY (%s)",
            [types],
        )
        return {(its_type, name) for its_type, name in cursor.fetchall()} & set(several)


def _empty(
    actor: Actor, several: Sequence[rules.AttributeOf], at: datetime, *, only_sealed: bool = False
) -> None:
    for its_type, name in several:
        rows = models.Item.objects.filter(type=its_type, attributes__has_key=name)
        if only_sealed:
            rows = rows.filter(**{f"attributes__{name}__startswith": secrets.SEALED})
        held = {
            row.id: MASK if secrets.is_sealed(value) else value
            for row in rows.only("attributes")
            if (value := row.attributes[name]) is not None
        }
        if not held:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE cmdb_item SET attributes = attributes - %s::text,"
                " version = version + 1, updated_at = %s WHERE id = ANY (%s)",
                [name, at, list(held)],
            )
        field = f"attributes.{name}"
        gone = {id_: (rules.FieldChange(field, value, None),) for id_, value in held.items()}
        save_history(actor, gone, at=at)
        told = {"attribute": name, "count": len(held)}
        audit.record(actor, "item.empty", subject=("item-type", its_type), **told)
        item_changed.send_many([ItemChanged(item, (field,), at) for item in held])
        live.publish("items")


def _rename_attributes(actor: Actor, changed: Changed, at: datetime) -> None:
    """Values of a renamed attribute stand under its new name, sealed ones as they are, and so does
    what the history tells of it: who sees that, compares it or takes it back asks by that name.

    What items held under that name long ago, when it was another attribute, gives way.
    """
    renamed = rules.attributes_renamed(changed.all_before, changed.after, changed.renames)
    for (its_type, old), new in sorted(renamed.items()):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE cmdb_item SET attributes = (attributes - %(old)s::text)"
                " || jsonb_build_object(%(new)s::text, attributes -> %(old)s),"
                " version = version + 1, updated_at = %(at)s"
                " WHERE type = %(type)s AND attributes ? %(old)s RETURNING id",
                {"old": old, "new": new, "at": at, "type": its_type},
            )
            ids = [row[0] for row in cursor.fetchall()]
        told = models.ItemChange.objects.filter(
            field=f"attributes.{old}", item__in=models.Item.objects.filter(type=its_type)
        )
        told.update(field=f"attributes.{new}")
        following.rename(its_type, old, new)
        bin_following.rename_attribute(its_type, old, new)
        subject = ("item-type", its_type)
        counted = {"old": old, "new": new, "count": len(ids)}
        audit.record(actor, "item.rename_attribute", subject=subject, **counted)
        item_changed.send_many([ItemChanged(item, (f"attributes.{new}",), at) for item in ids])
    if renamed:
        live.publish("items")


def _seal_what_is_secret_now(actor: Actor, changed: Changed) -> None:
    """An attribute that a type calls a secret from now on is one wherever it was kept in clear:
    in its items, their history, and every version of the definitions that tell of them.
    """
    fresh = rules.secrets_from_now_on(changed.all_before, changed.after, changed.renames)
    for its_type, names in sorted(fresh.items()):
        _mask_history(its_type, names)
        count = _seal_items(its_type, frozenset(names.values()))
        told = {"attributes": sorted(frozenset(names.values())), "count": count}
        audit.record(actor, "item.seal", subject=("item-type", its_type), **told)
    if fresh:
        _seal_texts(fresh, changed)


def _rows_holding(its_type: str, name: str) -> Q:
    """Items of the type, and those that may have been of it and keep the value unseen."""
    return ~Q(type__in=_declaring(its_type, name))


def _declaring(its_type: str, name: str) -> frozenset[str]:
    """Other types that have an attribute of this name, which is another one."""
    types = schema.remembered_item_types()
    return frozenset({known for known, of in types.items() if of.attribute(name)} - {its_type})


def _mask_history(its_type: str, names: Mapping[str, str]) -> None:
    for name in sorted(names):
        items = models.Item.objects.filter(_rows_holding(its_type, name)).values("id")
        told = models.ItemChange.objects.filter(field=f"attributes.{name}", item__in=items)
        told.exclude(old=None).update(old=MASK)
        told.exclude(new=None).update(new=MASK)
        following.seal({name, names[name]}, models.Item.objects.filter(id__in=items))


def _seal_items(its_type: str, names: Collection[str]) -> int:
    sealed: set[UUID] = set()
    for name in sorted(names):
        bin_following.seal(_declaring(its_type, name), name)
        rows = models.Item.objects.filter(_rows_holding(its_type, name), attributes__has_key=name)
        changed = []
        for item in rows.only("attributes"):
            value = item.attributes[name]
            if value is not None and not secrets.is_sealed(value):
                item.attributes = {**item.attributes, name: secrets.seal(str(value))}
                changed.append(item)
        models.Item.objects.bulk_update(changed, ["attributes"], batch_size=500)
        sealed |= {item.id for item in changed}
    return len(sealed)


def _seal_texts(fresh: Mapping[str, Mapping[str, str]], changed: Changed) -> None:
    """Old versions may call a type by a name that nothing has any more: any type of then is meant.

    A token too much hides what nobody reads any more; one too few would show a secret.
    """
    former = {changed.renames.get(name, name): name for name in changed.before}
    by_type = {**fresh, **{former[name]: names for name, names in fresh.items() if name in former}}
    gone = {name: new for names in fresh.values() for name, new in names.items()}

    def declared(body: Mapping[str, Any]) -> Iterator[Secret]:
        for index, entry in parts(body, "items"):
            its_type, given = str(entry.get("type")), entry.get("attributes")
            known = its_type in changed.after or its_type in by_type
            names = by_type.get(its_type, {}) if known else gone
            for name in names.keys() & (given.keys() if isinstance(given, dict) else ()):
                path = ("items", index, "attributes", name)
                yield Secret(path, f"{entry.get('key')}/{names[name]}")

    seal_kept("items", gone, declared)


def _follow_types(actor: Actor, changed: Changed, at: datetime) -> None:
    statements.in_turn()
    _empty_what_nothing_can_read(actor, changed, at)
    conversions.convert(actor, changed, at)
    _rename_attributes(actor, changed, at)
    _seal_what_is_secret_now(actor, changed)


# A definition goes -------------------------------------------------------------------------------


def _relations_taken(changed: Changed) -> Mapping[str, Collection[str]]:
    """By definition, itself where it goes, else the relations that no definition names any more."""
    lines = {
        counting.line(relation)
        for definition in changed.after.values()
        for relation in definition.relations
    }
    found = {}
    for name, definition in changed.before.items():
        stays = changed.renames.get(name, name) in changed.after
        gone = [line for each in definition.relations if (line := counting.line(each)) not in lines]
        found[name] = [f"{name} {line}" for line in dict.fromkeys(gone)] if stays else [name]
    return found


def _let_go_of_all(actor: Actor, names: Collection[str], at: datetime) -> None:
    """What a whole definition declared is retired as if each of its lines were gone."""
    emptied = [ItemsDefinition(name=name) for name in sorted(names) if " " not in name]
    actions.import_items(actor, emptied, at=at)


HOLDERS = (
    *serving.HOLDERS,
    *retyping.HOLDERS,
    *taking.HOLDERS,
    *admitting.HOLDERS,
    *crowded.HOLDERS,
    conversions.HOLDER,
    symmetric.HOLDER,
    searched_types.HOLDER,
    uniques.HOLDER,
    networks_following.HOLDER,
    opening.HOLDER,
    Holder(
        kind="item-type",
        thing="item",
        label=_ITEMS,
        count=counting.items_of_types,
        rows=counting.rows_of_types,
        carry=_give_types,
    ),
    Holder(
        kind="item-type",
        thing="attribute-value",
        label=_VALUES,
        count=counting.values_held,
        marks=counting.nothing,
        losing=_attributes_taken,
        follow=_follow_types,
    ),
    Holder(
        kind="item-type",
        thing="misfit",
        label=_MISFIT,
        several=_MISFITS,
        count=counting.each_once,
        marks=counting.nothing,
        losing=misfits.losing,
        naming=misfits.attribute_of,
    ),
    Holder(
        kind="relation-kind",
        thing="relation",
        label=_RELATIONS,
        count=counting.relations_of_kinds,
        rows=counting.relation_rows_of_kinds,
        carry=_give_kinds,
    ),
    Holder(
        kind="items",
        thing="item",
        label=_ITEMS,
        count=counting.items_declared,
        rows=counting.rows_declared,
        marks=_keys,
    ),
    Holder(
        kind="items",
        thing="relation",
        label=_RELATIONS,
        count=counting.relations_declared,
        rows=counting.relation_rows_declared,
        losing=_relations_taken,
        carry=_give_origins,
        let_go=_let_go_of_all,
    ),
)
