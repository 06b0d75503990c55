"""Why a cell of the matrix holds what it holds, as a reader may know it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import ItemRef
from wardround.dependability import Explanation, Step, Switch, explain
from wardround.impact import held
from wardround.impact.errors import UnknownItems, UnknownSystem
from wardround.impact.modelling import Hospital
from wardround.impact.types import MOST_STEPS, Cell, CellWhy, ProofStep, SwitchStep
from wardround.impact.words import Words, inputs_of, once
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import ItemRole


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
    words = Words.of(reach, hospital, _labels(found, steps))
    told = tuple(once(made for step in steps if (made := _step(words, step))))
    return CellWhy(
        item=item,
        service=service,
        cell=Cell(found.letter) if found.letter else None,
        proof=told,
        more_steps=max(length - MOST_STEPS, 0),
        switches=tuple(_switch(words, each) for each in found.switches),
        switch_minutes=found.minutes,
        together=tuple(once(words.part(label) for label in found.together)),
        holds=tuple(once(words.part(label) for label in found.holds)),
        proved=found.proved,
    )


def _labels(found: Explanation, steps: Sequence[Step]) -> set[str]:
    labels = {*found.together, *found.holds}
    for step in steps:
        labels |= {step.node, *step.down, *step.cold}
    for each in found.switches:
        labels |= {each.node, each.standby}
    return labels


def _step(words: Words, step: Step) -> ProofStep | None:
    """None where it only leads from an item to itself, as on a circle."""
    hospital, node, part = words.hospital, int(step.node), words.part(step.node)
    down, cold = words.several(step.down, part), words.several(step.cold, part)
    if step.inputs and not (down or cold):
        return None
    of = hospital.subjects[inputs_of(hospital, node)].tolist()
    counted = bool(hospital.groups[node]) and all(place in words.known for place in of)
    told = counted and step.inputs > 0
    return ProofStep(part, down, cold, step.need if told else None, step.inputs if told else None)


def _switch(words: Words, switch: Switch) -> SwitchStep:
    return SwitchStep(words.part(switch.node), words.part(switch.standby), switch.minutes)
