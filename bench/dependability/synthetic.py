"""A made-up estate: services on nine layers of items with all, hot, cold and k-of-n groups."""

from __future__ import annotations

import numpy as np

from wardround.dependability.model import HOT, Model, offsets

LAYERS = 9
Arrays = tuple[list[int], list[list[int]], list[list[float]]]
"""need, inputs and switch minutes of each node."""


def estate(
    items: int = 100_000, services: int = 500, *, reach: int = 5_000, seed: int = 7
) -> Model:
    """`items` items of which the first `services` are services, about four edges an item; a service
    rests on about `reach` of them. Everything is drawn from one seed.
    """
    rng = np.random.default_rng(seed)
    sizes = _layers(items, services)
    begin = np.concatenate([[0], np.cumsum(sizes)])
    need: list[int] = [0] * items
    inputs: list[list[int]] = [[] for _ in range(items)]
    minutes: list[list[float]] = [[] for _ in range(items)]
    for layer in range(LAYERS - 1):
        low, high = int(begin[layer + 1]), int(begin[layer + 2])
        width = max(12, int((high - low) * reach / items * 1.1))
        for item in range(int(begin[layer]), int(begin[layer + 1])):
            place = (item - begin[layer]) / max(1, sizes[layer])
            centre = low + int(place * (high - low))
            _support(rng, item, (centre, width, low, high), (need, inputs, minutes))
    return model_of(items, services, (need, inputs, minutes))


def _layers(items: int, services: int) -> list[int]:
    share = np.array([2, 4, 8, 14, 18, 20, 18, 16], float)
    sizes = [services, *(share / share.sum() * (items - services)).astype(int).tolist()]
    sizes[-1] += items - sum(sizes)
    return sizes


def _support(
    rng: np.random.Generator, item: int, where: tuple[int, int, int, int], arrays: Arrays
) -> None:
    centre, width, low, high = where
    need, inputs, minutes = arrays

    def some(count: int) -> list[int]:
        spread = rng.integers(-width // 2, width // 2 + 1, count * 2)
        return list(dict.fromkeys((low + (centre - low + spread) % (high - low)).tolist()))[:count]

    parts: list[int] = []
    for _ in range(int(rng.integers(1, 4))):
        kind = rng.random()
        if kind < 0.45:
            parts += some(1)
            continue
        group = some(3 if kind > 0.85 else 2)
        need.append(2 if kind > 0.85 and len(group) == 3 else 1)
        cold = 0.65 < kind <= 0.85
        inputs.append(group)
        minutes.append([HOT, *([float(rng.integers(5, 60)) if cold else HOT] * (len(group) - 1))])
        parts.append(len(need) - 1)
    need[item], inputs[item], minutes[item] = len(parts), parts, [HOT] * len(parts)


def model_of(items: int, services: int, arrays: Arrays) -> Model:
    need, inputs, minutes = arrays
    size = len(need)
    counts = np.array([len(each) for each in inputs], np.int64)
    names = [f"i{node}" for node in range(items)] + [""] * (size - items)
    names[:services] = [f"s{node}" for node in range(services)]
    chance = np.full(size, np.nan)
    chance[:items] = 0.001
    return Model(
        names=names,
        need=np.array(need, np.int32),
        start=offsets(counts),
        inputs=np.array([each for group in inputs for each in group], np.int32),
        minutes=np.array([each for group in minutes for each in group], np.float64),
        fallible=np.arange(size) < items,
        probability=chance,
        failure_rate=np.full(size, np.nan),
        repair_rate=np.full(size, np.nan),
        tops=tuple(range(services)),
    )
