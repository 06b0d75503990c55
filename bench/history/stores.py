"""The stores that are measured, each behind the same few questions."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

import httpx

from bench.history.world import World
from wardround.history import actions, queries, rules, server
from wardround.history.engine import engine
from wardround.history.types import Aggregate, FleetQuery, RangeQuery, SampleBatch

VICTORIA = "/usr/bin/victoria-metrics"
_FLAGS = ("-retentionPeriod=1y", "-search.latencyOffset=0s", "-loggerLevel=ERROR")


class Store(Protocol):
    name: str

    def encode(self, batch: SampleBatch) -> object: ...
    def insert(self, encoded: object) -> None: ...
    def settle(self) -> None: ...
    def size(self) -> int: ...
    def dashboard(self, world: World, item: UUID, metrics: list[str], step: int) -> int: ...
    def fleet(self, world: World, metric: str) -> int: ...
    def newest(self, metric: str) -> int: ...


class Wardround:
    """Our history room against its embedded server, through the door."""

    name = "wardround"

    def encode(self, batch: SampleBatch) -> object:
        return batch

    def insert(self, encoded: object) -> None:
        if isinstance(encoded, SampleBatch):
            actions.append(encoded)

    def settle(self) -> None:
        for table in ("samples", "samples_5m", "samples_1h"):
            engine().command(f"OPTIMIZE TABLE {table} FINAL")

    def size(self) -> int:
        return self._bytes("samples")

    def rollup_size(self) -> int:
        return self._bytes("samples_5m") + self._bytes("samples_1h")

    def dashboard(self, world: World, item: UUID, metrics: list[str], step: int) -> int:
        until = rules.moment(int(world.times[-1]))
        points = 0
        for metric in metrics:
            query = RangeQuery(
                metric, (item,), until - timedelta(days=1), until, timedelta(seconds=step)
            )
            points += sum(len(one.at) for one in queries.samples(query).series)
        return points

    def fleet(self, world: World, metric: str) -> int:
        until = rules.moment(int(world.times[-1]))
        query = FleetQuery(metric, Aggregate.AVG, until - timedelta(hours=1), until, top=50)
        return len(queries.fleet(query))

    def newest(self, metric: str) -> int:
        return len(queries.latest([metric]))

    def _bytes(self, table: str) -> int:
        rows = engine().rows(
            "SELECT sum(bytes_on_disk) FROM system.parts "
            "WHERE active AND database = currentDatabase() AND table = {table:String}",
            {"table": table},
        )
        return int(rows[0][0])


class Victoria:
    """VictoriaMetrics over its own HTTP interface, its caches of results switched off."""

    name = "victoria-metrics"

    def __init__(self, port: int, folder: Path) -> None:
        self._folder = folder
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def encode(self, batch: SampleBatch) -> object:
        """JSON lines, one a series, made before the clock runs."""
        lines = []
        for i, key in enumerate(batch.keys):
            mine = batch.series_index == i
            labels = {"__name__": key.metric, "item": str(key.item)} | dict(key.labels)
            line = {
                "metric": labels,
                "values": batch.value[mine].tolist(),
                "timestamps": batch.at[mine].tolist(),
            }
            lines.append(json.dumps(line))
        return "\n".join(lines).encode()

    def insert(self, encoded: object) -> None:
        if isinstance(encoded, bytes):
            self._http.post("/api/v1/import", content=encoded).raise_for_status()

    def settle(self) -> None:
        """Everything on disk and merged: a flush only makes rows findable, a merge goes on after
        its request was answered.
        """
        self._http.get("/internal/force_flush").raise_for_status()
        self._http.get("/internal/force_merge").raise_for_status()
        deadline = time.monotonic() + 60
        while self._unsettled():
            if time.monotonic() > deadline:
                raise TimeoutError("victoria-metrics did not settle")
            time.sleep(0.5)

    def _unsettled(self) -> float:
        """Rows in memory and merges under way, by its own figures."""
        page = self._http.get("/metrics").raise_for_status().text
        wanted = ('vm_rows{type="storage/inmemory"}', "vm_active_merges{")
        lines = (line for line in page.splitlines() if line.startswith(wanted))
        return sum(float(line.rpartition(" ")[2]) for line in lines)

    def size(self) -> int:
        return sum(file.stat().st_size for file in self._folder.rglob("*") if file.is_file())

    def dashboard(self, world: World, item: UUID, metrics: list[str], step: int) -> int:
        until = int(world.times[-1]) // 1000
        points = 0
        for metric in metrics:
            found = self._get(
                "/api/v1/query_range",
                query=f'avg_over_time({metric}{{item="{item}"}}[{step}s])',
                start=until - 86_400,
                end=until,
                step=step,
            )
            points += sum(len(one["values"]) for one in found)
        return points

    def fleet(self, world: World, metric: str) -> int:
        until = int(world.times[-1]) // 1000
        return len(
            self._get("/api/v1/query", query=f"topk(50, avg_over_time({metric}[1h]))", time=until)
        )

    def newest(self, metric: str) -> int:
        return len(self._get("/api/v1/query", query=f"last_over_time({metric}[1h])"))

    def _get(self, path: str, **parameters: object) -> list[dict[str, list[object]]]:
        asked = {name: str(value) for name, value in parameters.items()}
        answer = self._http.get(path, params=asked | {"nocache": "1"}).raise_for_status()
        found: list[dict[str, list[object]]] = answer.json()["data"]["result"]
        return found

    def close(self) -> None:
        self._http.close()


@contextmanager
def wardround() -> Iterator[Wardround]:
    folder = Path(tempfile.mkdtemp(prefix="bench-wardround-"))
    before = os.environ.get("WARDROUND_HISTORY_URL")
    with server.start(folder) as running:
        os.environ["WARDROUND_HISTORY_URL"] = running.url
        actions.migrate()
        yield Wardround()
    os.environ.pop("WARDROUND_HISTORY_URL")
    if before is not None:
        os.environ["WARDROUND_HISTORY_URL"] = before
    shutil.rmtree(folder)


@contextmanager
def victoria() -> Iterator[Victoria]:
    folder = Path(tempfile.mkdtemp(prefix="bench-victoria-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [VICTORIA, f"-httpListenAddr=127.0.0.1:{port}", f"-storageDataPath={folder}", *_FLAGS],
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        store = Victoria(port, folder)
        yield store
        store.close()
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/health", timeout=1).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("victoria-metrics did not start")
