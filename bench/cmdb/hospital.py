"""Made-up hospitals of 200,000 items and up to 1,000,000 relations, written straight into the
tables, in three shapes.

`dense`: systems stand on applications, these on databases and machines, all on hosts, storage and
switches near their own, so that what a system needs is a part of the house and not all of it; PCs
hang on any switches. `campus`: few systems on few hosts, and a tree of switches over which 195,000
PCs hang: on one of the 40 in its middle some 5,000 items, on a core switch a quarter of the house.
`group`: 60 small hospitals of one trust with English names. Their systems are parts of parts of
parts, their PCs stand in rooms on floors of buildings; all share 24 switches, and little is filled
in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import numpy as np

Described = Callable[[str, int, float], tuple[str, Mapping[str, object]]]
"""What an item is called and what is said of it: by its type, its number, and how far down the
house it stands, from 0 to 1.
"""
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def _plainly(type_name: str, number: int, _part: float) -> tuple[str, Mapping[str, object]]:
    return f"{type_name} {number}", {}


@dataclass(frozen=True)
class Shape:
    layers: tuple[tuple[str, int], ...]
    near: tuple[tuple[str, str, int, int, str], ...]
    """From a layer to another, how many each, how far from its own place, and how."""
    relations: int
    """Terminals hang on any switches until there are so many."""
    described: Described = _plainly

    @property
    def items(self) -> int:
        return sum(size for _layer, size in self.layers)

    @property
    def places(self) -> Mapping[str, range]:
        """The numbers of each layer's items; `i5` is the key of the item with the number 5."""
        found, begin = {}, 0
        for layer, size in self.layers:
            found[layer] = range(begin, begin + size)
            begin += size
        return found

    @property
    def kinds(self) -> list[str]:
        """The kinds of relation in it."""
        return sorted({"connects", *(kind for *_near, kind in self.near)})


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
_SAINTS = (
    "St Columba", "St Werburgh", "St Aidan", "St Kentigern", "St Brigid", "St Cuthbert", "St Non",
    "St Piran", "St Oswald", "St Hilda", "Holy Well", "Northfold", "Marsh End", "Old Priory",
    "Castle Hill", "Riverside", "Weavers' Row", "Long Meadow", "Black Fell", "Quayside",
)  # fmt: skip
_HOUSES = ("Infirmary", "Cottage Hospital", "General Hospital")
HOSPITALS = len(_SAINTS) * len(_HOUSES)
_ROLES = {
    "business-system": ("patient administration", "pathology", "imaging", "maternity", "pharmacy"),
    "terminal": ("bedside PC", "reception PC", "drug-round tablet", "theatre workstation"),
    "switch": ("comms cupboard switch",),
    "host": ("rack server",),
    "location": ("room",),
}


def of_group(type_name: str, number: int, part: float) -> tuple[str, Mapping[str, object]]:
    """By its hospital and what it is for; of every fifth something is filled in."""
    place = int(part * HOSPITALS)
    hospital = f"{_SAINTS[place % len(_SAINTS)]} {_HOUSES[place // len(_SAINTS)]}"
    roles = _ROLES.get(type_name, (type_name.replace("-", " "),))
    said: dict[str, object] = {}
    if number % 5 == 0 and type_name in ("terminal", "switch", "host", "storage"):
        said = {"serial": f"GB{number:07}"}
    return f"{hospital} {roles[number % len(roles)]} {number}", said


GROUP = Shape(
    layers=(
        ("organisation", HOSPITALS), ("campus", 120), ("building", 360), ("floor", 2_160),
        ("room", 12_000), ("business-system", 480), ("application", 1_440),
        ("sub-application", 4_320), ("microservice", 12_960), ("database", 960),
        ("virtual-machine", 9_600), ("host", 960), ("storage", 120),
        ("middle", 24), ("access", 2_400), ("terminal", 152_036),
    ),
    near=(
        ("campus", "organisation", 1, 0, "belongs-to"),
        ("building", "campus", 1, 0, "located-in"),
        ("floor", "building", 1, 0, "located-in"),
        ("room", "floor", 1, 0, "located-in"),
        ("terminal", "room", 1, 0, "located-in"),
        ("business-system", "application", 3, 1, "composed-of"),
        ("application", "sub-application", 3, 1, "composed-of"),
        ("sub-application", "microservice", 3, 1, "composed-of"),
        ("microservice", "database", 1, 1, "uses"),
        ("microservice", "virtual-machine", 1, 2, "runs-on"),
        ("database", "virtual-machine", 2, 2, "runs-on"),
        ("virtual-machine", "host", 1, 0, "hosted-on"),
        ("host", "storage", 1, 0, "stored-on"),
        ("host", "middle", 1, 0, "connects"),
        ("access", "middle", 1, 0, "connects"),
        ("terminal", "access", 1, 0, "connects"),
    ),
    relations=0,
    described=of_group,
)  # fmt: skip
SHAPES = {"dense": DENSE, "campus": CAMPUS, "group": GROUP}
_TYPES = {
    **dict.fromkeys(("core", "middle", "access"), "switch"),
    **dict.fromkeys(("building", "floor", "room"), "location"),
}


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


def item_rows(shape: Shape) -> Iterator[tuple[int, str, str, str]]:
    """Number, type, name and attributes (as JSON) of each item."""
    for layer, numbers in shape.places.items():
        type_name = _TYPES.get(layer, layer)
        for number in numbers:
            part = (number - numbers.start) / len(numbers)
            name, attributes = shape.described(type_name, number, part)
            yield number, type_name, name, json.dumps(attributes)


def fill(shape: Shape = DENSE, seed: int = 1) -> Hospital:
    """Write it; takes a minute, most of it indexes."""
    from django.db import connection  # noqa: PLC0415  # shapes are told without a database

    rng = np.random.default_rng(seed)
    total = shape.items
    ids = [UUID(int=(0x019A << 112) | (7 << 76) | (number << 32) | 1) for number in range(total)]
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        with cursor.copy(
            "COPY cmdb_item (id, key, type, name, condition, attributes, systems, origin,"
            " created_at, updated_at, version) FROM STDIN"
        ) as rows:
            for number, type_name, name, said in item_rows(shape):
                rows.write_row((
                    ids[number], f"i{number}", type_name, name, "ok", said, [], "", AT, AT, 1,
                ))  # fmt: skip
        with cursor.copy(
            "COPY cmdb_relation (id, kind, source_id, target_id, origin, created_at) FROM STDIN"
        ) as rows:
            for number, (kind, source, target) in enumerate(relations(shape, rng)):
                rows.write_row((UUID(int=number + 1), kind, ids[source], ids[target], "", AT))
        cursor.execute("ANALYZE cmdb_item, cmdb_relation")
    return Hospital({
        layer: tuple(ids[numbers.start:numbers.stop]) for layer, numbers in shape.places.items()
    })  # fmt: skip


def relations(shape: Shape, rng: np.random.Generator) -> Iterator[tuple[str, int, int]]:
    """Kind, source and target of each relation, by the numbers of the items."""
    sizes = dict(shape.layers)
    begins = {layer: numbers.start for layer, numbers in shape.places.items()}
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
