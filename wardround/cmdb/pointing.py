"""Where items name others as owner, vendor or in an attribute: found, emptied, and said anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from wardround.cmdb import models, preparation, rules, value_sources
from wardround.cmdb.drafts import PEOPLE, Prepared, Stored
from wardround.cmdb.reading import stored
from wardround.cmdb.where.sql import names_somewhere
from wardround.cmdb.whys import UNSAID, Why
from wardround.cmdb.writing import Writing, save_history, write
from wardround.kernel.types import Actor
from wardround.schema import queries as schema

ATTRIBUTE = "attributes."

Pointing = tuple[models.Item, str, UUID]
"""An item, its field, and the item that it names there."""


def naming(ids: Collection[UUID]) -> list[Pointing]:
    """Items beside these that name one of them as owner, vendor or in an attribute; one query."""
    types = schema.remembered_item_types()
    references = {name for each in types.values() for name in rules.reference_names(each)}
    texts = [str(id_) for id_ in ids]
    by_attribute = Q(pk__in=())
    for name in sorted(references):
        by_attribute |= Q(**{f"attributes__{name}__in": texts})
    wanted = Q(owner__in=ids) | Q(vendor__in=ids) | (names_somewhere(ids) & by_attribute)
    found: list[Pointing] = []
    for row in models.Item.objects.filter(wanted).exclude(id__in=ids).order_by("id"):
        named: dict[str, UUID | None] = {name: getattr(row, f"{name}_id") for name in PEOPLE}
        for name in rules.reference_names(types.get(row.type)):
            named[f"{ATTRIBUTE}{name}"] = rules.as_id(str(row.attributes.get(name)))
        found += [(row, name, id_) for name, id_ in named.items() if id_ and id_ in ids]
    return found


def let_go(actor: Actor, pointing: Iterable[Pointing], *, at: datetime, why: Why) -> None:
    fields: dict[UUID, dict[str, str | None]] = defaultdict(dict)
    rows: dict[UUID, models.Item] = {}
    for row, name, _to in pointing:
        rows[row.id] = row
        fields[row.id][name] = None
    say(actor, [(rows[id_], said) for id_, said in fields.items()], at=at, why=why)


def say(
    actor: Actor,
    said: Iterable[tuple[models.Item, Mapping[str, str | None]]],
    *,
    at: datetime,
    why: Why = UNSAID,
) -> None:
    """Let items name others in these fields, or nobody. What is out of use stays so, and whose a
    field is, too.
    """
    said = list(said)
    held = value_sources.of_items([row.id for row, _fields in said])
    types = schema.remembered_item_types()
    in_use: list[Prepared] = []
    resting: list[tuple[models.Item, Prepared]] = []
    for row, fields in said:
        before = stored(row)
        after = naming_otherwise(before, fields)
        made = Prepared(before, after, preparation.history(before, after, types))
        if before.retired:
            resting.append((row, made))
        else:
            in_use.append(made)
    write(actor, Writing(items=in_use, why=why, follows=True), at=at)
    for row, made in resting:
        models.Item.objects.filter(id=row.id).update(
            owner=made.after.owner,
            vendor=made.after.vendor,
            attributes=made.after.attributes,
            version=F("version") + 1,
            updated_at=at,
        )
    history = {
        row.id: tuple(change for change in made.changes if change.field != "retired")
        for row, made in resting
    }
    save_history(actor, history, at=at, why=why)
    value_sources.claim(
        {
            row.id: {name: held[row.id][name] for name in fields if name in held[row.id]}
            for row, fields in said
            if row.id in held
        }
    )


def naming_otherwise(before: Stored, fields: Mapping[str, str | None]) -> Stored:
    """The item with other items, or nobody, in these fields."""
    columns: dict[str, Any] = {}
    attributes = dict(before.attributes)
    for name, value in fields.items():
        if name in PEOPLE:
            columns[name] = UUID(value) if value else None
            continue
        attributes.pop(name.removeprefix(ATTRIBUTE), None)
        if value:
            attributes[name.removeprefix(ATTRIBUTE)] = value
    return replace(before, **columns, attributes=attributes)
