"""What must fail together to stop a business system, as a reader may know it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from uuid import UUID

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import ItemRef
from wardround.dependability import Budget, Model, cut_sets
from wardround.impact import heavy, held
from wardround.impact.errors import UnknownSystem
from wardround.impact.modelling import Hospital
from wardround.impact.parts import Part, part_of
from wardround.impact.types import MOST_SETS, CutSetTold, ServiceCutSets
from wardround.impact.words import Words, once
from wardround.kernel.reach import Reach
from wardround.schema.types import ItemRole


def service_ref(reach: Reach, service_id: UUID) -> ItemRef:
    """Raises UnknownItem, UnknownSystem."""
    item = cmdb.item(reach, service_id)
    if ItemRole.SYSTEM not in item.roles:
        raise UnknownSystem(field="item_id")
    return ItemRef(item.id, item.key, item.name, item.type)


@dataclass(frozen=True, slots=True)
class CutRows:
    """What the engine found; by the labels of the model."""

    rows: tuple[tuple[str, ...], ...]
    """The smallest first; one more than `MOST_SETS` where there are more."""
    by_order: tuple[int, ...]
    """From order 1 on."""
    complete_to: int


def cut_rows(model: Model, top: int, max_order: int, budget: Budget) -> CutRows:
    """The minimal cut sets of up to so many items; where the budget ends, what is known by then."""
    found = cut_sets(model, model.label(top), max_order=max_order, budget=budget)
    rows = itertools.islice((each.items for each in found.sets()), MOST_SETS + 1)
    complete = max_order if found.complete_to is None else min(found.complete_to, max_order)
    return CutRows(tuple(rows), tuple(found.by_order[1 : max_order + 1]), complete)


def cut_sets_of(reach: Reach, service_id: UUID, max_order: int) -> ServiceCutSets:
    """The minimal sets of up to so many items that stop the system, without the system itself.

    Raises UnknownItem, UnknownSystem, TooBusy.
    """
    service = service_ref(reach, service_id)
    hospital = held.hospital()
    place = hospital.graph.place(service_id)
    if place is None:
        return ServiceCutSets(service, (), more=False, by_order=(), complete_to=max_order)
    found = heavy.answered(
        hospital,
        ("cut sets", place, max_order),
        lambda budget: _of_part(part_of(hospital, place), max_order, budget),
    )
    return _told(reach, hospital, found, service)


def _of_part(part: Part, max_order: int, budget: Budget) -> CutRows:
    return cut_rows(part.model, part.top, max_order, budget)


def _told(reach: Reach, hospital: Hospital, found: CutRows, service: ItemRef) -> ServiceCutSets:
    rows = found.rows[:MOST_SETS]
    words = Words.of(reach, hospital, {label for row in rows for label in row})
    return ServiceCutSets(
        service,
        tuple(once(CutSetTold(words.several(row)) for row in rows)),
        more=len(found.rows) > MOST_SETS,
        by_order=found.by_order if reach.everything else None,
        complete_to=found.complete_to,
    )
