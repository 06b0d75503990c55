"""`python -m bench.platform.streams [--streams N]`: many open pages on one web process.

Each is a real live stream over a connection of its own, opened with a token. Meanwhile lists are
asked for, one after the other, and every stream must hear of a change.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil

from bench.platform.door import Door, installation, until

TOPICS = "tickets,alerts,items,targets,board"
PATHS = ("/tickets", "/alerts", "/items", "/session")
REQUESTS = 400
PATIENCE_SECONDS = 30
TOGETHER = 50
"""Streams that are opened at once."""
_TICKET = {"type": "incident", "title": "打印机不出纸"}
GOAL_MILLISECONDS, GOAL_KILOBYTES = 100, 50


@dataclass(frozen=True)
class Found:
    """Figures with so many streams open."""

    streams: int
    p50: float
    p95: float
    """Milliseconds of a request."""
    kilobytes: float
    """Resident memory of the web process for each stream."""
    told: int
    """Streams that heard of a change."""
    seconds: float
    """From the change until the last of them had."""
    idle: float
    """Part of a processor that the web process used while nothing happened."""


async def _open(url: str, token: str) -> asyncio.StreamReader:
    """A stream that has said hello; its connection lives as long as its reader."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        f"GET /api/v1/stream?topics={TOPICS} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n".encode()
    )
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise RuntimeError(head.decode())
    await reader.readuntil(b"event: hello")
    reader.__dict__["kept"] = writer
    return reader


async def _open_all(url: str, token: str, streams: int) -> list[asyncio.StreamReader]:
    opened: list[asyncio.StreamReader] = []
    while len(opened) < streams:
        wanted = min(TOGETHER, streams - len(opened))
        opened += await asyncio.gather(*(_open(url, token) for _ in range(wanted)))
    return opened


def _ask(door: Door) -> list[float]:
    taken = []
    for number in range(REQUESTS):
        begin = time.perf_counter()
        door.get(PATHS[number % len(PATHS)])
        taken.append((time.perf_counter() - begin) * 1000)
    return sorted(taken)


async def _hears(reader: asyncio.StreamReader) -> float:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await reader.readuntil(b"event: changed")
    return time.perf_counter()


async def measure(door: Door, streams: int) -> Found:
    process = psutil.Process(door.platform.pids()["web"])
    await asyncio.to_thread(_ask, door)  # warm
    before = process.memory_info().rss
    opened = await _open_all(door.platform.url, door.platform.token(), streams)
    await asyncio.sleep(5)
    used, began = sum(process.cpu_times()[:2]), time.perf_counter()
    await asyncio.sleep(10)
    idle = (sum(process.cpu_times()[:2]) - used) / (time.perf_counter() - began)
    taken = await asyncio.to_thread(_ask, door)
    kilobytes = (process.memory_info().rss - before) / 1000 / streams if streams else 0.0
    hearing = [asyncio.create_task(_hears(reader)) for reader in opened]
    began = time.perf_counter()
    await asyncio.to_thread(door.post, "/tickets", _TICKET)
    heard = await asyncio.gather(*hearing, return_exceptions=True)
    told = [moment for moment in heard if isinstance(moment, float)]
    last = max(told, default=began)
    for reader in opened:
        reader.__dict__["kept"].close()
    return Found(
        streams=streams,
        p50=statistics.median(taken),
        p95=taken[int(len(taken) * 0.95)],
        kilobytes=kilobytes,
        told=len(told),
        seconds=last - began,
        idle=idle,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=2000)
    given = parser.parse_args()
    os.environ["WARDROUND_STREAMS"] = str(2 * given.streams)  # all are one account's
    with installation(demo=True) as door:
        until(lambda: len(door.get("/items")["items"]) > 0)
        for streams in (0, given.streams):
            found = asyncio.run(measure(door, streams))
            print(
                f"{found.streams:,} streams: requests p50 {found.p50:.0f} ms,"
                f" p95 {found.p95:.0f} ms (goal {GOAL_MILLISECONDS});"
                f" {found.kilobytes:.1f} kB a stream (goal {GOAL_KILOBYTES});"
                f" {found.told:,} told within {found.seconds:.2f} s;"
                f" {found.idle:.2f} processors at rest",
                flush=True,
            )


if __name__ == "__main__":
    main()
