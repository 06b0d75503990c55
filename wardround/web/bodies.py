"""Of a body no more is read than its sender may send: little, as long as nobody has signed in."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import OperationalError, connection
from django.utils import translation
from psycopg_pool import PoolTimeout

from wardround.access.authentication import authenticate
from wardround.kernel import uploads
from wardround.kernel.errors import WardroundError
from wardround.kernel.uploads import Allowance
from wardround.web.errors import TooLarge
from wardround.web.middleware import spoken
from wardround.web.problems import problem

STRANGERS_BYTES = 64 * 1024
"""Of a body whose sender is not signed in: a sign-in has a hundredth of that."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]


def within_limits(application: Application) -> Application:
    """The application, which gets of no body more than its sender may send."""

    async def limited(scope: Any, receive: Receive, send: Send) -> None:
        body = _Body(scope, receive, send)
        length = dict(scope["headers"]).get(b"content-length", b"")
        if await body.may_have(int(length) if length.isdigit() else 0):
            await application(scope, body.receive, body.send)

    return limited


class _Body:
    """One request's body, and its answer as long as that is not a refusal of ours."""

    def __init__(self, scope: Any, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._allowed = _usual(STRANGERS_BYTES)
        self._read = 0
        self._asked = self._refused = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        whole = not self._refused and await self.may_have(self._read)
        return message if whole else {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if not self._refused:
            await self._send(message)

    async def may_have(self, size: int) -> bool:
        """Whether it may have so many bytes; answers with a refusal where it may not."""
        if size > self._allowed.most and not self._asked:
            self._asked = True
            self._allowed = await asyncio.to_thread(_allowed, self._scope)
        if size > self._allowed.most:
            self._refused = True
            await self._tell_too_large()
        return not self._refused

    async def _tell_too_large(self) -> None:
        asked = dict(self._scope["headers"]).get(b"accept-language", b"").decode("latin-1")
        with translation.override(spoken(asked) or settings.LANGUAGE_CODE):
            answer = problem(self._allowed.refusal)
        pairs: Iterable[tuple[str, str]] = (*answer.items(), ("Connection", "close"))
        head = [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs]
        status = answer.status_code
        await self._send({"type": "http.response.start", "status": status, "headers": head})
        await self._send({"type": "http.response.body", "body": answer.content})


def _usual(most: int) -> Allowance:
    return Allowance(most, TooLarge(field="body", limit=f"{most / 2**20:.4g}"))


def _allowed(scope: Any) -> Allowance:
    """What the sender of this head may send."""
    request = ASGIRequest(scope, io.BytesIO())
    try:
        if authenticate(request) is None:
            return _usual(STRANGERS_BYTES)
        if not request.headers.get("Content-Type", "").startswith("multipart/form-data"):
            return _usual(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        return uploads.allowance(request.path) or _usual(settings.UPLOAD_BYTES)
    except (WardroundError, OperationalError, PoolTimeout):  # told when the request is answered
        return _usual(STRANGERS_BYTES)
    finally:
        connection.close()
