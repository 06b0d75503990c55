"""kill -9 of each process in turn, under load: what was acknowledged must be there afterwards.

The load: every simulated machine is collected; a page of our own counts its scrapes; tickets are
opened through the API without a pause; faults come and go. After the kills every acknowledged
ticket, every served sample (a collector that was killed may miss the one it had not taken yet) and
every alert's one ticket are counted.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from bench.platform.door import Door, until

PROCESSES = ("web", "work", "collect", "history", "postgres")
FAULTS = ("host-down:esx-05", "tablespace-filling:db-11-1", "pool-exhausted:mw-05-1")


@dataclass
class Done:
    """What the kills did: how long each recovery took, and when a collector died."""

    recovery: dict[str, list[float]] = field(default_factory=lambda: {n: [] for n in PROCESSES})
    collectors_killed: list[float] = field(default_factory=list)


@dataclass
class Counting:
    """A page whose value is how often it was asked; the numbers it gave away, and when."""

    given: dict[int, float] = field(default_factory=dict)
    port: int = 0

    @contextlib.contextmanager
    def served(self) -> Iterator[None]:
        numbers = itertools.count(1)
        given = self.given

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the base class's name
                number = next(numbers)
                body = f"# TYPE bench_sequence gauge\nbench_sequence {number}\n".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                given[number] = time.time()

            def log_message(self, *_arguments: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()


class Clerk(threading.Thread):
    """Opens tickets without a pause and remembers those that were acknowledged."""

    def __init__(self, door: Door) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[str] = []
        self.refused = 0
        self.leave = threading.Event()
        self._client = httpx.Client(
            base_url=door.client.base_url, headers=door.client.headers, timeout=5
        )

    def run(self) -> None:
        for number in itertools.count():
            if self.leave.wait(0.1):
                return
            body = {"type": "incident", "title": f"台账 {number}", "description": "", "fields": {}}
            try:
                answer = self._client.post("/tickets", json=body)
            except httpx.HTTPError:
                self.refused += 1
                continue
            if answer.status_code < 300:
                self.acknowledged.append(answer.json()["id"])
            else:
                self.refused += 1


@dataclass(frozen=True)
class Toll:
    """What the kills cost. The first five must be zero."""

    tickets_lost: int
    samples_lost: int
    samples_doubled: int
    alerts_without_ticket: int
    alerts_with_two: int
    tickets_acknowledged: int
    samples_served: int
    alerts: int
    recovery: dict[str, list[float]]


def measure(door: Door, rounds: int) -> Toll:
    """Kill each process `rounds` times under load and count."""
    counting = Counting()
    with counting.served():
        item = _watch(door, counting.port)
        clerk = Clerk(door)
        clerk.start()
        done = Done()
        for turn in range(rounds):
            fault = FAULTS[turn % len(FAULTS)]
            door.platform.command("sim", "heal" if turn % 2 else "break", fault, check=False)
            for name in PROCESSES:
                done.recovery[name].append(_kill(door, name, done))
        clerk.leave.set()
        clerk.join()
        for fault in FAULTS:
            door.platform.command("sim", "heal", fault, check=False)
        until(lambda: _settled(door), 180, 1.0)
        return _count(door, counting, clerk, (item, done))


def _watch(door: Door, port: int) -> str:
    """The platform's own item gets a second target: our counting page, every second."""
    item = door.get("/items", q="查房平台")["items"][0]["id"]
    address = f"http://127.0.0.1:{port}/metrics"
    body = {"item": item, "template": "prometheus", "address": address, "interval_s": 1}
    door.post("/targets", {**body, "name": "bench"})
    return str(item)


def _kill(door: Door, name: str, done: Done) -> float:
    """Kill one process; the seconds until the platform is well again."""
    pid = door.platform.pids()[name]
    assert pid is not None
    began = time.monotonic()
    if name == "collect":
        done.collectors_killed.append(time.time())
    os.kill(pid, signal.SIGKILL)
    until(lambda: door.platform.pids().get(name) not in {pid, None}, 60)
    until(door.healthy, 120)
    if name == "collect":  # its heartbeat of before still counts as well for half a minute
        until(lambda: _collects_again(door), 60)
    took = time.monotonic() - began
    time.sleep(1.0)
    return took


def _collects_again(door: Door) -> bool:
    pid = door.platform.pids().get("collect")
    return any(one["pid"] == pid and one["targets"] for one in door.get("/collectors")["items"])


def _settled(door: Door) -> bool:
    """Whether every alert has been taken up and nothing waits in a queue."""
    return all(_tickets_of_each(door).values())


def _tickets_of_each(door: Door) -> dict[str, int]:
    """Alert → how many tickets have it. The same trouble again joins the ticket it has already,
    so the alerts a ticket was opened for are not all there are.
    """
    alerts = [row["id"] for row in door.all("/alerts")]
    return {alert: len(door.all("/tickets", alert=alert)) for alert in alerts}


def _count(door: Door, counting: Counting, clerk: Clerk, killing: tuple[str, Done]) -> Toll:
    """Compare what was acknowledged with what is there."""
    item, done = killing
    there = {row["id"] for row in door.all("/tickets", type="incident")}
    taken = _tickets_of_each(door)
    opened = Counter(row["alert"] for row in door.all("/tickets", type="event"))
    stored = _stored(door, item)
    last = max(counting.given) - 3
    missing = [number for number in counting.given if number <= last and not stored[number]]
    excused = [n for n in missing if _under_a_kill(counting.given[n], done.collectors_killed)]
    return Toll(
        tickets_lost=len(set(clerk.acknowledged) - there),
        samples_lost=len(missing) - len(excused),
        samples_doubled=sum(1 for count in stored.values() if count > 1),
        alerts_without_ticket=sum(1 for count in taken.values() if count == 0),
        alerts_with_two=sum(1 for one in taken if max(taken[one], opened[one]) > 1),
        tickets_acknowledged=len(clerk.acknowledged),
        samples_served=len(counting.given),
        alerts=len(taken),
        recovery=done.recovery,
    )


def _under_a_kill(at: float, kills: list[float]) -> bool:
    """A page was served but the collector died before it had taken it: never acknowledged."""
    return any(abs(at - kill) < 2.0 for kill in kills)


def _stored(door: Door, item: str) -> Counter[int]:
    found = door.get("/samples", metric="bench_sequence", item=item, step="raw")["items"]
    return Counter(int(value) for series in found for _at, value in series["points"])
