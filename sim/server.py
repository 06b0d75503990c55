"""Serving the machines' pages, each on its own loopback address, and breaking them on demand."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import unquote

import h11

from sim.faults import KINDS, Faults, UnknownFault, named
from sim.machines import Hospital, Machine
from sim.pages import page

_CONTENT = "text/plain; version=0.0.4; charset=utf-8"
_IDLE_SECONDS = 75.0
Answer = tuple[int, str, bytes]
Handler = Callable[[str, str], Answer]


class Simulation:
    """All machines in one event loop; a machine that is down has no listening socket."""

    def __init__(self, hospital: Hospital, faults: Faults) -> None:
        self.hospital = hospital
        self.faults = faults
        self._servers: dict[str, asyncio.Server] = {}
        self._open: dict[str, set[asyncio.StreamWriter]] = {}

    async def settle(self) -> None:
        """Open and close sockets until they fit what is broken."""
        dark = self.faults.dark()
        for key, machine in self.hospital.machines.items():
            if key in dark and key in self._servers:
                self._servers.pop(key).close()
                for writer in self._open.pop(key, set()):
                    writer.close()
            elif key not in dark and key not in self._servers:
                self._servers[key] = await self._listen(machine)

    async def close(self) -> None:
        """Close every socket and connection."""
        for server in self._servers.values():
            server.close()
        await asyncio.sleep(0)  # a connection accepted just now gets its handler first
        for writers in self._open.values():
            for writer in list(writers):
                writer.close()
        await asyncio.gather(*(server.wait_closed() for server in self._servers.values()))

    async def _listen(self, machine: Machine) -> asyncio.Server:
        def answer(method: str, target: str) -> Answer:
            if method != "GET" or target.partition("?")[0] != "/metrics":
                return 404, "text/plain", b"only GET /metrics\n"
            return 200, _CONTENT, page(machine, self.faults, time.time()).encode()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers = self._open.setdefault(machine.key, set())
            writers.add(writer)
            try:
                await converse(reader, writer, answer)
            finally:
                writers.discard(writer)

        return await asyncio.start_server(serve, str(machine.address), machine.port)

    def order(self, method: str, target: str) -> Answer:
        """`GET /faults`, `POST /faults/NAME`, `DELETE /faults/NAME`."""
        parts = [unquote(one) for one in target.strip("/").split("/", 1)]
        if parts == ["faults"] and method == "GET":
            return _json(200, self.describe())
        if len(parts) != 2 or parts[0] != "faults" or method not in {"POST", "DELETE"}:
            return _json(404, {"error": "GET /faults, POST or DELETE /faults/NAME"})
        try:
            fault = named(parts[1], self.hospital)
        except UnknownFault as error:
            return _json(404, {"error": str(error)})
        if method == "POST":
            self.faults.break_(fault, time.time())
        else:
            self.faults.heal(fault)
        return _json(200, {"fault": str(fault), "broken": method == "POST"})

    def describe(self) -> dict[str, object]:
        broken = [
            {"name": str(fault), "since": since} for fault, since in self.faults.since.items()
        ]
        kinds = [{"name": one.name, "zh": one.zh, "en": one.en} for one in KINDS.values()]
        return {"kinds": kinds, "broken": broken, "machines": len(self.hospital.machines)}


def _json(status: int, body: object) -> Answer:
    return status, "application/json", json.dumps(body, ensure_ascii=False).encode()


async def converse(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    answer: Callable[[str, str], Answer | Awaitable[Answer]],
) -> None:
    """Answer the requests of one connection until it is closed or idle."""
    connection = h11.Connection(h11.SERVER)
    try:
        while True:
            request = await _next_request(connection, reader)
            if request is None:
                return
            given = answer(request.method.decode(), request.target.decode())
            status, kind, body = given if isinstance(given, tuple) else await given
            headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
            head = h11.Response(status_code=status, headers=headers)
            for event in (head, h11.Data(data=body), h11.EndOfMessage()):
                writer.write(connection.send(event) or b"")
            await writer.drain()
            if connection.our_state is h11.MUST_CLOSE:
                return
            connection.start_next_cycle()
    except (TimeoutError, OSError, h11.RemoteProtocolError):
        return
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _next_request(
    connection: h11.Connection, reader: asyncio.StreamReader
) -> h11.Request | None:
    request = None
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await asyncio.wait_for(reader.read(65536), _IDLE_SECONDS))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.EndOfMessage):
            return request
        elif isinstance(event, h11.ConnectionClosed):
            return None


async def _serve(hospital: Hospital, faults: Faults, host: IPv4Address, port: int) -> None:
    simulation = Simulation(hospital, faults)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await simulation.settle()

    async def obey(method: str, target: str) -> Answer:
        given = simulation.order(method, target)
        await simulation.settle()
        return given

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await converse(reader, writer, obey)

    async with await asyncio.start_server(serve, str(host), port):
        await stop.wait()


def run(hospital: Hospital, *, port: int, kept: Path | None) -> int:
    """Serve until SIGTERM. `kept` is the file that remembers what is broken."""
    asyncio.run(_serve(hospital, Faults(hospital, kept), IPv4Address("127.0.0.1"), port))
    return 0
