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
from unittest.mock import patch
from uuid import UUID

import httpx

from bench.history.world import Chunk, World, world
from wardround.history import actions, queries, rules, server
from wardround.history.engine import Engine, engine
from wardround.history.types import Aggregate, FleetQuery, Kind, RangeQuery, SampleBatch
from wardround.kernel import clock

VICTORIA = "/usr/bin/victoria-metrics"
_FLAGS = ("-retentionPeriod=1y", "-search.latencyOffset=0s", "-loggerLevel=ERROR")


class Store(Protocol):
    name: str
    pid: int

    def encode(self, chunk: Chunk) -> object: ...
    def insert(self, encoded: object) -> None: ...
    def settle(self) -> None: ...
    def size(self) -> int: ...
    def day(self, world: World, metrics: list[str], step: int, item: UUID) -> int: ...
    def ready(self) -> None: ...
    def fleet(self, world: World, metric: str) -> int: ...
    def newest(self, metric: str) -> int: ...


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, with its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def own_bytes(pid: int) -> int:
    """Of that, what is the process's own: no program text, which the system takes back at will."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kinds = ("RssAnon", "RssShmem")
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(kinds))


class Wardround:
    """Our history room against its embedded server, through the door."""

    name = "wardround"

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def encode(self, chunk: Chunk) -> object:
        return chunk.batch()

    def insert(self, encoded: object) -> None:
        if isinstance(encoded, SampleBatch):
            actions.append(encoded)

    def ready(self) -> None:
        """Warm: its code is compiled, as it is on any machine where it ran before."""
        self.insert(next(iter(world("fleet", 1, 0.1).chunks())).batch())
        deadline = time.monotonic() + 120
        while not json.loads(engine().send("/figures", b""))["recent_series"]:
            if time.monotonic() > deadline:
                raise TimeoutError("the memory of newest samples is not there")
            time.sleep(0.05)

    def newest_bytes(self) -> float:
        """What the memory of newest samples takes: it grows until its budget is used up."""
        return float(json.loads(engine().send("/figures", b""))["recent_bytes"])

    def settle(self) -> None:
        """Everything in the tables, rolled up by the duty and merged."""
        while actions.roll_up(at=clock.now()):
            pass
        for table in ("samples", "rolled_5m", "rolled_1h"):
            _until_merged(table)

    def size(self) -> int:
        return self._bytes("samples")

    def rollup_size(self) -> int:
        return self._bytes("rolled_5m") + self._bytes("rolled_1h")

    def day(self, world: World, metrics: list[str], step: int, item: UUID) -> int:
        until = rules.moment(world.until)
        kinds = {key.metric: key.kind for key in world.keys[: len(world.metrics)]}
        asked = [
            RangeQuery(
                metric,
                (item,),
                until - timedelta(days=1),
                until,
                timedelta(seconds=step),
                Aggregate.RATE if kinds[metric] is Kind.COUNTER else Aggregate.AVG,
            )
            for metric in metrics
        ]
        answers = queries.samples_of(asked)
        return sum(len(series.at) for answer in answers for series in answer.series)

    @contextmanager
    def from_tables(self) -> Iterator[None]:
        """As after a restart: memory knows nothing."""
        with patch.object(Engine, "steps", return_value=None):
            yield

    def fleet(self, world: World, metric: str) -> int:
        until = rules.moment(world.until)
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


def _until_merged(table: str) -> None:
    """Merge every partition into one part; a statement may not wait for all of that."""
    patient = type(engine())(os.environ["WARDROUND_HISTORY_URL"], seconds=600)
    patient.command(f"OPTIMIZE TABLE {table} FINAL")
    patient.close()


class Victoria:
    """VictoriaMetrics over its own HTTP interface, its caches of results switched off."""

    name = "victoria-metrics"

    def __init__(self, port: int, folder: Path, pid: int) -> None:
        self.pid = pid
        self._folder = folder
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def encode(self, chunk: Chunk) -> object:
        """JSON lines, one a series, made before the clock runs."""
        lines = []
        values, times = chunk.values.tolist(), chunk.times.tolist()
        for i, key in enumerate(chunk.series.keys):
            labels = {"__name__": key.metric, "item": str(key.item)} | dict(key.labels)
            lines.append(
                json.dumps({"metric": labels, "values": values[i], "timestamps": times[i]})
            )
        return "\n".join(lines).encode()

    def insert(self, encoded: object) -> None:
        if isinstance(encoded, bytes):
            self._http.post("/api/v1/import", content=encoded).raise_for_status()

    def ready(self) -> None:
        """It is, as soon as it answers."""

    def settle(self) -> None:
        """Everything on disk and merged: a flush only makes rows findable, a merge goes on after
        its request was answered.
        """
        time.sleep(2)  # it takes what it answered for into its parts a second later
        self._http.get("/internal/force_flush").raise_for_status()
        before = self.size()
        self._http.get("/internal/force_merge").raise_for_status()
        deadline = time.monotonic() + 300
        size, same = before, 0
        while same < 4:  # parts lie in memory until the merge, which begins after its answer
            if time.monotonic() > deadline:
                raise TimeoutError("victoria-metrics did not settle")
            time.sleep(0.5)
            now = self.size()
            same = same + 1 if now == size != before and not self._unsettled() else 0
            size = now

    def _unsettled(self) -> float:
        """Rows in memory and merges under way, by its own figures."""
        page = self._http.get("/metrics").raise_for_status().text
        wanted = ('vm_rows{type="storage/inmemory"}', "vm_active_merges{", "vm_pending_rows{")
        lines = (line for line in page.splitlines() if line.startswith(wanted))
        return sum(float(line.rpartition(" ")[2]) for line in lines)

    def size(self) -> int:
        return sum(file.stat().st_size for file in self._folder.rglob("*") if file.is_file())

    def day(self, world: World, metrics: list[str], step: int, item: UUID) -> int:
        until = world.until // 1000
        kinds = {key.metric: key.kind for key in world.keys[: len(world.metrics)]}
        points = 0
        for metric in metrics:
            function = "rate" if kinds[metric] is Kind.COUNTER else "avg_over_time"
            found = self._get(
                "/api/v1/query_range",
                query=f'{function}({metric}{{item="{item}"}}[{step}s])',
                start=until - 86_400,
                end=until,
                step=step,
            )
            points += sum(len(series["values"]) for series in found)
        return points

    def fleet(self, world: World, metric: str) -> int:
        until = world.until // 1000
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
        yield Wardround(running.process.pid)
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
        store = Victoria(port, folder, process.pid)
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
