"""`python -m bench.cmdb.beside [--folder FOLDER]`: the same work in Nautobot and in ours, one run.

5,000 devices by the bulk API and 5,000 by a CSV file, each with type (there: role), model, serial
and asset number and location, checked, with history; then a filtered list of 50 and an item, by
the API in process. On databases of one PostgreSQL server. Nautobot is installed and migrated in
FOLDER once (some six minutes), and found there again; without one, in a folder that goes away.
Where it takes references by id, it is given ids: that costs it least.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psycopg

from bench.cmdb import neighbour
from bench.cmdb.devices import LOCATIONS, MODELS, ROLES, as_csv, devices, in_chunks
from bench.cmdb.own_database import prepare, served
from wardround.site.postgres import DATABASE, EmbeddedPostgres

CHUNK, ASKED = 1_000, 25
_Rows = Sequence[Mapping[str, str]]
_OURS = {
    "name": "Name", "role": "Type", "manufacturer": "Manufacturer", "model": "Model",
    "serial": "Serial number", "asset": "Asset number", "location": "Location",
}  # fmt: skip
_THEIRS = {
    "name": "name", "role": "role__name", "manufacturer": "device_type__manufacturer__name",
    "model": "device_type__model", "serial": "serial", "asset": "asset_tag",
    "location": "location__name", "status": "status__name",
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cmdb.beside", description=__doc__)
    parser.add_argument("--folder", default="", help="where Nautobot stays between runs")
    parser.add_argument("--rows", type=int, default=5_000, help="devices each way")
    parser.add_argument("--chunk", type=int, default=CHUNK, help="devices in a call")
    given = parser.parse_args()
    kept = Path(given.folder).absolute() if given.folder else None
    with nullcontext(str(kept)) if kept else tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        with served(folder) as postgres, neighbour.started(folder, postgres) as nautobot:
            by_bulk, by_file = devices(given.rows, "B"), devices(given.rows, "F")
            theirs = nautobot.measured(_asked(by_bulk, by_file, given.chunk))
            _emptied(postgres)
            _tell(given.rows, theirs, _ours(by_bulk, by_file, given.chunk))


def _asked(by_bulk: _Rows, by_file: _Rows, chunk: int) -> Mapping[str, Any]:
    return {
        "rows": by_bulk, "csv": as_csv([{**row, "status": "Active"} for row in by_file], _THEIRS),
        "chunk": chunk, "asked": ASKED, "filter": LOCATIONS[7],
        "locations": LOCATIONS, "roles": ROLES, "models": MODELS,
    }  # fmt: skip


def _emptied(postgres: EmbeddedPostgres) -> None:
    """Ours anew: a folder that was kept has what the last run left."""
    address = postgres.url.replace(f"/{DATABASE}?", "/postgres?")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        connection.execute(f"CREATE DATABASE {DATABASE}")


def _ours(by_bulk: _Rows, by_file: _Rows, chunk: int) -> Mapping[str, Any]:
    prepare()
    from tests.hospital import client_of  # noqa: PLC0415  # Django is set up now
    from wardround.cmdb import models  # noqa: PLC0415

    client = client_of("bench", "administrator")
    places = [{"key": f"place-{number}", "type": "location", "name": name}
              for number, name in enumerate(LOCATIONS)]  # fmt: skip
    ids = dict(zip(LOCATIONS, _sent(client, places), strict=True))
    found: dict[str, Any] = {"bulk": _timed(lambda: _bulk(client, in_chunks(by_bulk, chunk), ids))}
    data = as_csv(by_file, _OURS).encode()
    found["import"] = _timed(lambda: _imported(data, "created", len(by_file)))
    found["once more"] = _timed(lambda: _imported(data, "unchanged", len(by_file)))
    held = models.Item.objects.filter(type__in=ROLES)
    found["devices"] = held.count()
    history = models.ItemChange.objects.filter(item__in=held)
    found["history"] = history.values("item").distinct().count()
    asked = {"where": f'location = "{LOCATIONS[7]}"', "limit": 50}
    found["list"] = _often(client, [("/items", asked)] * ASKED)
    some = held.order_by("name").values_list("id", flat=True)[:ASKED]
    found["item"] = _often(client, [(f"/items/{id_}", {}) for id_ in some])
    return found


def _bulk(client: Any, chunks: Iterable[_Rows], ids: Mapping[str, str]) -> None:
    for chunk in chunks:
        _sent(client, [
            {
                "key": row["name"], "type": row["role"], "name": row["name"],
                "attributes": {
                    "manufacturer": row["manufacturer"], "model": row["model"],
                    "serial": row["serial"], "asset_number": row["asset"],
                    "location": ids[row["location"]],
                },
            }
            for row in chunk
        ])  # fmt: skip


def _sent(client: Any, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of what was made; stops where a row is not."""
    answer = client.post("/items/bulk", {"rows": rows, "mode": "each"})
    made = [row["id"] for row in answer.body["rows"] if row["status"] == "created"]
    if len(made) != len(rows):
        sys.exit(f"{answer.status}: {json.dumps(answer.body)[:2000]}")
    return made


