"""Open tickets that live by definitions: their type, what was promised, what gave their level."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import ItemsDefinition
from wardround.kernel import audit
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Actor
from wardround.schema.dependents import Changed, Holder, Renames, rows_by
from wardround.schema.kinds import DefinitionView
from wardround.schema.types import Label
from wardround.tickets import lineages, losses, models, opening
from wardround.tickets.alert_checks import (
    ALERT_TICKETS,
    TICKET_TYPE,
    sorting_of,
)
from wardround.tickets.alert_coverage import left_by
from wardround.tickets.alert_tickets import in_order
from wardround.tickets.catalogue import in_force
from wardround.tickets.secret_fields import seal_fields

_LABEL = Label("未关闭工单", "open ticket")


def _open(column: str, names: Collection[str]) -> QuerySet[models.Ticket]:
    return models.Ticket.objects.filter(open=True, **{f"{column}__in": names})


def _open_by(column: str, names: Collection[str]) -> Mapping[str, int]:
    rows: Any = _open(column, names).values(column)
    return {row[column]: row["number"] for row in rows.annotate(number=Count("id")).order_by()}


def _rows_by(column: str, names: Collection[str]) -> Mapping[str, Collection[UUID]]:
    return rows_by(column, _open(column, names))


_OF_A_PROMISE = ("sla", "calendar")
"""What each round of a clock keeps beside its ticket."""


def _give_names(
    column: str, kind: str, actor: Actor, names: Mapping[str, str], _at: datetime
) -> None:
    """Every ticket, closed ones too, keeps what it began with under the new name."""
    for old, new in names.items():
        rows = models.Ticket.objects.filter(**{column: old})
        count = rows.update(**{column: new})
        if column in _OF_A_PROMISE:
            models.Clock.objects.filter(**{column: old}).update(**{column: new})
        audit.record(actor, "ticket.rename", subject=(kind, new), old=old, count=count)
    opening.publish([])


_Count = Callable[[Collection[str]], Mapping[str, int]]


def _holder(kind: str, column: str) -> Holder:
    """What a ticket is pinned to needs no care when it is retired: the ticket keeps its version."""
    count: _Count = partial(_open_by, column)
    return Holder(
        kind=kind,
        thing="ticket",
        label=_LABEL,
        count=count,
        rows=partial(_rows_by, column),
        carry=partial(_give_names, column, kind),
    )


def _none(_name: str, _type: object, _renames: Renames) -> Sequence[str]:
    return ()


def _none_by(_names: Collection[str]) -> Mapping[str, int]:
    return {}


def _seal_what_is_secret_now(actor: Actor, changed: Changed, _at: datetime) -> None:
    """A field that a type calls a secret from now on is one in every ticket of it."""
    for name, before in changed.before.items():
        becomes = changed.renames.get(name, name)
        after = changed.after.get(becomes)
        fresh = after.secret_fields - before.secret_fields if after else frozenset()
        if fresh:
            tickets = models.Ticket.objects.filter(type=becomes)
            lines = models.LogLine.objects.filter(ticket__type=becomes)
            count = seal_fields(tickets, lines, fresh)
            told = {"fields": sorted(fresh), "count": count}
            audit.record(actor, "ticket.seal", subject=(TICKET_TYPE, becomes), **told)


_SECRETS = Holder(
    kind=TICKET_TYPE,
    thing="secret",
    label=Label("机密字段", "secret field"),
    count=_none_by,
    marks=_none,
    follow=_seal_what_is_secret_now,
)

_give_item_types = partial(_give_names, "item_type", "item-type")
_OF_ITEM_TYPES = Holder(
    kind="item-type",
    thing="ticket",
    label=_LABEL,
    count=_none_by,
    marks=_none,
    carry=_give_item_types,
)
"""What a ticket remembers of its item is no promise: nothing is lost when the type goes."""


def _keys(_name: str, definition: ItemsDefinition, _renames: Renames) -> Sequence[str]:
    return [entry.key for entry in definition.items]


def _of_items(keys: Collection[str]) -> Mapping[str, int]:
    return {key: len(ids) for key, ids in _rows_of_items(keys).items()}


def _rows_of_items(keys: Collection[str]) -> Mapping[str, Collection[UUID]]:
    """By key, the open tickets of items that are in use."""
    ids = {ref.id for ref in cmdb.items_by_key(keys).values()}
    rows: Any = models.Ticket.objects.filter(open=True, item__in=ids)
    pairs: list[tuple[UUID, UUID]] = list(rows.values_list("id", "item"))
    items = cmdb.items(EVERYTHING, {item for _ticket, item in pairs})
    found: dict[str, set[UUID]] = {}
    for ticket, item in pairs:
        if items[item].retired_at is None:
            found.setdefault(items[item].key, set()).add(ticket)
    return found


_OF_ITEMS = Holder(
    kind="items",
    thing="ticket",
    label=_LABEL,
    count=_of_items,
    rows=_rows_of_items,
    marks=_keys,
)


@dataclass(frozen=True, slots=True)
class _LeftAlone:
    """Rules some of whose alerts a row takes and none will; each under what makes it so."""

    by_rows: Collection[str]
    by_rules: Collection[str]
    """By how bad the rule is from then on, or the labels it gives."""
    by_types: Collection[str]
    """By what types their items are of from then on."""


def _left_alone(view: DefinitionView) -> _LeftAlone:
    """What the definitions to be leave alone of what those in force take."""
    now, then = sorting_of(in_force()), view.once(sorting_of)
    every = left_by(now, then)
    rows = set(left_by(replace(then, rows=now.rows), then))
    by_rows = [rule for rule in every if rule in rows]
    others = [rule for rule in every if rule not in rows]
    by_rules = [rule for rule in others if now.troubles[rule] != then.troubles[rule]]
    return _LeftAlone(by_rows, by_rules, [rule for rule in others if rule not in by_rules])


def _by_rows(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed definition; each rule once, for the first that took them."""
    view = changed.view
    then = view.once(sorting_of)
    waiting = set(view.once(_left_alone).by_rows)
    found: dict[str, list[str]] = {}
    for definition in in_order(changed.before.values()):
        rows = [row.when for row in definition.rows]
        taken = waiting.intersection(left_by(replace(then, rows=rows), then))
        if taken:
            found[definition.name] = sorted(taken)
        waiting -= taken
    return found


