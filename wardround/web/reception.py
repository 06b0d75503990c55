"""How requests are received and answers given: nobody holds a connection by sending half of a
request, nor by taking nothing of an answer.
"""

from __future__ import annotations

import asyncio
import socket
import struct

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_SECONDS = 10.0
"""From a connection, or the first byte of a request, to the end of the request's head."""
BODY_SECONDS = 20.0
"""From one piece of a body to the next."""
TAKEN_SECONDS = 20.0
"""From one byte of an answer that its reader takes to the next, once more waits for him than is
kept for a connection. Else who stops reading kept a live stream, and its place, beyond his right
to it.
"""
HEAD_BYTES = 64 * 1024
_AT_ONCE = struct.pack("ii", 1, 0)
_TOO_SLOW = 408, b"Request Timeout"
_TOO_LONG = 431, b"Request Header Fields Too Large"


class Reception(HttpToolsProtocol):
    """uvicorn's protocol, which waits for ever for the rest of a request and for whoever takes its
    answer, with an end to that.
    """

    _waiting: asyncio.TimerHandle | None = None
    _giving: asyncio.TimerHandle | None = None
    _head = 0
    """Bytes of a head that is not complete; -1 while it is."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._received()
        self._taken()
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

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        self._taken()
        super().resume_writing()

    def _watch(self, left: int) -> None:
        self._taken()
        self._giving = self.loop.call_later(TAKEN_SECONDS, self._give_on, left)

    def _give_on(self, left: int) -> None:
        """Wait on while the answer is taken at all, however slowly."""
        now = self.transport.get_write_buffer_size()
        if now < left:
            self._watch(now)
            return
        ours: socket.socket = self.transport.get_extra_info("socket")
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)  # or the kernel would wait
        self.transport.abort()

    def _taken(self) -> None:
        if self._giving is not None:
            self._giving.cancel()
            self._giving = None

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
