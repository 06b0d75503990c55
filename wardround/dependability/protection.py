"""What failures have taken from the protection of services: which items stop them alone by now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.graph import closure
from wardround.dependability.matrix import alone_fatal
from wardround.dependability.relevance import BLANK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wardround.dependability.matrix import Row
    from wardround.dependability.model import Model

_ALWAYS_DOWN = np.int32(2**31 - 1)


def protection_lost(
    model: Model, failed: NDArray[np.bool_], services: Sequence[int]
) -> list[NDArray[np.int32]]:
    """For each service the items whose failure alone would stop it now and would not have with
    nothing failed, or would stop it for good and left something to switch to before; ascending.
    Empty for a service that is down.

    Args:
        model: with nothing failed.
        failed: (n,) which nodes have failed themselves.
        services: node ids.

    """
    nodes = np.array(services, np.int32)
    if not len(nodes):
        return []
    below = closure(model.start, model.inputs, nodes)
    before = alone_fatal(model, nodes, below)
    now = alone_fatal(_without(model, failed), nodes, below)
    return [_worse(early, late) for early, late in zip(before, now, strict=True)]


def _worse(before: Row, now: Row) -> NDArray[np.int32]:
    """The items that are marked graver than they were."""
    items, codes = now
    was = np.full(max(items.max(initial=0), before[0].max(initial=0)) + 1, BLANK, np.uint8)
    was[before[0]] = before[1]
    return np.sort(items[codes > was[items]])


def _without(model: Model, failed: NDArray[np.bool_]) -> Model:
    """The same model in which these are always down; its order is the same, too."""
    without = replace(model, need=np.where(failed, _ALWAYS_DOWN, model.need))
    for known in ("order", "rank", "parents"):
        without.__dict__[known] = getattr(model, known)
    return without
