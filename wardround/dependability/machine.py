"""The decision-diagram machine: operations on the diagrams of a `nodetable`.

All functions are monotone, but for what `hull` builds with AND and OR and reads with LEAST.

Sources: Bryant 1986 (apply); Rauzy 1993 (minimal solutions, `without`); Minato 1993 (ZBDD);
the order-limited product cuts every branch whose sets would grow past the limit.

`execute` is iterative with its stack in arrays and returns when something must happen outside
(more room, a look at the clock); called again it goes on where it stopped.
"""
# ruff: noqa: C901, PLR0911, PLR0912, PLR0913, PLR0915, PLR0917, PLR1714, SIM109
# One flat loop over arrays: no calls, tuples or sets on the hot path.
# mypy: disable-error-code="no-any-return,return-value"

from __future__ import annotations

from typing import TYPE_CHECKING

from wardround.dependability.compiled import compiled, inlined
from wardround.dependability.nodetable import COUNT, HIGH, LOW, VAR, make, slot_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AND, OR, MINIMAL, WITHOUT, SUBTRACT, UNION, CLOSE, WITH, LEAST = 1, 2, 3, 4, 5, 6, 7, 8, 9
PRODUCT, LIMIT = 64, 1088
"""CLOSE: the function of a family; WITH: its sets that hold the variable g (a number, not a node);
LEAST: the minimal sets of a function of any kind, MINIMAL: quicker, of a monotone one.
PRODUCT + n and LIMIT + n carry the greatest order n (at most 1023)."""

# frame columns
OP, F, G, STAGE, KEPT, MADE = 0, 1, 2, 3, 4, 5
# cells of `meta` after COUNT
DEPTH, RESULT, PC, STEPS = 1, 2, 3, 4
FINISHED, NODES_FULL, STACK_FULL, PAUSED = 0, 1, 2, 3


@inlined
def _trivial(op: int, f: int, g: int, nodes: NDArray[np.int32], least: NDArray[np.int16]) -> int:
    """The answer where it needs no work, else −1."""
    if op == AND:
        if f == g or g == 1:
            return f
        if f == 0 or g == 0:
            return 0
        return g if f == 1 else -1
    if op == OR:
        if f == g or g == 0:
            return f
        if f == 1 or g == 1:
            return 1
        return g if f == 0 else -1
    if op == MINIMAL or op == LEAST:
        return f if f <= 1 else -1
    if op == WITHOUT:
        if f == 0 or g == 1:
            return 0
        return f if g == 0 or f == 1 else -1
    if op == SUBTRACT:
        if f == 0 or g == 1 or f == g:
            return 0
        return f if g == 0 or f == 1 else -1
    if op == UNION:
        if f == g or g == 0:
            return f
        if f == 1 or g == 1:
            return 1
        return g if f == 0 else -1
    if op == CLOSE:
        return f if f <= 1 else -1
    if op == WITH:
        return 0 if nodes[f, VAR] > g else -1
    if op >= LIMIT:
        if least[f] > op - LIMIT:
            return 0
        return f if f <= 1 else -1
    if f == 0 or g == 0 or max(least[f], least[g]) > op - PRODUCT:
        return 0
    return 1 if f == 1 and g == 1 else -1


