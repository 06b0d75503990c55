"""The one way items and relations are stored: rows, history, announcements, systems, screens.

A fixed number of statements for any number of rows, whether a person or a definition changes them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from wardround.cmdb import (
    crowded,
    item_texts,
    kept_values,
    models,
    ruled,
    statements,
    systems,
    value_sources,
)
from wardround.cmdb.coming_and_going import standing
from wardround.cmdb.drafts import Prepared, Stored
from wardround.cmdb.errors import KeyTaken
from wardround.cmdb.networks import keeping
from wardround.cmdb.reading import named
from wardround.cmdb.relation_rows import DETAILS, RelationRow
from wardround.cmdb.rules import FieldChange
from wardround.cmdb.signals import (
    ItemChanged,
    ItemCreated,
    ItemRetired,
    item_changed,
    item_created,
    item_retired,
)
from wardround.cmdb.staying import watched
from wardround.cmdb.whys import MOST_REASON, MOST_TICKET, UNSAID, Why
from wardround.kernel import live
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Actor

_MANY = 100
"""From so many new items on, the planner is told at once what the tables hold now."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What is to be stored in one go."""

    items: Sequence[Prepared] = ()
    """Those without news are passed over."""
    relations: Sequence[RelationRow] = ()
    """To be created, or corrected where the same two are related so already."""
    unrelated: Collection[UUID] = ()
    """Relations to be removed."""
    retired: Collection[UUID] = ()
    """Items to be taken out of use."""
    why: Why = UNSAID
    yielding: bool = False
    """New relations that a rule draws anyway are in the rule's keeping."""
    follows: bool = False
    """It follows of what was done with other items: what was out of the actor's reach before is
    written all the same, and what is deleted leaves it.
    """
    source: str = ""
    """Where it comes from, if not from people."""
    claims: Mapping[UUID, Collection[str]] = field(default_factory=dict)
    """By item, the fields that are the source's from now on."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was stored."""

    created: tuple[UUID, ...]
    changed: tuple[UUID, ...]
    retired: tuple[UUID, ...]
    made: frozenset[UUID]
    """Relations that were not there before."""
    corrected: int
    removed: int
    history: Mapping[UUID, Sequence[FieldChange]]


@dataclass(frozen=True, slots=True)
class _Step:
    """What became of one relation: its details before and after, nothing where it was not."""

    kind: str
    source: UUID
    target: UUID
    old: tuple[Any, ...] | None
    new: tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class _Related:
    made: frozenset[UUID] = frozenset()
    corrected: int = 0
    removed: int = 0
    steps: Sequence[_Step] = ()


def write(actor: Actor, writing: Writing, *, at: datetime) -> Written:
    """Store it, inside the caller's transaction. Raises KeyTaken, and BadInput where what must be
    one item's alone is another's already, or an item would be related to more than it may.

    An item that is written is in use: writing a retired one brings it back. What has come or gone
    for somebody is told to screens as “perhaps all”: who saw it before cannot be asked.

    Raises BeyondReach where an expression limits the actor and would no longer be true of an item.
    """
    staying = watched(actor)
    ends = {id_ for row in writing.relations for id_ in (row.source, row.target)}
    items = {item.after.id for item in writing.items}
    outside = staying.outside({*ends, *items}) if writing.follows else None
    written = _written(actor, writing, at)
    leaving = set() if writing.follows else {*written.retired}
    staying.refuse({*written.created, *written.changed, *leaving, *ends}, outside)
    return written


def _written(actor: Actor, writing: Writing, at: datetime) -> Written:
    created = [item for item in writing.items if item.before is None]
    changed = [item for item in writing.items if item.before is not None and item.news]
    stood = standing([item.after.id for item in changed])
    _insert(created, at)
    if changed:
        statements.changed("update_items", {"rows": _rows(changed), "at": at})
    value_sources.keep(changed, writing.source, writing.claims, at)
    whole = _with_what_follows(actor, writing, (*created, *changed))
    item_texts.keep((*created, *changed))
    keeping.keep((*created, *changed), writing.retired)
    related = _relate(whole, at)
    crowded.refuse(actor, whole.relations, related.made, _back(changed))
    if len(created) >= _MANY:
        statements.analyse()
    retired = _retire(writing.retired, at)
    history = _history((*created, *changed), related, retired)
    save_history(actor, history, at=at, why=writing.why)
    written = Written(
        created=tuple(item.after.id for item in created),
        changed=tuple(item.after.id for item in changed),
        retired=tuple(retired),
        made=related.made,
        corrected=related.corrected,
        removed=related.removed,
        history=history,
    )
    _announce(created, written, at)
    moved = (_moves_systems(writing.items, written) and systems.recompute()) or stood.has_moved
    touched = {*history, *written.changed}
    if moved or touched:
        live.publish("items", *(() if moved else touched))
    return written


def _with_what_follows(actor: Actor, writing: Writing, news: Sequence[Prepared]) -> Writing:
    """Keep what the items are compared by, and add the relations that follow from it by rules."""
    ends = models.Relation.objects.filter(id__in=list(writing.unrelated))
    ended = ends.values_list("source_id", "target_id") if writing.unrelated else ()
    items = (
        {item.after.id for item in news}
        | {*writing.retired}
        | {id_ for two in ended for id_ in two}
    )
    values = ruled.values_of(items)
    kept_values.keep(actor, news, writing.retired)
    more = ruled.following(
        values,
        items,
        writing.relations,
        unrelated=writing.unrelated,
        retired=writing.retired,
        yielding=writing.yielding,
        limited=bool(news),
    )
    return replace(
        writing,
        relations=[*more.said, *more.relations],
        unrelated={*writing.unrelated, *more.unrelated},
    )


