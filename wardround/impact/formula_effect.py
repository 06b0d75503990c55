"""What another formula of an item would change: cells of what rests on it, doubts, circles."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np

from wardround.cmdb import queries as cmdb
from wardround.cmdb.graph import FAR, distances, edges_within
from wardround.impact import doubting, held, matrix
from wardround.impact.circles import Circle
from wardround.impact.formula_types import (
    MOST_CELLS_NAMED,
    CellChange,
    CirclePart,
    FormulaEffect,
)
from wardround.impact.matrix import CODES, Cells
from wardround.impact.modelling import Doubt, Hospital
from wardround.kernel.reach import Reach


def effect(
    reach: Reach, item: UUID, before: Cells, after: Hospital, doubts: Sequence[Doubt]
) -> FormulaEffect:
    """As far as the reader may know of both ends; found over everything.

    Args:
        reach: of who asks.
        item: whose formula it is.
        before: the matrix without it, of the graph that `after` is of.
        after: the model with it.
        doubts: of that model, about the item.

    """
    cells = _changed(reach, item, before, after)
    return FormulaEffect(
        cells=tuple(cells[:MOST_CELLS_NAMED]),
        more=max(len(cells) - MOST_CELLS_NAMED, 0),
        doubts=tuple(doubting.told(reach, after.graph, doubts)),
        circle=tuple(_circle(reach, after, doubts)),
    )


def _changed(reach: Reach, item: UUID, before: Cells, after: Hospital) -> list[CellChange]:
    graph, place = after.graph, after.graph.place(item)
    if place is None:
        return []
    above = np.flatnonzero(distances(len(graph.ids), place, (graph.above,)) != FAR)
    services = np.intersect1d(held.systems(graph), above.astype(np.int32))
    was = _codes(before.chosen(np.isin(before.service, services)))
    now = _codes(matrix.cells(after, services))
    pairs = [pair for pair in {*was, *now} if was.get(pair) != now.get(pair)]
    places = np.unique(np.array(pairs, np.int32).reshape(-1)).astype(np.int32)
    ids = dict(zip(places.tolist(), graph.ids_of(places), strict=True))
    refs = cmdb.visible_refs(reach, ids.values())
    changes = [
        CellChange(
            item=refs[ids[below]],
            service=refs[ids[service]],
            before=CODES[was.get((service, below), 0)],
            after=CODES[now.get((service, below), 0)],
        )
        for service, below in pairs
        if ids[service] in refs and ids[below] in refs
    ]
    return sorted(changes, key=lambda each: (each.service.name, each.item.name, each.item.id))


def _codes(cells: Cells) -> dict[tuple[int, int], int]:
    rows = zip(cells.service.tolist(), cells.item.tolist(), cells.code.tolist(), strict=True)
    return {(service, item): code for service, item, code in rows}


def _circle(reach: Reach, after: Hospital, doubts: Sequence[Doubt]) -> list[CirclePart]:
    graph = after.graph
    found = [np.array(each.items, np.int32) for each in doubts if isinstance(each, Circle)]
    rows = [tuple(edge) for items in found for edge in edges_within(graph, items).tolist()]
    ids = {place: graph.id(place) for row in rows for place in row}
    refs = cmdb.visible_refs(reach, ids.values())
    return [
        CirclePart(refs[ids[needing]], refs[ids[needed]])
        for needing, needed in dict.fromkeys(rows)
        if ids[needing] in refs and ids[needed] in refs
    ]
