"""The fault tree of a business system, as a reader may know it: found over everything, then
redacted.

What is out of reach ends the tree there, and is told by its layer: once a gate, however many there
are of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import ItemRef
from wardround.dependability import State, write_openpsa
from wardround.impact import figure_queries, heavy, held, tree_layout
from wardround.impact.cut_queries import service_ref
from wardround.impact.errors import TreeOutOfReach
from wardround.impact.fault_tree import FaultTree, GateKind, TreeNode, tree_of
from wardround.impact.figure_queries import Known
from wardround.impact.live import Live
from wardround.impact.matrix_queries import layer_of
from wardround.impact.parts import Part, part_of
from wardround.impact.tree_layout import Drawn
from wardround.impact.tree_text import text_of
from wardround.impact.tree_types import ServiceFaultTree, TreePart
from wardround.impact.types import ItemNow, ProofPart, ServiceState
from wardround.kernel.reach import Reach
from wardround.schema.types import Label

_CALLED = {
    State.UP: ServiceState.UP,
    State.DEGRADED: ServiceState.DEGRADED,
    State.STANDBY: ServiceState.STANDBY,
    State.DOWN: ServiceState.DOWN,
}
_NOBODY = Label("", "")


def fault_tree(reach: Reach, service_id: UUID, *, unfolded: bool) -> ServiceFaultTree:
    """What must fail for the system to be down, as a tree. Raises UnknownItem, UnknownSystem,
    TooBusy.
    """
    service = service_ref(reach, service_id)
    live = held.live(cmdb.failed_items())
    hospital = live.hospital
    place = hospital.graph.place(service_id)
    if place is None:
        return ServiceFaultTree(service, (), "", hidden=False, cut=False)
    part, tree = heavy.answered(hospital, ("tree", place), lambda _budget: _found(live, place))
    seen = _Seen.of(reach, live, part, tree)
    shown = _redacted(tree, seen)
    parts = tree_layout.drawn(shown.inputs, tree.top, unfolded=unfolded) if tree.nodes else []
    return ServiceFaultTree(
        service,
        tuple(_told(number, each, parts, shown, seen) for number, each in enumerate(parts)),
        "" if seen.hidden else text_of(part, seen.refs),
        hidden=seen.hidden,
        cut=any(each.cut for each in parts),
    )


def _found(live: Live, place: int) -> tuple[Part, FaultTree]:
    part = part_of(live.hospital, place)
    return part, tree_of(part)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What the reader may know of the items of a tree, and how they are."""

    live: Live
    tree: FaultTree
    refs: Mapping[int, ItemRef]
    occurs: Sequence[bool]
    known: Known
    hidden: bool
    """Some of it is out of reach."""

    @classmethod
    def of(cls, reach: Reach, live: Live, part: Part, tree: FaultTree) -> _Seen:
        graph = live.hospital.graph
        places = np.unique([node.place for node in tree.nodes if node.place >= 0]).astype(np.int32)
        ids = dict(zip(graph.ids_of(places), places.tolist(), strict=True))
        refs = {ids[id_]: ref for id_, ref in cmdb.visible_refs(reach, ids).items()}
        failed = np.flatnonzero(live.failed).tolist()
        known = figure_queries.known(reach, part)
        return cls(live, tree, refs, tree.occurring(failed), known, len(refs) < len(ids))

    def out_of_reach(self, node: int) -> bool:
        place = self.tree.nodes[node].place
        return place >= 0 and place not in self.refs

    def layer(self, place: int) -> Label:
        layer = layer_of(self.live.hospital.graph, place) if place >= 0 else None
        return layer.label if layer else _NOBODY


@dataclass(frozen=True, slots=True)
class _Shown:
    inputs: Sequence[Sequence[int]]
    """Of each node those that are drawn."""
    minutes: Sequence[Mapping[int, float]]
    """Of each node those of its inputs that are cold standbys."""
    whole: Sequence[bool]
    """Nothing right below it is out of reach."""


