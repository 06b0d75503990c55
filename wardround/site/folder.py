"""The data folder: all an installation keeps on one machine, and the lock that only one holds."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

from wardround.kernel.wording import Wording
from wardround.site.errors import FolderInUse, WrongOwner


def default_folder() -> Path:
    """Where an installation lives unless told otherwise; root's is the machine's."""
    if os.geteuid() == 0:
        return Path("/var/lib/wardround")
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "wardround"


def _last_started() -> Path:
    """Where this copy of the program remembers the folder it started last: two checkouts on one
    machine do not find each other's.
    """
    program = os.fsencode(Path(__file__).resolve().parents[2])
    copy = hashlib.blake2b(program, digest_size=6).hexdigest()
    return default_folder().parent / f".wardround-last-{copy}"


@dataclass(frozen=True)
class FirstAccount:
    """The account that the first start makes, so that somebody can sign in."""

    user_name: str
    password: str


class DataFolder:
    """One installation's folder. Secrets in it are readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: TextIOWrapper | None = None

    @classmethod
    def chosen(cls, given: str | None) -> DataFolder:
        """The folder given, or named by the environment, or started last, or the default."""
        named = given or os.environ.get("WARDROUND_DATA")
        if named:
            return cls(Path(named).expanduser())
        with contextlib.suppress(OSError):
            last = Path(_last_started().read_text().strip())
            if last.is_dir():
                return cls(last)
        return cls(default_folder())

    def prepare(self) -> None:
        """Make the folder and its secrets; raises `WrongOwner` when it cannot be written."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for part in ("log", "spool"):
                (self.path / part).mkdir(exist_ok=True)
            self._secret("secret.key")
            self._secret("history.password")
        except OSError as error:
            raise WrongOwner(
                Wording(
                    "The data folder %(folder)s cannot be written (%(why)s)."
                    " Check who owns it, or choose another with --data.",
                    {"folder": self.path, "why": error.strerror},
                )
            ) from error

    def lock(self) -> None:
        """Hold the folder for this process; raises `FolderInUse` naming who holds it."""
        file = (self.path / "wardround.lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "?"
            file.close()
            raise FolderInUse(
                Wording(
                    "Another wardround (process %(holder)s) already runs on %(folder)s."
                    " Stop it first, or choose another folder with --data.",
                    {"holder": holder, "folder": self.path},
                )
            ) from None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._lock = file
        with contextlib.suppress(OSError):
            _last_started().write_text(f"{self.path}\n")

    def holder(self) -> int | None:
        """The process that runs on this folder now, if any."""
        try:
            with (self.path / "wardround.lock").open() as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = (self.path / "wardround.lock").read_text().strip()
            return int(text) if text.isdigit() else 0
        except OSError:
            return None
        return None

    @property
    def history_password(self) -> str:
        return (self.path / "history.password").read_text().strip()

    def first_account(self, user_name: str) -> FirstAccount:
        """The first account's name and password; made once and kept for the owner's eyes."""
        file = self.path / "first-account.json"
        if not file.is_file():
            made = {"user_name": user_name, "password": secrets.token_urlsafe(12)}
            _write_private(file, json.dumps(made))
        return FirstAccount(**json.loads(file.read_text()))

    def remember(self, environment: dict[str, str]) -> None:
        """Leave for other commands how to reach the stores of this installation."""
        _write_private(self.path / "environment.json", json.dumps(environment, indent=1))

    def environment(self) -> dict[str, str]:
        """What `remember` left, under what the caller's own environment says."""
        left: dict[str, str] = {"WARDROUND_DATA": str(self.path)}
        with contextlib.suppress(OSError, ValueError):
            left |= json.loads((self.path / "environment.json").read_text())
        return {key: os.environ.get(key, value) for key, value in left.items()}

    def _secret(self, name: str) -> None:
        file = self.path / name
        if not file.exists():
            _write_private(file, secrets.token_hex(32))


def _write_private(file: Path, text: str) -> None:
    """Write whole or not at all, readable by the owner only."""
    half = file.with_name(f"{file.name}.new")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    half.replace(file)
