"""Saving what is asked of the model again: each act one transaction and one audit line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wardround.cmdb.permissions import READ
from wardround.impact.errors import NameTaken, NotYourScenario, StaleScenario, TooManyScenarios
from wardround.impact.models import Scenario as Row
from wardround.impact.scenario_reading import row_of
from wardround.impact.scenario_types import (
    MOST_SCENARIOS,
    SCENARIO,
    ScenarioDraft,
    SetAsked,
    WhatIf,
)
from wardround.impact.types import NOBODY
from wardround.impact.what_if_queries import is_hit, what_if
from wardround.kernel import audit, live
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema


@transaction.atomic
def save(actor: Actor, draft: ScenarioDraft, *, at: datetime) -> UUID:
    """A new one, with what it does now. Raises NameTaken, TooManyScenarios, and as `taken_out`."""
    schema.hold()
    found = what_if(reach(actor, READ), draft.failed, draft.sets, at=at)
    own = Row.objects.filter(owner_id=actor.id)
    if own.count() >= MOST_SCENARIOS:
        raise TooManyScenarios(most=MOST_SCENARIOS)
    row = Row(owner_id=actor.id, owner_name=actor.name)
    _write(row, draft, found, at)
    _recorded(actor, "scenario.save", row)
    return row.id


@transaction.atomic
def change(
    actor: Actor, scenario: UUID, draft: ScenarioDraft, *, version: int, at: datetime
) -> None:
    """What it says from now on, with what that does now. Raises UnknownScenario, NotYourScenario,
    StaleScenario, NameTaken, and as `taken_out`.
    """
    schema.hold()
    row = _own(actor, scenario)
    if row.version != version:
        raise StaleScenario(field="version", version=row.version)
    found = what_if(reach(actor, READ), draft.failed, draft.sets, at=at)
    row.version += 1
    _write(row, draft, found, at)
    _recorded(actor, "scenario.change", row)


@transaction.atomic
def delete(actor: Actor, scenario: UUID) -> None:
    """Raises UnknownScenario, NotYourScenario."""
    row = _own(actor, scenario)
    _recorded(actor, "scenario.delete", row)
    row.delete()


def _own(actor: Actor, scenario: UUID) -> Row:
    row = row_of(actor, scenario, lock=True)
    if row.owner_id != actor.id:
        raise NotYourScenario(owner=row.owner_name)
    return row


def _write(row: Row, draft: ScenarioDraft, found: WhatIf, at: datetime) -> None:
    same = Row.objects.filter(owner_id=row.owner_id, name=draft.name).exclude(id=row.id)
    if same.exists():
        raise NameTaken(field="name")
    row.name, row.note, row.shared = draft.name, draft.note, draft.shared
    row.failed, row.sets = list(dict.fromkeys(draft.failed)), _kept(draft.sets)
    row.taken, row.result, row.saved_at = sorted(found.taken.ids), _result(found), at
    row.save()


def _kept(sets: Sequence[SetAsked]) -> list[dict[str, str]]:
    return [
        {"kind": each.kind, "item": str(each.item)} if each.item else
        {"kind": each.kind, "where": each.where}
        for each in sets
    ]  # fmt: skip


def _result(found: WhatIf) -> dict[str, tuple[str, float | None, bool]]:
    return {
        str(service.item.id): (
            service.state,
            service.switch_minutes,
            service.unprotected is not NOBODY,
        )
        for service in found.hospital.services
        if is_hit(service)
    }


def _recorded(actor: Actor, act: str, row: Row) -> None:
    audit.record(actor, act, subject=(SCENARIO, row.id), name=row.name, shared=row.shared)
    live.publish("scenarios")
