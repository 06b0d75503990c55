"""Changes of items taken back: a new change each, by the way on which every change is prepared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wardround.cmdb import bulk, models, ruled, statements
from wardround.cmdb.errors import UnknownItem
from wardround.cmdb.items import UNSET, ItemEdit
from wardround.cmdb.moments import logged
from wardround.cmdb.past import RELATION, Hindrance, Logged, hindrance, said_of
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.reading import changes_within, names
from wardround.cmdb.relation_rows import DETAILS
from wardround.cmdb.restricted import Sight
from wardround.cmdb.rows import ItemRow, RelationSaid, Row, RowOutcome
from wardround.cmdb.rules import as_id, reference_names
from wardround.cmdb.whys import UNSAID, Why
from wardround.cmdb.writing import write
from wardround.kernel import audit
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.sealing import MASK


class Took(StrEnum):
    """What became, or would become, of one change."""

    BACK = "back"
    LATER = "later"
    """Left: the same was changed again since. It is taken back where that is said to be meant."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes of an item are to be taken back."""

    changes: tuple[int, ...]
    act: bool = False
    """With all that the same person changed at the same moment."""
    over_later: bool = False
    """Even where the same was changed again since."""
    trial: bool = False
    """Nothing is stored, but told what would be."""
    why: Why = UNSAID


@dataclass(frozen=True, slots=True)
class Step:
    change: int
    item: UUID
    name: str
    field: str
    took: Took
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Edge:
    kind: str
    source: UUID
    target: UUID


@dataclass(slots=True)
class _Plan:
    """What is to be said anew of one item, or of one relation, and by which changes."""

    changes: list[Logged] = field(default_factory=list)
    row: Row | None = None
    unrelated: UUID | None = None
    by_rule: bool = False
    """It is not for anybody to take away by hand."""


@transaction.atomic
def take_back(actor: Actor, item_id: UUID, wanted: Wanted, *, at: datetime) -> tuple[Step, ...]:
    """Take changes back, as far as that can be; of each is told what became of it.

    Raises UnknownItem, BadInput where a change is none of this item.
    """
    schema.hold()
    statements.in_turn()
    seen = reach(actor, READ)
    if not models.Item.objects.filter(seen.condition(), id=item_id).exists():
        raise UnknownItem(field="item")
    actor.require(WRITE)
    changes = _changes(seen, item_id, wanted)
    why_not = _hindered(seen, changes, over_later=wanted.over_later)
    plans = _plans([change for change in changes if change.id not in why_not])
    done = bulk.prepared(actor, [plan.row for plan in plans if plan.row])
    outcomes = {outcome.row: outcome for outcome in done.rows}
    gone = _may_go(actor, [plan for plan in plans if plan.unrelated and not plan.by_rule])
    if not wanted.trial:
        writing = replace(done.writing, unrelated=gone, yielding=True, why=wanted.why)
        written = write(actor, writing, at=at)
        told = {"count": len(written.history)}
        gone += _gone_by_rule(plans)
        if written.history:
            audit.record(actor, "item.take_back", subject=("item", item_id), **told)
    return tuple(_steps(seen, changes, why_not, plans, outcomes, gone))


def _changes(seen: Reach, item_id: UUID, wanted: Wanted) -> list[Logged]:
    """Those that are meant, newest first."""
    own = models.ItemChange.objects.filter(changes_within(seen), item=item_id)
    meant = logged(own.filter(id__in=wanted.changes))
    if len(meant) < len(set(wanted.changes)) or not meant:
        message = _("This item has no such change.")
        raise BadInput(problems=[FieldProblem("changes", message)])
    if not wanted.act:
        return meant
    acts = Q(pk__in=())
    rows = models.ItemChange.objects.filter(id__in=[change.id for change in meant])
    for moment, by in set(rows.values_list("at", "actor_id")):
        acts |= Q(at=moment, actor_id=by)
    inside = seen.condition(item="item", systems="item__systems")
    return logged(models.ItemChange.objects.filter(acts, changes_within(seen), inside))


