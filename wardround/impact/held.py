"""The model of this process, made from the graph that it holds, and anew when that has changed."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from wardround.cmdb import held_graph
from wardround.impact.live import Live
from wardround.impact.modelling import Hospital, built
from wardround.schema import queries as schema
from wardround.schema.types import Gate

_Gates = tuple[tuple[str, ...], tuple[str, ...]]
"""Kinds of relation of whose targets one is enough, and kinds that are not counted."""


@dataclass(frozen=True, slots=True)
class _Held:
    hospital: Hospital
    gates: _Gates
    failed: frozenset[UUID]
    live: Live


class _InProcess:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def live(self, failed: Collection[UUID]) -> Live:
        gates, wanted = _gates(), frozenset(failed)
        graph = held_graph.current()
        with self._lock:
            held = self._held
            if held is None or held.hospital.graph is not graph or held.gates != gates:
                hospital = built(graph, *gates)
            elif held.failed == wanted:
                return held.live
            else:
                hospital = held.hospital
            self._held = _Held(hospital, gates, wanted, Live.of(hospital, wanted))
            return self._held.live


_in_process = _InProcess()


def live(failed: Collection[UUID]) -> Live:
    """The hospital as it is now, with these items failed. The first call of a process reads
    everything; one after a change makes the model anew.
    """
    return _in_process.live(failed)


def _gates() -> _Gates:
    return schema.derived("impact.gates", _gates_of_kinds)


def _gates_of_kinds() -> _Gates:
    kinds = schema.remembered_relation_kinds().items()
    return (
        tuple(name for name, kind in kinds if kind.gate is Gate.OR),
        tuple(name for name, kind in kinds if kind.gate is Gate.NONE),
    )
