"""Relations whose ends stand for the same: told from either end, they are one and the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection

from wardround.cmdb import models
from wardround.cmdb.counting import nothing
from wardround.cmdb.relation_rows import RelationRow
from wardround.cmdb.writing import Writing, write
from wardround.kernel import audit
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.dependents import Changed, Holder
from wardround.schema.types import Label

_KIND = "relation-kind"


def joined(rows: Sequence[RelationRow]) -> list[RelationRow]:
    """The rows, each turned to the direction in which its relation stands already, stored or
    earlier among them. One statement where a kind is symmetric.
    """
    kinds = {name for name, kind in schema.relation_kinds().items() if kind.symmetric}
    turning = [row for row in rows if row.kind in kinds]
    if not turning:
        return list(rows)
    ends = {end for row in turning for end in (row.source, row.target)}
    stored = models.Relation.objects.filter(
        kind__in={row.kind for row in turning}, source__in=ends, target__in=ends
    )
    present = set(stored.values_list("kind", "source_id", "target_id"))
    found = []
    for row in rows:
        ways = ((row.kind, row.source, row.target), (row.kind, row.target, row.source))
        turned = row.kind in kinds and ways[0] not in present and ways[1] in present
        found.append(replace(row, source=row.target, target=row.source) if turned else row)
        present.add(ways[1] if turned else ways[0])
    return found


# Drawn from both ends before ---------------------------------------------------------------------


def doubled(kinds: Collection[str]) -> dict[str, list[UUID]]:
    """By kind, the relations that stand from the other end already: one that a definition keeps
    stays, else the one that was drawn first.
    """
    found: dict[str, list[UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gone.kind, gone.id FROM cmdb_relation gone JOIN cmdb_relation kept"
            " ON kept.kind = gone.kind AND kept.source_id = gone.target_id"
            " AND kept.target_id = gone.source_id"
            " WHERE gone.kind = ANY (%s) AND (gone.origin = '', gone.created_at, gone.id)"
            " > (kept.origin = '', kept.created_at, kept.id) ORDER BY gone.id",
            [list(kinds)],
        )
        for kind, relation in cursor.fetchall():
            found.setdefault(kind, []).append(relation)
    return found


def _counted(kinds: Collection[str]) -> Mapping[str, int]:
    return {kind: len(several) for kind, several in doubled(kinds).items()}


def _symmetric_from_now_on(changed: Changed) -> dict[str, str]:
    """By name until now, what the kinds are called whose ends stand for the same from now on."""
    becoming = {name: changed.renames.get(name, name) for name in changed.before}
    return {
        name: becomes
        for name, becomes in becoming.items()
        if (after := changed.after.get(becomes))
        and after.symmetric
        and not changed.before[name].symmetric
    }


def _losing(changed: Changed) -> Mapping[str, Collection[str]]:
    return {name: [name] for name in _symmetric_from_now_on(changed)}


def _join(actor: Actor, changed: Changed, at: datetime) -> None:
    for kind, several in doubled(list(_symmetric_from_now_on(changed).values())).items():
        write(actor, Writing(unrelated=several), at=at)
        audit.record(actor, "relation.join", subject=(_KIND, kind), count=len(several))


HOLDER = Holder(
    kind=_KIND,
    thing="relation-doubled",
    label=Label("从两端各记一次、将并为一条的关系", "relation that stands from its other end too"),
    several=Label(
        "从两端各记一次、将并为一条的关系", "relations that stand from their other end too"
    ),
    count=_counted,
    marks=nothing,
    losing=_losing,
    follow=_join,
)
