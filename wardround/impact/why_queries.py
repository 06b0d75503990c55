"""Why a cell of the matrix holds what it holds, as a reader may know it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import numpy as np

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import ItemRef
from wardround.dependability import Explanation, Step, Switch, explain
from wardround.impact import held
from wardround.impact.circles import NO_ITEM
from wardround.impact.errors import UnknownItems, UnknownSystem
from wardround.impact.matrix_queries import layer_of
from wardround.impact.modelling import Hospital
from wardround.impact.types import MOST_STEPS, Cell, CellWhy, ProofPart, ProofStep, SwitchStep
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import ItemRole, Label

_NOBODY = Label("", "")
_Row = TypeVar("_Row")


def why(reach: Reach, item: UUID, service: UUID) -> CellWhy:
    """Why the item's failure does to the system what its cell says.

    Raises UnknownItems for what is not there or out of reach, UnknownSystem.
    """
    refs = cmdb.visible_refs(reach, (item, service))
    if unknown := {item, service} - refs.keys():
        raise UnknownItems(count=len(unknown), field="item" if item in unknown else "service")
    known = schema.remembered_item_types().get(refs[service].type)
    if known is None or ItemRole.SYSTEM not in known.roles:
        raise UnknownSystem(field="service")
    hospital = held.hospital()
    first, top = hospital.graph.place(item), hospital.graph.place(service)
    if first is None or top is None or first == top:
        return _blank(refs[item], refs[service])
    found = explain(hospital.model, str(first), str(hospital.states[top]))
    return _told(reach, hospital, found, refs[item], refs[service])


def _blank(item: ItemRef, service: ItemRef) -> CellWhy:
    return CellWhy(item, service, None, (), 0, (), 0.0, (), (), proved=True)


def _told(
    reach: Reach, hospital: Hospital, found: Explanation, item: ItemRef, service: ItemRef
) -> CellWhy:
    length = len(found.proof)
    steps = found.proof[max(length - MOST_STEPS, 0) :]
    words = _Words.of(reach, hospital, found, steps)
    told = tuple(_once(step for step in map(words.step, steps) if step))
    return CellWhy(
        item=item,
        service=service,
        cell=Cell(found.letter) if found.letter else None,
        proof=told,
        more_steps=max(length - MOST_STEPS, 0),
        switches=tuple(words.switch(each) for each in found.switches),
        switch_minutes=found.minutes,
        together=tuple(_once(words.part(label) for label in found.together)),
        holds=tuple(_once(words.part(label) for label in found.holds)),
        proved=found.proved,
    )


def _once(rows: Iterable[_Row]) -> Iterator[_Row]:
    """Where a circle was followed round by round, it is said once; what is out of reach, too,
    however many there are of it.
    """
    seen: list[_Row] = []
    for row in rows:
        if row not in seen:
            seen.append(row)
            yield row


@dataclass(frozen=True, slots=True)
class _Words:
    """What the nodes of a proof are called, for one reader."""

    hospital: Hospital
    known: Mapping[int, ItemRef]

    @classmethod
    def of(
        cls, reach: Reach, hospital: Hospital, found: Explanation, steps: Sequence[Step]
    ) -> _Words:
        labels = {*found.together, *found.holds}
        for step in steps:
            labels |= {step.node, *step.down, *step.cold}
        for each in found.switches:
            labels |= {each.node, each.standby}
        nodes = [int(label) for label in labels]
        inside = {below for node in nodes for below in _inputs(hospital, node)}
        subjects = hospital.subjects[[*nodes, *inside]]
        places = np.unique(subjects[subjects != NO_ITEM])
        ids = dict(zip(hospital.graph.ids_of(places), places.tolist(), strict=True))
        refs = cmdb.visible_refs(reach, ids)
        return cls(hospital, {ids[id_]: ref for id_, ref in refs.items()})

    def part(self, label: str) -> ProofPart:
        node = int(label)
        place = int(self.hospital.subjects[node])
        layer = layer_of(self.hospital.graph, place) if place != NO_ITEM else None
        return ProofPart(
            self.known.get(place),
            layer.label if layer else _NOBODY,
            group=bool(self.hospital.groups[node]),
        )

    def step(self, step: Step) -> ProofStep | None:
        """None where it only leads from an item to itself, as on a circle."""
        node, part = int(step.node), self.part(step.node)
        down, cold = self._several(step.down, part), self._several(step.cold, part)
        if step.inputs and not (down or cold):
            return None
        of = self.hospital.subjects[list(_inputs(self.hospital, node))].tolist()
        counted = bool(self.hospital.groups[node]) and all(place in self.known for place in of)
        return ProofStep(
            part=part,
            down=down,
            cold=cold,
            need=step.need if counted and step.inputs else None,
            there=step.inputs if counted and step.inputs else None,
        )

    def _several(self, labels: Iterable[str], owner: ProofPart) -> tuple[ProofPart, ...]:
        """By name, but the owner itself; what is out of reach once a layer, not how many."""

        def order(part: ProofPart) -> tuple[bool, str, str]:
            name = part.item.name if part.item else ""
            return part.item is None, name, part.layer_label.zh

        return tuple(sorted({*map(self.part, labels)} - {owner}, key=order))

    def switch(self, switch: Switch) -> SwitchStep:
        return SwitchStep(self.part(switch.node), self.part(switch.standby), switch.minutes)


def _inputs(hospital: Hospital, node: int) -> Iterable[int]:
    start = hospital.model.start
    below: list[int] = hospital.model.inputs[int(start[node]) : int(start[node + 1])].tolist()
    return below
