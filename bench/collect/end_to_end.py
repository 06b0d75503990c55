"""Samples a second from pages over real HTTP to what history acknowledged, in one collector,
beside Prometheus scraping the same pages.

Exporters answer from a process of their own; the collector's own parts (driver, parser, spool
with its syncs, delivery) run in another, its history is the embedded server. No database is
needed. Both are measured when every series is known. Ours scrapes a target again as soon as it has
answered. Prometheus keeps an interval and gives up a scrape that takes longer, so it is first
tried with shorter and shorter ones until it gets worse. With its three best ones both take turns;
the median of ours counts, and the best of its medians.

    python -m bench.collect.end_to_end              both shapes of pages, some twelve minutes
    python -m bench.collect.end_to_end meter        one of them
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import httpx

from bench.collect.pages import SHAPES, Shape

if TYPE_CHECKING:
    from wardround.collect.types import TargetSpec

SECONDS, ROUNDS = 10.0, 3
WARM_SECONDS = 3.0
"""In which every target is scraped and its series described, before the clock runs, which also
waits until history took the first of them.
"""
ASKED_FIRST, MORE, BEST = 800_000, 1.25, 3
"""Samples/s that Prometheus is asked for at first, by how much more after each try, and with how
many of the intervals tried it is measured.
"""
PROMETHEUS = "/usr/bin/prometheus"


@dataclass(frozen=True)
class Figures:
    """What one run gave."""

    samples: int
    scraping: float
    """Seconds in which they were scraped."""
    seconds: float
    """Seconds until all were acknowledged."""
    cpu_seconds: float

    @property
    def pace(self) -> float:
        """Acknowledged samples a second."""
        return self.samples / self.seconds

    @property
    def scraped(self) -> float:
        """Samples a second that came to the spool's disk."""
        return self.samples / self.scraping

    @property
    def worth(self) -> float:
        """Samples a second of processor time."""
        return self.samples / max(self.cpu_seconds, 0.01)


def serve(tell: Connection, shape: Shape) -> None:
    """One exporter for all targets; every page has new numbers."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = 0
        while await _asked(reader):
            number += 1
            body = shape.page(number)
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
            try:
                writer.write(head % len(body) + body)
                await writer.drain()
            except ConnectionError:  # a scraper that ran out of time hung up
                return

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        tell.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(tell.recv)

    asyncio.run(run())


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, with its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _asked(reader: asyncio.StreamReader) -> bool:
    try:
        await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        return False  # the scraper hung up, or the exporter ends
    return True


class _Collecting:
    """A collector's parts, scraping every target again as soon as it has answered."""

    def __init__(self, port: int, folder: Path, targets: int) -> None:
        from wardround.collect.delivery import Delivery  # noqa: PLC0415  # Django is set up now
        from wardround.collect.drivers.driver import Equipment  # noqa: PLC0415
        from wardround.collect.exposition import load_compiled  # noqa: PLC0415
        from wardround.collect.spool import Spool  # noqa: PLC0415
        from wardround.history.actions import append  # noqa: PLC0415

        load_compiled()
        threads = ThreadPoolExecutor(4)
        self._equipment = Equipment(threads, threads)
        self._port, self._targets = port, targets
        self._spool = Spool.open(folder / "spool")
        self.delivery = Delivery(self._spool, append)
        self.taken = 0
        self._ending = False

    async def run(self, history: int, seconds: float = SECONDS) -> Figures:
        """`history`: the server's process."""
        self.delivery.start()
        following = [asyncio.create_task(self._follow(number)) for number in range(self._targets)]
        await asyncio.sleep(WARM_SECONDS)
        while not self.delivery.delivered:  # noqa: ASYNC110  # what compiles holds up its first group
            await asyncio.sleep(0.1)
        taken, used, began = self.taken, _used(os.getpid(), history), time.perf_counter()
        await asyncio.sleep(seconds)
        samples, scraping = self.taken - taken, time.perf_counter() - began
        self._ending = True
        await asyncio.gather(*following)
        await asyncio.to_thread(self.delivery.stop, patience=30)
        figures = Figures(
            samples=samples,
            scraping=scraping,
            seconds=time.perf_counter() - began,
            cpu_seconds=_used(os.getpid(), history) - used,
        )
        self._spool.close()
        return figures

    async def _follow(self, number: int) -> None:
        from wardround.collect.scrape import TargetScrape  # noqa: PLC0415
        from wardround.kernel import clock  # noqa: PLC0415

        spec = _spec(number, self._port)
        scrape = TargetScrape(spec, self._equipment, clock=clock.now)
        while not self._ending:
            batch = await scrape.take(spec.template.groups)
            await self._spool.accept(batch)
            self.taken += len(batch.values)
        await scrape.close()


