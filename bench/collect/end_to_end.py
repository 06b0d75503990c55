"""Samples a second from pages over real HTTP to what history acknowledged, in one collector,
beside Prometheus scraping the same pages.

Exporters answer from a process of their own; the collector's own parts (driver, parser, spool
with its syncs, delivery) run here, its history is the embedded server. No database is needed.
Ours scrapes a target again as soon as it has answered; Prometheus ten times as many every second,
more than it manages. The exporter takes processor time from both alike; a CPU second compares best.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import resource
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import httpx

if TYPE_CHECKING:
    from wardround.collect.types import TargetSpec

SERIES, TARGETS, SECONDS = 500, 40, 10.0
PROMETHEUS = "/usr/bin/prometheus"


@dataclass(frozen=True)
class Figures:
    """What one run gave."""

    samples: int
    delivered: int
    seconds: float
    cpu_seconds: float
    spool_bytes: int = 0
    syncs: int = 0


def serve(tell: Connection) -> None:
    """One exporter for all targets; every page has new numbers."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = 0
        while await _asked(reader):
            number += 1
            body = b"".join(
                b'bench_metric_total{device="disk-%d",host="his-db"} %d.5\n' % (disk, number + disk)
                for disk in range(SERIES)
            )
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
    except (asyncio.IncompleteReadError, ConnectionError):
        return False
    return True


async def collect(port: int, folder: Path) -> Figures:  # noqa: PLR0915  # one story, in order
    """Scrape every target again as soon as it has answered, for `SECONDS`."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # Django is set up now

    from wardround.collect.delivery import Delivery  # noqa: PLC0415
    from wardround.collect.drivers.driver import Equipment  # noqa: PLC0415
    from wardround.collect.scrape import TargetScrape  # noqa: PLC0415
    from wardround.collect.spool import Spool  # noqa: PLC0415
    from wardround.history.actions import append  # noqa: PLC0415
    from wardround.kernel import clock  # noqa: PLC0415

    spool = Spool.open(folder / "spool")
    delivery = Delivery(spool, append)
    delivery.start()
    threads = ThreadPoolExecutor(4)
    began, cpu = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)

    async def follow(number: int) -> int:
        spec = _spec(number, port)
        scrape = TargetScrape(spec, Equipment(threads, threads), clock=clock.now)
        taken = 0
        while time.perf_counter() - began < SECONDS:
            batch = await scrape.take(spec.template.groups)
            await spool.accept(batch)
            taken += len(batch.values)
        await scrape.close()
        return taken

    taken = sum(await asyncio.gather(*(follow(number) for number in range(TARGETS))))
    seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    await asyncio.to_thread(delivery.stop, patience=30)
    figures = Figures(
        samples=taken,
        delivered=delivery.delivered,
        seconds=seconds,
        cpu_seconds=used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime,
        spool_bytes=spool.waiting_bytes,
        syncs=spool.figures.syncs,
    )
    spool.close()
    return figures


def _spec(number: int, port: int) -> TargetSpec:
    from tests.collect.targets import target  # noqa: PLC0415  # the templates as they are shipped

    spec = target("prometheus", f"127.0.0.1:{port}", interval=15, timeout=10)
    return replace(spec, item=UUID(int=number + 1))


def measure() -> Figures:
    """One run with a fresh history."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")
    import django  # noqa: PLC0415

    django.setup()
    from wardround.history import actions, server  # noqa: PLC0415

    mine, theirs = multiprocessing.Pipe()
    exporter = multiprocessing.get_context("spawn").Process(target=serve, args=[theirs])
    exporter.start()
    with tempfile.TemporaryDirectory() as folder, server.start(Path(folder) / "history") as running:
        os.environ["WARDROUND_HISTORY_URL"] = running.url
        actions.migrate()
        before = cpu_seconds(running.process.pid)
        figures = asyncio.run(collect(mine.recv(), Path(folder)))
        stored = cpu_seconds(running.process.pid) - before
        figures = replace(figures, cpu_seconds=figures.cpu_seconds + stored)
        mine.send("end")
        exporter.join()
    return figures


def measure_prometheus() -> Figures | None:
    """The same pages into Prometheus; None where it is not installed."""
    if shutil.which(PROMETHEUS) is None:
        return None
    mine, theirs = multiprocessing.Pipe()
    exporter = multiprocessing.get_context("spawn").Process(target=serve, args=[theirs])
    exporter.start()
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        own = free.getsockname()[1]
        free.close()
        found = _prometheus(mine.recv(), own, Path(folder))
    mine.send("end")
    exporter.join()
    return found


def _prometheus(exporter: int, own: int, folder: Path) -> Figures:
    targets = [
        {"targets": [f"127.0.0.1:{exporter}"], "labels": {"__param_n": str(n), "n": str(n)}}
        for n in range(10 * TARGETS)
    ]
    job = {"job_name": "bench", "scrape_interval": "1s", "scrape_timeout": "1s",
           "static_configs": targets}  # fmt: skip
    settings = folder / "prometheus.json"  # which is YAML too
    settings.write_text(json.dumps({"scrape_configs": [job]}))
    process = subprocess.Popen(
        [PROMETHEUS, f"--config.file={settings}", f"--storage.tsdb.path={folder / 'data'}",
         f"--web.listen-address=127.0.0.1:{own}", "--log.level=error"],
    )  # fmt: skip
    try:
        page = _page_of(own)
        before, cpu, began = _appended(page()), cpu_seconds(process.pid), time.perf_counter()
        time.sleep(SECONDS)
        taken, used = _appended(page()) - before, cpu_seconds(process.pid) - cpu
        return Figures(taken, taken, time.perf_counter() - began, used)
    finally:
        process.terminate()
        process.wait()


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


def _appended(page: str) -> int:
    wanted = "prometheus_tsdb_head_samples_appended_total"
    lines = (line for line in page.splitlines() if line.startswith(wanted))
    return int(sum(float(line.rpartition(" ")[2]) for line in lines))


def tell_prometheus(ours: Figures, theirs: Figures) -> None:
    """Print both beside each other."""
    rate = ours.delivered / ours.seconds / (theirs.samples / theirs.seconds)
    worth = theirs.samples / max(theirs.cpu_seconds, 0.01)
    pace = theirs.samples / theirs.seconds
    print(f"prometheus: scraped and appended                 {pace:12,.0f} samples/s  {rate:6.2f}×")
    print(f"prometheus: a CPU second                         {worth:12,.0f} samples")


def tell(found: Figures) -> None:
    """Print one run."""
    rate, worth = found.samples / found.seconds, found.samples / max(found.cpu_seconds, 0.01)
    print(f"end to end: scraped, parsed, on the spool's disk {rate:12,.0f} samples/s")
    print(
        f"end to end: acknowledged by history meanwhile    {found.delivered / found.samples:12.1%}"
    )
    print(f"end to end: a CPU second, collector and history  {worth:12,.0f} samples")


if __name__ == "__main__":
    ours, theirs = measure(), measure_prometheus()
    tell(ours)
    if theirs:
        tell_prometheus(ours, theirs)
