"""What the graph finds, item by item: for whoever would rather read, filter and export than look.

Of what is out of reach a list tells nothing; the picture tells its layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _

from wardround.cmdb import graph_finding, queries
from wardround.cmdb.graph import FAR
from wardround.cmdb.graph_finding import Found
from wardround.cmdb.graph_types import Direction
from wardround.cmdb.items import Item
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.reach import Reach

MOST_LISTED = 20_000
"""Items of one list: they are read whole, to be sorted and filtered by anything."""


@dataclass(frozen=True, slots=True)
class Reached:
    """One item of a part of the graph."""

    item: Item
    side: Direction | None
    """What it is to where the list begins: what that supports, or what supports it. None: it is
    that itself, or lies between two that do not support each other.
    """
    steps: int
    """From where it began."""


def around(
    reach: Reach, item_id: UUID, direction: Direction, *, depth: int | None
) -> tuple[Reached, ...]:
    """The nearest first. Raises UnknownItem, and BadInput where they are too many."""
    found = graph_finding.around(reach, item_id, direction, depth=depth)
    return _listed(reach, found, {item_id})


def model(reach: Reach, system_id: UUID) -> tuple[Reached, ...]:
    return _listed(reach, graph_finding.model(reach, system_id), {system_id})


def between(reach: Reach, first: UUID, second: UUID) -> tuple[Reached, ...]:
    """Both ends among them; none where nothing joins them."""
    way = graph_finding.between(reach, first, second)
    if way is None:
        return ()
    return _listed(reach, way.found, set(), sided=way.direction is not Direction.BOTH)


def _listed(
    reach: Reach, found: Found | None, without: set[UUID], *, sided: bool = True
) -> tuple[Reached, ...]:
    if found is None:
        return ()
    graph = found.graph
    places = np.flatnonzero(found.steps != FAR).astype(np.int32)
    ids = [id_ for id_ in graph.ids_of(places) if id_ not in without]
    seen = queries.visible(reach, ids) if not reach.everything else frozenset(ids)
    if len(seen) > MOST_LISTED:
        text = _("More than %(most)s items are found; ask for fewer steps.")
        raise BadInput(problems=[FieldProblem("depth", text % {"most": f"{MOST_LISTED:,}"})])
    rows = []
    for item in queries.items(reach, seen).values():
        place = graph.place(item.id)
        if place is None:
            continue
        steps = int(found.steps[place])
        up = bool(found.upward[place])
        side = Direction.SUPPORTS if up else Direction.SUPPORTED_BY
        rows.append(Reached(item, side if sided and steps else None, steps))
    return tuple(sorted(rows, key=lambda row: (row.steps, row.item.name, row.item.id)))
