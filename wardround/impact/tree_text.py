"""What a business system needs, in the engine's compact text, the system first. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wardround.cmdb.types import ItemRef
from wardround.dependability import HOT, Input
from wardround.impact.parts import Part


def text_of(part: Part, refs: Mapping[int, ItemRef]) -> str:
    """A line for each item that needs something, and for each group that several lines name."""
    return "\n".join(_Writer(part, refs).lines())


class _Writer:
    def __init__(self, part: Part, refs: Mapping[int, ItemRef]) -> None:
        self.part, self.model = part, part.model
        self.uses = [0] * self.model.size
        for below in self.model.inputs.tolist():
            self.uses[below] += 1
        self.names = self._named(refs)

    def _named(self, refs: Mapping[int, ItemRef]) -> list[str]:
        """Names of nodes, each once: the key beside the name where two are called alike."""
        found, taken = list[str](), set[str]()
        for node in range(self.model.size):
            place = self.part.subject(node)
            ref = refs.get(place)
            name = ref.name if ref else f"#{node}"
            if not self.part.is_item(node):
                name = f"{name} #{node}"
            if name in taken and ref:
                name = f"{name} [{ref.key or ref.id}]"
            while name in taken:
                name += "_"
            taken.add(name)
            found.append('"{}"'.format(name.replace('"', '""')))
        return found

    def _inlined(self, node: int) -> bool:
        return not self.part.is_item(node) and self.uses[node] == 1 and self._counts(node)

    def _counts(self, node: int) -> bool:
        """Whether it is a formula over inputs, and not always up or down."""
        return 1 <= int(self.model.need[node]) <= len(self.model.inputs_of(node))

    def lines(self) -> Iterator[str]:
        for node in self.model.order[::-1].tolist():
            top = node == self.part.top
            if self._inlined(node) and not top:
                continue
            fallible = bool(self.model.fallible[node])
            if self._counts(node):
                head = "" if fallible else "gate "
                yield f"{head}{self.names[node]} = {self._formula(node)}"
            elif not fallible:
                down = int(self.model.need[node]) > 0
                yield f"gate {self.names[node]} = {'always_down' if down else 'always_up'}"
        yield f"top {self.names[self.part.top]}"

    def _formula(self, node: int) -> str:
        inputs, need = self.model.inputs_of(node), int(self.model.need[node])
        cold = any(below.minutes != HOT for below in inputs)
        if cold or 1 < need < len(inputs):
            return f"{need} of ({', '.join(map(self._input, inputs))})"
        word = " and " if need == len(inputs) else " or "
        return word.join(map(self._term, inputs))

    def _input(self, below: Input) -> str:
        cold = "" if below.minutes == HOT else f"cold[{below.minutes:g}min] "
        return f"{cold}{self._term(below)}"

    def _term(self, below: Input) -> str:
        if not self._inlined(below.node):
            return self.names[below.node]
        formula = self._formula(below.node)
        bare = len(self.model.inputs_of(below.node)) == 1
        return formula if bare or " of (" in formula[:12] else f"({formula})"
