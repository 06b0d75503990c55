"""What must fail together to stop a business system, as a reader may know it."""

from __future__ import annotations

import itertools
from uuid import UUID

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import ItemRef
from wardround.dependability import Budget, CutSets, cut_sets, resident_bytes
from wardround.impact import held
from wardround.impact.errors import UnknownSystem
from wardround.impact.modelling import Hospital
from wardround.impact.types import CUT_SECONDS, MOST_SETS, CutSetTold, ServiceCutSets
from wardround.impact.words import Words, once
from wardround.kernel.reach import Reach
from wardround.schema.types import ItemRole

_ROOM_MB = 512.0
"""Memory for the diagrams of one answer, beyond what the process holds."""


def cut_sets_of(reach: Reach, service_id: UUID, max_order: int) -> ServiceCutSets:
    """The minimal sets of up to so many items that stop the system. Raises UnknownItem,
    UnknownSystem.
    """
    item = cmdb.item(reach, service_id)
    if ItemRole.SYSTEM not in item.roles:
        raise UnknownSystem(field="item_id")
    service = ItemRef(item.id, item.key, item.name, item.type)
    hospital = held.hospital()
    place = hospital.graph.place(service_id)
    if place is None:
        return ServiceCutSets(service, (), more=False, by_order=(), complete_to=max_order)
    budget = Budget(CUT_SECONDS, resident_bytes() / 1e6 + _ROOM_MB)
    top = str(hospital.states[place])
    found = cut_sets(hospital.model, top, max_order=max_order, budget=budget)
    return _told(reach, hospital, found, service, place, max_order)


def _told(  # noqa: PLR0913, PLR0917  # all that an answer is made of
    reach: Reach,
    hospital: Hospital,
    found: CutSets,
    service: ItemRef,
    place: int,
    max_order: int,
) -> ServiceCutSets:
    """Without the system itself: that it stops when it fails says nothing."""
    own = (str(place),)
    sets = itertools.islice((each for each in found.sets() if each.items != own), MOST_SETS + 1)
    rows = [each.items for each in sets]
    words = Words.of(reach, hospital, {label for row in rows for label in row})
    told = tuple(once(CutSetTold(words.several(row)) for row in rows[:MOST_SETS]))
    complete = max_order if found.complete_to is None else min(found.complete_to, max_order)
    by_order = [*found.by_order[1 : max_order + 1]]
    if by_order:
        by_order[0] = max(by_order[0] - 1, 0)  # its own
    return ServiceCutSets(
        service,
        told,
        more=len(rows) > MOST_SETS,
        by_order=tuple(by_order) if reach.everything else None,
        complete_to=complete,
    )
