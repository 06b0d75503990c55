"""What is critical and what is fragile, as a reader may know it, beside a day that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb import queries as cmdb
from wardround.cmdb.graph import ID
from wardround.cmdb.types import Importance, Item, ItemRef
from wardround.impact import held
from wardround.impact.day_cells import NO_CELLS, DayCells, chosen_day, day_cells, gained, unpacked
from wardround.impact.matrix import CODES
from wardround.impact.models import MatrixDay
from wardround.impact.ranking_types import (
    CELL_WEIGHTS,
    CLASS_WEIGHTS,
    USUAL_DAYS,
    KeptDays,
    Ranked,
    RankedRow,
)
from wardround.impact.types import Cell
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import Label

_NOBODY = Label("", "")


def kept_days() -> KeptDays:
    days = MatrixDay.objects.order_by("day").values_list("day", flat=True)
    return KeptDays(tuple(days))


def cells_of_day(wanted: date) -> tuple[date | None, DayCells]:
    """The day that is kept nearest to it, and its cells; nothing where none is. Two queries."""
    day = chosen_day(list(kept_days().days), wanted)
    if day is None:
        return None, NO_CELLS
    data = MatrixDay.objects.values_list("cells", flat=True).get(day=day)
    return day, unpacked(bytes(data))


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """The cells of now and of a day, of systems and items within reach."""

    now: DayCells
    then: DayCells
    items: Mapping[UUID, ItemRef]
    """There by now."""
    deleted: Mapping[UUID, ItemRef]
    services: Mapping[UUID, Item]
    unseen: NDArray[np.bytes_]
    """Items out of reach that do otherwise than then."""

    @classmethod
    def of(cls, reach: Reach, then: DayCells) -> Sight:
        """A fixed number of statements."""
        hospital, every = held.cells()
        services = {item.id: item for item in cmdb.systems(reach)}
        now, then = (
            cells.chosen(np.isin(cells.services, packed_ids(services)))
            for cells in (day_cells(hospital.graph, every), then)
        )
        ids = uuids(np.unique(np.concatenate([now.items, then.items])))
        there = cmdb.visible_refs(reach, ids)
        named, inside = cmdb.named_and_seen(reach, set(ids) - there.keys())
        deleted = {id_: ref for id_, ref in named.items() if id_ in inside}
        seen = packed_ids([*there, *deleted])
        kept = [np.isin(cells.items, seen) for cells in (now, then)]
        unseen = _otherwise(now.chosen(~kept[0]), then.chosen(~kept[1]))
        return cls(now.chosen(kept[0]), then.chosen(kept[1]), there, deleted, services, unseen)


def _otherwise(now: DayCells, then: DayCells) -> NDArray[np.bytes_]:
    """Items with a cell that is not the same in both."""
    found = [np.empty(0, ID)]
    for letter in (Cell.SINGLE, Cell.MANUAL):
        one_day, other = now.of(letter), then.of(letter)
        found += [one_day.items[gained(one_day, other)], other.items[gained(other, one_day)]]
    return np.unique(np.concatenate(found))


def packed_ids(ids: Iterable[UUID]) -> NDArray[np.bytes_]:
    return np.frombuffer(b"".join(id_.bytes for id_ in ids), ID)


def uuids(ids: NDArray[np.bytes_]) -> list[UUID]:
    raw = ids.tobytes()
    return [UUID(bytes=raw[at : at + ID.itemsize]) for at in range(0, len(raw), ID.itemsize)]


# Rankings ----------------------------------------------------------------------------------------


def rankings(
    reach: Reach, of: Ranked, *, today: date, against: date | None = None
) -> tuple[RankedRow, ...]:
    """The worst first. Cut to the reader's reach: both ends of every cell that is counted."""
    day, then = cells_of_day(against or today - timedelta(days=USUAL_DAYS))
    sight = Sight.of(reach, then)
    now, then = sight.now.of(Cell.SINGLE), sight.then.of(Cell.SINGLE)
    counts = _Counts(
        single=_counted(of, now),
        manual=_counted(of, sight.now.of(Cell.MANUAL)),
        score=_weighed(of, sight),
        came=_counted(of, now.chosen(gained(now, then))) if day else None,
        went=_counted(of, then.chosen(gained(then, now))) if day else None,
    )
    rows = map(counts.item, sight.items.values())
    if of is Ranked.SERVICES:
        rows = map(counts.service, sight.services.values())
    told = [row for row in rows if row.single or row.manual or row.gained or row.lost]
    return tuple(sorted(told, key=_most_critical if of is Ranked.ITEMS else _most_fragile))


def _most_critical(row: RankedRow) -> tuple[int, int, int, str]:
    return -row.score, -row.single, -row.manual, row.name


def _most_fragile(row: RankedRow) -> tuple[int, int, int, str]:
    return -row.single, -row.manual, -row.score, row.name


def _ends(of: Ranked, cells: DayCells) -> NDArray[np.bytes_]:
    return cells.items if of is Ranked.ITEMS else cells.services


def _counted(of: Ranked, cells: DayCells) -> Mapping[UUID, int]:
    found, counts = np.unique(_ends(of, cells), return_counts=True)
    return dict(zip(uuids(found), counts.tolist(), strict=True))


def _weighed(of: Ranked, sight: Sight) -> Mapping[UUID, int]:
    cells = sight.now
    services, which = np.unique(cells.services, return_inverse=True)
    classes = [sight.services[id_].importance for id_ in uuids(services)]
    of_class = np.array([CLASS_WEIGHTS.get(each, 1) for each in classes], np.int64)
    of_cell = np.array([CELL_WEIGHTS.get(each, 0) if each else 0 for each in CODES], np.int64)
    weights = of_class[which.reshape(-1)] * of_cell[cells.codes]
    found, place = np.unique(_ends(of, cells), return_inverse=True)
    totals = np.bincount(place.reshape(-1), weights, len(found)).astype(np.int64)
    return dict(zip(uuids(found), totals.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Counts:
    """Of everything that is ranked, by its id."""

    single: Mapping[UUID, int]
    manual: Mapping[UUID, int]
    score: Mapping[UUID, int]
    came: Mapping[UUID, int] | None
    went: Mapping[UUID, int] | None

    def item(self, ref: ItemRef) -> RankedRow:
        return self._row(ref, None)

    def service(self, system: Item) -> RankedRow:
        return self._row(system.ref, system.importance)

    def _row(self, ref: ItemRef, importance: Importance | None) -> RankedRow:
        layer = schema.layers_of_types().get(ref.type)
        return RankedRow(
            id=ref.id,
            name=ref.name,
            layer=layer.name if layer else "",
            layer_label=layer.label if layer else _NOBODY,
            importance=importance,
            single=self.single.get(ref.id, 0),
            manual=self.manual.get(ref.id, 0),
            score=self.score.get(ref.id, 0),
            gained=None if self.came is None else self.came.get(ref.id, 0),
            lost=None if self.went is None else self.went.get(ref.id, 0),
        )
