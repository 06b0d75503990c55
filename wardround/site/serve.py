"""The web process: uvicorn around the platform's one ASGI application."""

from __future__ import annotations

import resource

import uvicorn
from django.conf import settings

from wardround.impact import warming

REQUESTS = 2000
"""Connections beside the live streams."""


def run(host: str, port: int) -> int:
    """Serve until SIGTERM; open live streams end within seconds and the pages reconnect."""
    _allow_files()
    config = uvicorn.Config(
        "wardround.web.asgi:application",
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        http="wardround.web.reception:Reception",
        timeout_graceful_shutdown=3,
        timeout_keep_alive=30,
        limit_concurrency=settings.STREAMS + REQUESTS,
        server_header=False,
        proxy_headers=True,
    )
    server = uvicorn.Server(config)
    warming.begin()
    server.run()
    return 0 if server.started else 3


def _allow_files() -> None:
    """Each connection is an open file; many systems allow 1,024 until they are asked for more."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
