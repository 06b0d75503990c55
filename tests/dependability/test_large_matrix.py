"""The matrix of many services at once against methods that share none of its code: the binary
diagram of each service decides what matters to it, a what-if of each item alone its X and M.
"""

from __future__ import annotations

import random

import pytest

from wardround.dependability import Budget, Model, cfia, parse, what_if
from wardround.dependability.matrix import support
from wardround.dependability.relevance import ALTERNATIVE, MANUAL, SINGLE, UNPROVED

SERVICES = 70  # more than a word of 64 and more than a byte of eight


def _woven(seed: int, items: int, width: int) -> Model:
    """Services over three layers of gates of every kind, which share much of what they rest on."""
    draw = random.Random(seed)  # noqa: S311  # a made-up estate, not a secret
    layers = [[f"i{number}" for number in range(items)]]
    lines: list[str] = []
    for layer in "abcs":
        below = layers[-1] + (layers[-2] if len(layers) > 1 else [])
        names = [f"{layer}{number}" for number in range(SERVICES if layer == "s" else width)]
        for name in names:
            inputs = draw.sample(below, draw.randint(1, 4))
            need = draw.randint(1, len(inputs))
            cold = [f"cold[{draw.randint(1, 60)}min] {each}" for each in inputs[need:]]
            given = inputs[:need] + (cold if draw.random() < 0.3 else inputs[need:])
            item = "" if draw.random() < 0.4 else "gate "
            lines.append(f"{item}{name} = {need} of ({', '.join(given)})")
        layers.append(names)
    return parse("\n".join([*lines, *(f"top s{number}" for number in range(SERVICES))]))


@pytest.mark.parametrize(("items", "width", "left_open"), [(60, 40, 0.05), (14, 16, 0.2)])
def test_every_cell_of_many_services_agrees_with_diagrams_and_single_failures(
    items: int, width: int, left_open: float
) -> None:
    """Wide: most of what is reached matters. Narrow: much is absorbed, and must not be proved."""
    model = _woven(4, items, width)
    matrix = cfia(model, prove=False)
    fallible = [name for node, name in enumerate(model.names) if model.fallible[node]]
    alone = {name: what_if(model, [name]) for name in fallible}
    cells = open_cells = 0
    for row, node in enumerate(matrix.services.tolist()):
        service = model.label(node)
        named = [model.label(item) for item in matrix.rows[row][0].tolist()]
        letters = list(zip(named, matrix.rows[row][1].tolist(), strict=True))
        single, manual, weak, left = (
            {name for name, code in letters if code == wanted}
            for wanted in (SINGLE, MANUAL, ALTERNATIVE, UNPROVED)
        )
        assert single == {name for name, world in alone.items() if service in world.down}
        assert manual == {name for name, world in alone.items() if service in world.switched}
        diagram = support(model, node, Budget(20.0))
        assert diagram is not None
        matters = {model.label(item) for item in diagram.tolist()}
        assert weak <= matters
        assert matters <= single | manual | weak | left
        cells += len(letters)
        open_cells += len(left)
    assert cells > 10 * SERVICES
    assert open_cells < cells * left_open
