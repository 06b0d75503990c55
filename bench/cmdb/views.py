"""`python -m bench.cmdb.views [dense|campus|group]`: the unified view, at 200,000 items.

On a PostgreSQL of its own: the whole view after a change and again, for who sees everything and for
who sees twenty systems; a zone's topology; an item found by its address. The goal for an overview
is 5 s at 5,000 items. Takes some three minutes, most of it filling.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from uuid import UUID, uuid4

from bench.cmdb.__main__ import write_serving
from bench.cmdb.hospital import AT, SHAPES
from bench.cmdb.own_database import filled, own_database

ZONES = 8
_ADDRESSES = """
UPDATE cmdb_item SET attributes = jsonb_build_object(
    'management_address',
    '10.' || (number / 65536) || '.' || (number / 256 %% 256) || '.' || number %% 256)
FROM (SELECT id AS item, row_number() OVER (ORDER BY id) AS number FROM cmdb_item
      WHERE type = ANY(%s)) AS numbered
WHERE item = id
"""
_ADDRESSED = ["virtual-machine", "host", "storage", "switch", "terminal"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cmdb.views", description=__doc__)
    parser.add_argument("shape", nargs="?", choices=SHAPES, default="dense")
    shape = parser.parse_args().shape
    with own_database():
        _measure(shape)


def _measure(shape: str) -> None:
    hospital = filled(shape)
    from wardround.cmdb import held_graph, zone_queries, zones  # noqa: PLC0415
    from wardround.kernel.reach import EVERYTHING, Reach  # noqa: PLC0415

    made = make_zones()
    write_serving()
    _tell("who needs whom, read", lambda: len(held_graph.current().ids))
    _tell("where all lie, read", lambda: len(zones.current().graph.ids))
    _tell("the whole view", lambda: zone_queries.unified(EVERYTHING).items)
    own = Reach(systems=frozenset(hospital.systems[:20]))
    _tell("the same, 20 systems seen", lambda: zone_queries.unified(own).items)
    _tell("a zone's topology", lambda: zone_queries.topology(EVERYTHING, made[0]).items)
    _tell("where one lies", lambda: len(zone_queries.where_are(EVERYTHING, made[:1])))


def make_zones() -> list[UUID]:
    """Zones by the second number of the address, written past whoever keeps history."""
    from django.db import connection  # noqa: PLC0415

    from wardround.cmdb import models  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(_ADDRESSES, [_ADDRESSED])
    made = [uuid4() for _ in range(ZONES)]
    rows = []
    for number, zone in enumerate(made):
        rows.append(_row(zone, "network-zone", f"zone-{number}", {}))
        for part in range(32):
            network = f"10.{number // 4}.{(number % 4) * 64 + part * 2}.0/23"
            held = {"network": network, "zone": str(zone)}
            rows.append(_row(uuid4(), "subnet", f"net-{number}-{part}", held))
    models.Item.objects.bulk_create(
        models.Item(**row, created_at=AT, updated_at=AT) for row in rows
    )
    return made


def _row(id_: UUID, type_name: str, key: str, attributes: dict[str, str]) -> dict[str, object]:
    return {"id": id_, "type": type_name, "key": key, "name": key, "attributes": attributes}


def _tell(title: str, ask: Callable[[], int]) -> None:
    spans, own = [], []
    for _ in range(3):
        began, used = time.perf_counter(), time.process_time()
        found = ask()
        spans.append(time.perf_counter() - began)
        own.append(time.process_time() - used)
    print(f"{title:32} {found:9,}   first {spans[0]:6.2f} s   then {min(spans[1:]):6.3f} s"
          f"   processor here {own[0]:6.2f} s, {min(own[1:]):6.3f} s", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