_WHY = {
    Hindrance.LATER: gettext_noop("The same was changed again since."),
    Hindrance.SECRET: gettext_noop("What a secret was is not kept."),
    Hindrance.NOTHING: gettext_noop("There is nothing to take back."),
    Hindrance.DIRECTION: gettext_noop("Which way this relation led was not kept at that time."),
}
_HIDDEN = gettext_noop("It named something that is out of your reach.")
_RESTRICTED = gettext_noop("It is of an attribute that you may not see.")
_BY_RULE = gettext_noop("A rule keeps this relation as long as both ends hold equal values.")


def _hindered(
    seen: Reach, changes: Sequence[Logged], *, over_later: bool
) -> dict[int, tuple[Took, str]]:
    """By change, why it is left as it is."""
    if not changes:
        return {}
    items, meant = {change.item for change in changes}, {change.id for change in changes}
    oldest = min(meant)
    since = logged(models.ItemChange.objects.filter(item__in=items, id__gt=oldest))
    later = [change for change in since if change.id not in meant]
    hidden, kept = _naming_hidden(seen, changes), _restricted(seen, changes)
    found: dict[int, tuple[Took, str]] = {}
    for change in changes:
        if change.id in kept:
            found[change.id] = Took.REFUSED, _(_RESTRICTED)
            continue
        reason = hindrance(change, later, MASK)
        if reason == Hindrance.LATER and over_later:
            reason = ""
        if reason:
            took = Took.LATER if reason == Hindrance.LATER else Took.REFUSED
            found[change.id] = took, _(_WHY[reason])
        elif change.id in hidden:
            found[change.id] = Took.REFUSED, _(_HIDDEN)
    return found


def _restricted(seen: Reach, changes: Sequence[Logged]) -> set[int]:
    """Changes of attributes that are kept from whoever asks: not even why it cannot be is told."""
    sight, types = Sight(seen), schema.remembered_item_types()
    if sight.whole:
        return set()
    rows = models.Item.objects.filter(id__in={change.item for change in changes})
    items = {row.id: row for row in rows.only("type", "systems")}
    seen.look_at(items)
    return {
        change.id
        for change in changes
        if change.field.startswith("attributes.")
        and (item := items.get(change.item)) is not None
        and sight.hides_past(
            types.get(item.type), change.field.removeprefix("attributes."), item.id, item.systems
        )
    }


def _naming_hidden(seen: Reach, changes: Sequence[Logged]) -> set[int]:
    """Changes whose old value names an item out of reach: not even its id is told."""
    if seen.everything:
        return set()
    types = schema.remembered_item_types().values()
    fields = {f"attributes.{name}" for each in types for name in reference_names(each)}
    fields |= {"owner", "vendor"}
    named = {
        change.id: id_
        for change in changes
        if change.field in fields and (id_ := as_id(str(change.old)))
    }
    inside = names(seen, set(named.values())).inside
    return {number for number, id_ in named.items() if id_ not in inside}


# What is to be said anew -------------------------------------------------------------------------


def _plans(changes: Sequence[Logged]) -> list[_Plan]:
    items: dict[UUID, _Plan] = {}
    edges: dict[_Edge, _Plan] = {}
    for change in changes:
        if change.field.startswith(RELATION) and change.other:
            edges.setdefault(_edge(change, change.other), _Plan()).changes.append(change)
        else:
            items.setdefault(change.item, _Plan()).changes.append(change)
    for number, (item, plan) in enumerate(items.items(), start=1):
        plan.row = Row(number, _item_row(item, plan.changes))
    standing = _standing(edges)
    for number, (edge, plan) in enumerate(edges.items(), start=len(items) + 1):
        details = said_of(plan.changes[-1].old)
        if details is None:
            plan.unrelated, origin = standing.get(edge, (None, ""))
            plan.by_rule = bool(ruled.keeper(origin))
        else:
            whole = {name: details.get(name) for name in DETAILS}
            said = RelationSaid(edge.kind, str(edge.source), str(edge.target), whole)
            plan.row = Row(number, relations=(said,))
    return [*items.values(), *edges.values()]


