"""The matrix of many services at once against methods that share none of its code: the binary
diagram of each service decides what matters to it, a what-if of each item alone its X and M.
"""

from __future__ import annotations

import random
import time

import pytest

from wardround.dependability import (
    Budget,
    Builder,
    Input,
    Model,
    cfia,
    parse,
    root_cause,
    routing,
    what_if,
)
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


def _chain(draw: random.Random, length: int, spares: int) -> Model:
    """Links that each need the next one or a spare, now and then more, with some spares shared."""
    lines = []
    for link in range(length):
        parts = [f"c{link + 1}", f"s{link}", f"cold[5min] t{draw.randrange(spares)}"]
        if draw.random() < 0.3:
            parts.append(f"c{min(length, link + draw.randint(1, 4))}")
        if draw.random() < 0.1:
            lines.append(f"gate g{link} = {' and '.join([f's{link}', f't{link % spares}'])}")
            parts.append(f"g{link}")
        item = "gate " if draw.random() < 0.1 else ""
        lines.append(f"{item}c{link} = 1 of ({', '.join(draw.sample(parts, draw.randint(2, 3)))})")
    return parse("\n".join(lines))


def test_straight_ways_down_prove_only_what_matters() -> None:
    """What is said to matter without a diagram is in a minimal path set found by a diagram."""
    for seed in range(60):
        draw = random.Random(seed)  # noqa: S311  no secret
        model = _chain(draw, draw.randint(3, 12), draw.randint(1, 4))
        service = next(name for name in model.names if name.startswith("c0"))
        matrix = cfia(model, [service], prove=False)
        items, codes = matrix.rows[0]
        diagram = support(model, model.node(service), Budget(20.0))
        assert diagram is not None
        assert set(items[codes == ALTERNATIVE].tolist()) <= set(diagram.tolist())


def test_nothing_is_left_undecided_on_a_long_chain_with_spares() -> None:
    links = [f"c{n} = c{n + 1} hot s{n} cold[5min] t{n % 37}" for n in range(3000)]
    model = parse("\n".join(links))
    matrix = cfia(model, [f"c{n}" for n in range(0, 2000, 20)])
    assert matrix.undecided == 0
    assert matrix.row("c0")["t36"] == "A"
    assert matrix.row("c0")["c2999"] == "A"


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


def test_a_vote_of_thousands_costs_no_product_of_its_need_and_its_inputs() -> None:
    names = [f"v{n}" for n in range(20_000)]
    model = parse(
        f"gate s = 10000 of ({', '.join(names)}, host)\nt = 19999 of ({', '.join(names)})"
    )
    began = time.process_time()
    matrix = cfia(model, ["s", "t"])
    assert time.process_time() - began < 5.0
    assert set(matrix.row("s").values()) == {"A"}
    assert matrix.row("t") == {**dict.fromkeys(names, "A"), "t": "X"}
    assert matrix.undecided == 0


def test_the_cause_of_many_inputs_of_every_weight_is_found_at_once() -> None:
    """The heaviest first: c30000 rests on all the others."""
    builder = Builder()
    links = [builder.define("c0")]
    for number in range(1, 30_000):
        links.append(builder.define(f"c{number}", need=1, inputs=[Input(links[-1])]))
    builder.define("s", need=len(links), inputs=[Input(each) for each in reversed(links)])
    model = builder.model()
    root_cause(model, down=["s"], failed=["c7"])
    began = time.process_time()
    found = root_cause(model, down=["s"], failed=["c7", "c20000"])
    assert time.process_time() - began < 1.0
    assert found.causes[0].items == ("c7",)


def test_many_services_apart_from_each_other_cost_each_what_lies_below_it() -> None:
    """Each has a cell that only its diagram settles."""
    lines = [f"gate s{n} = a{n} and (a{n} or b{n} or c{n}) and 2 of (c{n}, d{n}, e{n})"
             for n in range(400)]  # fmt: skip
    model = parse("\n".join(lines))
    matrix = cfia(model)
    assert matrix.undecided == 0
    assert matrix.row("s399") == {"a399": "X", "c399": "A", "d399": "A", "e399": "A"}


def test_a_deep_stack_below_thousands_of_pairs_is_walked_once_for_each() -> None:
    """What a pair cannot do without is told by its head, however much lies below that."""
    builder = Builder()
    stack = [builder.define("k0")]
    for number in range(1, 1_000):
        stack.append(builder.define(f"k{number}", need=1, inputs=[Input(stack[-1])]))
    pairs = []
    for number in range(10_000):
        names = (f"x{number}", f"y{number}")
        pair = [builder.define(each, need=1, inputs=[Input(stack[-1])]) for each in names]
        pairs.append(builder.gate(1, [Input(each) for each in pair]))
    builder.define("s", need=len(pairs), inputs=[Input(each) for each in pairs])
    model = builder.model()
    began = time.process_time()
    matrix = cfia(model, ["s"])
    assert time.process_time() - began < 3.0
    assert sum(len(each[-1]) for each in (matrix.singles.full, matrix.singles.hot)) == 20_000
    totals = matrix.totals_of_service("s")
    assert (totals.single, totals.manual, totals.alternative) == (1_001, 0, 20_000)


def _linked(draw: random.Random, width: int, layers: int) -> Model:
    """Devices that each rest on one of a few links; a link needs one end above, or two, or its
    cable too.
    """
    lines = []
    ends = [f"core{n}" for n in range(4)]
    for layer in range(layers):
        devices = [f"d{layer}x{n}" for n in range(width)]
        for name in devices:
            links = []
            for place in range(draw.randint(1, 3)):
                needs = draw.sample(ends, draw.choice((1, 1, 2)))
                needs += [f"cable{name}x{place}"] if draw.random() < 0.5 else []
                links.append(f"({' and '.join(needs)})")
            lines.append(f"{name} = {' or '.join(links)}")
        ends = devices
    lines += [f"s{n} = 2 of ({', '.join(draw.sample(ends, 4))})" for n in range(30)]
    return parse("\n".join([*lines, *(f"top s{n}" for n in range(30))]))


def test_rounds_go_on_in_a_small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """They cost little there, and links that need several inputs take many."""
    model = _linked(random.Random(5), 60, 6)  # noqa: S311  no secret
    found = cfia(model, prove=False)
    monkeypatch.setattr(routing, "worth_in", lambda size: routing.WORTH)
    fewer = cfia(model, prove=False)
    assert (found.items == fewer.items).all()
    assert found.undecided * 2 < fewer.undecided
    assert found.undecided < 0.1 * len(found.items)


def test_proofs_that_settle_nothing_cost_next_to_nothing() -> None:
    model = _linked(random.Random(6), 200, 6)  # noqa: S311  no secret
    cfia(model, ["s0"])
    began = time.process_time()
    matrix = cfia(model)
    assert time.process_time() - began < 2.0
    assert 0 < matrix.undecided < 0.15 * len(matrix.items)
