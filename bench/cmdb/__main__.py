"""`python -m bench.cmdb [dense|campus|group]`: what supports what, at 200,000 items and up to
1,000,000 relations.

On a PostgreSQL of its own, through the API as the browser asks, for who sees everything and for
who sees a part; beside it the same walk as one recursive statement of PostgreSQL. Takes some three
minutes, most of it filling.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from bench.cmdb.hospital import SHAPES
from bench.cmdb.own_database import filled, own_database

ASKED = 60
_WALK = """
WITH RECURSIVE reach (item) AS (
    SELECT %s::uuid
    UNION
    SELECT relation.target_id FROM reach
    JOIN cmdb_relation AS relation
        ON relation.source_id = reach.item AND relation.kind = ANY(%s)
)
SELECT item FROM reach
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cmdb", description="What supports what.")
    parser.add_argument("shape", nargs="?", choices=SHAPES, default="dense")
    shape = parser.parse_args().shape
    with own_database():
        _measure(shape)


def _measure(shape: str) -> None:
    hospital = filled(shape)
    from wardround.cmdb import graph_queries  # noqa: PLC0415  # Django is set up now
    from wardround.cmdb.graph_types import Direction  # noqa: PLC0415
    from wardround.kernel.reach import EVERYTHING, Reach  # noqa: PLC0415

    _tell_reading()

    def asked(reach: Reach) -> Callable[[UUID], int]:
        return lambda id_: graph_queries.around(reach, id_, Direction.BOTH).items

    some = hospital.systems[:: max(len(hospital.systems) // ASKED, 1)]
    own = Reach(systems=frozenset(hospital.systems[:20]))
    write_serving()
    _tell("a system, both ways, everything seen", asked(EVERYTHING), some)
    _tell("a system, both ways, 20 systems seen", asked(own), hospital.systems[:20])
    among = hospital.switches[:: max(len(hospital.switches) // ASKED, 1)]
    _tell("a switch, both ways, everything seen", asked(EVERYTHING), among)
    _tell("a system's model", lambda id_: graph_queries.model(EVERYTHING, id_).items, some)
    kinds = SHAPES[shape].kinds
    _tell("the ids alone, walked by PostgreSQL", lambda id_: _in_sql(id_, kinds), some)
    _tell_changes(hospital.systems[0], hospital.switches[0])


def _tell_reading() -> None:
    from wardround.cmdb import held_graph  # noqa: PLC0415

    before, began = _resident(), time.perf_counter()
    graph = held_graph.current()
    _ = graph.above, graph.below
    seconds, more = time.perf_counter() - began, _resident() - before
    print(f"read by a process: {len(graph.ids):,} items, {len(graph.needing):,} relations in"
          f" {seconds:.1f} s, {more:.0f} MB more at most")  # fmt: skip


def _in_sql(id_: UUID, kinds: list[str]) -> int:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(_WALK, [id_, kinds])
        return len(cursor.fetchall())


def write_serving() -> None:
    from wardround.cmdb import systems  # noqa: PLC0415

    began = time.perf_counter()
    systems.recompute()
    print(f"which system each item serves, derived for all: {time.perf_counter() - began:.1f} s")


def write_texts() -> None:
    """What all items are searched by: the generator writes past whoever keeps it."""
    from django.db import connection  # noqa: PLC0415

    from wardround.cmdb import item_texts  # noqa: PLC0415
    from wardround.schema import queries as schema  # noqa: PLC0415

    began = time.perf_counter()
    types = schema.remembered_item_types()
    item_texts.renew({name: item_texts.searched(of) for name, of in types.items()})
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE cmdb_item_text")
    print(f"what each item is searched by, for all: {time.perf_counter() - began:.1f} s")


def _tell(title: str, ask: Callable[[UUID], int], ids: Sequence[UUID]) -> None:
    ask(ids[0])
    spans, found, used = [], [], time.process_time()
    for id_ in ids:
        began = time.perf_counter()
        found.append(ask(id_))
        spans.append((time.perf_counter() - began) * 1000)
    own = (time.process_time() - used) * 1000 / len(ids)
    spans.sort()
    print(f"{title:40} items {statistics.median(found):7,.0f}   p50 {statistics.median(spans):7.1f}"
          f" ms   p95 {spans[int(len(spans) * 0.95)]:7.1f} ms   processor here {own:6.1f} ms",
          flush=True)  # fmt: skip


def _tell_changes(system: UUID, switch: UUID) -> None:
    """From a change to the graph that has it in."""
    from wardround.cmdb import held_graph, models  # noqa: PLC0415
    from wardround.kernel import clock  # noqa: PLC0415

    spans = []
    for _ in range(10):
        made = models.Relation.objects.create(
            kind="uses", source_id=system, target_id=switch, created_at=clock.now()
        )
        began = time.perf_counter()
        graph = held_graph.current()
        _ = graph.above, graph.below
        spans.append((time.perf_counter() - began) * 1000)
        made.delete()
        held_graph.current()
    print(f"a change, until the graph has it         p50 {statistics.median(spans):7.1f} ms   "
          f"most {max(spans):7.1f} ms")  # fmt: skip


def _resident() -> float:
    """Most memory so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