def _redacted(tree: FaultTree, seen: _Seen) -> _Shown:
    inputs, minutes, whole = list[list[int]](), list[dict[int, float]](), list[bool]()
    for number, node in enumerate(tree.nodes):
        hidden = [each.node for each in node.inputs if seen.out_of_reach(each.node)]
        layers: dict[Label, int] = {}
        for each in hidden:
            layers.setdefault(seen.layer(tree.nodes[each].place), each)
        stands_for = {*layers.values()}
        shown = [
            each
            for each in node.inputs
            if each.node in stands_for or not seen.out_of_reach(each.node)
        ]
        closed = seen.out_of_reach(number)
        inputs.append([] if closed else list(dict.fromkeys(each.node for each in shown)))
        cold = ((each.node, each.minutes) for each in shown if each.node not in stands_for)
        minutes.append({below: switch for below, switch in cold if switch is not None})
        whole.append(not hidden)
    return _Shown(inputs, minutes, whole)


def _told(number: int, part: Drawn, parts: Sequence[Drawn], shown: _Shown, seen: _Seen) -> TreePart:
    node = seen.tree.nodes[part.node]
    closed, whole = seen.out_of_reach(part.node), shown.whole[part.node]
    counted = not closed and whole and node.kind is not GateKind.EVENT
    above = None if part.above is None else parts[part.above].node
    figures = seen.known.figures.get(node.place) if _tells_figures(node, seen) else None
    same = next(
        (at for at, each in enumerate(parts) if each.node == part.node and not each.again), None
    )
    return TreePart(
        id=number,
        above=part.above,
        kind=None if closed or (node.group and not whole) else node.kind,
        part=ProofPart(
            seen.refs.get(node.place), seen.layer(node.place), group=node.group and not closed
        ),
        fail=node.fail if counted else None,
        of=len(node.inputs) if counted else None,
        minutes=None if above is None else shown.minutes[above].get(part.node),
        now=None if closed else _now(node, seen),
        occurs=None if closed else seen.occurs[part.node],
        between_failures=figures.between_failures if figures else None,
        to_repair=figures.to_repair if figures else None,
        layer=part.layer,
        row=part.row,
        same=same if part.again else None,
        cut=part.cut,
    )


def _tells_figures(node: TreeNode, seen: _Seen) -> bool:
    return node.kind is GateKind.EVENT and node.place in seen.refs and seen.known.readable


def _now(node: TreeNode, seen: _Seen) -> ItemNow | None:
    """Of an item, not of a group or a circle."""
    if node.group or node.place < 0:
        return None
    live = seen.live
    state = _CALLED[State(live.states()[node.place])]
    id_ = live.hospital.graph.id(node.place)
    return ItemNow(id_, state, failed=bool(live.failed[node.place]))


# As a file ---------------------------------------------------------------------------------------


def openpsa(reach: Reach, service_id: UUID) -> tuple[ItemRef, str]:
    """The tree in the form that programs for fault trees exchange; items go by their keys.

    Raises UnknownItem, UnknownSystem, TreeOutOfReach.
    """
    service = service_ref(reach, service_id)
    hospital = held.hospital()
    place = hospital.graph.place(service_id)
    if place is None:
        return service, "".join(write_openpsa(figure_queries.alone(service)))
    part = part_of(hospital, place)
    subjects = {part.subject(node) for node in range(part.model.size)}
    places = np.array(sorted(each for each in subjects if each >= 0), np.int32)
    ids = hospital.graph.ids_of(places)
    refs = cmdb.visible_refs(reach, ids)
    known = figure_queries.known(reach, part)
    if refs.keys() < {*ids} or not known.readable:
        raise TreeOutOfReach
    names = {at: refs[id_].key or str(id_) for at, id_ in zip(places.tolist(), ids, strict=True)}
    return service, "".join(write_openpsa(figure_queries.named(part, names, known)))
