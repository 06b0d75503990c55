"""Builds a model node by node: names may be used before they are defined.

The readers (`text`, `openpsa`) and other rooms add items and gates here; `model()` checks what can
only be checked at the end (undefined names, cycles).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.errors import (
    BadNumber,
    DuplicateName,
    EmptyGate,
    ImpossibleVote,
    Place,
    UndefinedName,
    UnknownItem,
)
from wardround.dependability.messages import Term
from wardround.dependability.model import HOT, Input, Model, check_input, offsets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

NAN = float("nan")
ALWAYS_UP = 0
ALWAYS_DOWN = 1


class Builder:
    """Collects nodes; every method that takes a `place` names it in its errors."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._names: list[str] = []
        self._need: list[int] = []
        self._inputs: list[Sequence[Input]] = []
        self._fallible: list[bool] = []
        self._defined: list[bool] = []
        self._first_used: dict[int, Callable[[], Place] | None] = {}
        self._numbers: dict[str, dict[int, float]] = {
            "probability": {},
            "failure_rate": {},
            "repair_rate": {},
        }
        self._tops: list[int] = []

    def __repr__(self) -> str:
        return f"<Builder: {len(self._names)} nodes>"

    def reference(self, name: str, place: Callable[[], Place] | None = None) -> int:
        """The node of a name, made if need be; it must be defined before the end."""
        node = self._ids.get(name)
        if node is None:
            node = self._ids[name] = self._add(name, 0, (), fallible=True, defined=False)
            self._first_used[node] = place
        return node

    def gate(self, need: int, inputs: Sequence[Input], *, place: Place | None = None) -> int:
        """A nameless gate: up when at least `need` of its inputs are."""
        self._check(need, inputs, "", place)
        return self._add("", need, inputs, fallible=False, defined=True)

    def unwrapped(self, formula: Input) -> tuple[int, Sequence[Input]]:
        """What a named item needs: a fresh nameless gate gives up its place to the item itself."""
        last = len(self._names) - 1
        if formula.node != last or self._names[last] or formula.minutes != HOT:
            return 1, (formula,)
        need, inputs = self._need[last], self._inputs[last]
        for column in (self._names, self._need, self._inputs, self._fallible, self._defined):
            column.pop()
        return need, inputs

    def define(
        self,
        name: str,
        *,
        need: int = 0,
        inputs: Sequence[Input] = (),
        fallible: bool = True,
        place: Place | None = None,
    ) -> int:
        """A named item with what it needs; without inputs it only fails itself."""
        node = self._open(name, place)
        if need or inputs or not fallible:
            self._check(need, inputs, name, place)
        self._set(node, need, inputs, fallible=fallible)
        return node

    def constant(self, name: str, *, up: bool, place: Place | None = None) -> int:
        """A named node that is always up, or always down."""
        node = self._open(name, place)
        self._set(node, ALWAYS_UP if up else ALWAYS_DOWN, (), fallible=False)
        return node

    def number(self, kind: str, node: int, value: float, place: Place | None = None) -> None:
        """A probability, failure_rate or repair_rate (per hour)."""
        high = 1.0 if kind == "probability" else float("inf")
        if not 0.0 <= value <= high or value == float("inf"):
            reason = "number_0_1" if kind == "probability" else "number_0"
            name = self._names[node]
            raise BadNumber(reason, kind=Term(kind), name=name, value=value, place=place)
        self._numbers[kind][node] = value

    def top(self, node: int) -> None:
        self._tops.append(node)

    def declared(self, name: str) -> bool:
        node = self._ids.get(name)
        return node is not None and self._defined[node]

    def can_fail(self, node: int) -> bool:
        """Whether it fails by itself; gates and constants do not."""
        return self._fallible[node]

    def used(self) -> set[int]:
        """The nodes that stand in a formula."""
        return {each.node for inputs in self._inputs for each in inputs}

    def undefined(self) -> list[int]:
        return [node for node in self._first_used if not self._defined[node]]

    def model(self, *, open_world: bool = False) -> Model:
        """The finished model; `open_world` takes undefined names as items without supports."""
        missing = [] if open_world else self.undefined()
        if missing:
            raise self._undefined(missing)
        model = self._assemble()
        _ = model.order  # refuses cycles
        return model

    def _undefined(self, missing: Sequence[int]) -> UndefinedName:
        name, count = self._names[missing[0]], len(missing)
        where = self._first_used[missing[0]]
        place = where() if where else None
        reason = "undefined_many" if count > 1 else "undefined"
        return UndefinedName(reason, name=name, more=count - 1, place=place)

    def _add(
        self, name: str, need: int, inputs: Sequence[Input], *, fallible: bool, defined: bool
    ) -> int:
        self._names.append(name)
        self._need.append(need)
        self._inputs.append(inputs)
        self._fallible.append(fallible)
        self._defined.append(defined)
        return len(self._names) - 1

    def _set(self, node: int, need: int, inputs: Sequence[Input], *, fallible: bool) -> None:
        self._need[node], self._inputs[node] = need, inputs
        self._fallible[node], self._defined[node] = fallible, True

    def _open(self, name: str, place: Place | None) -> int:
        node = self.reference(name)
        if self._defined[node]:
            raise DuplicateName("defined_twice", name=name, place=place)
        return node

    def _check(self, need: int, inputs: Sequence[Input], name: str, place: Place | None) -> None:
        whose = Term("item", name) if name else Term("formula")
        if not inputs:
            raise EmptyGate("no_inputs", whose=whose, place=place)
        count = len(inputs)
        if not 1 <= need <= count:
            raise ImpossibleVote(
                "impossible_vote", whose=whose, count=count, need=need, place=place
            )
        for each in inputs:
            check_input(each)
            if not 0 <= each.node < len(self._names):
                raise UnknownItem.of_node(each.node, len(self._names))
            if each.minutes != HOT and not 0.0 <= each.minutes < float("inf"):
                raise BadNumber("switch_minutes", whose=whose, minutes=each.minutes, place=place)

    def _assemble(self) -> Model:
        flat = [each for inputs in self._inputs for each in inputs]
        counts = np.fromiter(map(len, self._inputs), np.int64, len(self._inputs))
        return Model(
            names=tuple(self._names),
            need=np.array(self._need, np.int32),
            start=offsets(counts),
            inputs=np.fromiter((each.node for each in flat), np.int32, len(flat)),
            minutes=np.fromiter((each.minutes for each in flat), np.float64, len(flat)),
            fallible=np.array(self._fallible, bool),
            probability=self._column("probability"),
            failure_rate=self._column("failure_rate"),
            repair_rate=self._column("repair_rate"),
            tops=tuple(self._tops),
        )

    def _column(self, kind: str) -> NDArray[np.float64]:
        column = np.full(len(self._names), NAN)
        given = self._numbers[kind]
        if given:
            column[list(given)] = list(given.values())
        return column
