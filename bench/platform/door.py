"""The platform's door as a benchmark needs it: the API with a token, the live stream, a folder."""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from wardround.site.launch import Platform, launched


class Door:
    """The API of one platform; `patient` requests survive a restart of what answers."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.client = httpx.Client(
            base_url=f"{platform.url}/api/v1",
            headers={"Authorization": f"Bearer {platform.token()}"},
            timeout=10,
        )

    def get(self, path: str, **parameters: Any) -> Any:
        answer = self.client.get(path, params=parameters)
        answer.raise_for_status()
        return answer.json()

    def all(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """Every page of a list."""
        rows: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while True:
            page = self.get(path, limit=500, **parameters, **cursor)
            rows += page["items"]
            if not page["next"]:
                return rows
            cursor = {"cursor": page["next"]}

    def post(self, path: str, body: object) -> Any:
        answer = self.client.post(path, json=body)
        answer.raise_for_status()
        return answer.json()

    def patch(self, path: str, body: object) -> Any:
        answer = self.client.patch(path, json=body)
        answer.raise_for_status()
        return answer.json()

    def healthy(self) -> bool:
        try:
            return bool(self.client.get("/health").json()["status"] == "ok")
        except (httpx.HTTPError, ValueError):
            return False


def until(condition: Callable[[], Any], seconds: float = 90.0, pause: float = 0.05) -> float:
    """Wait until a condition holds; the seconds it took."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            message = f"still not after {seconds:g} s"
            raise TimeoutError(message)
        time.sleep(pause)
    return time.monotonic() - began


@contextmanager
def installation(*, demo: bool) -> Iterator[Door]:
    """A platform in a new folder, well and warm."""
    folder = Path(tempfile.mkdtemp(prefix="wr-bench-"))
    folder.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    try:
        with launched(folder, port=port, demo=demo) as platform:
            door = Door(platform)
            until(door.healthy)
            yield door
    finally:
        shutil.rmtree(folder, ignore_errors=True)
