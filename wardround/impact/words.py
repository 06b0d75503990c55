"""What the nodes of an answer are called, for one reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import ItemRef
from wardround.impact.circles import NO_ITEM
from wardround.impact.matrix_queries import layer_of
from wardround.impact.modelling import Hospital
from wardround.impact.types import ProofPart
from wardround.kernel.reach import Reach
from wardround.schema.types import Label

_NOBODY = Label("", "")
_Row = TypeVar("_Row")


def once(rows: Iterable[_Row]) -> Iterator[_Row]:
    """Each once: where a circle was followed round by round, and what is out of reach, however many
    there are of it.
    """
    seen: dict[_Row, None] = {}
    for row in rows:
        if row not in seen:
            seen[row] = None
            yield row


@dataclass(frozen=True, slots=True)
class Words:
    """Parts of an answer by the labels that the engine gives them."""

    hospital: Hospital
    known: Mapping[int, ItemRef]

    @classmethod
    def of(cls, reach: Reach, hospital: Hospital, labels: Iterable[str]) -> Words:
        """For all of an answer at once, with what the nodes rest on; one query."""
        nodes = [int(label) for label in labels]
        inside = {below for node in nodes for below in inputs_of(hospital, node)}
        subjects = hospital.subjects[[*nodes, *inside]]
        places = np.unique(subjects[subjects != NO_ITEM])
        ids = dict(zip(hospital.graph.ids_of(places), places.tolist(), strict=True))
        refs = cmdb.visible_refs(reach, ids)
        return cls(hospital, {ids[id_]: ref for id_, ref in refs.items()})

    def part(self, label: str) -> ProofPart:
        node = int(label)
        place = int(self.hospital.subjects[node])
        layer = layer_of(self.hospital.graph, place) if place != NO_ITEM else None
        return ProofPart(
            self.known.get(place),
            layer.label if layer else _NOBODY,
            group=bool(self.hospital.groups[node]),
        )

    def several(
        self, labels: Iterable[str], owner: ProofPart | None = None
    ) -> tuple[ProofPart, ...]:
        """By name, but the owner itself; what is out of reach once a layer, not how many."""

        def order(part: ProofPart) -> tuple[bool, str, str]:
            name = part.item.name if part.item else ""
            return part.item is None, name, part.layer_label.zh

        return tuple(sorted({*map(self.part, labels)} - {owner}, key=order))


def inputs_of(hospital: Hospital, node: int) -> list[int]:
    start = hospital.model.start
    below: list[int] = hospital.model.inputs[int(start[node]) : int(start[node + 1])].tolist()
    return below
