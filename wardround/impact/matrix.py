"""Which single item does what to which business system. Pure, over the model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wardround.dependability import cfia
from wardround.impact.modelling import Hospital
from wardround.impact.types import Cell

CODES = (None, Cell.ALTERNATIVE, Cell.MANUAL, Cell.SINGLE)
"""What the engine's codes mean; the first is a blank."""
_Places = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells that are not blank, one row each: by system, then by item."""

    services: _Places
    """Places of the systems that were asked for."""
    service: _Places
    """Of each cell the place of its system."""
    item: _Places
    code: NDArray[np.uint8]
    unproved: NDArray[np.bool_]
    """Those called A of which nobody has proved in reasonable time that they are no blank."""

    @cached_property
    def items(self) -> _Places:
        """Those that have a cell at all, ascending."""
        return np.unique(self.item)

    def chosen(self, wanted: NDArray[np.bool_]) -> Cells:
        return Cells(
            self.services,
            self.service[wanted],
            self.item[wanted],
            self.code[wanted],
            self.unproved[wanted],
        )


def cells(hospital: Hospital, services: _Places) -> Cells:
    """The matrix of these systems. A system is not counted among its own parts.

    Args:
        hospital: all that there is.
        services: their places in the graph.

    """
    nodes = hospital.states[services].tolist()
    found = cfia(hospital.model, [str(node) for node in nodes])
    service = np.repeat(services, np.diff(found.offset)).astype(np.int32)
    among = (found.items < len(hospital.graph.ids)) & (found.items != service)
    every = Cells(services, service, found.items, found.codes, found.unproved)
    return every.chosen(among)
