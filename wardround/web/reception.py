"""How requests are received: nobody holds a connection by sending half of one."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_SECONDS = 10.0
"""From a connection, or the first byte of a request, to the end of the request's head."""
BODY_SECONDS = 20.0
"""From one piece of a body to the next."""
HEAD_BYTES = 64 * 1024
_TOO_SLOW = 408, b"Request Timeout"
_TOO_LONG = 431, b"Request Header Fields Too Large"


class Reception(HttpToolsProtocol):
    """uvicorn's protocol, which waits for ever for the rest of a request, with an end to that."""

    _waiting: asyncio.TimerHandle | None = None
    _head = 0
    """Bytes of a head that is not complete; -1 while it is."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._received()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head >= 0:
            self._head += len(data)
        elif self._waiting is not None:
            self._wait(BODY_SECONDS)
        super().data_received(data)
        if self._head > HEAD_BYTES:
            self._refuse(*_TOO_LONG)

    def on_message_begin(self) -> None:
        self._head = 0
        self._wait(HEAD_SECONDS)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = -1
        self._wait(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._received()
        self._head = 0
        super().on_message_complete()

    def _wait(self, seconds: float) -> None:
        self._received()
        self._waiting = self.loop.call_later(seconds, self._give_up)

    def _received(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        if self._head < 0 and self.flow.read_paused:  # we are the slow ones
            self._wait(BODY_SECONDS)
        else:
            self._refuse(*_TOO_SLOW)

    def _refuse(self, status: int, reason: bytes) -> None:
        """End the connection, with an answer where none has begun."""
        self._received()
        if self.transport.is_closing():
            return
        begun: RequestResponseCycle | None = self.cycle
        if begun is None or begun.response_complete or not begun.response_started:
            self.transport.write(
                b"HTTP/1.1 %d %s\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
                % (status, reason)
            )
        self.transport.close()
