"""Formulas of Open-PSA gates: what each operator takes, and the gates of a model made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wardround.dependability.errors import (
    BadNumber,
    CyclicModel,
    EmptyGate,
    ImpossibleVote,
    Place,
    SyntaxProblem,
    Unsupported,
)
from wardround.dependability.mef_numbers import WHOLE
from wardround.dependability.messages import Term
from wardround.dependability.model import Input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from wardround.dependability.builder import Builder
    from wardround.dependability.mef_elements import Definition, Element
    from wardround.dependability.mef_names import Names

_REFERENCES = {"gate", "basic-event", "house-event", "event"}
_MONOTONE = {"and", "or", "atleast"}
_ARGUMENTS = {"not": 1, "iff": 2, "imply": 2}
_OTHERS = {"not", "xor", "nand", "nor", "iff", "imply", "cardinality"}


class Formulas:
    """`events` are the definitions by name; `groups` the events of each member of a common-cause
    group, by label.
    """

    def __init__(self, events: Names, groups: Mapping[str, list[str]], builder: Builder) -> None:
        self.events, self.groups, self.builder = events, groups, builder

    def find(self, gate: Definition, element: Element) -> Definition | None:
        return self.events.find(element.attribute("name"), gate.scope)

    def events_of(self, label: str) -> list[str] | None:
        return self.groups.get(label)

    @staticmethod
    def is_reference(element: Element) -> bool:
        return element.tag in _REFERENCES

    @staticmethod
    def truth(element: Element) -> bool:
        value = element.given.get("value", "").strip().lower()
        if value not in {"true", "false"}:
            raise SyntaxProblem("not_a_truth", tag=element.tag, place=element.place)
        return value == "true"

    def house(self, definition: Definition) -> bool:
        """Whether the house event has happened; without a value it has not."""
        children = definition.element.children
        if not children:
            return False
        if len(children) > 1:
            raise BadNumber("value_twice", name=definition.name, place=children[1].place)
        if children[0].tag != "constant":
            raise _unsupported(definition, children[0])
        return self.truth(children[0])

    def formula(self, gate: Definition) -> Element:
        children = gate.element.children
        if not children:
            raise EmptyGate("gate_empty", name=gate.name, place=gate.place)
        if len(children) > 1:
            raise SyntaxProblem("gate_twice", name=gate.name, place=gate.place)
        return children[0]

    def gates_in(self, gate: Definition) -> Iterator[Definition]:
        """The gates that its formula refers to, as often as it does."""
        for element in self.formula(gate).inputs_first():
            found = self.find(gate, element) if element.tag in _REFERENCES else None
            if found is not None and found.kind == "define-gate":
                yield found

    def inputs_first(self, gates: Sequence[Definition]) -> Iterator[Definition]:
        """The gates and those below them, each after what it refers to."""
        done: set[str] = set()
        path: dict[str, None] = {}
        stack = [(gate, False) for gate in reversed(gates)]
        while stack:
            gate, leaving = stack.pop()
            if leaving:
                del path[gate.label]
                done.add(gate.label)
                yield gate
            elif gate.label in path:
                below = list(path)
                circle = [*below[below.index(gate.label) :], gate.label]
                raise CyclicModel(circle, place=gate.place)
            elif gate.label not in done:
                path[gate.label] = None
                stack.append((gate, True))
                stack += [(each, False) for each in self.gates_in(gate)]

    def is_monotone(self, gate: Definition) -> bool:
        """Whether its own formula is."""
        return all(element.tag not in _OTHERS for element in self.formula(gate).inputs_first())

    def check(self, gate: Definition, element: Element) -> None:
        """Whether this is an operator that we know, with as many arguments as it takes."""
        tag, count = element.tag, len(element.children)
        if tag not in _MONOTONE | _OTHERS:
            raise _unsupported(gate, element)
        if not count:
            raise EmptyGate("operator_empty", tag=tag, name=gate.name, place=element.place)
        expected = _ARGUMENTS.get(tag, count)
        if count != expected:
            raise SyntaxProblem(
                "operator_arguments", tag=tag, name=gate.name, expected=str(expected),
                count=count, place=element.place,
            )  # fmt: skip

    def range(self, gate: Definition, element: Element) -> tuple[int, int]:
        """How many of the arguments must hold at least, and may at most."""
        tag, count = element.tag, len(element.children)
        if tag in {"and", "nand"}:
            return count, count
        if tag == "atleast":
            least = _whole(element, "min")
            if not 1 <= least <= count:
                raise ImpossibleVote(
                    "impossible_vote", whose=Term("item", gate.name), need=least, count=count,
                    place=element.place,
                )  # fmt: skip
            return least, count
        if tag == "cardinality":
            low, high = _whole(element, "min"), _whole(element, "max")
            if not 0 <= low <= high <= count:
                raise ImpossibleVote(
                    "range_empty", whose=Term("item", gate.name), low=low, high=high, count=count,
                    place=element.place,
                )  # fmt: skip
            return low, high
        return 1, count

    def define(self, gate: Definition) -> None:
        """Define a monotone gate in the builder: there a formula fails, here it must be up."""
        formula = self.formula(gate)
        made: dict[int, int] = {}
        for element in formula.inputs_first():
            given = [Input(made.pop(id(child))) for child in element.children]
            made[id(element)] = self._node(gate, element, given)
        need, below = self.builder.unwrapped(Input(made[id(formula)]))
        self.builder.define(gate.label, need=need, inputs=below, fallible=False, place=gate.place)

    def _node(self, gate: Definition, element: Element, given: list[Input]) -> int:
        if element.tag in _REFERENCES:
            label = self.events.label(element.attribute("name"), gate.scope)
            return self.builder.reference(label, _at(element.place))
        if element.tag == "constant":
            return self._constant(failed=self.truth(element))
        self.check(gate, element)
        fail, _ = self.range(gate, element)
        return self.builder.gate(len(given) - fail + 1, given, place=element.place)

    def _constant(self, *, failed: bool) -> int:
        name = "always down" if failed else "always up"
        if not self.builder.declared(name):
            return self.builder.constant(name, up=not failed)
        return self.builder.reference(name)


def _at(place: Place) -> Callable[[], Place]:
    return lambda: place


def _whole(element: Element, key: str) -> int:
    text = element.attribute(key)
    if not WHOLE.fullmatch(text):
        raise BadNumber("not_whole", key=key, text=text, place=element.place)
    return int(text)


def _unsupported(definition: Definition, element: Element) -> Unsupported:
    kind, name = definition.kind, definition.name
    return Unsupported("unsupported_in", tag=element.tag, kind=kind, name=name, place=element.place)