def _by_rules(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed set of rules."""
    left = changed.view.once(_left_alone).by_rules
    found = {
        name: [rule.name for rule in rule_set.rules if rule.name in left]
        for name, rule_set in changed.before.items()
    }
    return {name: rules for name, rules in found.items() if rules}


def _by_types(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed type; told once, for the first of those that extend another type now."""
    left = changed.view.once(_left_alone).by_types
    after = changed.after
    moved = (
        name
        for name, before in sorted(changed.before.items())
        if (now := after.get(changed.renames.get(name, name))) and now.extends != before.extends
    )
    first = next(moved, "")
    return {first: left} if first and left else {}


_Losing = Callable[[Changed], Mapping[str, Collection[str]]]


def _left_alone_by(kind: str, losing: _Losing) -> Holder:
    return Holder(
        kind=kind,
        thing="alert-ticket",
        label=Label("告警类别不再有行决定其工单", "kind of alert that no row takes any more"),
        several=Label("告警类别不再有行决定其工单", "kinds of alert that no row takes any more"),
        count=lambda rules: dict.fromkeys(rules, 1),
        marks=_none,
        losing=losing,
    )


HOLDERS = (
    *losses.HOLDERS,
    _left_alone_by(ALERT_TICKETS, _by_rows),
    _left_alone_by("alert-rules", _by_rules),
    _left_alone_by("item-type", _by_types),
    _OF_ITEM_TYPES,
    lineages.HOLDER,
    _OF_ITEMS,
    _SECRETS,
    _holder("ticket-type", "type"),
    _holder("sla-policy", "sla"),
    _holder("calendar", "calendar"),
    _holder("level-matrix", "level_matrix"),
)
