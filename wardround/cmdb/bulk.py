"""What many rows come to: a fixed number of statements for any number of them. Stores nothing:
where an expression limits the actor, rows are written to see what comes of them, and taken back.

Whoever asks holds the definitions, and is alone in writing items (`statements.in_turn`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from wardround.cmdb import kept_values, models, rules, statements, symmetric
from wardround.cmdb.colliding import Colliding, Standing, limited, values_of
from wardround.cmdb.drafts import Stored, Target
from wardround.cmdb.errors import BeyondReach
from wardround.cmdb.import_types import Verdict
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.reading import nameable
from wardround.cmdb.reconciling import Reconciling
from wardround.cmdb.relation_rows import RelationRow
from wardround.cmdb.relation_rules import Model
from wardround.cmdb.restricted import Sight
from wardround.cmdb.rows import RelationStep, Row, RowOutcome, Rows
from wardround.cmdb.settling import Around, Settled, Settling
from wardround.cmdb.statements import listed
from wardround.cmdb.staying import is_limited
from wardround.cmdb.writing import write
from wardround.kernel import clock
from wardround.kernel.errors import FieldProblem
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema


def prepared(
    actor: Actor,
    rows: Sequence[Row],
    *,
    revive: bool = False,
    watch: Callable[[Sequence[Row]], Iterable[Row]] = iter,
    reconciling: Reconciling | None = None,
) -> Rows:
    """What becomes of each row; what is out of the actor's reach is not there.

    Args:
        actor: who says it.
        rows: what is said.
        revive: items that are out of use come back into it; else rows about them are refused.
        watch: gives the rows one by one, and tells how far it is.
        reconciling: the source whose load they are; without one they are said by people.

    """
    seen, writes = reach(actor, READ), reach(actor, WRITE)
    around = _around(rows, seen, writes, revive=revive)
    if reconciling:
        around = replace(around, creates=reconciling.creates)
    settling = Settling(watch(rows), around)
    targets = nameable(settling.names(), seen)
    hidden = _hidden(settling, seen, targets)
    related = writable({targets[text].id for text in settling.ends() & targets.keys()}, writes)
    revised = reconciling.revised if reconciling else list[Settled]
    settled = revised(settling.settle(targets, hidden, related))
    standing = _standing_around(settled, around.model, seen)
    if standing and Colliding(settled, standing, settling.refuse).refuse():
        settled = revised(settling.settled())
    done = _done(settled)
    while is_limited(actor) and (refused := _beyond(actor, done)):
        for problem in refused:
            settling.refuse(problem)
        done = _done(revised(settling.settled()))
    return done


def _done(settled: Sequence[Settled]) -> Rows:
    steps = _relation_steps(settled)
    return Rows([_outcome(row, steps.get(row.row.number, ())) for row in settled])


def _beyond(actor: Actor, done: Rows) -> list[FieldProblem]:
    """Rows by which an item would leave the actor's reach, or others enter it: found by writing
    them and taking it back.
    """
    try:
        with transaction.atomic():
            write(actor, done.writing, at=clock.now())
            transaction.set_rollback(True)
    except BeyondReach as error:
        about = [row for row in done.rows if row.verdict is not Verdict.REFUSED]
        own = [row for row in about if row.item in error.items]
        return [FieldProblem("key", str(error), row.row) for row in own or about]
    return []


# What is there -----------------------------------------------------------------------------------


def _around(rows: Sequence[Row], seen: Reach, writes: Reach, *, revive: bool) -> Around:
    about = [row.item for row in rows if row.item]
    keys = [item.key for item in about if item.key]
    found = _about([item.id for item in about if item.id], keys, seen)
    stored = [item for item, _version, _systems in found]
    for each in (seen, writes):
        each.look_at(item.id for item in stored)
    taken: Collection[str] = ()
    if not seen.everything:
        known = models.Item.objects.filter(key__in=listed("text", keys))
        taken = {*known.values_list("key", flat=True)} - {item.key for item in stored}
    return Around(
        model=Model(schema.remembered_item_types(), schema.relation_kinds()),
        usable=rules.usable_types(schema.item_types()),
        stored={item.id: item for item in stored},
        by_key={item.key: item.id for item in stored},
        versions={item.id: version for item, version, _systems in found},
        writable={item.id for item, _version, systems in found if writes.covers(item.id, systems)},
        may_create=writes.everything,
        sight=Sight(seen),
        taken=taken,
        revive=revive,
    )


_STORED = ("id", "key", "type", "name", "importance", "owner_id", "vendor_id", "attributes",
           "origin", "retired_at", "systems", "version")  # fmt: skip


def _about(
    ids: Sequence[UUID], keys: Sequence[str], seen: Reach
) -> list[tuple[Stored, int, Sequence[UUID]]]:
    """The items with these ids or keys that are within reach, with their version and systems."""
    if not ids and not keys:
        return []
    wanted = Q(key__in=listed("text", keys))
    if ids:
        wanted |= Q(id__in=listed("uuid", ids))
    rows = models.Item.objects.filter(wanted, seen.condition()).values_list(*_STORED)
    return [(_stored(row), row[11], row[10]) for row in rows.iterator()]


def _stored(row: Sequence[Any]) -> Stored:
    held = dict(zip(Stored.__slots__, row, strict=False))
    return Stored(**{**held, "retired": row[9] is not None})


def _hidden(settling: Settling, seen: Reach, targets: dict[str, Target]) -> dict[str, Target]:
    """What is out of reach and stands in an item that a row is about."""
    if seen.everything:
        return {}
    unknown = settling.names() - targets.keys()
    return nameable(unknown, seen, present=settling.present()) if unknown else {}


def writable(ids: Collection[UUID], writes: Reach) -> Collection[UUID]:
    """Of these items those within reach; nothing is asked where everything is."""
    if writes.everything or not ids:
        return ()
    rows = models.Item.objects.filter(writes.condition(), id__in=listed("uuid", list(ids)))
    return frozenset(rows.values_list("id", flat=True))


# What is alone, and what is limited ---------------------------------------------------------------


def _standing_around(settled: Sequence[Settled], model: Model, seen: Reach) -> Standing | None:
    """What rows may collide with and over; nothing where nothing is unique and no kind limited."""
    comparisons, kinds = kept_values.comparisons(), limited(model)
    if not comparisons and not kinds:
        return None
    made = [each.prepared.after for each in settled if each.prepared] if comparisons else []
    holders = kept_values.holders_of({of for item in made for of in values_of(item, comparisons)})
    relations = _relations_of(kinds, settled) if kinds else ()
    ends = {end for (_kind, *both), _source, _target in relations for end in both}
    said = {end for each in settled for relation, *both in each.relations for end in both
            if relation.kind in kinds}  # fmt: skip
    names = models.Item.objects.filter(
        seen.condition(), id__in=listed("uuid", {*holders.values(), *ends, *said})
    )
    stored = names.values_list("id", "name", "type", "systems")
    told = {id_: name for id_, name, _type, _systems in stored}
    seen.look_at({*told, *(item.id for item in made)})
    there = [
        *((its_type, id_, systems) for id_, _name, its_type, systems in stored),
        *((item.type, item.id, item.systems) for item in made),
    ]
    return Standing(model, comparisons, holders, relations, told, _untold(Sight(seen), there))


def _untold(
    sight: Sight, items: Iterable[tuple[str, UUID, Collection[UUID]]]
) -> frozenset[tuple[UUID, str]]:
    """The items, each with an attribute that is kept from whoever writes."""
    return frozenset((item[1], name) for item in items for name in sight.hidden(*item))


def _relations_of(
    kinds: Collection[str], settled: Sequence[Settled]
) -> list[tuple[_Triple, bool, bool]]:
    """Relations of these kinds, at whatever the rows relate and bring back into use."""
    made = [each.prepared for each in settled if each.prepared]
    back = [item.after.id for item in made if item.before and item.before.retired]
    items = {end for each in settled for said, *both in each.relations for end in both
             if said.kind in kinds}  # fmt: skip
    given = {"kinds": list(kinds), "items": [*items, *back], "back": back}
    rows = statements.returned("standing", given) if given["items"] else []
    return [((row[0], row[1], row[2]), row[3], row[4]) for row in rows]


# Relations ---------------------------------------------------------------------------------------

_Triple = tuple[str, UUID, UUID]


def _relation_steps(settled: Sequence[Settled]) -> dict[int, tuple[RelationStep, ...]]:
    """By row, the relations that it makes or corrects; of two alike the first row has it."""
    said = [
        (row.row.number, RelationRow(relation.kind, source, target), relation.details)
        for row in settled
        for relation, source, target in row.relations
    ]
    if not said:
        return {}
    turned = symmetric.joined([row for _number, row, _details in said])
    stored = _standing({(row.kind, row.source, row.target) for row in turned})
    steps: dict[_Triple, tuple[int, RelationStep]] = {}
    for (number, _row, details), row in zip(said, turned, strict=True):
        place = row.kind, row.source, row.target
        first, step = steps.get(place, (number, RelationStep(stored.get(place, row), None)))
        after = replace(step.after, **details) if details else step.after
        steps[place] = first, RelationStep(after, stored.get(place))
    found: dict[int, list[RelationStep]] = {}
    for number, step in steps.values():
        if step.after != step.before:
            found.setdefault(number, []).append(step)
    return {number: tuple(several) for number, several in found.items()}


def _standing(places: Collection[_Triple]) -> dict[_Triple, RelationRow]:
    kinds, sources, targets = zip(*places, strict=True)
    given = {"kinds": list(kinds), "sources": list(sources), "targets": list(targets)}
    rows = statements.returned("relations_between", given)
    names = ("id", *RelationRow.__slots__)
    found = [RelationRow(**dict(zip(names, row, strict=False))) for row in rows]
    return {(row.kind, row.source, row.target): row for row in found}


# What became of it -------------------------------------------------------------------------------


def _outcome(settled: Settled, steps: tuple[RelationStep, ...]) -> RowOutcome:
    row, made = settled.row, settled.prepared
    if settled.problems:
        item = row.item
        return RowOutcome(
            row.number,
            Verdict.REFUSED,
            item=item.id if item else None,
            key=(item.key or "") if item else "",
            type=(item.type or "") if item else "",
            problems=settled.problems,
        )
    if made is None:
        return RowOutcome(row.number, _verdict(steps), relations=steps)
    created = made.before is None
    retires = bool(row.item and row.item.retired)
    if retires and made.before and made.before.retired:
        return RowOutcome(row.number, Verdict.UNCHANGED, made.after.id, made.after.key)
    verdict = Verdict.CHANGED if made.news or retires else _verdict(steps, beside=True)
    if settled.proposed and verdict is Verdict.UNCHANGED:
        verdict = Verdict.PROPOSED
    return RowOutcome(
        row.number,
        Verdict.CREATED if created else verdict,
        item=made.after.id,
        key=made.after.key,
        name=made.after.name,
        type=made.after.type,
        prepared=made,
        relations=steps,
        retires=retires,
        proposed=settled.proposed,
        claims=settled.claims,
    )


def _verdict(steps: Sequence[RelationStep], *, beside: bool = False) -> Verdict:
    """Of what relations alone make of a row."""
    if not steps:
        return Verdict.UNCHANGED
    made = not beside and all(step.before is None for step in steps)
    return Verdict.CREATED if made else Verdict.CHANGED
