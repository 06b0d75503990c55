"""A Nautobot of its own, to measure beside: installed, migrated and started under a folder that
later runs find again. Never part of what the platform needs.

Its database is a second one of the server that ours is measured on; its cache and its locks are a
Redis on a socket, which it will not be without.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from wardround.site.postgres import ROLE, EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
VERSION = "3.2.7"
REDIS_PATIENCE_SECONDS = 20
_CONFIGURATION = """
from nautobot.core.settings import *

SECRET_KEY = "of a measurement, which nobody signs in to"
ALLOWED_HOSTS = ["*"]
ROOT = {root!r}
GIT_ROOT, JOBS_ROOT, MEDIA_ROOT, STATIC_ROOT = (ROOT + "/" + part for part in
    ("git", "jobs", "media", "static"))
DATABASES["default"] |= {{
    "NAME": "nautobot", "USER": {role!r}, "HOST": {sockets!r}, "PORT": "5432",
    "ENGINE": "django.db.backends.postgresql",
}}
CACHES["default"]["LOCATION"] = "unix://{redis}?db=1"
CELERY_BROKER_URL = "redis+socket://{redis}?virtual_host=0"
CELERY_TASK_ALWAYS_EAGER = True
INSTALLATION_METRICS_ENABLED = False
"""


@dataclass(frozen=True)
class Nautobot:
    """One that is migrated, with its Redis running."""

    folder: Path

    def server(self, *arguments: str) -> None:
        """Run `nautobot-server ARGUMENTS`; what it says is kept in its log."""
        with (self.folder / "nautobot.log").open("ab") as log:
            subprocess.run(
                [self.folder / "venv" / "bin" / "nautobot-server", *arguments],
                env=self._environment(), stdout=log, stderr=log, check=True,
            )  # fmt: skip

    def measured(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What `nautobot_side.py` finds, in a process of its own."""
        asked = self.folder / "asked.json"
        asked.write_text(json.dumps(given))
        with (self.folder / "nautobot.log").open("ab") as log:
            said = subprocess.run(
                [self.folder / "venv" / "bin" / "python", "-P",
                 Path(__file__).with_name("nautobot_side.py"), asked],
                env=self._environment(), stdout=subprocess.PIPE, stderr=log, check=True,
            )  # fmt: skip
        found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
        return found

    def _environment(self) -> dict[str, str]:
        """Ours, less what would name our settings to its Django."""
        ours = {name: value for name, value in os.environ.items() if not _names_ours(name)}
        named = {
            "NAUTOBOT_CONFIG": self.folder / "nautobot_config.py",
            "NAUTOBOT_ROOT": self.folder,
        }
        return ours | {name: str(value) for name, value in named.items()}


def _names_ours(variable: str) -> bool:
    return variable.startswith(("DJANGO_", "WARDROUND_", "PYTHON"))


@contextmanager
def started(folder: Path, postgres: EmbeddedPostgres) -> Iterator[Nautobot]:
    """Made ready where the folder is new (some minutes), with a new empty database each time it
    was not finished; ended with its Redis.
    """
    _install(folder / "venv")
    redis = folder / "redis.sock"
    texts = {"root": str(folder), "role": ROLE, "sockets": str(postgres.sockets), "redis": redis}
    (folder / "nautobot_config.py").write_text(_CONFIGURATION.format_map(texts))
    with _redis(redis):
        nautobot = Nautobot(folder)
        if not (folder / "migrated").exists():
            _migrate(nautobot, postgres)
        yield nautobot


def _install(venv: Path) -> None:
    if (venv / "bin" / "nautobot-server").exists():
        return
    print(f"installing nautobot {VERSION} into {venv}", flush=True)
    uv = ["nice", "-n", "15", str(ROOT / ".venv" / "bin" / "uv")]
    if not venv.exists():
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    into = ["pip", "install", "--quiet", "--python", str(venv / "bin" / "python")]
    subprocess.run([*uv, *into, f"nautobot=={VERSION}"], check=True)


def _migrate(nautobot: Nautobot, postgres: EmbeddedPostgres) -> None:
    print("migrating nautobot's database, some minutes", flush=True)
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS nautobot")
        connection.execute(f"CREATE DATABASE nautobot OWNER {ROLE}")
    began = time.perf_counter()
    nautobot.server("migrate", "--no-input", "--verbosity", "0")
    (nautobot.folder / "migrated").touch()
    print(f"migrated in {time.perf_counter() - began:.0f} s", flush=True)


@contextmanager
def _redis(socket: Path) -> Iterator[None]:
    subprocess.run([ROOT / "tools" / "system-packages", "redis-server"], check=True)
    kept_nowhere = ["--save", "", "--appendonly", "no", "--dir", str(socket.parent)]
    process = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", str(socket), *kept_nowhere],
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + REDIS_PATIENCE_SECONDS
        while not socket.exists():
            if time.monotonic() > until or process.poll() is not None:
                message = f"redis-server does not answer at {socket}"
                raise TimeoutError(message)
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)
