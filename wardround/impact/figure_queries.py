"""How often items fail and how long that lasts: what is written of each, else what its type says.

Two attributes that a type may declare, both in hours: `mtbf`, the mean time between failures, and
`mttr`, the mean time to repair. A type says a default for all its items as the default of the
attribute; what is written at an item counts before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import ItemRef
from wardround.dependability import Model
from wardround.impact.parts import Figures, Part
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import ItemType

BETWEEN_FAILURES, TO_REPAIR = "mtbf", "mttr"
_NAMES = (BETWEEN_FAILURES, TO_REPAIR)
_Said = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Known:
    """Figures of a part, by place."""

    figures: Mapping[int, Figures]
    of_type: frozenset[int]
    """Those of which at least one figure is the default of their type."""
    readable: bool
    """The reader may see every figure that was used."""


def known(reach: Reach, part: Part) -> Known:
    """A fixed number of statements."""
    graph, places = part.hospital.graph, part.items
    ids = dict(zip(places.tolist(), graph.ids_of(places), strict=True))
    said, types = cmdb.numbers(ids.values(), _NAMES), schema.remembered_item_types()
    figures: dict[int, Figures] = {}
    of_type = set[int]()
    for place, id_ in ids.items():
        kind = int(graph.types[place])
        own = said.get(id_, {})
        usual = _usual(types.get(graph.type_names[kind])) if kind >= 0 else {}
        if found := _figures({**usual, **own}):
            figures[place] = found
            if own.keys() < {*_NAMES}:
                of_type.add(place)
    seen = cmdb.items(reach, [ids[place] for place in figures if said.get(ids[place])])
    readable = all(
        id_ in seen and name in seen[id_].attributes
        for place in figures
        for id_ in [ids[place]]
        for name in said.get(id_, {})
    )
    return Known(figures, frozenset(of_type), readable)


def _usual(item_type: ItemType | None) -> _Said:
    found: dict[str, float] = {}
    for name in _NAMES:
        attribute = item_type.attribute(name) if item_type else None
        default = attribute.default if attribute else None
        if isinstance(default, int | float) and not isinstance(default, bool):
            found[name] = float(default)
    return found


def _figures(said: _Said) -> Figures | None:
    values: Sequence[float] = [said.get(name, 0.0) for name in _NAMES]
    return Figures(*values) if all(value > 0 for value in values) else None


# Models for others -------------------------------------------------------------------------------


def named(part: Part, names: Mapping[int, str], known_: Known) -> Model:
    """The part with these names of items in place of numbers, and what is known of failures."""
    model, called, taken = part.model, list[str](), set[str]()
    for node in range(model.size):
        name = names.get(part.subject(node), "") if part.is_item(node) else ""
        called.append("" if name in taken else name)
        taken.add(name)
    chance = np.full(model.size, np.nan)
    for node in np.flatnonzero(model.fallible).tolist():
        found = known_.figures.get(int(part.nodes[node]))
        if found:
            chance[node] = found.to_repair / (found.to_repair + found.between_failures)
    return replace(model, names=tuple(called), probability=chance)


def alone(service: ItemRef) -> Model:
    """A system that needs nothing: nothing stops it."""
    empty = np.empty(0, np.int32)
    unknown = np.full(1, np.nan)
    return Model(
        names=(service.key or str(service.id),),
        need=np.zeros(1, np.int32),
        start=np.zeros(2, np.int64),
        inputs=empty,
        minutes=np.empty(0),
        fallible=np.zeros(1, np.bool_),
        probability=unknown,
        failure_rate=unknown,
        repair_rate=unknown,
        tops=(0,),
    )
