"""`python -m bench.cmdb.lists [dense|campus|group]`: lists and an item's page, at 200,000 items.

As the browser asks, through the whole of the web room, for who sees everything, who sees twenty
systems, and who sees what a condition is true of. The goal is a p95 of 100 ms.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from typing import Any
from urllib.parse import urlencode

from bench.cmdb.__main__ import write_serving, write_texts
from bench.cmdb.hospital import SHAPES
from bench.cmdb.own_database import filled, own_database
from bench.cmdb.questions import ASKED_OF, Asked

ASKED = 25
GOAL_MS = 100


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cmdb.lists", description=__doc__)
    parser.add_argument("shape", nargs="?", choices=SHAPES, default="dense")
    shape = parser.parse_args().shape
    asked = ASKED_OF[shape]
    with own_database():
        hospital = filled(shape)
        write_serving()
        _people(asked)
        write_texts()
        from tests.hospital import client_of  # noqa: PLC0415  # Django is set up now
        from wardround.kernel.types import Scope  # noqa: PLC0415

        own = Scope(systems=frozenset(hospital.systems[:20]))
        said = Scope(where=frozenset({asked.narrow}))
        wide = Scope(where=frozenset({asked.wide}))
        some = hospital.switches[::16]
        clients = (
            ("everything seen", client_of("all", "administrator")),
            ("20 systems seen", client_of("some", "administrator", scope=own)),
            ("a department's hosts seen", client_of("narrow", "administrator", scope=said)),
            ("most seen by a condition", client_of("wide", "administrator", scope=wide)),
        )
        clients[0][1].get("/items")
        gc.collect()
        gc.freeze()  # as a web process does when it has begun
        for title, client in clients:
            for called, path, parameters in _questions(asked):
                _tell(f"{called}, {title}", client, [(path, parameters)] * ASKED)
            seen = client.get("/items", limit=ASKED).body["items"]
            pages = [item["id"] for item in seen] or [str(id_) for id_ in some]
            _tell(f"an item's page, {title}", client, [(f"/items/{id_}", {}) for id_ in pages])


def _people(asked: Asked) -> None:
    """400 people of 20 departments, who own what there is."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "INSERT INTO cmdb_item (id, key, type, name, condition, attributes, systems, origin,"
            " created_at, updated_at, version) SELECT gen_random_uuid(), 'd' || n, 'department',"
            " %s || ' ' || n, 'unknown', '{}', '{}', '', now(), now(), 1"
            " FROM generate_series(0, 19) AS n",
            [asked.department],
        )
        cursor.execute(
            "INSERT INTO cmdb_item (id, key, type, name, condition, attributes, systems, origin,"
            " created_at, updated_at, version) SELECT gen_random_uuid(), 'p' || n, 'person',"
            " %s || ' ' || n, 'unknown', jsonb_build_object('department', (SELECT id FROM cmdb_item"
            " WHERE key = 'd' || n %% 20)), '{}', '', now(), now(), 1"
            " FROM generate_series(0, 399) AS n",
            [asked.person],
        )
        cursor.execute(asked.filled)
        cursor.execute("VACUUM ANALYZE cmdb_item")


def _questions(asked: Asked) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        ("the first page", "/items", {}),
        *((called, "/items", dict(parameters)) for called, parameters in asked.plain.items()),
        *((f"where {called}", "/items", {"where": text}) for called, text in asked.where.items()),
        *((f"search: {called}", "/search", {"q": text}) for called, text in asked.searched.items()),
    ]


def _total(body: dict[str, Any]) -> int:
    if "groups" in body:
        return sum(max(group["total"], len(group["items"])) for group in body["groups"])
    return int(body.get("total", 1))


def _tell(title: str, client: Any, calls: list[tuple[str, dict[str, Any]]]) -> None:
    client.get(calls[0][0], **calls[0][1])
    spans, totals, used = [], [], time.process_time()
    for path, parameters in calls:
        began = time.perf_counter()
        answer = client.get(path, **parameters)
        spans.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            sys.exit(f"{path}?{urlencode(parameters)}: {json.dumps(answer.body)}")
        totals.append(_total(answer.body))
    own = (time.process_time() - used) * 1000 / len(spans)
    spans.sort()
    p95 = spans[int(len(spans) * 0.95)]
    over = "" if p95 <= GOAL_MS else "   over the goal"
    print(f"{title:52} {totals[0]:9,} found   least {spans[0]:6.1f}   p50"
          f" {statistics.median(spans):7.1f}   p95 {p95:7.1f} ms"
          f"   processor here {own:6.1f}{over}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
