"""Answers that last as long as somebody listens, after the request itself is over.

Django holds a thread and a connection to the database for each request until its answer has ended:
for a live stream, as long as its page is open. So its view answers with a head alone and leaves the
frames here; they are sent when Django has ended the request and let go of what it held.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any

from django.http import HttpRequest

_FRAMES = "wardround.frames"

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]


def last(request: HttpRequest, frames: AsyncGenerator[bytes, None]) -> None:
    """Let these frames follow the head of the answer to this request."""
    scope: dict[str, Any] = getattr(request, "scope", {})
    scope[_FRAMES] = frames


def outliving(application: Application) -> Application:
    """The application, whose lasting answers are sent after it has ended."""

    async def lasting(scope: Any, receive: Receive, send: Send) -> None:
        heads: list[Message] = []

        async def send_or_keep(message: Message) -> None:
            if _FRAMES not in scope:
                await send(message)
            elif message["type"] == "http.response.start":
                heads.append(message)

        await application(scope, receive, send_or_keep)
        frames = scope.pop(_FRAMES, None)
        if frames is not None and heads:
            await _send_all(heads[0], frames, receive, send)

    return lasting


async def _send_all(
    head: Message, frames: AsyncGenerator[bytes, None], receive: Receive, send: Send
) -> None:
    kept = [pair for pair in head["headers"] if pair[0].lower() != b"content-length"]
    await send({**head, "headers": kept})
    sending = asyncio.create_task(_send_each(frames, send))
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        sending.cancel()
        await asyncio.wait({sending, leaving})
        await frames.aclose()
    if not sending.cancelled():
        sending.result()


async def _send_each(frames: AsyncGenerator[bytes, None], send: Send) -> None:
    async for frame in frames:
        await send({"type": "http.response.body", "body": frame, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    """Return when whoever listened has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
