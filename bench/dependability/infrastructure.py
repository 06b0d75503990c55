"""A made-up estate of the other shape: a deep infrastructure that every service rests on.

Services rest on application items, these on virtual machines, these on clusters of hosts (k of n
must run), and all hosts on the same ten layers of storage, network and power, where voting groups,
hot pairs and cold standbys alternate. So some items lie under all services, most under a few, and
what a failure does is decided deep down.
"""

from __future__ import annotations

import numpy as np

from bench.dependability.synthetic import Arrays, model_of
from wardround.dependability.model import HOT, Model

SERVICES = 500
_OWN = (("application", 41_500, 400), ("machine", 40_000, 60), ("host", 17_700, 60))
"""Layers of items that some services share: how many there are, and how wide a reach is."""
_CLUSTERS = (2, 3, 3, 3, 5, 5, 5, 7, 9, 9)
"""Sizes of the groups of applications that a service rests on; half of each must run."""
_SHARED = (210, 200, 180, 170, 150, 140, 130, 110, 100, 130)
"""Layers of items under all services, from the storage down to the power."""


def infrastructure(seed: int = 11) -> Model:
    """101,000 items of which the first 500 are services, about 284,000 edges; all from one seed."""
    rng = np.random.default_rng(seed)
    sizes = [SERVICES, *(size for _, size, _ in _OWN), *_SHARED]
    sizes[1] += 101_000 - sum(sizes)
    begin = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
    items = int(begin[-1])
    arrays: Arrays = (
        [0] * items,
        [[] for _ in range(items)],
        [[] for _ in range(items)],
    )
    widths = [wide for _, _, wide in _OWN]
    for layer in range(len(sizes) - 1):
        below = (int(begin[layer + 1]), int(begin[layer + 2]))
        size = int(begin[layer + 1] - begin[layer])
        for place in range(size):
            item = int(begin[layer]) + place
            if layer < len(_OWN):
                centre = below[0] + place * (below[1] - below[0]) // size
                _own(rng, item, layer, (centre, widths[layer], *below), arrays)
            elif layer == len(_OWN):
                _on_shared(rng, item, below, arrays)
            else:
                _shared(rng, item, below, arrays)
    return model_of(items, SERVICES, arrays)


def _near(rng: np.random.Generator, count: int, where: tuple[int, int, int, int]) -> list[int]:
    centre, wide, low, high = where
    spread = rng.integers(-wide // 2, wide // 2 + 1, 3 * count)
    return list(dict.fromkeys((low + (centre - low + spread) % (high - low)).tolist()))[:count]


def _own(
    rng: np.random.Generator,
    item: int,
    layer: int,
    where: tuple[int, int, int, int],
    arrays: Arrays,
) -> None:
    """A service needs many applications, an application two machines, a machine its cluster."""
    if layer == 0:
        parts = _near(rng, 30, where)
        parts += [_group(_near(rng, wide, where), (wide + 1) // 2, arrays) for wide in _CLUSTERS]
    elif layer == 1:
        parts = _near(rng, 1, where)
        if rng.random() < 0.35:
            parts.append(_group(_near(rng, 2, where), 1, arrays, cold=rng.random() < 0.3))
    else:
        wide = int(rng.choice([1, 1, 1, 1, 3, 5]))
        hosts = _near(rng, wide, where)
        parts = [_group(hosts, (len(hosts) + 1) // 2, arrays)] if len(hosts) > 1 else hosts
    _join(item, parts, arrays)


def _on_shared(rng: np.random.Generator, item: int, below: tuple[int, int], arrays: Arrays) -> None:
    """A host needs two of three paths into the shared layers, hot or with a cold one."""
    _join(item, [_group(_some(rng, 2, below), 1, arrays, cold=rng.random() < 0.1)], arrays)


def _shared(rng: np.random.Generator, item: int, below: tuple[int, int], arrays: Arrays) -> None:
    parts = []
    for _ in range(int(rng.integers(1, 3))):
        wide = int(rng.choice([2, 3, 3, 5]))
        parts.append(_group(_some(rng, wide, below), (wide + 1) // 2, arrays))
    _join(item, parts, arrays)


def _some(rng: np.random.Generator, count: int, below: tuple[int, int]) -> list[int]:
    low, high = below
    return sorted(set(rng.integers(low, high, count).tolist()))


def _group(below: list[int], need: int, arrays: Arrays, *, cold: bool = False) -> int:
    need_of, inputs, minutes = arrays
    need_of.append(min(need, len(below)))
    inputs.append(below)
    minutes.append([HOT, *([20.0 if cold else HOT] * (len(below) - 1))])
    return len(need_of) - 1


def _join(item: int, parts: list[int], arrays: Arrays) -> None:
    need, inputs, minutes = arrays
    need[item], inputs[item], minutes[item] = len(parts), parts, [HOT] * len(parts)
