"""A minimal cut set that holds a given item, from a path set that cannot do without it.

A path set keeps the service up by itself. Without the item it does not, so everything outside it,
together with the item, takes the service down, and no part of that does which leaves the item out:
whatever minimal cut set is found among these holds the item.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability import relevance, routing
from wardround.dependability.causes import Scene
from wardround.dependability.evaluation import FULL_DOWN
from wardround.dependability.families import Families
from wardround.dependability.proofs import diagrams_of, proof_budget

if TYPE_CHECKING:
    from wardround.dependability.model import Model

_ROUNDS = 24  # of 64 routes each


def cut_set_with(model: Model, item: int, service: int, cells: int) -> tuple[str, ...]:
    """The names of a small one, in the order of the model; empty when none was found. `cells`: how
    many the row of the service has.
    """
    found = _by_path(model, item, service) or _by_diagrams(model, item, service, cells)
    return tuple(model.label(node) for node in found)


def _by_path(model: Model, item: int, service: int) -> tuple[int, ...]:
    services = np.array([service], np.int32)
    graph = (model.start, model.inputs, model.minutes)
    up = np.where(model.resting & FULL_DOWN, -1, 0).astype(np.int32)
    nodes, place, start, inputs, _ = relevance.part_below(services, *graph, up)
    if place[service] < 0 or place[item] < 0:
        return ()
    path = routing.path_with(
        int(place[service]), int(place[item]), start, inputs, model.need[nodes],
        model.fallible[nodes], _ROUNDS,
    )  # fmt: skip
    if not len(path):
        return ()
    kept = nodes[path]
    price = np.where(model.fallible, 1.0, np.inf)
    price[kept[kept != item]] = np.inf
    nothing, every = np.empty(0, np.int32), np.ones(len(model.inputs), bool)
    return Scene(model, services, nothing, every, price, nothing).cheapest().items


def _by_diagrams(model: Model, item: int, service: int, cells: int) -> tuple[int, ...]:
    solved = diagrams_of(model, service, proof_budget(model, cells))
    if solved is None or item not in solved.tree.variables:
        return ()
    variable = solved.tree.variables.index(item)
    cost = np.ones(len(solved.tree.variables))
    cost[variable] = -float(len(cost) + 1)  # any set with it is cheaper than one without
    families = Families([each.part for each in solved.modules])
    _, members = next(families.cheapest_first(cost), (0.0, ()))
    if variable not in members:
        return ()
    return tuple(sorted(solved.tree.variables[each] for each in members))
