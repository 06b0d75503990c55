"""Scenarios: their list, and each on the model of now beside what it did when it was saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from wardround.cmdb import item_sets
from wardround.cmdb import queries as cmdb
from wardround.cmdb.permissions import READ
from wardround.impact import taking_out, what_if_queries
from wardround.impact.scenario_reading import (
    counted,
    result_of,
    row_of,
    rows_for,
    sets_of,
    taken_of,
    told,
    within,
)
from wardround.impact.scenario_types import (
    NOTHING_OUT,
    Moved,
    Result,
    Scenario,
    ScenarioRun,
    WhatIf,
)
from wardround.impact.types import NOBODY, URGENCY, ServiceNow, ServiceState
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor

_WENT_ON = (ServiceState.UP, None, False)


def scenarios(actor: Actor) -> tuple[Scenario, ...]:
    """One's own and those that others share, the newest first. A fixed number of statements."""
    rows, seen = list(rows_for(actor).order_by("-saved_at", "id")), reach(actor, READ)
    items = cmdb.visible_refs(seen, {id_ for row in rows for id_ in row.failed})
    systems = cmdb.visible(seen, {UUID(id_) for row in rows for id_ in row.result})
    _known, inside = cmdb.named_and_seen(seen, set[UUID]().union(*map(taken_of, rows)))
    return tuple(told(row, actor, items, systems, inside) for row in rows)


def names(actor: Actor, ids: Collection[UUID]) -> Mapping[str, str]:
    """What these are called, those that the reader may know of."""
    rows = rows_for(actor).filter(id__in=ids)
    return {str(id_): name for id_, name in rows.values_list("id", "name")}


def scenario_now(actor: Actor, scenario: UUID, *, at: datetime) -> ScenarioRun:
    """One, run again. What is out of reach is not taken out, and then nothing is compared.

    Raises UnknownScenario.
    """
    row, seen = row_of(actor, scenario), reach(actor, READ)
    known, inside = cmdb.named_and_seen(seen, taken_of(row))
    there = item_sets.in_use(seen, known)
    gone = [known[id_] for id_ in row.failed if id_ in inside and id_ not in there]
    failed = [id_ for id_ in row.failed if id_ in there]
    sets = [each for each in sets_of(row) if each.item is None or each.item in there]
    readable, unread = taking_out.readable(seen, sets, at=at)
    taken = NOTHING_OUT
    if failed or readable:
        taken = taking_out.taken_out(seen, failed, readable, at=at)
    found = what_if_queries.of_taken(seen, taken, at=at)
    whole = not unread and within(row, inside)
    then, now = result_of(row), _result(found, at)
    services = {service.item.id: service for service in found.hospital.services}
    return ScenarioRun(
        scenario=told(row, actor, there, services, inside),
        asked=tuple(there[id_] for id_ in failed),
        gone=tuple(sorted(gone, key=lambda ref: ref.name)),
        unread=unread,
        whole=whole,
        what_if=found,
        now=counted(now, services),
        moved=_moved(then, now, services) if whole else (),
    )


def _result(found: WhatIf, at: datetime) -> Result:
    return Result({each.item.id: _state(each) for each in found.hospital.services}, at)


def _state(service: ServiceNow) -> tuple[ServiceState, float | None, bool]:
    return service.state, service.switch_minutes, service.unprotected is not NOBODY


def _moved(then: Result, now: Result, services: Mapping[UUID, ServiceNow]) -> tuple[Moved, ...]:
    found = []
    for id_, service in services.items():
        before, after = then.states.get(id_, _WENT_ON), now.states[id_]
        if _plain(before) != _plain(after):
            item = service.item
            found.append(Moved(item.ref, item.importance, *before[:2], *after[:2]))
    return tuple(sorted(found, key=lambda each: (URGENCY[each.now], each.item.name)))


def _plain(
    told_: tuple[ServiceState, float | None, bool],
) -> tuple[ServiceState, float | None]:
    """That nothing is measured of a system is no difference."""
    state, minutes, _lost = told_
    return (ServiceState.UP if state is ServiceState.UNKNOWN else state), minutes
