"""Scenarios from their rows, as far as their reader sees."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q, QuerySet

from wardround.impact.errors import UnknownScenario
from wardround.impact.models import Scenario as Row
from wardround.impact.scenario_types import Counted, Result, Scenario, SetAsked, SetKind
from wardround.impact.types import ServiceState
from wardround.kernel.types import Actor, Named


def rows_for(actor: Actor) -> QuerySet[Row]:
    """One's own, and those that others share."""
    return Row.objects.filter(Q(owner_id=actor.id) | Q(shared=True))


def row_of(actor: Actor, scenario: UUID, *, lock: bool = False) -> Row:
    """Raises UnknownScenario."""
    rows = rows_for(actor).filter(id=scenario)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise UnknownScenario(field="scenario")
    return row


def sets_of(row: Row) -> tuple[SetAsked, ...]:
    return tuple(
        SetAsked(
            SetKind(each["kind"]),
            UUID(each["item"]) if each.get("item") else None,
            each.get("where", ""),
        )
        for each in row.sets
    )


def result_of(row: Row) -> Result:
    states = {
        UUID(system): (ServiceState(state), minutes, lost)
        for system, (state, minutes, lost) in row.result.items()
    }
    return Result(states, row.saved_at)


def counted(result: Result, systems: Collection[UUID]) -> Counted:
    """Of these systems."""
    seen = [told for system, told in result.states.items() if system in systems]
    down = [minutes for state, minutes, _lost in seen if state is ServiceState.DOWN]
    felt = (ServiceState.DEGRADED, ServiceState.STANDBY)
    return Counted(
        down=sum(minutes is None for minutes in down),
        switching=sum(minutes is not None for minutes in down),
        degraded=sum(state in felt for state, _minutes, _lost in seen),
        unprotected=sum(lost for _state, _minutes, lost in seen),
    )


def taken_of(row: Row) -> set[UUID]:
    """All items that it names or took out when it was saved."""
    return {*row.failed, *row.taken, *(each.item for each in sets_of(row) if each.item)}


def within(row: Row, inside: Collection[UUID]) -> bool:
    """Whether all of that is within reach."""
    return all(id_ in inside for id_ in taken_of(row))


def told(
    row: Row,
    actor: Actor,
    seen: Mapping[UUID, object],
    systems: Collection[UUID],
    inside: Collection[UUID],
) -> Scenario:
    """As its list shows it.

    Args:
        row: the scenario.
        actor: who reads.
        seen: items within reach that are there.
        systems: business systems within reach.
        inside: items within reach, deleted ones among them.

    """
    return Scenario(
        id=row.id,
        name=row.name,
        note=row.note,
        owner=Named(row.owner_id, row.owner_name),
        own=row.owner_id == actor.id,
        shared=row.shared,
        items=sum(id_ in seen for id_ in row.failed),
        sets=sum(each.item is None or each.item in inside for each in sets_of(row)),
        then=counted(result_of(row), systems) if within(row, inside) else None,
        saved_at=row.saved_at,
        version=row.version,
    )
