"""What is otherwise in the matrix than on a day that is kept, as a reader may know it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

import numpy as np

from wardround.impact import held
from wardround.impact.day_cells import DayCells
from wardround.impact.matrix import CODES
from wardround.impact.matrix_queries import layer_of
from wardround.impact.ranking_queries import Sight, cells_of_day, uuids
from wardround.impact.ranking_types import MOST_CHANGES, CellMoved, MatrixChanges
from wardround.impact.types import Cell
from wardround.kernel.reach import Reach
from wardround.schema.types import Label

_Pair = tuple[UUID, UUID]
_RANK = {None: 0, Cell.ALTERNATIVE: 0, Cell.MANUAL: 1, Cell.SINGLE: 2}


def changes(reach: Reach, since: date) -> MatrixChanges:
    """Cells that are X or M on one of the two days, and are not the same on both."""
    day, then = cells_of_day(since)
    if day is None:
        return MatrixChanges(since, None, (), (), 0, ())
    sight = Sight.of(reach, then)
    moved = sorted(_moved(sight), key=lambda cell: (cell.service.name, cell.item.name))
    told = moved[:MOST_CHANGES]
    return MatrixChanges(
        wanted=since,
        day=day,
        gained=tuple(cell for cell in told if _RANK[cell.now] > _RANK[cell.then]),
        lost=tuple(cell for cell in told if _RANK[cell.now] < _RANK[cell.then]),
        more=len(moved) - len(told),
        hidden=tuple(_hidden(sight)),
    )


def _moved(sight: Sight) -> Iterator[CellMoved]:
    now, then = _letters(sight.now), _letters(sight.then)
    refs = {**sight.deleted, **sight.items}
    otherwise = [pair for pair in now.keys() | then.keys() if now.get(pair) != then.get(pair)]
    lesser = _alternatives([pair for pair in otherwise if pair not in now])
    for pair in otherwise:
        item, service = pair
        yield CellMoved(
            item=refs[item],
            deleted=item in sight.deleted,
            service=sight.services[service].ref,
            then=then.get(pair),
            now=now.get(pair) or (Cell.ALTERNATIVE if pair in lesser else None),
        )


def _letters(cells: DayCells) -> dict[_Pair, Cell | None]:
    pairs = zip(uuids(cells.items), uuids(cells.services), strict=True)
    return {pair: CODES[code] for pair, code in zip(pairs, cells.codes.tolist(), strict=True)}


def _alternatives(pairs: Sequence[_Pair]) -> set[_Pair]:
    """Those of these that are A by now."""
    hospital, every = held.cells()
    places = hospital.graph.places({item for item, _service in pairs})
    among = (every.code == CODES.index(Cell.ALTERNATIVE)) & np.isin(every.item, places)
    items, services = every.item[among], every.service[among]
    of_graph = hospital.graph.ids_of
    return set(zip(of_graph(items), of_graph(services), strict=True)) & set(pairs)


def _hidden(sight: Sight) -> Iterator[Label]:
    """Layers of what is out of reach and is otherwise; of what was deleted nobody knows it."""
    graph = held.hospital().graph
    places = graph.places(uuids(sight.unseen))
    layers = {layer.label for place in places.tolist() if (layer := layer_of(graph, place))}
    yield from sorted(layers, key=lambda label: label.zh)
