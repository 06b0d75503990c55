"""Open-PSA Model Exchange Format, written piece by piece: our support formulas as failures."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wardround.dependability.model import Model


def write_openpsa(model: Model, name: str = "wardround") -> Iterator[str]:
    """The model as MEF, piece by piece. An item that rests on others becomes a gate of its name
    over the basic event “name.itself”; switch minutes have no place in MEF and are left out.
    """
    writer = _Writer(model)
    yield "<?xml version='1.0' encoding='UTF-8'?>\n<opsa-mef>\n"
    yield f"<define-fault-tree name={_q(name)}>\n"
    yield from map(writer.gate, np.flatnonzero(writer.is_gate).tolist())
    yield "</define-fault-tree>\n<model-data>\n"
    yield from map(writer.basic_event, np.flatnonzero(model.fallible).tolist())
    yield from map(writer.house_event, np.flatnonzero(writer.is_constant).tolist())
    yield "</model-data>\n</opsa-mef>\n"


def _q(text: str) -> str:
    return quoteattr(text)


class _Writer:
    def __init__(self, model: Model) -> None:
        self.model = model
        count = np.diff(model.start)
        self.is_constant = ~model.fallible & ((model.need == 0) | (model.need > count))
        self.is_gate = ~self.is_constant & ((count > 0) | (model.need > 0))
        self.names = [name or f"gate.{node}" for node, name in enumerate(model.names)]
        taken = set(model.ids)
        for node, given in enumerate(model.names):
            if not given:
                self.names[node] = _free(self.names[node], taken)
        self.itself = {
            node: _free(f"{self.names[node]}.itself", taken)
            for node in np.flatnonzero(self.is_gate & model.fallible).tolist()
        }

    def gate(self, node: int) -> str:
        formula = self._formula(node)
        if node in self.itself:
            formula = f"<or>\n<basic-event name={_q(self.itself[node])}/>\n{formula}</or>\n"
        return f"<define-gate name={_q(self.names[node])}>\n{formula}</define-gate>\n"

    def _formula(self, node: int) -> str:
        inputs = self.model.inputs_of(node)
        need = int(self.model.need[node])
        if need == 0 or need > len(inputs):
            return f'<constant value="{"true" if need else "false"}"/>\n'
        below = "".join(self._reference(each.node) for each in inputs)
        fail = len(inputs) - need + 1
        if fail == 1:
            return f"<or>\n{below}</or>\n"
        if fail == len(inputs):
            return f"<and>\n{below}</and>\n"
        return f'<atleast min="{fail}">\n{below}</atleast>\n'

    def _reference(self, node: int) -> str:
        kind = "gate" if self.is_gate[node] else "basic-event"
        kind = "house-event" if self.is_constant[node] else kind
        return f"<{kind} name={_q(self.names[node])}/>\n"

    def basic_event(self, node: int) -> str:
        name = _q(self.itself.get(node, self.names[node]))
        value = float(self.model.probability[node])
        if np.isnan(value):
            return f"<define-basic-event name={name}/>\n"
        return (
            f'<define-basic-event name={name}>\n<float value="{value!r}"/>\n</define-basic-event>\n'
        )

    def house_event(self, node: int) -> str:
        value = "true" if self.model.need[node] else "false"
        name = _q(self.names[node])
        inside = f'<constant value="{value}"/>'
        return f"<define-house-event name={name}>\n{inside}\n</define-house-event>\n"


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name
