"""The matrix as a reader may know it: found over everything, then redacted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb import queries as cmdb
from wardround.cmdb.graph import Graph
from wardround.cmdb.types import Item, ItemRef
from wardround.impact import held
from wardround.impact.errors import TooManyCells, UnknownItems
from wardround.impact.matrix import CODES, Cells
from wardround.impact.types import (
    GRAVEST,
    MOST_CELLS,
    Cell,
    HiddenCells,
    ImpactMatrix,
    MatrixItem,
    MatrixService,
    Totals,
)
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import Label, Layer

_NOBODY = Label("", "")
_Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class MatrixAsked:
    services: tuple[UUID, ...] = ()
    """Business systems; all within reach where none is named."""
    layers: tuple[str, ...] = ()
    """Layers of the items; all where none is named."""


def matrix(reach: Reach, asked: MatrixAsked, *, at: datetime) -> ImpactMatrix:
    """Which single item does what to which business system.

    Raises UnknownItems, TooManyCells.
    """
    services = _services(reach, asked.services)
    hospital, every = held.cells()
    graph = hospital.graph
    columns = {
        place: number
        for number, item in enumerate(services)
        if (place := graph.place(item.id)) is not None
    }
    wanted = np.isin(every.service, np.array([*columns], np.int32))
    if asked.layers:
        wanted &= graph.of_types(_types_of(asked.layers))[every.item]
    found = every.chosen(wanted)
    if len(found.item) > MOST_CELLS:
        raise TooManyCells(count=len(found.item), most=MOST_CELLS)
    ids = dict(zip(found.items.tolist(), graph.ids_of(found.items), strict=True))
    seen = cmdb.visible_refs(reach, ids.values())
    refs = {place: seen[id_] for place, id_ in ids.items() if id_ in seen}
    return _told(graph, found, services, columns, refs, at)


def _services(reach: Reach, wanted: Collection[UUID]) -> list[Item]:
    every = cmdb.systems(reach)
    if unknown := set(wanted) - {item.id for item in every}:
        raise UnknownItems(count=len(unknown), field="services")
    chosen = [item for item in every if item.id in wanted] if wanted else [*every]
    return sorted(chosen, key=lambda item: (item.importance or "Z", item.name, item.id))


def _types_of(layers: Collection[str]) -> list[str]:
    of_types = schema.layers_of_types().items()
    return [type_name for type_name, layer in of_types if layer.name in layers]


def _told(  # noqa: PLR0913, PLR0917  # all that an answer is made of
    graph: Graph,
    found: Cells,
    services: Sequence[Item],
    columns: Mapping[int, int],
    refs: Mapping[int, ItemRef],
    at: datetime,
) -> ImpactMatrix:
    column = np.array([columns[place] for place in found.service.tolist()], np.int64)
    shown = np.isin(found.item, np.array([*refs], np.int32))
    rows = _ordered(found.chosen(shown), refs)
    number = {place: row for row, (place, _totals) in enumerate(rows)}
    cells = [
        (number[place], service, CODES[code])
        for place, service, code in zip(
            found.item[shown].tolist(), column[shown].tolist(), found.code[shown].tolist(),
            strict=True,
        )
    ]  # fmt: skip
    counted = _tally(column[shown], found.code[shown], len(services))
    return ImpactMatrix(
        items=tuple(_items(graph, rows, refs)),
        services=tuple(
            MatrixService(item, totals) for item, totals in zip(services, counted, strict=True)
        ),
        cells=tuple((row, service, cell) for row, service, cell in cells if cell),
        hidden=tuple(_hidden(graph, found.item[~shown], column[~shown], found.code[~shown])),
        undecided=int(found.unproved[shown].sum()),
        as_of=at,
    )


def _tally(places: NDArray[np.int64], codes: NDArray[np.uint8], size: int) -> list[Totals]:
    counts = np.bincount(places * 4 + codes, minlength=4 * size).reshape(size, 4)
    columns = counts[:, [CODES.index(cell) for cell in GRAVEST]].tolist()
    return [Totals(*counted) for counted in columns]


def _ordered(found: Cells, refs: Mapping[int, ItemRef]) -> list[tuple[int, Totals]]:
    """The items by how much they do."""
    places, which = np.unique(found.item, return_inverse=True)
    totals = _tally(which.reshape(-1).astype(np.int64), found.code, len(places))

    def order(row: tuple[int, Totals]) -> tuple[int, int, int, str, UUID]:
        place, total = row
        ref = refs[place]
        return -total.single, -total.manual, -total.alternative, ref.name, ref.id

    return sorted(zip(places.tolist(), totals, strict=True), key=order)


def _items(
    graph: Graph, rows: Sequence[tuple[int, Totals]], refs: Mapping[int, ItemRef]
) -> Iterator[MatrixItem]:
    for place, totals in rows:
        layer = layer_of(graph, place)
        name, label = (layer.name, layer.label) if layer else ("", _NOBODY)
        yield MatrixItem(refs[place], name, label, totals)


def layer_of(graph: Graph, place: int) -> Layer | None:
    """The layer of what stands there; None of a type that nobody remembers."""
    kind = int(graph.types[place])
    return schema.layers_of_types().get(graph.type_names[kind]) if kind >= 0 else None


def _hidden(
    graph: Graph, items: _Places, columns: NDArray[np.int64], codes: NDArray[np.uint8]
) -> Iterator[HiddenCells]:
    """At worst, for each system and layer."""
    worst: dict[tuple[int, str], tuple[int, Label]] = {}
    for place, service, code in zip(items.tolist(), columns.tolist(), codes.tolist(), strict=True):
        layer = layer_of(graph, place)
        key = service, layer.name if layer else ""
        label = layer.label if layer else _NOBODY
        worst[key] = max(worst.get(key, (0, label)), (code, label), key=lambda each: each[0])
    for (service, _layer), (code, label) in sorted(worst.items(), key=lambda each: each[0]):
        cell: Cell | None = CODES[code]
        if cell:
            yield HiddenCells(service, label, cell)
