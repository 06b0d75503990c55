"""Sending one letter: a connection, a request, the head of the answer, one limit for all of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import h11

from wardround.notify.errors import PostFailed
from wardround.notify.webhook_types import Trouble

PATIENCE = 10.0
"""Seconds for one letter, from the first packet to the answer's head."""
_GOODBYE = 0.5
"""Seconds to close a connection in, after that."""
_AS_WRITTEN = "/?:@!$&'()*+,;=%-._~"
"""What stands in a path and a query as it is; anything else, Chinese too, is encoded."""
_MOST_READ = 65_536
"""Bytes of an answer; its body tells nobody anything."""


async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """The status that a receiver answers. No redirect is followed: a letter goes where it was said.

    Raises PostFailed.
    """
    opened: list[asyncio.StreamWriter] = []
    try:
        async with asyncio.timeout(PATIENCE):
            return await _posted(url, headers, body, opened)
    except TimeoutError:
        raise PostFailed(Trouble.SILENT) from None
    except (OSError, ssl.SSLError) as error:
        raise PostFailed(Trouble.UNREACHABLE, str(error) or type(error).__name__) from None
    except (h11.ProtocolError, ValueError) as error:
        raise PostFailed(Trouble.NOT_HTTP, str(error)) from None
    finally:
        for writer in opened:
            await _leave(writer)


async def _leave(writer: asyncio.StreamWriter) -> None:
    """Close a connection. A receiver that does not read on, or does not say goodbye (TLS), would
    hold it, and all others with it, for as long as it likes: after a moment it is cut.
    """
    writer.close()
    try:
        async with asyncio.timeout(_GOODBYE):
            await writer.wait_closed()
    except (OSError, ssl.SSLError, TimeoutError):
        writer.transport.abort()


async def _posted(
    url: str, headers: Mapping[str, str], body: bytes, opened: list[asyncio.StreamWriter]
) -> int:
    parts = urlsplit(url)
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure)
    opened.append(writer)
    sent = h11.Connection(h11.CLIENT)
    place = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    given = [
        ("host", parts.netloc.encode("idna").decode()),
        ("content-length", str(len(body))),
        ("connection", "close"),
        *headers.items(),
    ]
    for event in (
        h11.Request(method="POST", target=quote(place, safe=_AS_WRITTEN), headers=given),
        h11.Data(data=body),
        h11.EndOfMessage(),
    ):
        writer.write(sent.send(event) or b"")
    await writer.drain()
    return await _status(sent, reader)


async def _status(sent: h11.Connection, reader: asyncio.StreamReader) -> int:
    read = 0
    while read < _MOST_READ:
        event = sent.next_event()
        if isinstance(event, h11.Response):
            return event.status_code
        if event is h11.NEED_DATA:
            data = await reader.read(_MOST_READ)
            read += len(data)
            sent.receive_data(data)
        elif not isinstance(event, h11.InformationalResponse):
            break
    raise PostFailed(Trouble.NOT_HTTP)
