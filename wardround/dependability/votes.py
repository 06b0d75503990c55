"""One gate over inputs that occur nowhere else: its diagrams written down without building them.

k of n has k (n − k + 1) nodes: (inputs passed, failures still wanted). The binary diagram of the
gate and the one of its minimal sets are the same rows.
"""
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled
from wardround.dependability.errors import BudgetEnded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wardround.dependability.diagram import Budget

_MOST_ROWS = 2**31 - 16
_BYTES = 12  # a row
_PIECE = 1 << 23  # rows written between two looks at the budget: some 0.1 s


def diagram_of_vote(fail: int, count: int, budget: Budget) -> NDArray[np.int32]:
    """The finished diagram (see `numbers`) of `fail` of `count` levels; BudgetEnded where it does
    not fit the budget's memory, or its rows are more than the steps left.
    """
    size = fail * (count - fail + 1)
    if size > _MOST_ROWS:
        raise BudgetEnded("memory")
    if size > _PIECE:
        budget.need(_BYTES * size)
    budget.steps -= size
    budget.look()
    rows = np.empty((2 + size, 3), np.int32)
    rows[:2] = [[-1, 0, 0], [-1, 1, 1]]
    levels = max(1, _PIECE // fail)
    at = (2, 0)
    for top in range(count, 0, -levels):
        budget.look()
        at = _write(rows, fail, count, max(0, top - levels), top, *at)
    return rows


@compiled
def _write(  # noqa: PLR0913, PLR0917  compiled code takes no keywords
    rows: NDArray[np.int32], fail: int, count: int, low: int, high: int, made: int, below: int
) -> tuple[int, int]:
    """Write the levels from `high` − 1 down to `low`, the first at row `made`; `below`: where the
    rows of the level below begin, less the least wanted there. Returns the two for what follows.
    """
    for level in range(high - 1, low - 1, -1):
        least = max(1, fail - level)
        begin = made - least
        for wanted in range(least, min(fail, count - level) + 1):
            rows[made, 0] = level
            rows[made, 1] = below + wanted if wanted < count - level else 0
            rows[made, 2] = below + wanted - 1 if wanted > 1 else 1
            made += 1
        below = begin
    return made, below
