"""HTTP/1.1 as scraping needs it: one page again and again, over one connection that stays open.

A client for everything costs 1.5 ms of CPU a request; parsing the page often costs less. Framing
is left to the parser that the platform's own web server uses. No redirects, no proxies, no cookies.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import SplitResult, quote, unquote, urlsplit

import httptools

from wardround.collect.drivers.reachable import reachable
from wardround.collect.errors import NothingCame, TargetFailed
from wardround.collect.types import Reason

_PIECE = 256 * 1024
_LONGEST_HEAD = 64 * 1024
_IN_PATH = "/%:@!$&'()*+,;=~-._"
_WINDOW = 47  # gzip or zlib, whichever it is


@dataclass
class Answer:
    """A whole answer, its body unpacked; the parser fills it in."""

    status: int = 0
    phrase: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    complete: bool = False
    whole_head: bool = False
    pieces: list[bytes] = field(default_factory=list)
    head_size: int = 0
    packed: bool = False
    """The body came packed, and its packing was whole."""

    def on_message_begin(self) -> None:
        """Also after `100 Continue`, which is no answer yet."""
        self.headers, self.phrase, self.whole_head = {}, "", False

    def on_status(self, status: bytes) -> None:
        self.phrase += status.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self.head_size += len(name) + len(value)
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.whole_head = True

    def on_body(self, piece: bytes) -> None:
        self.pieces.append(piece)

    def on_message_complete(self) -> None:
        self.complete = self.whole_head

    @property
    def ends_with_connection(self) -> bool:
        chunked = "chunked" in self.headers.get("transfer-encoding", "").lower()
        return self.whole_head and not chunked and "content-length" not in self.headers

    @property
    def proves_its_end(self) -> bool:
        """By its length, its chunks or its packing; a closed connection alone proves nothing."""
        return not self.ends_with_connection or self.packed


class PageClient:
    """Asks for one address; one request at a time."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        trust: ssl.SSLContext | None,
        most_bytes: int,
    ) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._trust = trust if parts.scheme == "https" else None
        self._most_bytes = most_bytes
        self._request = _request(parts, headers)
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self) -> Answer:
        """Raises OSError, TargetFailed with what is wrong; a broken connection is never kept."""
        kept = self._stream is not None
        try:
            try:
                return await self._ask()
            except NothingCame:
                if not kept:
                    raise TargetFailed(Reason.CUT, "closed without an answer") from None
                self._drop()  # closed by the other side while it was idle
                return await self._ask()
        except NothingCame:
            self._drop()
            raise TargetFailed(Reason.CUT, "closed without an answer") from None
        except BaseException:
            self._drop()
            raise

    async def close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream[1].close()
            with contextlib.suppress(OSError):
                await stream[1].wait_closed()

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream[1].transport.abort()

    async def _ask(self) -> Answer:
        reader, writer = self._stream = self._stream or await self._connect()
        try:
            writer.write(self._request)
            await writer.drain()
            first = await reader.read(_PIECE)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise NothingCame from error
        if not first:
            raise NothingCame
        answer = Answer()
        parser = httptools.HttpResponseParser(answer)
        await self._receive(first, reader, answer, parser)
        if answer.ends_with_connection or not _stays_open(answer, parser.get_http_version()):
            await self.close()
        return answer

    async def _receive(
        self,
        first: bytes,
        reader: asyncio.StreamReader,
        answer: Answer,
        parser: httptools.HttpResponseParser,
    ) -> None:
        body: _Body | None = None
        data = first
        while data:
            try:
                parser.feed_data(data)
            except httptools.HttpParserError as error:
                raise TargetFailed(Reason.CUT, f"no HTTP: {error}") from error
            if answer.head_size > _LONGEST_HEAD:
                raise TargetFailed(Reason.TOO_BIG, f"a head of more than {_LONGEST_HEAD} bytes")
            answer.status = parser.get_status_code() if answer.whole_head else 0
            if answer.status >= HTTPStatus.OK:  # below is `100 Continue`, no answer yet
                body = body or _Body(_packing(answer), self._most_bytes)
                body.take(answer.pieces)
                answer.pieces = []
                if answer.complete:
                    break
            data = await reader.read(_PIECE)
        if body is None or not (answer.complete or answer.ends_with_connection):
            raise TargetFailed(Reason.CUT, "closed before the end of the page")
        answer.body = body.whole()
        answer.packed = body.packed

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        name = self._host if self._trust else None
        *others, last = await reachable(self._host, self._port)
        for address in others:
            with contextlib.suppress(OSError):
                return await self._connect_to(address, name)
        return await self._connect_to(last, name)

    async def _connect_to(
        self, address: str, name: str | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(
            address, self._port, ssl=self._trust, server_hostname=name, limit=_PIECE
        )


def _stays_open(answer: Answer, version: str) -> bool:
    said = answer.headers.get("connection", "").lower()
    return "close" not in said if version == "1.1" else "keep-alive" in said


def _packing(answer: Answer) -> str:
    """How a page is packed; what comes with an error is not read."""
    return answer.headers.get("content-encoding", "") if answer.status == HTTPStatus.OK else ""


class _Body:
    """Unpacks as it comes, so that no packed bomb is ever whole in memory."""

    def __init__(self, encoding: str, most_bytes: int) -> None:
        self._most = most_bytes
        self._parts: list[bytes] = []
        self._size = 0
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise TargetFailed(Reason.CONTENT_TYPE, f"packed as {name}; gzip was asked for")
        self.packed = name not in ("", "identity")
        self._unpack = zlib.decompressobj(_WINDOW) if self.packed else None

    def take(self, pieces: list[bytes]) -> None:
        for piece in pieces:
            part = self._unpacked(piece) if self._unpack is not None else piece
            self._size += len(part)
            if self._size > self._most:
                raise TargetFailed(Reason.TOO_BIG, f"more than {self._most} bytes")
            self._parts.append(part)

    def whole(self) -> bytes:
        if self._unpack is not None and (not self._unpack.eof or self._unpack.unused_data):
            raise TargetFailed(
                Reason.CUT, "the packed page ends too early, or goes on after its end"
            )
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def _unpacked(self, piece: bytes) -> bytes:
        assert self._unpack is not None  # noqa: S101  # take() looked
        try:
            found = self._unpack.decompress(piece, self._most - self._size + 1)
        except zlib.error as error:
            raise TargetFailed(Reason.CUT, f"not packed as it says: {error}") from error
        return found


def _request(parts: SplitResult, headers: Mapping[str, str]) -> bytes:
    host = parts.netloc.rpartition("@")[2]
    path = quote(parts.path or "/", safe=_IN_PATH)
    query = "?" + quote(parts.query, safe=_IN_PATH + "?") if parts.query else ""
    given = {"Host": host, "Accept-Encoding": "gzip, deflate", **headers}
    if parts.username and "Authorization" not in given:
        given["Authorization"] = basic(unquote(parts.username), unquote(parts.password or ""))
    lines = [f"GET {path}{query} HTTP/1.1", *(f"{name}: {text}" for name, text in given.items())]
    if any("\r" in line or "\n" in line for line in lines):
        raise TargetFailed(Reason.SETTINGS, "a line break in the address or its sign-in")
    try:
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    except UnicodeEncodeError:
        named = "a character in the host name or the sign-in that HTTP cannot carry"
        raise TargetFailed(Reason.SETTINGS, named) from None


def basic(user: str, password: str) -> str:
    """The header value that signs in with a name and a password."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
