"""The fault tree of a business system: the dual of what it needs, each shared part once. Pure.

Nothing is stored: what a system needs is said once, and this is the same in failures. A gate occurs
when at least `fail` of its inputs do, which is one more than may be lost.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wardround.dependability import HOT
from wardround.impact.circles import NO_ITEM
from wardround.impact.parts import Part


class GateKind(StrEnum):
    """How a node of the tree comes about.

    EVENT  an item fails itself
    OR     any of its inputs
    AND    all of them
    VOTE   at least `fail` of them
    """

    EVENT = "event"
    OR = "or"
    AND = "and"
    VOTE = "vote"


@dataclass(frozen=True, slots=True)
class Below:
    """An input of a gate."""

    node: int
    minutes: float | None = None
    """Of a cold standby, how long the switch to it takes."""


@dataclass(frozen=True, slots=True)
class TreeNode:
    kind: GateKind
    place: int
    """The item that it speaks of, in the graph; `NO_ITEM` where it is none's alone."""
    group: bool
    """The item's group of things that stand in for one another, not the item."""
    fail: int
    inputs: tuple[Below, ...]


@dataclass(frozen=True, slots=True)
class FaultTree:
    """Nodes after their inputs, the top last; empty where nothing stops the system."""

    nodes: tuple[TreeNode, ...]

    @property
    def top(self) -> int:
        return len(self.nodes) - 1

    def occurring(self, failed: Collection[int]) -> list[bool]:
        """Of each node whether it occurs when these items have failed, cold standbys switched on.

        Args:
            failed: places in the graph.

        """
        gone, found = set(failed), list[bool]()
        for node in self.nodes:
            if node.kind is GateKind.EVENT:
                found.append(node.place in gone)
            else:
                found.append(sum(found[below.node] for below in node.inputs) >= node.fail)
        return found


NEVER, ALWAYS = -1, -2
"""In place of a node: what cannot fail, and what has failed for good."""


def tree_of(part: Part) -> FaultTree:
    builder = _Builder(part)
    value: dict[int, int] = {}
    for node in part.model.order.tolist():
        value[node] = builder.add(node, value)
    return builder.tree(value[part.top])


class _Builder:
    def __init__(self, part: Part) -> None:
        self.part, self.nodes = part, list[TreeNode]()

    def add(self, node: int, value: dict[int, int]) -> int:
        """One node of the model in failures: the number of its node in the tree."""
        model = self.part.model
        given = [
            Below(value[below], None if minutes == HOT else minutes)
            for below, minutes in model.inputs_of(node)
        ]
        fail = len(given) - int(model.need[node]) + 1
        fail -= sum(below.node == ALWAYS for below in given)
        inputs = [below for below in given if below.node >= 0]
        if fail <= 0:
            return ALWAYS
        top = node == self.part.top
        place = self.part.subject(node)
        if bool(model.fallible[node]):
            return self._of_item(place, fail, inputs)
        if fail > len(inputs) or (len(inputs) == 1 and not top):
            return inputs[0].node if len(inputs) == 1 == fail else NEVER
        return self._gate(place, fail, inputs, group=self.part.is_group(node))

    def _of_item(self, place: int, fail: int, inputs: list[Below]) -> int:
        """An item is down when it failed itself, or by what it needs."""
        own = Below(self._new(TreeNode(GateKind.EVENT, place, group=False, fail=1, inputs=())))
        if fail > len(inputs):
            return own.node
        if fail > 1:
            inputs = [Below(self._gate(place, fail, inputs, group=True))]
        return self._gate(place, 1, [own, *inputs], group=False)

    def _gate(self, place: int, fail: int, inputs: Sequence[Below], *, group: bool) -> int:
        if fail == 1:
            inputs = list({below.node: below for below in reversed(inputs)}.values())[::-1]
        kind = GateKind.VOTE
        if fail in {1, len(inputs)}:
            kind = GateKind.OR if fail == 1 else GateKind.AND
        return self._new(TreeNode(kind, place, group, fail, tuple(inputs)))

    def _new(self, node: TreeNode) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def tree(self, top: int) -> FaultTree:
        """What the top reaches."""
        if top < 0:
            return FaultTree(())
        reached = {top}
        for number in range(top, -1, -1):
            if number in reached:
                reached |= {below.node for below in self.nodes[number].inputs}
        renamed = {number: new for new, number in enumerate(sorted(reached))}
        return FaultTree(
            tuple(
                TreeNode(
                    node.kind, node.place, node.group, node.fail,
                    tuple(Below(renamed[each.node], each.minutes) for each in node.inputs),
                )
                for node in (self.nodes[number] for number in sorted(reached))
            )
        )  # fmt: skip


__all__ = ["ALWAYS", "NEVER", "NO_ITEM", "Below", "FaultTree", "GateKind", "TreeNode", "tree_of"]