def _edge(change: Logged, other: UUID) -> _Edge:
    ends = (change.item, other) if change.outward else (other, change.item)
    return _Edge(change.field.removeprefix(RELATION), *ends)


def _standing(edges: Iterable[_Edge]) -> dict[_Edge, tuple[UUID, str]]:
    kinds, sources = {edge.kind for edge in edges}, {edge.source for edge in edges}
    rows = models.Relation.objects.filter(kind__in=kinds, source__in=sources)
    found = rows.values_list("id", "origin", "kind", "source_id", "target_id")
    return {
        _Edge(kind, source, target): (id_, origin) for id_, origin, kind, source, target in found
    }


def _item_row(item: UUID, changes: Sequence[Logged]) -> ItemRow:
    """Newest first, so that of several of one field the oldest says what it was."""
    columns: dict[str, Any] = dict.fromkeys(("name", "importance", "owner", "vendor"), UNSET)
    attributes: dict[str, Any] = {}
    retired: bool | None = None
    for change in changes:
        if change.field == "created":
            retired = True
        elif change.field == "retired":
            retired = change.new is None
        elif change.field in columns:
            columns[change.field] = change.old
        else:
            attributes[change.field.removeprefix("attributes.")] = change.old
    return ItemRow(ItemEdit(**columns, attributes=attributes), id=item, retired=retired)


def _may_go(actor: Actor, plans: Sequence[_Plan]) -> list[UUID]:
    """Relations both of whose ends the actor may change."""
    writes = reach(actor, WRITE)
    ends = writes.condition(item="source", systems="source__systems") & writes.condition(
        item="target", systems="target__systems"
    )
    rows = models.Relation.objects.filter(ends, id__in=[plan.unrelated for plan in plans])
    return list(rows.values_list("id", flat=True)) if plans else []


def _gone_by_rule(plans: Sequence[_Plan]) -> list[UUID]:
    """Relations that their rule took away by itself, since the values were taken back, too."""
    kept = [plan.unrelated for plan in plans if plan.unrelated and plan.by_rule]
    rows = models.Relation.objects.filter(id__in=kept)
    there = {*rows.values_list("id", flat=True)} if kept else set()
    return [id_ for id_ in kept if id_ not in there]


# What became of it -------------------------------------------------------------------------------


def _steps(  # noqa: PLR0913, PLR0917  # everything that was found
    seen: Reach,
    changes: Sequence[Logged],
    why_not: Mapping[int, tuple[Took, str]],
    plans: Sequence[_Plan],
    outcomes: Mapping[int, RowOutcome],
    gone: Collection[UUID],
) -> Iterable[Step]:
    known = names(seen, {change.item for change in changes}).refs
    by_change = {change.id: plan for plan in plans for change in plan.changes}
    for change in changes:
        took, why = why_not.get(change.id) or _of_plan(by_change[change.id], outcomes, gone)
        name = known[change.item].name if change.item in known else ""
        yield Step(change.id, change.item, name, change.field, took, why)


def _of_plan(
    plan: _Plan, outcomes: Mapping[int, RowOutcome], gone: Collection[UUID]
) -> tuple[Took, str]:
    if plan.row is not None:
        problems = outcomes[plan.row.number].problems
        told = " ".join(str(problem.message) for problem in problems)
        return (Took.REFUSED, told) if problems else (Took.BACK, "")
    if plan.unrelated and plan.unrelated not in gone:
        told = _("You may see this item and not change it. Ask an administrator.")
        return Took.REFUSED, _(_BY_RULE) if plan.by_rule else told
    return Took.BACK, ""
