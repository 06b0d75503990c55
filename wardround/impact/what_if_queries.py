"""What would be if several items failed together, and whom that hits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wardround.cmdb import item_sets
from wardround.cmdb.types import ItemRef
from wardround.impact import queries
from wardround.impact.scenario_types import Department, SetAsked, TakenOut, WhatIf
from wardround.impact.taking_out import taken_out
from wardround.impact.types import NOBODY, URGENCY, ServiceNow, ServiceState
from wardround.kernel.reach import Reach

_HIT = (ServiceState.DOWN, ServiceState.STANDBY, ServiceState.DEGRADED)


def what_if(
    reach: Reach, failed: Sequence[UUID], sets: Sequence[SetAsked] = (), *, at: datetime
) -> WhatIf:
    """The hospital if exactly these failed. Raises as `taken_out`."""
    return of_taken(reach, taken_out(reach, failed, sets, at=at), at=at)


def of_taken(reach: Reach, taken: TakenOut, *, at: datetime) -> WhatIf:
    hospital = queries.if_failed(reach, taken.ids, at=at)
    hit = [service for service in hospital.services if is_hit(service)]
    departments, hidden = _departments(hit)
    return WhatIf(taken, hospital, departments, hidden)


def is_hit(service: ServiceNow) -> bool:
    return service.state in _HIT or service.unprotected is not NOBODY


def _departments(hit: Sequence[ServiceNow]) -> tuple[tuple[Department, ...], bool]:
    """Of systems, the worst first."""
    using: dict[ItemRef, list[ServiceNow]] = {}
    hidden = False
    for service in hit:
        for user in item_sets.users(service.item):
            if isinstance(user, ItemRef):
                using.setdefault(user, []).append(service)
            else:
                hidden = True
    found = [
        Department(user, services[0].state, tuple(each.item.ref for each in services))
        for user, services in using.items()
    ]
    return tuple(sorted(found, key=_order)), hidden


def _order(department: Department) -> tuple[int, int, str]:
    return URGENCY[department.state], -len(department.systems), department.item.name