def _imported(data: bytes, wanted: str, rows: int) -> None:
    """As the worker does it, after the file was taken in."""
    from wardround.cmdb import import_actions, import_queries  # noqa: PLC0415
    from wardround.cmdb.import_types import NewImport  # noqa: PLC0415
    from wardround.kernel import clock  # noqa: PLC0415
    from wardround.kernel.types import system_actor  # noqa: PLC0415

    actor, new = system_actor("bench"), NewImport("devices.csv", data)
    taken = import_actions.take_in(actor, new, at=clock.now(), defer=lambda _import: None)
    import_actions.work(taken.id, at=clock.now())
    done = import_queries.get(actor, taken.id)
    if getattr(done, wanted) != rows:
        sys.exit(f"{done.state}: {done.created:,} made, {done.changed:,} changed,"
                 f" {done.unchanged:,} left, {done.refused:,} refused")  # fmt: skip


def _timed(act: Callable[[], object]) -> dict[str, float]:
    used, began = time.process_time(), time.perf_counter()
    act()
    return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - used}


def _often(client: Any, calls: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, float]:
    client.get(calls[0][0], **calls[0][1])
    spans, used = [], time.process_time()
    for path, parameters in calls:
        began = time.perf_counter()
        answer = client.get(path, **parameters)
        spans.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            sys.exit(f"{path}: {json.dumps(answer.body)[:2000]}")
    size = len(json.dumps(answer.body, ensure_ascii=False).encode())
    cpu = (time.process_time() - used) * 1000 / len(calls)
    return {"p50": statistics.median(spans), "cpu": cpu, "bytes": size}


def _tell(rows: int, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> None:
    there = f"{theirs['devices']:,} devices, {theirs['history']:,} changes"
    here = f"{ours['devices']:,} devices, {ours['history']:,} with history"
    print(f"Nautobot {theirs['version']}: {there}; ours: {here}")
    for name, title in (("bulk", "by the bulk API"), ("import", "by a CSV file")):
        _tell_rows(f"{rows:,} {title}", theirs[name], ours[name])
    print(f"{'the same file once more, nothing changes':42} {'(refused there)':>31}"
          f"   {_told(ours['once more'])}")  # fmt: skip
    for name, title in (("list", "a filtered list of 50"), ("item", "an item")):
        _tell_answers(f"{title}, by the API", theirs[name], ours[name])
    for name in ("list page", "item page"):
        page = theirs[name]
        print(f"{'the ' + name + ' as HTML, there only':42} {page['p50']:8.1f} ms"
              f" ({page['cpu']:6.1f} on a processor)")  # fmt: skip


def _tell_rows(title: str, theirs: Mapping[str, float], ours: Mapping[str, float]) -> None:
    print(f"{title:42} {_told(theirs)}   {_told(ours)}   {theirs['seconds'] / ours['seconds']:5.1f}"
          f" times as fast, {theirs['cpu'] / ours['cpu']:5.1f} by processor time")  # fmt: skip


def _told(took: Mapping[str, float]) -> str:
    return f"{took['seconds']:7.1f} s ({took['cpu']:5.1f} s processor)"


def _tell_answers(title: str, theirs: Mapping[str, float], ours: Mapping[str, float]) -> None:
    print(f"{title:42} {_answered(theirs)}   {_answered(ours)}   {theirs['p50'] / ours['p50']:5.1f}"
          f" times as fast, {theirs['cpu'] / ours['cpu']:5.1f} by processor time")  # fmt: skip


def _answered(took: Mapping[str, float]) -> str:
    return f"{took['p50']:7.1f} ms ({took['cpu']:6.1f} processor, {took['bytes'] / 1000:5.1f} kB)"


if __name__ == "__main__":
    main()
