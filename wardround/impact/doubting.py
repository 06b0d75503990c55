"""What was said of the hospital and cannot be meant so, as a reader may know it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb import queries as cmdb
from wardround.cmdb.graph import Graph
from wardround.impact import modelling
from wardround.impact.circles import Circle
from wardround.impact.groups import OnlyCold, TooFew
from wardround.impact.modelling import ColdAlone
from wardround.impact.refining import LeftFormula
from wardround.impact.types import MOST_TROUBLED, Doubt, DoubtKind
from wardround.kernel.reach import Reach

_Places = NDArray[np.int32]
_NOTHING = np.empty(0, np.int32)
_Row = tuple[DoubtKind, tuple[int, ...], int | None, int | None]


def told(reach: Reach, graph: Graph, doubts: Sequence[modelling.Doubt]) -> Iterable[Doubt]:
    """Those all of whose items are within reach; of a group that is counted all that its owner
    needs, or the number would tell of those that are not.
    """
    rows = [_doubt(graph, doubt) for doubt in doubts[:MOST_TROUBLED]]
    wanted = [(row, _spoken_of(graph, row)) for row in rows]
    places = np.unique(np.concatenate([_NOTHING, *(about for _row, about in wanted)]))
    ids = dict(zip(places.tolist(), graph.ids_of(places), strict=True))
    refs = cmdb.visible_refs(reach, ids.values())
    for (kind, named, need, there), about in wanted:
        if all(ids[place] in refs for place in about.tolist()):
            yield Doubt(kind, tuple(refs[ids[place]] for place in named), need, there)


def _spoken_of(graph: Graph, row: _Row) -> _Places:
    kind, named, _need, _there = row
    places = np.array(named, np.int32)
    grouped = kind in {DoubtKind.TOO_FEW, DoubtKind.ONLY_COLD}
    return np.concatenate([places, graph.below.after(places)]) if grouped else places


def _doubt(graph: Graph, doubt: modelling.Doubt) -> _Row:
    kind: DoubtKind
    named: tuple[int, ...]
    match doubt:
        case TooFew(owner, need, there):
            return DoubtKind.TOO_FEW, (owner,), need, there
        case OnlyCold(owner):
            kind, named = DoubtKind.ONLY_COLD, (owner,)
        case ColdAlone(owner, standby):
            kind, named = DoubtKind.COLD_ALONE, (owner, standby)
        case Circle(items, followed):
            kind, named = DoubtKind.CIRCLE if followed else DoubtKind.CIRCLE_CUT, items
        case LeftFormula(owner, item):
            place = graph.place(item)
            kind, named = DoubtKind.LEFT_FORMULA, (owner,) if place is None else (owner, place)
    return kind, named, None, None
