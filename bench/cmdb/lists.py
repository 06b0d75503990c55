"""`python -m bench.cmdb.lists`: lists and an item's page at the API, at 200,000 items.

As the browser asks, through the whole of the web room, for who sees everything, who sees twenty
systems, and who sees what a condition is true of. The goal is a p95 of 100 ms.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from wardround.site.postgres import EmbeddedPostgres

ASKED = 25
GOAL_MS = 100
_FILLED = """
    UPDATE cmdb_item SET
        owner_id = (SELECT id FROM cmdb_item WHERE key = 'p' || (length(item.name) + item.n) % 400),
        attributes = CASE item.type
            WHEN 'host' THEN jsonb_build_object('cpu_cores', item.n % 64, 'serial', 'SN' || item.n,
                'warranty_ends_on', to_char(date '2024-01-01' + (item.n % 1500)::int, 'YYYY-MM-DD'))
            WHEN 'terminal' THEN jsonb_build_object('serial', 'PC' || item.n)
            WHEN 'database' THEN jsonb_build_object('engine',
                (ARRAY['oracle', 'mysql', 'dameng', 'iris'])[1 + item.n % 4])
            ELSE '{}' END
    FROM (SELECT id, type, name, substring(key FROM 2)::bigint AS n FROM cmdb_item
          WHERE key ~ '^i[0-9]+$') AS item
    WHERE cmdb_item.id = item.id AND item.type <> 'business-system'
"""

_SEARCHED = {
    "a serial number": "SN3400",
    "half of all": "terminal",
    "a name and a number": "terminal 1999",
    "by sound": "zhiyuan 39",
    "by initials": "ks1",
    "two letters wrong": "termnial",
    "a wrong character": "职圆 39",
    "nothing": "放射科五楼",
}


def main() -> None:
    with _platform():
        from bench.cmdb.__main__ import _hospital, _write_serving, write_texts  # noqa: PLC0415

        hospital = _hospital("dense")
        _write_serving()
        _people()
        write_texts()
        from tests.hospital import client_of  # noqa: PLC0415  # Django is set up now
        from wardround.kernel.types import Scope  # noqa: PLC0415

        own = Scope(systems=frozenset(hospital.systems[:20]))
        said = Scope(where=frozenset({'type = host and owner.department = "科室 3"'}))
        wide = Scope(where=frozenset({'type != terminal and owner.department != "科室 3"'}))
        some = hospital.switches[::16]
        for title, client in (
            ("everything seen", client_of("all", "administrator")),
            ("20 systems seen", client_of("some", "administrator", scope=own)),
            ("a department's hosts seen", client_of("narrow", "administrator", scope=said)),
            ("most seen by a condition", client_of("wide", "administrator", scope=wide)),
        ):
            for called, path, parameters in _questions():
                _tell(f"{called}, {title}", client, [(path, parameters)] * ASKED)
            seen = client.get("/items", limit=ASKED).body["items"]
            pages = [item["id"] for item in seen] or [str(id_) for id_ in some]
            _tell(f"an item's page, {title}", client, [(f"/items/{id_}", {}) for id_ in pages])


@contextmanager
def _platform() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = EmbeddedPostgres(folder)
        postgres.start()
        try:
            os.environ["WARDROUND_DATABASE_URL"] = postgres.url
            os.environ.setdefault("WARDROUND_DATA", name)
            yield
        finally:
            postgres.stop()


def _people() -> None:
    """400 people of 20 departments, who own what there is."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "INSERT INTO cmdb_item (id, key, type, name, condition, attributes, systems, origin,"
            " created_at, updated_at, version) SELECT gen_random_uuid(), 'd' || n, 'department',"
            " '科室 ' || n, 'unknown', '{}', '{}', '', now(), now(), 1"
            " FROM generate_series(0, 19) AS n"
        )
        cursor.execute(
            "INSERT INTO cmdb_item (id, key, type, name, condition, attributes, systems, origin,"
            " created_at, updated_at, version) SELECT gen_random_uuid(), 'p' || n, 'person',"
            " '职员 ' || n, 'unknown', jsonb_build_object('department', (SELECT id FROM cmdb_item"
            " WHERE key = 'd' || n %% 20)), '{}', '', now(), now(), 1"
            " FROM generate_series(0, 399) AS n",
            [],
        )
        cursor.execute(_FILLED)
        cursor.execute("VACUUM ANALYZE cmdb_item")


def _questions() -> list[tuple[str, str, dict[str, Any]]]:
    asked = {
        "by one attribute": "type = host and cpu_cores >= 60",
        "by the owner's department": 'type = host and owner.department = "科室 3"',
        "by a date": "type = host and days_until(warranty_ends_on) < 30",
        "by a system": '"business-system 3" in systems and type = virtual-machine',
        "by a word of the name": 'contains(name, "terminal 1999")',
        "of all types": 'serial = "SN34000" or engine = "达梦"',
    }
    lists = [(f"where {called}", "/items", {"where": text}) for called, text in asked.items()]
    return [
        ("the first page", "/items", {}),
        ("of a type and a condition", "/items", {"type": "host", "condition": "ok"}),
        ("by an attribute's filter", "/items", {"type": "database", "attribute.engine": "iris"}),
        ("words", "/items", {"q": "SN3400"}),
        ("words of half of all", "/items", {"q": "terminal"}),
        ("words that sound so", "/items", {"q": "zhiyuan"}),
        *lists,
        *((f"search: {called}", "/search", {"q": text}) for called, text in _SEARCHED.items()),
    ]


def _total(body: dict[str, Any]) -> int:
    if "groups" in body:
        return sum(max(group["total"], len(group["items"])) for group in body["groups"])
    return int(body.get("total", 1))


def _tell(title: str, client: Any, asked: list[tuple[str, dict[str, Any]]]) -> None:
    client.get(asked[0][0], **asked[0][1])
    spans, totals = [], []
    for path, parameters in asked:
        began = time.perf_counter()
        answer = client.get(path, **parameters)
        spans.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            sys.exit(f"{path}?{urlencode(parameters)}: {json.dumps(answer.body)}")
        totals.append(_total(answer.body))
    spans.sort()
    p95 = spans[int(len(spans) * 0.95)]
    over = "" if p95 <= GOAL_MS else "   over the goal"
    print(f"{title:52} {totals[0]:9,} found   least {spans[0]:6.1f}   p50"
          f" {statistics.median(spans):7.1f}   p95 {p95:7.1f} ms{over}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
