"""Made-up hospitals of 200,000 items and up to 1,000,000 relations, written straight into the
tables, in two shapes.

`dense`: systems stand on applications, these on databases and machines, all on hosts, storage and
switches near their own, so that what a system needs is a part of the house and not all of it; PCs
hang on any switches. `campus`: few systems on few hosts, and a tree of switches over which 195,000
PCs hang: on one of the 40 in its middle some 5,000 items, on a core switch a quarter of the house.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
from django.db import connection

ITEMS = 200_000
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Shape:
    layers: tuple[tuple[str, int], ...]
    near: tuple[tuple[str, str, int, int, str], ...]
    """From a layer to another, how many each, how far from its own place, and how."""
    relations: int
    """Terminals hang on any switches until there are so many."""


_SYSTEMS = ("business-system", "application", "database", "virtual-machine", "host", "storage")
DENSE = Shape(
    layers=(
        *zip(_SYSTEMS, (400, 6_000, 6_000, 20_000, 4_000, 4_000), strict=True),
        ("switch", 5_000), ("rack", 1_600), ("terminal", 153_000),
    ),
    near=(
        ("business-system", "application", 25, 60, "uses"),
        ("application", "database", 3, 20, "uses"),
        ("application", "virtual-machine", 3, 20, "runs-on"),
        ("database", "virtual-machine", 3, 20, "runs-on"),
        ("virtual-machine", "host", 2, 4, "hosted-on"),
        ("host", "storage", 2, 4, "stored-on"),
        ("host", "switch", 2, 4, "connects"),
        ("storage", "switch", 2, 4, "connects"),
        ("host", "rack", 1, 1, "located-in"),
    ),
    relations=1_000_000,
)  # fmt: skip
CAMPUS = Shape(
    layers=(
        *zip(_SYSTEMS, (45, 900, 300, 2_600, 120, 12), strict=True),
        ("core", 4), ("middle", 40), ("access", 979), ("terminal", 195_000),
    ),
    near=(
        ("business-system", "application", 20, 12, "uses"),
        ("application", "database", 1, 2, "uses"),
        ("application", "virtual-machine", 3, 6, "runs-on"),
        ("database", "virtual-machine", 2, 2, "runs-on"),
        ("virtual-machine", "host", 1, 0, "hosted-on"),
        ("host", "storage", 2, 1, "stored-on"),
        ("host", "core", 2, 1, "connects"),
        ("middle", "core", 1, 0, "connects"),
        ("access", "middle", 1, 0, "connects"),
        ("terminal", "access", 1, 0, "connects"),
    ),
    relations=0,
)  # fmt: skip
SHAPES = {"dense": DENSE, "campus": CAMPUS}
_TYPES = {"core": "switch", "middle": "switch", "access": "switch"}


@dataclass(frozen=True)
class Hospital:
    """Ids by layer."""

    layers: Mapping[str, tuple[UUID, ...]]

    @property
    def systems(self) -> tuple[UUID, ...]:
        return self.layers["business-system"]

    @property
    def switches(self) -> tuple[UUID, ...]:
        """The switches in the midst of the house."""
        return self.layers.get("middle") or self.layers["switch"][:400]


def fill(shape: Shape = DENSE, seed: int = 1) -> Hospital:
    """Write it; takes a minute, most of it indexes."""
    rng = np.random.default_rng(seed)
    ids = [UUID(int=(0x019A << 112) | (7 << 76) | (number << 32) | 1) for number in range(ITEMS)]
    begins = np.cumsum([0, *(size for _layer, size in shape.layers)])
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        with cursor.copy(
            "COPY cmdb_item (id, key, type, name, condition, attributes, systems, origin,"
            " created_at, updated_at, version) FROM STDIN"
        ) as rows:
            for (layer, _size), begin, end in zip(shape.layers, begins, begins[1:], strict=False):
                type_name = _TYPES.get(layer, layer)
                for number in range(begin, end):
                    rows.write_row((
                        ids[number], f"i{number}", type_name, f"{type_name} {number}", "ok",
                        "{}", [], "", AT, AT, 1,
                    ))  # fmt: skip
        with cursor.copy(
            "COPY cmdb_relation (id, kind, source_id, target_id, origin, created_at) FROM STDIN"
        ) as rows:
            for number, (kind, source, target) in enumerate(_relations(shape, rng)):
                rows.write_row((UUID(int=number + 1), kind, ids[source], ids[target], "", AT))
        cursor.execute("ANALYZE cmdb_item, cmdb_relation")
    return Hospital({
        layer: tuple(ids[begin:end])
        for (layer, _size), begin, end in zip(shape.layers, begins, begins[1:], strict=False)
    })  # fmt: skip


def _relations(shape: Shape, rng: np.random.Generator) -> Iterator[tuple[str, int, int]]:
    sizes = dict(shape.layers)
    begins = dict(zip(sizes, np.cumsum([0, *sizes.values()]).tolist(), strict=False))
    seen: set[tuple[int, int]] = set()
    for upper, lower, count, near, kind in shape.near:
        size, wide = sizes[upper], sizes[lower]
        for place in range(size):
            middle = place * wide // size
            for other in (middle + rng.integers(-near, near + 1, count)) % wide:
                pair = begins[upper] + place, begins[lower] + int(other)
                if pair not in seen:
                    seen.add(pair)
                    yield kind, *pair
    while len(seen) < shape.relations:
        terminal = begins["terminal"] + int(rng.integers(sizes["terminal"]))
        pair = terminal, begins["switch"] + int(rng.integers(sizes["switch"]))
        if pair not in seen:
            seen.add(pair)
            yield "connects", *pair