def _used(*pids: int) -> float:
    return sum(cpu_seconds(pid) for pid in pids)


def _spec(number: int, port: int) -> TargetSpec:
    from tests.collect.targets import target  # noqa: PLC0415  # the templates as they are shipped

    spec = target("prometheus", f"127.0.0.1:{port}", interval=15, timeout=10)
    return replace(spec, item=UUID(int=number + 1))


def measure(shape: Shape) -> Figures:
    """One run with a fresh history, in a process that knows no other one."""
    alone = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=alone) as process:
        return process.submit(_collected, shape).result()


def _collected(shape: Shape) -> Figures:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")
    import django  # noqa: PLC0415

    django.setup()
    from wardround.history import actions, server  # noqa: PLC0415

    with (
        _exporter(shape) as port,
        tempfile.TemporaryDirectory() as folder,
        server.start(Path(folder) / "history") as running,
    ):
        os.environ["WARDROUND_HISTORY_URL"] = running.url
        actions.migrate()
        _wait_until_still(running.process.pid)
        first = _Collecting(port, Path(folder) / "rehearsal", shape.targets)
        asyncio.run(first.run(running.process.pid, 0.1))
        _wait_until_still(running.process.pid)  # the first batch has more compiled
        collecting = _Collecting(port, Path(folder), shape.targets)
        return asyncio.run(collecting.run(running.process.pid))


def _wait_until_still(history: int, patience: float = 300.0) -> None:
    """On a new checkout the server compiles for half a minute, once; no figure is about that."""
    deadline, used = time.monotonic() + patience, -1.0
    while used != (now := cpu_seconds(history)) and time.monotonic() < deadline:
        used = now
        time.sleep(1.0)


@contextmanager
def _exporter(shape: Shape) -> Iterator[int]:
    """A process that serves the pages; its port."""
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=[theirs, shape])
    process.start()
    try:
        yield mine.recv()
    finally:
        mine.send("end")
        process.join()


def best_intervals(shape: Shape) -> list[int]:
    """Milliseconds between two scrapes of a target with which Prometheus takes most: shorter ones
    are tried until two in turn gave less.
    """
    paces: dict[int, float] = {}
    worse, asked = 0, float(ASKED_FIRST)
    while worse < 2 and (interval := round(1000 * shape.samples / asked)) > 0:
        if interval not in paces:
            best = max(paces.values(), default=0.0)
            paces[interval] = measure_prometheus(shape, interval).pace
            worse = 0 if paces[interval] > best else worse + 1
        asked *= MORE
    return sorted(paces, key=lambda interval: -paces[interval])[:BEST]


def measure_prometheus(shape: Shape, interval: int) -> Figures:
    """The same pages into Prometheus."""
    with _exporter(shape) as port:
        return _prometheus(shape, port, interval)


