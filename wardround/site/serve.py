"""The web process: uvicorn around the platform's one ASGI application."""

from __future__ import annotations

import gc
import resource
import threading
from importlib import import_module

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
    threading.Thread(target=_settle_in, name="settling-in", daemon=True).start()
    server.run()
    return 0 if server.started else 3


def _settle_in() -> None:
    """Beside the first requests: what every board asks is compiled, and what stands by then is no
    longer looked through for cycles. It stays; with it a look took up to two seconds, in the middle
    of somebody's request.
    """
    import_module("wardround.web.asgi")  # waits until all of it stands
    warming.warm_up()
    gc.collect()
    gc.freeze()


def _allow_files() -> None:
    """Each connection is an open file; many systems allow 1,024 until they are asked for more."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
