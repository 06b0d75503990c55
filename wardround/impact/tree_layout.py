"""Where the parts of a tree are drawn: layers from left to right, leaves below each other. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_DRAWN = 600
"""Parts of one picture; what is below is left out, and said to be."""


@dataclass(slots=True)
class Drawn:
    """One part of the picture. What is shared is drawn where it is met first, and elsewhere as a
    reference to it, unless all is unfolded.
    """

    node: int
    layer: int
    above: int | None
    """The part that it is an input of, and which of its inputs."""
    input: int
    row: float = 0.0
    again: bool = False
    """It is drawn in full elsewhere."""
    cut: bool = False
    """What is below it is left out: the picture is full."""
    below: list[int] = field(default_factory=list)


def drawn(
    inputs: Sequence[Sequence[int]], top: int, *, unfolded: bool = False, most: int = MOST_DRAWN
) -> list[Drawn]:
    """The parts of the picture, each after what it is an input of; the upper layers first where
    not all fits.

    Args:
        inputs: of each node.
        top: where the picture begins.
        unfolded: what is shared is drawn in full each time.
        most: how many parts.

    """
    found = [Drawn(top, 0, None, 0)]
    met, waiting = {top}, deque([0])
    while waiting:
        at = waiting.popleft()
        part = found[at]
        if part.again:
            continue
        if len(found) + len(inputs[part.node]) > most:
            part.cut = bool(inputs[part.node])
            continue
        for number, node in enumerate(inputs[part.node]):
            shared = not unfolded and node in met and bool(inputs[node])
            part.below.append(len(found))
            waiting.append(len(found))
            found.append(Drawn(node, part.layer + 1, at, number, again=shared))
            met.add(node)
    _rows(found)
    return found


def _rows(found: list[Drawn]) -> None:
    """Leaves below each other in the order of a walk, the others in the middle of their inputs."""
    row, stack = 0, [0]
    while stack:
        part = found[stack.pop()]
        stack += reversed(part.below)
        if not part.below:
            part.row = float(row)
            row += 1
    for part in reversed(found):
        if part.below:
            rows = [found[each].row for each in part.below]
            part.row = (rows[0] + rows[-1]) / 2
