"""From a killed process to its ticket on an open board: interval + x, over many faults.

A real process under a name of its own is watched at a short interval and killed at random moments;
the board is followed over the live stream as a browser does. x is the time from the kill to the
ticket less the collection interval that the kill may have to wait for.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.platform.door import Door, until

INTERVAL = 5.0
_PATIENCE = 60.0


class OpenBoard(threading.Thread):
    """A board that is open: asks again whenever the stream says that tickets changed."""

    def __init__(self, door: Door) -> None:
        super().__init__(daemon=True)
        self._door = door
        self._since: dict[str, float] = {}
        self._arrived = threading.Condition()
        self.listening = threading.Event()

    def run(self) -> None:
        with contextlib.suppress(httpx.TransportError):  # the platform was stopped
            self._follow()

    def _follow(self) -> None:
        client = httpx.Client(
            base_url=self._door.client.base_url,
            headers=self._door.client.headers,
            timeout=httpx.Timeout(10, read=60),
        )
        with client.stream("GET", "/stream", params={"topics": "tickets,board"}) as stream:
            event = ""
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                    self.listening.set()
                elif line.startswith("data: ") and event == "changed":
                    self._look(json.loads(line.removeprefix("data: ")))

    def _look(self, _news: dict[str, Any]) -> None:
        rows = self._door.get("/boards/information", limit=200)["items"]
        at = time.time()
        with self._arrived:
            self._since = {row["id"]: self._since.get(row["id"], at) for row in rows}
            self._arrived.notify_all()

    def shows(self, after: float, seconds: float) -> float:
        """When a ticket came onto the board after a moment; one that was reopened came too."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while True:
                fresh = [at for at in self._since.values() if at > after]
                if fresh:
                    return min(fresh)
                if not self._arrived.wait(deadline - time.monotonic()):
                    message = "no ticket came"
                    raise TimeoutError(message)


@dataclass(frozen=True)
class Figures:
    p50: float
    p95: float
    worst: float
    faults: int


def measure(door: Door, faults: int) -> Figures:
    """Kill a watched process `faults` times and time its ticket."""
    target = door.get("/targets", template="linux-machine")["items"][0]
    folder = Path(tempfile.mkdtemp(prefix="wr-watched-"))
    program = folder / f"wr-{random.randrange(10**8):08d}"  # noqa: S311  # a name, not a secret
    shutil.copy("/bin/sleep", program)
    change = {"interval_s": INTERVAL, "parameters": {"processes": [program.name]}}
    door.patch(f"/targets/{target['id']}", change)
    board = OpenBoard(door)
    board.start()
    board.listening.wait(10)
    try:
        seconds = [_one(door, board, program, target["item"]["id"]) for _ in range(faults)]
    finally:
        door.patch(f"/targets/{target['id']}", {"parameters": {"processes": []}})
        shutil.rmtree(folder, ignore_errors=True)
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return Figures(statistics.median(seconds), cuts[18], max(seconds), faults)


def _one(door: Door, board: OpenBoard, program: Path, item: str) -> float:
    process = subprocess.Popen([program, "100000"])
    try:
        until(lambda: _alive(door, item, program.name) == 1, _PATIENCE, 0.2)
        until(lambda: not _told(door, item), _PATIENCE, 0.2)
        time.sleep(random.uniform(0, INTERVAL))  # noqa: S311  # any moment of the interval
    finally:
        killed = time.time()
        process.kill()
        process.wait()
    return board.shows(killed, _PATIENCE) - killed


def _told(door: Door, item: str) -> bool:
    """Whether the fault before still has its alert; a busy machine has others of its own."""
    return bool(door.get("/alerts", state="open", item=item, rule="ProcessDown")["items"])


def _alive(door: Door, item: str, name: str) -> float | None:
    parameters = {"metric": "process_up", "item": item, "label.name": name, "step": "raw"}
    found = door.get("/samples", **parameters)["items"]
    return found[0]["points"][-1][1] if found and found[0]["points"] else None
