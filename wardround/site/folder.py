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
from wardround.kernel.wording import untranslated as _
from wardround.site.errors import FileDamaged, FolderInUse, WrongOwner


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
            self._key()
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
        return _told_in(self.path / "history.password", _PASSWORD_DAMAGED)

    def first_account(self, user_name: str) -> FirstAccount:
        """The first account's name and password; made once and kept for the owner's eyes."""
        file = self.path / "first-account.json"
        if not file.is_file():
            made = {"user_name": user_name, "password": secrets.token_urlsafe(12)}
            _write_private(file, json.dumps(made))
        try:
            return FirstAccount(**json.loads(file.read_text()))
        except (ValueError, TypeError) as error:
            raise FileDamaged(Wording(_ACCOUNT_DAMAGED, {"file": file})) from error

    def remember(self, environment: dict[str, str]) -> None:
        """Leave for other commands how to reach the stores of this installation."""
        _write_private(self.path / "environment.json", json.dumps(environment, indent=1))

    def environment(self) -> dict[str, str]:
        """What `remember` left, under what the caller's own environment says."""
        left: dict[str, str] = {"WARDROUND_DATA": str(self.path)}
        with contextlib.suppress(OSError, ValueError):
            left |= json.loads((self.path / "environment.json").read_text())
        return {key: os.environ.get(key, value) for key, value in left.items()}

    @property
    def key(self) -> str:
        """The installation's key: what the setting says, else what lies here."""
        given = os.environ.get("WARDROUND_SECRET_KEY")
        return given or _told_in(self.path / "secret.key", _KEY_DAMAGED)

    def look_at_key(self) -> None:
        """Raises `FileDamaged` where the key that would be used cannot be one."""
        file = self.path / "secret.key"
        if "WARDROUND_SECRET_KEY" not in os.environ and file.exists():
            _told_in(file, _KEY_DAMAGED)

    def _key(self) -> None:
        """The installation's key: made with the folder, never again for what it has sealed."""
        if "WARDROUND_SECRET_KEY" in os.environ:
            return
        file = self.path / "secret.key"
        if not file.exists() and (self.path / "postgres" / "PG_VERSION").exists():
            raise FileDamaged(Wording(_KEY_GONE, {"file": file}))
        self._secret(file.name)
        _told_in(file, _KEY_DAMAGED)

    def _secret(self, name: str) -> None:
        file = self.path / name
        if not file.exists():
            _write_private(file, secrets.token_hex(32))


_KEY_GONE = _(
    "The key %(file)s is missing. Every secret of this installation is sealed with it: put it back"
    " from a backup. If it is lost for good, set WARDROUND_SECRET_KEY to a new one of 64 letters"
    " and digits, and WARDROUND_KEY_LOST to yes for one start; all secrets have to be entered anew"
    " then."
)
_KEY_DAMAGED = _(
    "The key %(file)s is damaged: it is not one line of at least %(shortest)s letters and digits."
    " Every secret of this installation is sealed with it: put it back from a backup."
)
_PASSWORD_DAMAGED = _(
    "The password %(file)s is damaged: it is not one line of at least %(shortest)s letters and"
    " digits. Remove it; the next start makes a new one."
)
_ACCOUNT_DAMAGED = _(
    "The file of the first account, %(file)s, is damaged. Remove it; accounts stay as they are, and"
    " wardround account password NAME sets a new password."
)
_SHORTEST_SECRET = 32


def _told_in(file: Path, damaged: str) -> str:
    """The secret in a file; raises `FileDamaged` where there cannot be one."""
    try:
        text = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    if len(text) < _SHORTEST_SECRET or not text.isprintable() or " " in text:
        raise FileDamaged(Wording(damaged, {"file": file, "shortest": _SHORTEST_SECRET}))
    return text


def _write_private(file: Path, text: str) -> None:
    """Write whole or not at all, readable by the owner only."""
    half = file.with_name(f"{file.name}.new")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    half.replace(file)
