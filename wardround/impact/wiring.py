"""Nodes and their inputs as flat arrays, before they are a model of the engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Wiring:
    """As `dependability.Model` has them: inputs of v are inputs[start[v]:start[v + 1]]."""

    need: NDArray[np.int32]
    start: NDArray[np.int64]
    inputs: NDArray[np.int32]
    minutes: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        node: NDArray[np.int32],
        below: NDArray[np.int32],
        minutes: NDArray[np.float64],
        need: NDArray[np.int64],
    ) -> Wiring:
        """From one row an input, in any order.

        Args:
            node: whose input it is.
            below: the input.
            minutes: HOT, or those of a switch.
            need: of each node, how many of its inputs must be up.

        """
        start = np.zeros(len(need) + 1, np.int64)
        np.cumsum(np.bincount(node, minlength=len(need)), out=start[1:])
        order = np.argsort(node, kind="stable")
        return cls(
            need.astype(np.int32),
            start,
            below[order].astype(np.int32),
            minutes[order].astype(np.float64),
        )

    @property
    def owners(self) -> NDArray[np.int32]:
        """Of each input, whose it is."""
        counts = np.diff(self.start)
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    def inputs_of(self, node: int) -> list[tuple[int, float]]:
        span = slice(int(self.start[node]), int(self.start[node + 1]))
        return list(zip(self.inputs[span].tolist(), self.minutes[span].tolist(), strict=True))
