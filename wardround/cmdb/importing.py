"""What `items` definitions come to, by key: a fixed number of statements for any number of items.

An item keeps what its definition does not name; what it names wins over edits by hand. An item
that its definition no longer names is retired, a relation it no longer names is removed; items
and relations made by hand are never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from wardround.cmdb import bin_queries, models, preparation, rules, symmetric
from wardround.cmdb.drafts import ItemDraft, Stored, Targets
from wardround.cmdb.reading import nameable, stored_by_key
from wardround.cmdb.relation_rows import RelationRow
from wardround.cmdb.relation_rules import Model, relation_problems
from wardround.cmdb.restricted import Sight, withholding
from wardround.cmdb.types import ItemEntry, ItemsDefinition, RelationEntry
from wardround.cmdb.writing import Writing
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.ids import new_id
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.schema import queries as schema

_ENDS = ("from", "to")


def prepared(definitions: Sequence[ItemsDefinition], reach: Reach) -> Writing:
    """What brings items and relations to what these definitions say.

    `reach` is how far whoever imports them sees. Raises BadInput with all that is wrong, by row.
    """
    origins = [definition.name for definition in definitions]
    lying = _lying(definitions)
    entries = [
        (definition.name, entry)
        for definition in definitions
        for entry in definition.items
        if entry.key not in lying
    ]
    relations = [
        (definition.name, entry)
        for definition in definitions
        for entry in definition.relations
        if lying.isdisjoint({entry.source, entry.target})
    ]
    vanished = _vanished(origins, [entry.key for _origin, entry in entries])

    def find(names: Collection[str]) -> Targets:
        found = nameable(names, reach)
        return {
            name: replace(target, retired=target.retired or target.id in vanished)
            for name, target in found.items()
        }

    sight = Sight(reach)
    ready = preparation.prepare(
        [withholding(sight, draft) for draft in _drafts(entries)],
        schema.remembered_item_types(),
        rules.usable_types(schema.item_types()),
        find,
        further={key for _origin, entry in relations for key in (entry.source, entry.target)},
    )
    problems = [*ready.problems, *_relation_problems(relations, ready.targets)]
    if problems:
        raise BadInput(problems=problems)
    rows = _relation_rows(relations, ready.targets)
    return Writing(ready.items, rows, unrelated=_unrelated(origins, rows), retired=vanished)


def _lying(definitions: Sequence[ItemsDefinition]) -> frozenset[str]:
    """Keys of items that somebody deleted by hand: a definition does not make them anew."""
    keys = {entry.key for definition in definitions for entry in definition.items}
    lying = bin_queries.lying_keys(EVERYTHING, keys)
    there = models.Item.objects.filter(key__in=list(lying)) if lying else ()
    return frozenset(lying) - {item.key for item in there}


def _drafts(entries: Sequence[tuple[str, ItemEntry]]) -> list[ItemDraft]:
    stored = stored_by_key([entry.key for _origin, entry in entries])
    return [
        _draft(origin, entry, stored.get(entry.key), row)
        for row, (origin, entry) in enumerate(entries, start=1)
    ]


def _draft(origin: str, entry: ItemEntry, before: Stored | None, row: int) -> ItemDraft:
    return ItemDraft(
        id=before.id if before else new_id(),
        key=entry.key,
        type=entry.type,
        content=entry.content,
        before=before,
        origin=origin,
        row=row,
    )


def _vanished(origins: Collection[str], kept: Collection[str]) -> frozenset[UUID]:
    """Items in use that these definitions kept and no longer name."""
    rows = models.Item.objects.filter(origin__in=origins, retired_at=None)
    still = set(kept)
    return frozenset(id_ for id_, key in rows.values_list("id", "key") if key not in still)


def _relation_problems(
    relations: Sequence[tuple[str, RelationEntry]], targets: Targets
) -> list[FieldProblem]:
    model = Model(schema.remembered_item_types(), schema.relation_kinds())
    return [
        problem
        for row, (_origin, entry) in enumerate(relations, start=1)
        for problem in relation_problems(entry.relation, targets, model, ends=_ENDS, row=row)
    ]


def _relation_rows(
    relations: Sequence[tuple[str, RelationEntry]], targets: Targets
) -> list[RelationRow]:
    """Of two alike, from two definitions, the last one stays."""
    rows = symmetric.joined(
        [
            RelationRow.of(
                entry.relation, targets[entry.source].id, targets[entry.target].id, origin, row
            )
            for row, (origin, entry) in enumerate(relations, start=1)
        ]
    )
    return list({(row.kind, row.source, row.target): row for row in rows}.values())


def _unrelated(origins: Collection[str], kept: Sequence[RelationRow]) -> list[UUID]:
    """Relations that these definitions kept and no longer name.

    Compared here: the planner, who cannot know how long the list is, would nest two loops.
    """
    still = {(row.kind, row.source, row.target) for row in kept}
    rows = models.Relation.objects.filter(origin__in=origins)
    found = rows.values_list("id", "kind", "source_id", "target_id")
    return [id_ for id_, *ends in found if tuple(ends) not in still]
