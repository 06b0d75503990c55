"""Things of which some are needed, as gates of the model. Pure, over arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wardround.cmdb.graph import HOT

_Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class TooFew:
    """A group that needs more than there are by now: all of them are needed."""

    owner: int
    """The place of the item that needs the group."""
    need: int
    there: int


@dataclass(frozen=True, slots=True)
class OnlyCold:
    """A group in which fewer count at once than it needs: cold ones are taken for switched on."""

    owner: int


@dataclass(frozen=True, slots=True, eq=False)
class Gates:
    owners: _Places
    """Of each the item whose need it is part of."""
    numbers: NDArray[np.int32]
    said: NDArray[np.int32]
    """How many of each must work, as people said; 0 where they did not."""
    there: NDArray[np.int64]
    need: NDArray[np.int64]
    inside: NDArray[np.int32]
    """Of each thing in a group, the number of the gate."""
    needed: _Places
    """Nodes: items, or gates of the same."""
    minutes: NDArray[np.float64]
    only_cold: NDArray[np.bool_]

    @classmethod
    def none(cls) -> Gates:
        places, counts = np.empty(0, np.int32), np.empty(0, np.int64)
        return cls(
            places, places, places, counts, counts, places, places, np.empty(0, np.float64),
            np.empty(0, np.bool_),
        )  # fmt: skip

    def with_more(self, others: Gates) -> Gates:
        """These and others, whose numbers go on where these end."""
        return Gates(
            *(
                np.concatenate([getattr(self, name), getattr(others, name)])
                for name in Gates.__slots__
            )
        )

    def doubts(self) -> Iterator[TooFew | OnlyCold]:
        for at in np.flatnonzero(self.said > self.there).tolist():
            yield TooFew(int(self.owners[at]), int(self.said[at]), int(self.there[at]))
        for at in np.flatnonzero(self.only_cold).tolist():
            yield OnlyCold(int(self.owners[at]))


def switched_on(
    minutes: NDArray[np.float32],
    begins: NDArray[np.int64],
    there: NDArray[np.int64],
    need: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Cold ones taken for hot where too few are hot: nothing is down while nothing has failed.

    The soonest of each group are taken, as many as are lacking.
    """
    hot = np.add.reduceat(minutes == HOT, begins)
    lacking = np.maximum(need - hot, 0)
    group = np.repeat(np.arange(len(begins)), there)
    order = np.lexsort((minutes, group))  # hot ones are first, then the soonest
    rank = np.empty(len(minutes), np.int64)
    rank[order] = np.arange(len(minutes)) - np.repeat(begins, there)
    taken = (minutes != HOT) & (rank < (hot + lacking)[group])
    return np.where(taken, HOT, minutes).astype(np.float64), lacking > 0
