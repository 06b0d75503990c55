"""`python -m bench.collect.flood [SHAPE…]`: a collector's memory under pages that name new series
without end: fresh, after a minute, and five minutes after the flood has ended.

A whole platform and a hostile exporter in a process of its own. `one`: one target, 2,500 new series
a second. `many`: 250 targets with ten new ones each a second. `long`: 100 new ones a second whose
labels hold 10 kB. When the flood ends its pages hold ten series each that stay.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import psutil

from bench.platform.door import Door, installation, until

FLOOD_SECONDS, LATER_SECONDS = 60.0, 300.0
_MEGABYTE = 2**20


@dataclass(frozen=True)
class Shape:
    """Targets, new series a second of each, and bytes of a label's value."""

    targets: int
    series: int
    label: int = 20


SHAPES = {"one": Shape(1, 2_500), "many": Shape(250, 10), "long": Shape(1, 100, 10_000)}


def serve(shape: Shape, tell: Connection) -> None:
    """Pages with new names each time, until told to stay as they are."""
    number, calm = 0, False

    def page() -> bytes:
        nonlocal number
        if calm:
            return b"".join(b'flood_metric{name="stays %d"} 1\n' % one for one in range(10))
        lines = []
        for _ in range(shape.series):
            number += 1
            lines.append(b'flood_metric{name="%d%s"} 1\n' % (number, b"x" * shape.label))
        return b"".join(lines)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                body = page()
                head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
                writer.write(head % len(body) + body)
                await writer.drain()
        writer.close()

    async def run() -> None:
        nonlocal calm
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        tell.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(tell.recv)
        calm = True
        await asyncio.to_thread(tell.recv)

    asyncio.run(run())


def measure(name: str) -> dict[str, float]:
    """Megabytes and figures of the collector at the three moments."""
    shape = SHAPES[name]
    ours, theirs = multiprocessing.Pipe()
    exporter = multiprocessing.Process(target=serve, args=[shape, theirs], daemon=True)
    exporter.start()
    address = f"127.0.0.1:{ours.recv()}"
    try:
        with installation(demo=False) as door:
            until(lambda: _collector(door)["targets"] >= 4)
            time.sleep(20)  # its first scrapes, compiled code and rules are no part of it
            found = _at(door, "fresh")
            _make_targets(door, shape, address)
            time.sleep(FLOOD_SECONDS)
            found |= _at(door, "flooded")
            ours.send("calm")
            time.sleep(LATER_SECONDS)
            return found | _at(door, "later")
    finally:
        exporter.terminate()


def _make_targets(door: Door, shape: Shape, address: str) -> None:
    item = next(row for row in door.all("/items") if row["key"] == "wardround-machine")
    for number in range(shape.targets):
        wanted = {"item": item["id"], "template": "prometheus", "name": f"flood {number}"}
        door.post("/targets", {**wanted, "address": address, "interval_s": 1, "timeout_s": 1})


def _at(door: Door, moment: str) -> dict[str, float]:
    process = psutil.Process(door.platform.pids()["collect"])
    history = psutil.Process(door.platform.pids()["history"])
    figures: Callable[[str], float] = lambda name: float(_collector(door)["figures"].get(name, 0))  # noqa: E731
    return {
        f"{moment}: collector MB": process.memory_info().rss / _MEGABYTE,
        f"{moment}: history MB": history.memory_info().rss / _MEGABYTE,
        f"{moment}: series": figures("series"),
        f"{moment}: refused": figures("series_refused"),
    }


def _collector(door: Door) -> dict[str, Any]:
    found: dict[str, Any] = next(iter(door.get("/collectors")["items"]), {"targets": 0})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", default=list(SHAPES), metavar="SHAPE")
    for name in parser.parse_args().shapes:
        for figure, value in measure(name).items():
            print(f"flood {name:5} {figure:24} {value:12,.0f}", flush=True)


if __name__ == "__main__":
    main()
