"""Taking an import back as one: what it made goes out of use, what it changed is as it was.

What was changed since by somebody else is told, and nothing is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.cmdb import models, preparation
from wardround.cmdb.drafts import Prepared, Stored, Types
from wardround.cmdb.intake.keeping import body_of
from wardround.cmdb.reading import stored
from wardround.cmdb.relation_rows import DETAILS, RelationRow
from wardround.cmdb.rules import HIDDEN
from wardround.cmdb.statements import listed
from wardround.cmdb.writing import Writing
from wardround.kernel.errors import FieldProblem
from wardround.schema import queries as schema

_NOTHING_DONE = ("refused", "proposed", "marked", "held")
_IDS = ("owner", "vendor")


@dataclass(slots=True)
class Undoing:
    """What is to be stored for it, and what speaks against it."""

    items: list[Prepared] = field(default_factory=list)
    relations: list[RelationRow] = field(default_factory=list)
    unrelated: list[UUID] = field(default_factory=list)
    retired: list[UUID] = field(default_factory=list)
    problems: list[FieldProblem] = field(default_factory=list)
    claims: dict[UUID, Mapping[str, Sequence[Any]]] = field(default_factory=dict)
    """Whose fields of items were, before."""
    back: list[UUID] = field(default_factory=list)
    """What had vanished."""

    @property
    def writing(self) -> Writing:
        return Writing(self.items, self.relations, self.unrelated, self.retired)


def undoing(run: models.ImportRun) -> Undoing:
    """A fixed number of statements for any number of rows."""
    lines = list(models.ImportLine.objects.filter(run=run).exclude(verdict__in=_NOTHING_DONE))
    ids = [line.item for line in lines if line.item]
    rows = {
        row.id: row for row in models.Item.objects.filter(id__in=listed("uuid", ids)).iterator()
    }
    since = _changed_since(run, ids)
    types, found = schema.remembered_item_types(), Undoing()
    for line in lines:
        body = body_of(line)
        row = rows.get(line.item) if line.item else None
        if body.get("gone"):
            _bring_back(row, types, found)
            continue
        if problem := _changed(line, body, row, since):
            found.problems.append(problem)
            continue
        if row is not None and body.get("created"):
            if row.retired_at is None:
                found.retired.append(row.id)
        elif row is not None and ("columns" in body or body.get("revived")):
            found.items.append(_as_before(stored(row), body, types))
            if body.get("revived"):
                found.retired.append(row.id)
            found.claims[row.id] = body.get("claims", {})
        _take_back_relations(body, found)
    _drop_gone(found)
    return found


def _bring_back(row: models.Item | None, types: Types, found: Undoing) -> None:
    """What the load retired, since it was not in it; whatever else was done with it since stays."""
    if row is None or row.retired_at is None:
        return
    now = stored(row)
    after = replace(now, retired=False)
    found.items.append(Prepared(now, after, preparation.history(now, after, types)))
    found.back.append(row.id)


def _as_before(now: Stored, body: Mapping[str, Any], types: Types) -> Prepared:
    columns: dict[str, Any] = {
        name: UUID(value) if value and name in _IDS else value
        for name, value in body.get("columns", {}).items()
    }
    held = {**now.attributes, **body.get("attributes", {})}
    attributes = {name: value for name, value in held.items() if value is not None}
    after = replace(now, **columns, attributes=attributes)
    return Prepared(now, after, preparation.history(now, after, types))


# What was done since -----------------------------------------------------------------------------


class _Change(NamedTuple):
    id: int
    field: str
    by: str
    old: Any
    new: Any
    place: tuple[str, UUID | None, bool | None]
    """What changed: a field, or the relation to one item in one direction."""


def _changed_since(run: models.ImportRun, ids: Sequence[UUID]) -> Mapping[UUID, list[_Change]]:
    """By item, which fields were changed after the import, and by whom."""
    changes = models.ItemChange.objects.filter(id__gt=run.mark, item__in=listed("uuid", ids))
    columns = ("item_id", "id", "field", "actor_name", "old", "new", "other_id", "outward")
    found: dict[UUID, list[_Change]] = {}
    for item, id_, name, by, old, new, *other in changes.order_by("id").values_list(*columns):
        found.setdefault(item, []).append(_Change(id_, name, by, old, new, (name, *other)))
    return found


def _left(changes: Iterable[_Change]) -> Iterator[_Change]:
    """The newest of what was changed and not changed back: what a later import did, and was undone
    itself, is in nobody's way. Of secrets nobody can tell.
    """
    by_place: dict[Any, list[_Change]] = {}
    for change in changes:
        by_place.setdefault(change.place, []).append(change)
    for several in by_place.values():
        first, last = several[0], several[-1]
        if first.old != last.new or HIDDEN in (first.old, last.new):
            yield last


def _changed(
    line: models.ImportLine,
    body: Mapping[str, Any],
    row: models.Item | None,
    since: Mapping[UUID, list[_Change]],
) -> FieldProblem | None:
    if line.item is None:
        return None
    if row is None:
        return FieldProblem("item", _("The item is no more."), line.row)
    own = {change["field"] for change in line.changes}
    own |= {f"attributes.{name}" for name in body.get("former", ())}
    mark = body.get("mark", 0)  # until there it was decided of this very row
    for change in _left(each for each in since.get(line.item, ()) if each.id > mark):
        name = change.field
        if body.get("created") or name in own or name in ("type", "retired"):
            message = _("“%(name)s” (%(key)s) was changed since, by %(by)s: %(field)s.")
            told = {"name": row.name, "key": row.key, "by": change.by}
            return FieldProblem(name, message % {**told, "field": _called(name, row)}, line.row)
    return None


def _called(name: str, row: models.Item) -> str:
    """A field as people know it."""
    group, _dot, of = name.partition(".")
    if group == "relation" and (kind := schema.relation_kinds().get(of)):
        return _("relation “%s”") % kind.label.text()
    its_type = schema.remembered_item_types().get(row.type)
    attribute = its_type.attribute(of) if its_type and group == "attributes" else None
    words = {"name": _("Name"), "owner": _("Owner"), "vendor": _("Vendor"), "type": _("Type")}
    return attribute.label.text() if attribute else words.get(name, name)


# Relations ---------------------------------------------------------------------------------------


def _take_back_relations(body: Mapping[str, Any], found: Undoing) -> None:
    for said in body.get("relations", ()):
        if said["before"] is None:
            found.unrelated.append(UUID(said["id"]))
        else:
            found.relations.append(
                RelationRow(
                    said["kind"],
                    UUID(said["source"]),
                    UUID(said["target"]),
                    **{name: said["before"][name] for name in DETAILS},
                    id=UUID(said["id"]),
                )
            )


def _drop_gone(found: Undoing) -> None:
    """What somebody removed since is not brought back; who keeps a relation stays its keeper."""
    ids = [row.id for row in found.relations]
    kept = dict(models.Relation.objects.filter(id__in=ids).values_list("id", "origin"))
    found.relations = [
        replace(row, origin=kept[row.id]) for row in found.relations if row.id in kept
    ]


def reasons(problems: Sequence[FieldProblem]) -> Iterator[FieldProblem]:
    """As many as somebody reads."""
    yield from problems[:200]
