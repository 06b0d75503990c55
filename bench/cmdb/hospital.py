"""A made-up hospital of 200,000 items and 1,000,000 relations, written straight into the tables.

Systems stand on applications, these on databases and machines, all on hosts, storage and switches
near their own, so that what a system needs is a part of the house and not all of it; PCs hang on
switches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
from django.db import connection

ITEMS, RELATIONS = 200_000, 1_000_000
LAYERS = (
    ("business-system", 400), ("application", 6_000), ("database", 6_000),
    ("virtual-machine", 20_000), ("host", 4_000), ("storage", 4_000), ("switch", 5_000),
    ("rack", 1_600), ("terminal", 153_000),
)  # fmt: skip
_NEAR = (
    (0, 1, 25, 60, "uses"), (1, 2, 3, 20, "uses"), (1, 3, 3, 20, "runs-on"),
    (2, 3, 3, 20, "runs-on"), (3, 4, 2, 4, "hosted-on"), (4, 5, 2, 4, "stored-on"),
    (4, 6, 2, 4, "connects"), (5, 6, 2, 4, "connects"), (4, 7, 1, 1, "located-in"),
)  # fmt: skip
"""From a layer to another, how many each, how far from its own place, and how."""
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Hospital:
    systems: tuple[UUID, ...]
    switches: tuple[UUID, ...]


def fill(seed: int = 1) -> Hospital:
    """Write it; takes a minute, most of it indexes."""
    rng = np.random.default_rng(seed)
    ids = [UUID(int=(0x019A << 112) | (7 << 76) | (number << 32) | 1) for number in range(ITEMS)]
    begins = np.cumsum([0, *(size for _type, size in LAYERS)])
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        with cursor.copy(
            "COPY cmdb_item (id, key, type, name, condition, attributes, systems, origin,"
            " created_at, updated_at, version) FROM STDIN"
        ) as rows:
            for (type_name, _size), begin, end in zip(LAYERS, begins, begins[1:], strict=False):
                for number in range(begin, end):
                    rows.write_row((
                        ids[number], f"i{number}", type_name, f"{type_name} {number}", "ok",
                        "{}", [], "", AT, AT, 1,
                    ))  # fmt: skip
        with cursor.copy(
            "COPY cmdb_relation (id, kind, source_id, target_id, origin, created_at) FROM STDIN"
        ) as rows:
            for number, (kind, source, target) in enumerate(_relations(rng, begins)):
                rows.write_row((UUID(int=number + 1), kind, ids[source], ids[target], "", AT))
        cursor.execute("ANALYZE cmdb_item, cmdb_relation")
    switches = begins[6]
    return Hospital(tuple(ids[: LAYERS[0][1]]), tuple(ids[switches : switches + 400]))


def _relations(rng: np.random.Generator, begins: np.ndarray) -> Iterator[tuple[str, int, int]]:
    seen: set[tuple[int, int]] = set()
    for upper, lower, count, near, kind in _NEAR:
        size, wide = LAYERS[upper][1], LAYERS[lower][1]
        for place in range(size):
            middle = place * wide // size
            for other in (middle + rng.integers(-near, near + 1, count)) % wide:
                pair = int(begins[upper]) + place, int(begins[lower] + other)
                if pair not in seen:
                    seen.add(pair)
                    yield kind, *pair
    while len(seen) < RELATIONS:
        terminal = int(rng.integers(begins[8], ITEMS))
        pair = terminal, int(rng.integers(begins[6], begins[7]))
        if pair not in seen:
            seen.add(pair)
            yield "connects", *pair
