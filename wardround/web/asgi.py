"""The web process: the API by Django, the interface from memory."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")

from django.core.asgi import get_asgi_application  # settings first

_django = get_asgi_application()

from wardround.web import assets, bodies, lasting  # noqa: E402  # need the rooms

_api = lasting.outliving(bodies.within_limits(_django))


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """`/api/` is Django's; every other GET is the interface's."""
    if scope["type"] != "http":
        return
    if scope["method"] in {"GET", "HEAD"} and not scope["path"].startswith("/api/"):
        await assets.answer(scope, send)
    else:
        await _api(scope, receive, send)
