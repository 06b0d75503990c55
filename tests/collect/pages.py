"""A real HTTP server on loopback that serves pages as told: late, cut, huge, wrong."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Exporter:
    """What the server answers; a test changes it while it runs."""

    body: bytes = b"load 1\n"
    status: str = "200 OK"
    content_type: str = "text/plain; version=0.0.4"
    headers: list[str] = field(default_factory=list)
    promised: int | None = None
    """Content-Length when it is not the truth."""
    unsized: bool = False
    """Without a length: the end of the connection is the end of the page."""
    silent: bool = False
    endless: bool = False
    port: int = 0
    connections: int = 0
    requests: list[str] = field(default_factory=list)
    tasks: set[asyncio.Task[None] | None] = field(default_factory=set)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.tasks.add(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
                self.asked.set()
                if self.silent:
                    await reader.read()
                    break
                writer.write(self._head())
                if self.endless:
                    await self._pour(writer)
                writer.write(self.body)
                await writer.drain()
                if self.promised is not None or self.unsized:
                    break
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    def _head(self) -> bytes:
        length = len(self.body) if self.promised is None else self.promised
        size = [] if self.endless or self.unsized else [f"Content-Length: {length}"]
        lines = [
            f"HTTP/1.1 {self.status}",
            f"Content-Type: {self.content_type}",
            *size,
            *self.headers,
        ]
        if self.endless or self.unsized:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def _pour(self, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"load 1\n" * 10_000)
            await writer.drain()


@asynccontextmanager
async def exporter(**settings: object) -> AsyncIterator[Exporter]:
    """Run an exporter on a free port."""
    one = Exporter(**settings)  # type: ignore[arg-type]
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()
        for task in one.tasks:
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in one.tasks if task is not None))
