"""Relations as they are stored, in arrays that take in what has changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb.graph import HOT, ID, Graph, Terms

_ITEM_ROW = np.dtype([("columns", ">i2"), ("_", "V4"), ("id", ID), ("__", "V4"), ("type", ">i2")])
_RELATION_ROW = np.dtype(
    [("columns", ">i2"), ("_", "V4"), ("source", ID), ("__", "V4"), ("target", ID),
     ("___", "V4"), ("kind", ">i2"), ("____", "V4"), ("group", ">i8"), ("_____", "V4"),
     ("need", ">i2"), ("______", "V4"), ("minutes", ">f4")]
)  # fmt: skip
_HEAD, _TAIL = 19, 2
"""Bytes before and after the rows of a binary COPY (PostgreSQL's manual, COPY, file formats)."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A relation that was touched, as it is now; without a kind: an item, as both of its ends."""

    kind: str
    source: UUID
    target: UUID
    source_type: str
    target_type: str
    stands: bool
    """Whether it is there, and both of its ends are in use."""
    group: int = 0
    need: int = 0
    minutes: float = HOT


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Items in use, and the relations between them that may carry impact."""

    ids: NDArray[np.bytes_]
    """Ascending."""
    types: NDArray[np.int16]
    """Places in `type_names`; the first of those stands for any unknown type."""
    type_names: tuple[str, ...]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    kinds: NDArray[np.int16]
    """Places in `kind_names`; the first of those stands for none."""
    kind_names: tuple[str, ...]
    groups: NDArray[np.int64]
    need: NDArray[np.int16]
    minutes: NDArray[np.float32]
    """As `graph.Terms` has them."""

    @classmethod
    def read(
        cls, items: bytes, relations: bytes, types: Collection[str], kinds: Collection[str]
    ) -> Drawn:
        """From what the statements `graph_items` and `graph_relations` give for these names."""
        found = np.frombuffer(items[_HEAD:-_TAIL], _ITEM_ROW)
        related = np.frombuffer(relations[_HEAD:-_TAIL], _RELATION_ROW)
        ids = found["id"].copy()
        known = np.isin(related["source"], ids) & np.isin(related["target"], ids)
        related = related[known]  # what came between the two statements is noted as a change
        return cls(
            ids,
            found["type"].astype(np.int16),
            ("", *types),
            np.searchsorted(ids, related["source"]).astype(np.int32),
            np.searchsorted(ids, related["target"]).astype(np.int32),
            related["kind"].astype(np.int16),
            ("", *kinds),
            related["group"].astype(np.int64),
            related["need"].astype(np.int16),
            related["minutes"].astype(np.float32),
        )

    def graph(
        self, upward: Collection[str], downward: Collection[str], apart: Collection[str] = ()
    ) -> Graph:
        """Who needs whom.

        Args:
            upward: kinds whose source needs the target.
            downward: kinds whose target needs the source.
            apart: types whose items need nothing and are needed for nothing.

        """
        joined = self._joined(apart)
        up, down = (self._of_kinds(names) & joined for names in (upward, downward))
        edges = np.concatenate([np.flatnonzero(up), np.flatnonzero(down)])
        whole = Terms(self.kinds, self.kind_names, self.groups, self.need, self.minutes)
        return Graph(
            ids=self.ids,
            types=self.types,
            type_names=self.type_names,
            needing=np.concatenate([self.source[up], self.target[down]]),
            needed=np.concatenate([self.target[up], self.source[down]]),
            terms=whole.chosen(edges),
        )

    def _joined(self, apart: Collection[str]) -> NDArray[np.bool_]:
        """The relations between items of other types than these."""
        places = [place for place, name in enumerate(self.type_names) if name in apart]
        out = np.isin(self.types, np.array(places, np.int16))
        return ~(out[self.source] | out[self.target])

    def _of_kinds(self, names: Collection[str]) -> NDArray[np.bool_]:
        wanted = [place for place, name in enumerate(self.kind_names) if name and name in names]
        return np.isin(self.kinds, np.array(wanted, np.int16))

    def after(self, touched: Sequence[Touched]) -> Drawn:
        """The same with these relations as they are now."""
        if not touched:
            return self
        types = _places(self.type_names, (name for t in touched for name in _types(t)))
        kinds = _places(self.kind_names, (t.kind for t in touched))
        wider = self._with_items(touched, types)
        source, target = (
            np.searchsorted(wider.ids, np.array([end.bytes for end in ends], ID)).astype(np.int32)
            for ends in ([t.source for t in touched], [t.target for t in touched])
        )
        kind = np.array([kinds[t.kind] for t in touched], np.int16)
        stands = np.array([t.stands for t in touched], np.bool_)
        stay = ~np.isin(
            _key(len(wider.ids), wider.source, wider.target, wider.kinds),
            _key(len(wider.ids), source, target, kind),
        )
        return replace(
            wider,
            source=np.concatenate([wider.source[stay], source[stands]]),
            target=np.concatenate([wider.target[stay], target[stands]]),
            kinds=np.concatenate([wider.kinds[stay], kind[stands]]),
            kind_names=tuple(kinds),
            groups=_after(wider.groups[stay], [t.group for t in touched if t.stands]),
            need=_after(wider.need[stay], [t.need for t in touched if t.stands]),
            minutes=_after(wider.minutes[stay], [t.minutes for t in touched if t.stands]),
        )

    def _with_items(self, touched: Sequence[Touched], types: dict[str, int]) -> Drawn:
        """With all ends, of the types that they are of now."""
        now = {t.source.bytes: t.source_type for t in touched}
        now |= {t.target.bytes: t.target_type for t in touched}
        ends = np.array(list(now), ID)
        ids = np.union1d(self.ids, ends)
        before = np.searchsorted(ids, self.ids).astype(np.int32)
        of_type = np.zeros(len(ids), np.int16)
        of_type[before] = self.types
        of_type[np.searchsorted(ids, ends)] = [types[name] for name in now.values()]
        return replace(
            self,
            ids=ids,
            types=of_type,
            type_names=tuple(types),
            source=before[self.source],
            target=before[self.target],
        )


Column = TypeVar("Column", NDArray[np.int64], NDArray[np.int16], NDArray[np.float32])


def _after(column: Column, more: Sequence[float]) -> Column:
    return np.concatenate([column, np.array(more, column.dtype)])


def _types(touched: Touched) -> tuple[str, str]:
    return touched.source_type, touched.target_type


def _places(known: Sequence[str], more: Iterable[str]) -> dict[str, int]:
    places = {name: place for place, name in enumerate(known)}
    for name in more:
        places.setdefault(name, len(places))
    return places


def _key(
    size: int, source: NDArray[np.int32], target: NDArray[np.int32], kind: NDArray[np.int16]
) -> NDArray[np.int64]:
    """One number for a relation: 200,000 items of 1,000 kinds are far from the end of 64 bits."""
    return (kind.astype(np.int64) * size + source) * size + target
