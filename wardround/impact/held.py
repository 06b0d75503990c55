"""The model of this process, made from the graph and the formulas that it holds, and anew
when these have changed.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb import held_graph
from wardround.cmdb.graph import Graph
from wardround.impact import held_formulas, matrix
from wardround.impact.formulas import Term
from wardround.impact.held_formulas import Formulas
from wardround.impact.live import Live
from wardround.impact.matrix import Cells
from wardround.impact.modelling import Hospital, built
from wardround.schema import queries as schema
from wardround.schema.types import Gate, ItemRole

_Gates = tuple[tuple[str, ...], tuple[str, ...]]
"""Kinds of relation of whose targets one is enough, and kinds that are not counted."""


class _InProcess:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hospital: tuple[Hospital, _Gates, Formulas] | None = None
        self._live: tuple[Live, frozenset[UUID]] | None = None
        self._counting = threading.Lock()
        """Of the matrix: boards do not wait for it."""
        self._cells: tuple[Hospital, Cells] | None = None

    def hospital(self) -> Hospital:
        gates, graph, formulas = _gates(), held_graph.current(), held_formulas.current()
        with self._lock:
            if (
                self._hospital is None
                or self._hospital[0].graph is not graph
                or (self._hospital[1] != gates)
                or self._hospital[2] is not formulas
            ):
                made = built(graph, *gates, formulas.by_item)
                self._hospital = made, gates, formulas
            return self._hospital[0]

    def live(self, failed: Collection[UUID]) -> Live:
        hospital, wanted = self.hospital(), frozenset(failed)
        with self._lock:
            if (
                self._live is None
                or self._live[0].hospital is not hospital
                or (self._live[1] != wanted)
            ):
                self._live = Live.of(hospital, wanted), wanted
            return self._live[0]

    def cells(self) -> tuple[Hospital, Cells]:
        hospital = self.hospital()
        with self._counting:
            if self._cells is None or self._cells[0] is not hospital:
                self._cells = hospital, matrix.cells(hospital, systems(hospital.graph))
            return self._cells


_in_process = _InProcess()


def hospital() -> Hospital:
    """The model as it is now. The first call of a process reads everything; one after a change
    makes it anew.
    """
    return _in_process.hospital()


def live(failed: Collection[UUID]) -> Live:
    """The same with these items failed; kept until others have, or something was edited."""
    return _in_process.live(failed)


def cells() -> tuple[Hospital, Cells]:
    """The matrix of all business systems, and the model that it is of; kept until something was
    edited.
    """
    return _in_process.cells()


def supposed(hospital: Hospital, formulas: Mapping[UUID, Term]) -> Hospital:
    """The model as it would be if these formulas were in force beside the others; not kept."""
    there = held_formulas.current().by_item
    return built(hospital.graph, *_gates(), {**there, **formulas})


def uncounted() -> tuple[str, ...]:
    """Kinds of relation that are not computed with."""
    return _gates()[1]


def systems(graph: Graph) -> NDArray[np.int32]:
    """The places of the business systems."""
    return np.flatnonzero(graph.of_types(_types_of_systems())).astype(np.int32)


def _types_of_systems() -> list[str]:
    types = schema.remembered_item_types().items()
    return [name for name, each in types if ItemRole.SYSTEM in each.roles]


def _gates() -> _Gates:
    return schema.derived("impact.gates", _gates_of_kinds)


def _gates_of_kinds() -> _Gates:
    kinds = schema.remembered_relation_kinds().items()
    return (
        tuple(name for name, kind in kinds if kind.gate is Gate.OR),
        tuple(name for name, kind in kinds if kind.gate is Gate.NONE),
    )
