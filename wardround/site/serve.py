"""The web process: uvicorn around the platform's one ASGI application."""

from __future__ import annotations

import uvicorn


def run(host: str, port: int) -> int:
    """Serve until SIGTERM; open live streams end within seconds and the pages reconnect."""
    config = uvicorn.Config(
        "wardround.web.asgi:application",
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
        timeout_keep_alive=30,
        limit_concurrency=2000,
        server_header=False,
        proxy_headers=True,
    )
    server = uvicorn.Server(config)
    server.run()
    return 0 if server.started else 3