@compiled
def execute(
    program: NDArray[np.int32],
    registers: NDArray[np.int32],
    nodes: NDArray[np.int32],
    least: NDArray[np.int16],
    table: NDArray[np.int32],
    cache: NDArray[np.int32],
    stack: NDArray[np.int32],
    meta: NDArray[np.int64],
    quota: int,
) -> int:
    """Run (operation, target, left, right) rows over the registers.

    registers hold diagrams; nodes (room, 4); least (room,) smallest set below a node; table and
    cache (size, 4: operation, f, g, result) have sizes that are powers of two; stack (room, 6).
    Pauses after `quota` steps. Returns FINISHED, NODES_FULL, STACK_FULL or PAUSED.
    """
    room = len(nodes) - 2
    stack_room = len(stack) - 2
    mask = len(cache) - 1
    depth = meta[DEPTH]
    result = meta[RESULT]
    pc = meta[PC]
    steps = 0
    walked = 0  # a look at a node and no more: sixteen count as a step
    while True:
        if depth == 0:
            if pc > 0:
                registers[program[pc - 1, 1]] = result
            steps += 1
            if pc == len(program) or steps + (walked >> 4) > quota:
                meta[DEPTH] = 0
                meta[RESULT] = result
                meta[PC] = pc
                meta[STEPS] += steps + (walked >> 4)
                return FINISHED if pc == len(program) else PAUSED
            op = program[pc, 0]
            f = registers[program[pc, 2]]
            g = registers[program[pc, 3]]
            pc += 1
        else:
            op = -1
            f = 0
            g = 0
        # With op ≥ 0 a new question (op, f, g) waits for an answer; else the top frame goes on.
        while True:
            if op >= 0:
                if (op <= OR or op == UNION or PRODUCT <= op < LIMIT) and f > g:
                    f, g = g, f
                if f > 1 and (op == WITHOUT or op == SUBTRACT):
                    var = nodes[f, VAR]
                    while nodes[g, VAR] < var:  # what stands above f cannot matter to its sets
                        g = nodes[g, LOW]
                        walked += 1
                result = _trivial(op, f, g, nodes, least)
                if result < 0 and PRODUCT <= op < LIMIT and (f <= 1 or f == g):
                    op = op - PRODUCT + LIMIT  # {∅} × g and g × g are g, cut to the limit
                    f, g = g, 0
                    result = _trivial(op, f, g, nodes, least)
                if result < 0:
                    row = slot_of(op, f, g, mask)
                    if cache[row, 1] == f and cache[row, 2] == g and cache[row, 0] == op:
                        result = cache[row, 3]
                    else:
                        stack[depth, OP] = op
                        stack[depth, F] = f
                        stack[depth, G] = g
                        stack[depth, STAGE] = 0
                        depth += 1
                op = -1
            if depth == 0:
                break
            steps += 1
            if meta[COUNT] >= room or depth >= stack_room or steps + (walked >> 4) > quota:
                meta[DEPTH] = depth
                meta[RESULT] = result
                meta[PC] = pc
                meta[STEPS] += steps + (walked >> 4)
                if meta[COUNT] >= room:
                    return NODES_FULL
                return STACK_FULL if depth >= stack_room else PAUSED
            top = depth - 1
            kind = stack[top, OP]
            a = stack[top, F]
            b = stack[top, G]
            stage = stack[top, STAGE]
            stack[top, STAGE] = stage + 1
            av = nodes[a, VAR]
            bv = nodes[b, VAR]
            var = min(av, bv)
            final = -1
            if kind <= OR:
                if stage == 0:
                    op = kind
                    f = nodes[a, LOW] if av == var else a
                    g = nodes[b, LOW] if bv == var else b
                elif stage == 1:
                    stack[top, KEPT] = result
                    op = kind
                    f = nodes[a, HIGH] if av == var else a
                    g = nodes[b, HIGH] if bv == var else b
                else:
                    low = stack[top, KEPT]
                    final = low
                    if low != result:
                        final = make(var, low, result, nodes, least, table, meta)
            elif kind == MINIMAL or kind == LEAST:
                if stage == 0:
                    op = kind
                    f = nodes[a, LOW]
                    g = 0
                elif stage == 1:
                    stack[top, KEPT] = result
                    op = kind
                    f = nodes[a, HIGH]
                    g = 0
                elif stage == 2:
                    op = WITHOUT if kind == MINIMAL else SUBTRACT
                    f = result
                    g = nodes[a, LOW] if kind == MINIMAL else stack[top, KEPT]
                else:
                    final = stack[top, KEPT]
                    if result != 0:
                        final = make(av, final, result, nodes, least, table, meta)
            elif kind == WITHOUT:
                if stage == 0:
                    op = WITHOUT
                    f = nodes[a, LOW]
                    g = nodes[b, LOW] if bv == av else b
                elif stage == 1:
                    stack[top, KEPT] = result
                    op = WITHOUT
                    f = nodes[a, HIGH]
                    g = nodes[b, HIGH] if bv == av else b
                else:
                    final = stack[top, KEPT]
                    if result != 0:
                        final = make(av, final, result, nodes, least, table, meta)
            elif kind == SUBTRACT:
                if stage == 0:
                    op = SUBTRACT
                    f = nodes[a, LOW]
                    g = nodes[b, LOW] if bv == av else b
                elif stage == 1:
                    stack[top, KEPT] = result
                    op = SUBTRACT
                    f = nodes[a, HIGH]
                    g = nodes[b, HIGH] if bv == av else b
                elif stage == 2 and bv == av:
                    op = SUBTRACT
                    f = result
                    g = nodes[b, LOW]
                else:
                    final = stack[top, KEPT]
                    if result != 0:
                        final = make(av, final, result, nodes, least, table, meta)
            elif kind == UNION:
                if stage == 0:
                    op = UNION
                    f = nodes[a, LOW] if av == var else a
                    g = nodes[b, LOW] if bv == var else b
                elif stage == 1:
                    stack[top, KEPT] = result
                    if av == bv:
                        op = UNION
                        f = nodes[a, HIGH]
                        g = nodes[b, HIGH]
                    else:
                        result = nodes[a, HIGH] if av == var else nodes[b, HIGH]
                elif stage == 2:
                    op = SUBTRACT
                    f = result
                    g = stack[top, KEPT]
                else:
                    final = stack[top, KEPT]
                    if result != 0:
                        final = make(var, final, result, nodes, least, table, meta)
            elif kind == CLOSE:
                if stage == 0:
                    op = CLOSE
                    f = nodes[a, LOW]
                    g = 0
                elif stage == 1:
                    stack[top, KEPT] = result
                    op = CLOSE
                    f = nodes[a, HIGH]
                    g = 0
                elif stage == 2:
                    op = OR
                    f = result
                    g = stack[top, KEPT]
                else:
                    final = stack[top, KEPT]
                    if result != final:
                        final = make(av, final, result, nodes, least, table, meta)
            elif kind == WITH:
                if av == b:
                    final = make(av, 0, nodes[a, HIGH], nodes, least, table, meta)
                elif stage == 0:
                    op = WITH
                    f = nodes[a, LOW]
                    g = b
                elif stage == 1:
                    stack[top, KEPT] = result
                    op = WITH
                    f = nodes[a, HIGH]
                    g = b
                else:
                    final = stack[top, KEPT]
                    if result != 0:
                        final = make(av, final, result, nodes, least, table, meta)
            elif kind >= LIMIT:
                if stage == 0:
                    op = kind
                    f = nodes[a, LOW]
                    g = 0
                elif stage == 1:
                    stack[top, KEPT] = result
                    op = kind - 1
                    f = nodes[a, HIGH]
                    g = 0
                    if kind == LIMIT:
                        op = -1
                        result = 0
                else:
                    final = stack[top, KEPT]
                    if result != 0:
                        final = make(av, final, result, nodes, least, table, meta)
            elif stage == 0:
                op = kind
                f = nodes[a, LOW] if av == var else a
                g = nodes[b, LOW] if bv == var else b
            elif stage == 1:
                stack[top, KEPT] = result
                if kind == PRODUCT:
                    result = 0
                    stack[top, STAGE] = 6
                elif av == bv:
                    op = UNION
                    f = nodes[b, LOW]
                    g = nodes[b, HIGH]
                else:
                    op = kind - 1
                    f = nodes[a, HIGH] if av == var else a
                    g = nodes[b, HIGH] if bv == var else b
                    stack[top, STAGE] = 5
            elif stage == 2:
                op = kind - 1
                f = nodes[a, HIGH]
                g = result
            elif stage == 3:
                stack[top, MADE] = result
                op = kind - 1
                f = nodes[a, LOW]
                g = nodes[b, HIGH]
            elif stage == 4:
                op = UNION
                f = stack[top, MADE]
                g = result
            elif stage == 5:
                op = SUBTRACT
                f = result
                g = stack[top, KEPT]
            else:
                final = stack[top, KEPT]
                if result != 0:
                    final = make(var, final, result, nodes, least, table, meta)
            if final >= 0:
                result = final
                row = slot_of(kind, a, b, mask)
                cache[row, 0] = kind
                cache[row, 1] = a
                cache[row, 2] = b
                cache[row, 3] = final
                depth -= 1