def _back(changed: Iterable[Prepared]) -> list[UUID]:
    """Items that come back into use, and their relations with them."""
    return [item.after.id for item in changed if item.before and item.before.retired]


# Rows --------------------------------------------------------------------------------------------


def _insert(created: Sequence[Prepared], at: datetime) -> None:
    if not created:
        return
    try:
        with transaction.atomic():
            statements.changed("insert_items", {"rows": _rows(created), "at": at})
    except IntegrityError as error:
        keys = [item.after.key for item in created]
        taken = models.Item.objects.filter(key__in=keys).values_list("key", flat=True)
        raise KeyTaken(field="key", key=", ".join(sorted(taken)[:10])) from error


def _rows(items: Iterable[Prepared]) -> str:
    return json.dumps([_row(item.after) for item in items], default=str)


def _row(item: Stored) -> dict[str, Any]:
    return {
        "id": item.id,
        "key": item.key,
        "type": item.type,
        "name": item.name,
        "importance": item.importance,
        "owner_id": item.owner,
        "vendor_id": item.vendor,
        "attributes": item.attributes,
        "origin": item.origin,
    }


def _relate(writing: Writing, at: datetime) -> _Related:
    removed = _unrelate(writing.unrelated)
    if not writing.relations:
        return _Related(removed=len(removed), steps=removed)
    wanted = {(row.kind, row.source, row.target): row for row in writing.relations}
    rows = json.dumps([row.values() for row in writing.relations], default=str)
    made, steps = set(), list(removed)
    stored = statements.returned("write_relations", {"rows": rows, "at": at})
    for kind, source, target, id_, is_new, *old in stored:
        new = wanted[kind, source, target].details
        if is_new:
            made.add(id_)
        steps.append(_Step(kind, source, target, None if is_new else tuple(old), new))
    return _Related(frozenset(made), len(stored) - len(made), len(removed), steps)


def _unrelate(ids: Collection[UUID]) -> list[_Step]:
    if not ids:
        return []
    rows = models.Relation.objects.filter(id__in=list(ids))
    found = rows.values_list("kind", "source_id", "target_id", *DETAILS)
    gone = [_Step(kind, source, target, tuple(old), None) for kind, source, target, *old in found]
    rows.delete()
    return gone


def _retire(ids: Collection[UUID], at: datetime) -> dict[UUID, str]:
    """Take items out of use and give their names; history and relations stay, and carry nothing
    any more.
    """
    if not ids:
        return {}
    rows = models.Item.objects.filter(id__in=list(ids), retired_at=None)
    named = dict(rows.values_list("id", "name"))
    rows.update(retired_at=at, updated_at=at, version=F("version") + 1, systems=[])
    return named


# History -----------------------------------------------------------------------------------------


def _history(
    items: Sequence[Prepared], related: _Related, retired: Mapping[UUID, str]
) -> dict[UUID, list[FieldChange]]:
    """Item → what changed of it, in the order it is told."""
    history: dict[UUID, list[FieldChange]] = {
        item.after.id: list(item.changes) for item in items if item.changes
    }
    ends = {end for step in related.steps for end in (step.source, step.target)}
    names = {id_: ref.name for id_, ref in named(EVERYTHING, ends).items()}
    for step in related.steps:
        if step.old == step.new:  # only another definition keeps it now
            continue
        ends_of = ((step.source, step.target, True), (step.target, step.source, False))
        for end, other, outward in ends_of:
            name = names.get(other)
            old, new = _related_to(name, step.old), _related_to(name, step.new)
            change = FieldChange(f"relation.{step.kind}", old, new, other, outward)
            history.setdefault(end, []).append(change)
    for id_, name in retired.items():
        history.setdefault(id_, []).append(FieldChange("retired", None, name))
    return history


def _related_to(name: str | None, details: tuple[Any, ...] | None) -> Any:
    """How the history tells a relation: the other end's name, with what else is said of it."""
    if details is None:
        return None
    said = {
        field: value for field, value in zip(DETAILS, details, strict=True) if value is not None
    }
    return {"name": name, **said} if said else name


def save_history(
    actor: Actor,
    history: Mapping[UUID, Sequence[FieldChange]],
    *,
    at: datetime,
    why: Why = UNSAID,
) -> None:
    """The history of many items, by one statement."""
    rows = [
        {
            "item": item,
            "field": change.field,
            "old": change.old,
            "new": change.new,
            "other": change.other,
            "outward": change.outward,
        }
        for item, changes in history.items()
        for change in changes
    ]
    if rows:
        parameters = {
            "rows": json.dumps(rows, default=str),
            "at": at,
            "actor_id": actor.id,
            "actor_name": actor.name[:200],
            "reason": why.reason[:MOST_REASON],
            "ticket": why.ticket[:MOST_TICKET],
        }
        statements.changed("insert_changes", parameters)


# Telling -----------------------------------------------------------------------------------------


def _announce(created: Sequence[Prepared], written: Written, at: datetime) -> None:
    item_created.send_many([ItemCreated(item.after.id, item.after.type, at) for item in created])
    told_otherwise = {*written.created, *written.retired}
    item_changed.send_many(
        [
            ItemChanged(item, tuple(change.field for change in changes), at)
            for item, changes in written.history.items()
            if item not in told_otherwise
        ]
    )
    item_retired.send_many([ItemRetired(item, at) for item in written.retired])


def _moves_systems(items: Sequence[Prepared], written: Written) -> bool:
    """Whether what serves which system can be another now."""
    related = written.made or written.corrected or written.removed
    return bool(
        written.created
        or written.retired
        or related
        or any(
            item.before and (item.before.retired or item.before.type != item.after.type)
            for item in items
        )
    )
