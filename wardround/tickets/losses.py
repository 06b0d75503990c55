"""What tickets lose where a level matrix or an assignment changes and stays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count

from wardround.kernel import audit
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.dependents import Changed, Holder, Renames
from wardround.schema.types import Label
from wardround.tickets import models, opening, rules
from wardround.tickets.alert_checks import TICKET_TYPE
from wardround.tickets.catalogue import in_force
from wardround.tickets.definitions import ASSIGNMENT, takes_all
from wardround.tickets.types import TicketType


def _none(_name: str, _definition: object, _renames: Renames) -> Sequence[str]:
    """The marks of what is counted only where it is lost."""
    return ()


# Levels ------------------------------------------------------------------------------------------


def _levels_taken(changed: Changed) -> Mapping[str, Collection[str]]:
    """By matrix that stays, its levels that are there no more."""
    return {
        name: [f"{name}/{level}" for level in sorted(rules.levels_lost(before, after))]
        for name, before in changed.before.items()
        if (after := changed.after.get(changed.renames.get(name, name))) is not None
    }


def _open_at(levels: Collection[str]) -> Mapping[str, int]:
    """How many open tickets have each level; a level is told as `MATRIX/LEVEL`."""
    matrices = {level.partition("/")[0] for level in levels}
    rows: Any = models.Ticket.objects.filter(open=True, level_matrix__in=matrices)
    counted = rows.values("level_matrix", "level").annotate(number=Count("id")).order_by()
    return {f"{row['level_matrix']}/{row['level']}": row["number"] for row in counted}


def _rename_levels(actor: Actor, changed: Changed, _at: datetime) -> None:
    """Every ticket, closed ones too, has its level under the new name."""
    for name, before in changed.before.items():
        matrix = changed.renames.get(name, name)
        after = changed.after.get(matrix)
        names = rules.levels_renamed(before, after) if after is not None else {}
        for old, new in names.items():
            rows = models.Ticket.objects.filter(level_matrix=matrix, level=old)
            told = {"old": old, "new": new, "count": rows.update(level=new)}
            audit.record(actor, "ticket.rename_level", subject=("level-matrix", matrix), **told)
        if names:
            opening.publish([])


_LEVELS = Holder(
    kind="level-matrix",
    thing="level",
    label=Label("未关闭工单的级别不再存在", "open ticket whose level is there no more"),
    several=Label("未关闭工单的级别不再存在", "open tickets whose level is there no more"),
    count=_open_at,
    marks=_none,
    losing=_levels_taken,
    follow=_rename_levels,
)


# Assignments -------------------------------------------------------------------------------------


def _unassigned(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed assignment, the ticket types of which a rule took every ticket and takes some."""
    found: dict[str, list[str]] = {}
    for name, before in changed.before.items():
        after = changed.after.get(changed.renames.get(name, name))
        if after is None:
            continue
        types = changed.view.all(TICKET_TYPE).values()
        using = [known for known in types if known.assignment == after.name]
        found[name] = [
            known.name
            for known in using
            if takes_all(before, known, changed.view) and not takes_all(after, known, changed.view)
        ]
    return found


def _assigned_otherwise(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed ticket type, itself where its own assignment took every ticket of it, and the one
    that it names instead takes some.
    """
    before, after = schema.definitions(ASSIGNMENT), changed.view.all(ASSIGNMENT)
    found = {}
    for name, was in changed.before.items():
        now: TicketType | None = changed.after.get(changed.renames.get(name, name))
        if now is None or now.assignment == was.assignment:
            continue  # what becomes of an assignment is told of it
        had, has = before.get(was.assignment), after.get(now.assignment)
        if (
            had is not None
            and has is not None
            and takes_all(had, was, in_force())
            and not takes_all(has, now, changed.view)
        ):
            found[name] = [name]
    return found


_Losing = Callable[[Changed], Mapping[str, Collection[str]]]


def _unassigned_by(kind: str, losing: _Losing) -> Holder:
    return Holder(
        kind=kind,
        thing="ticket-type",
        label=Label(
            "工单类型有些工单不再有规则派单",
            "ticket type some of whose tickets no rule assigns any more",
        ),
        several=Label(
            "工单类型有些工单不再有规则派单",
            "ticket types some of whose tickets no rule assigns any more",
        ),
        count=lambda types: dict.fromkeys(types, 1),
        marks=_none,
        losing=losing,
    )


HOLDERS = (
    _LEVELS,
    _unassigned_by(ASSIGNMENT, _unassigned),
    _unassigned_by(TICKET_TYPE, _assigned_otherwise),
)