def _prometheus(shape: Shape, exporter: int, interval: int) -> Figures:
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        folder = Path(name)
        free.bind(("127.0.0.1", 0))
        own = free.getsockname()[1]
        free.close()
        settings = folder / "prometheus.json"  # which is YAML too
        settings.write_text(
            json.dumps({"scrape_configs": [_job(shape.targets, exporter, interval)]})
        )
        process = subprocess.Popen(
            [PROMETHEUS, f"--config.file={settings}", f"--storage.tsdb.path={folder / 'data'}",
             f"--web.listen-address=127.0.0.1:{own}", "--log.level=error"],
        )  # fmt: skip
        try:
            return _followed(process.pid, own, shape.samples)
        finally:
            process.terminate()
            process.wait()


def _job(targets: int, exporter: int, interval: int) -> dict[str, object]:
    all_targets = [
        {"targets": [f"127.0.0.1:{exporter}"], "labels": {"__param_n": str(n), "n": str(n)}}
        for n in range(targets)
    ]
    return {"job_name": "bench", "scrape_interval": f"{interval}ms",
            "scrape_timeout": f"{interval}ms", "static_configs": all_targets}  # fmt: skip


def _followed(pid: int, own: int, series: int) -> Figures:
    """What it appends once it knows every series; it begins five seconds after its start."""
    page, deadline = _page_of(own), time.monotonic() + 30
    while _figure(page(), "prometheus_tsdb_head_series") < series:
        if time.monotonic() > deadline:  # every scrape takes longer than the interval
            return Figures(0, 1.0, 1.0, 1.0)
        time.sleep(0.2)
    appended = "prometheus_tsdb_head_samples_appended_total"
    before, cpu, began = _figure(page(), appended), cpu_seconds(pid), time.perf_counter()
    time.sleep(SECONDS)
    taken, used = _figure(page(), appended) - before, cpu_seconds(pid) - cpu
    seconds = time.perf_counter() - began
    return Figures(taken, seconds, seconds, used)


def _page_of(port: int) -> Callable[[], str]:
    """What Prometheus tells about itself, once it does."""

    def page() -> str:
        return httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10).raise_for_status().text

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            page()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return page
    raise TimeoutError("prometheus did not start")


def _figure(page: str, wanted: str) -> int:
    """A metric of its own, over all its series."""
    lines = (line for line in page.splitlines() if line.startswith((f"{wanted} ", f"{wanted}{{")))
    return int(sum(float(line.rpartition(" ")[2]) for line in lines))


def tell(name: str) -> None:
    """Measure a shape in turns, and print the medians."""
    shape = SHAPES[name]
    intervals = best_intervals(shape) if shutil.which(PROMETHEUS) else []
    ours: list[Figures] = []
    theirs: dict[int, list[Figures]] = {interval: [] for interval in intervals}
    for _ in range(ROUNDS):
        ours.append(measure(shape))
        for interval, rounds in theirs.items():
            rounds.append(measure_prometheus(shape, interval))
    pace, worth = _median(ours, "pace"), _median(ours, "worth")
    print(f"{name}: {shape.targets} targets of {shape.series} series, {ROUNDS} rounds")
    print(f"  scraped, parsed, on the spool's disk   {_median(ours, 'scraped'):12,.0f} samples/s")
    print(f"  until history acknowledged the last    {pace:12,.0f} samples/s")
    print(f"  a CPU second, collector and history    {worth:12,.0f} samples")
    for interval in sorted(theirs, reverse=True):
        their_pace, their_worth = (_median(theirs[interval], it) for it in ("pace", "worth"))
        print(f"  prometheus, every {interval:>4} ms              {their_pace:12,.0f} samples/s"
              f"  {pace / their_pace:6.2f}×")  # fmt: skip
        print(f"    a CPU second                         {their_worth:12,.0f} samples"
              f"    {worth / their_worth:6.2f}×")  # fmt: skip


def _median(rounds: list[Figures], figure: str) -> float:
    return float(statistics.median(getattr(found, figure) for found in rounds))


if __name__ == "__main__":
    for asked in sys.argv[1:] or SHAPES:
        tell(asked)
