"""Any edit of what tickets follow: where nothing is told to be lost, open tickets stay as they are,
and new ones still find their level, their promise and somebody who takes them.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import yaml
from django.db import transaction

from tests.hospital import HOSPITAL
from tests.tickets.conftest import MONDAY, World, after, raised
from wardround.schema import actions as schema
from wardround.schema import cache
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.models import Definition
from wardround.tickets import actions, models, queries
from wardround.tickets.types import OpenTicket

Path = tuple[str | int, ...]
KINDS = (
    "ticket-type", "level-matrix", "sla-policy", "assignment", "alert-ticket", "calendar",
    "holiday-list",
)  # fmt: skip
EDITS = 30


def places(body: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    steps = body.items() if isinstance(body, dict) else enumerate(body)
    for step, inner in steps:
        if step not in ("kind", "name", "label") or path:
            yield (*path, step), inner
            if isinstance(inner, dict | list):
                yield from places(inner, (*path, step))


def edited(body: dict[str, Any], chance: Random) -> dict[str, Any]:
    """One place gone, turned round, or with what stands at a place like it."""
    body = copy.deepcopy(body)
    every = list(places(body))
    path, value = chance.choice(every)
    around: Any = body
    for step in path[:-1]:
        around = around[step]
    alike = [
        other
        for where, other in every
        if where[-1] == path[-1] and type(other) is type(value) and other != value
    ]
    if isinstance(value, list) and chance.random() < 0.3:
        value.reverse()
    elif alike and isinstance(path[-1], str) and chance.random() < 0.5:
        around[path[-1]] = copy.deepcopy(chance.choice(alike))
    else:
        del around[path[-1]]
    return body


def told(world: World) -> dict[str, object]:
    """What there is of each open ticket, and what becomes of new ones."""
    found: dict[str, object] = {}
    for row in models.Ticket.objects.filter(open=True).order_by("number"):
        detail = queries.ticket(world.admin, row.id, at=after(hours=2))
        ticket = detail.ticket
        found[row.number] = (
            ticket.state, ticket.level, ticket.missing, [way.name for way in detail.ways],
            [field.attribute.name for field in detail.form], ticket.clocks,
        )  # fmt: skip
    with transaction.atomic():
        for kind in ("other", "system_error"):
            report = OpenTicket("incident", "x", item=world.server, fields={"fault_kind": kind})
            found[kind] = _begun(actions.open_ticket(world.wu, report, at=MONDAY))
        for severity in ("critical", "info"):
            alert = raised(world.printer, severity=severity)
            opened = actions.open_event_tickets([alert], at=MONDAY)
            found[severity] = [_begun(ticket) for ticket in opened]
        transaction.set_rollback(True)
    return found


def _begun(ticket: Any) -> tuple[bool, bool, bool]:
    row = models.Ticket.objects.get(pk=ticket)
    return row.assignee is not None, row.level != "", row.sla != ""


def test_what_is_told_to_take_nothing_takes_nothing(world: World) -> None:
    schema.import_shipped(HOSPITAL, at=MONDAY, names=["monitors"])
    for item, impact in ((world.server, "high"), (None, "low")):
        fields = {"fault_kind": "other"}
        report = OpenTicket("incident", "x", item=item, impact=impact, urgency="low", fields=fields)
        actions.open_ticket(world.admin, report, at=MONDAY)
    before, chance = told(world), Random(7)  # noqa: S311  # what is edited, no secret
    rows = list(Definition.objects.filter(current=True, kind__in=KINDS).order_by("kind", "name"))
    saved = 0
    for _edit in range(EDITS):
        row = chance.choice(rows)
        body = edited({"kind": row.kind, **json.loads(row.body)}, chance)
        text = yaml.safe_dump(body, sort_keys=False, allow_unicode=True)
        draft = DefinitionDraft(kind=row.kind, name=row.name, text=text)
        difference, problems = schema.check_definition(HOSPITAL, draft)
        if problems or difference.lost:
            continue
        with transaction.atomic():
            schema.save_definition(HOSPITAL, draft, at=MONDAY, base_version=row.version)
            assert told(world) == before, difference.changes[0].diff
            transaction.set_rollback(True)
        cache.changed()
        saved += 1
    assert saved > EDITS // 8
