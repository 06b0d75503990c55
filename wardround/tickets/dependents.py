"""Open tickets that live by definitions: their type, what was promised, what gave their level."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count

from wardround.kernel import audit
from wardround.kernel.types import Actor
from wardround.schema.dependents import Changed, Holder, Renames
from wardround.schema.types import Label
from wardround.tickets import models, opening
from wardround.tickets.alert_checks import (
    ALERT_TICKETS,
    TICKET_TYPE,
    lineages_of,
    troubles_of,
)
from wardround.tickets.alert_coverage import left_by
from wardround.tickets.alert_tickets import in_order
from wardround.tickets.secret_fields import seal_fields

_LABEL = Label("未关闭工单", "open ticket")


def _open_by(column: str, names: Collection[str]) -> Mapping[str, int]:
    rows: Any = models.Ticket.objects.filter(open=True, **{f"{column}__in": names}).values(column)
    return {row[column]: row["number"] for row in rows.annotate(number=Count("id")).order_by()}


def _give_names(
    column: str, kind: str, actor: Actor, names: Mapping[str, str], _at: datetime
) -> None:
    """Every ticket, closed ones too, keeps what it began with under the new name."""
    for old, new in names.items():
        rows = models.Ticket.objects.filter(**{column: old})
        count = rows.update(**{column: new})
        if column == "calendar":
            models.Clock.objects.filter(calendar=old).update(calendar=new)
        audit.record(actor, "ticket.rename", subject=(kind, new), old=old, count=count)
    opening.publish([])


_Count = Callable[[Collection[str]], Mapping[str, int]]


def _holder(kind: str, column: str) -> Holder:
    """What a ticket is pinned to needs no care when it is retired: the ticket keeps its version."""
    count: _Count = partial(_open_by, column)
    carry = partial(_give_names, column, kind)
    return Holder(kind=kind, thing="ticket", label=_LABEL, count=count, carry=carry)


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


def _left_alone(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed definition, the rules of which some alerts fit no row any more; each rule once,
    for the first that took them.
    """
    view = changed.view
    lineages = view.once(lineages_of)
    troubles = view.once(troubles_of)
    after = [row.when for each in changed.after.values() for row in each.rows]
    found: dict[str, list[str]] = {}
    told: set[str] = set()
    for definition in in_order(changed.before.values()):
        rows = [row.when for row in definition.rows]
        rules = [rule for rule in left_by(rows, after, troubles, lineages) if rule not in told]
        if rules:
            found[definition.name] = rules
        told.update(rules)
    return found


_LEFT_ALONE = Holder(
    kind=ALERT_TICKETS,
    thing="alert",
    label=Label("类告警不再有行决定其工单", "kind of alert that no row takes any more"),
    several=Label("类告警不再有行决定其工单", "kinds of alert that no row takes any more"),
    count=lambda rules: dict.fromkeys(rules, 1),
    marks=_none,
    losing=_left_alone,
)

HOLDERS = (
    _LEFT_ALONE,
    _OF_ITEM_TYPES,
    _SECRETS,
    _holder("ticket-type", "type"),
    _holder("sla-policy", "sla"),
    _holder("calendar", "calendar"),
    _holder("level-matrix", "level_matrix"),
)
