"""What is wrong with this installation, in plain words, and what to do about it."""

from __future__ import annotations

import errno
import http.client
import json
import os
import shutil
import socket
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from wardround.history.types import DamagedPart
from wardround.kernel.disk import LEAST, LITTLE, Room
from wardround.kernel.wording import Label, Wording
from wardround.kernel.wording import untranslated as _
from wardround.site import settings
from wardround.site.errors import DiskFull, PortTaken, SiteError
from wardround.site.folder import DataFolder
from wardround.site.owner import database_owner
from wardround.site.postgres import found_binaries

LEAST_FREE, LITTLE_FREE = LEAST, LITTLE
CLOCK_WARNS_AT = 0.5
CLOCK_FAILS_AT = 60.0


class Health(StrEnum):
    """How good what was looked at is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    name: str
    health: Health
    wording: Wording | Label

    @property
    def text(self) -> str:
        return self.wording.text()


def finding(name: str, health: Health, template: str, /, **arguments: object) -> Finding:
    return Finding(name, health, Wording(template, arguments))


def refuse_what_cannot_work(folder: DataFolder, host: str, port: int) -> None:
    """Before a start: raise the first thing that would make it fail, in plain words."""
    free = shutil.disk_usage(folder.path).free
    if free < LEAST_FREE:
        raise DiskFull(
            Wording(
                "Only %(free)s MB are free at %(folder)s; at least %(least)s MB are needed."
                " Free some space, or choose another folder with --data.",
                {"free": free // 2**20, "folder": folder.path, "least": LEAST_FREE // 2**20},
            )
        )
    refuse_a_port(host, port)


def refuse_a_port(host: str, port: int) -> None:
    """Raise PortTaken where nobody can listen there."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise _port_refused(host, port, error) from error


def _port_refused(host: str, port: int, error: OSError) -> PortTaken:
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            Wording(
                "Port %(port)s is taken by another program. Stop it, or choose another with"
                " --port.",
                {"port": port},
            )
        )
    return PortTaken(
        Wording(
            "Cannot listen on %(host)s:%(port)s: %(why)s. Choose another with --port.",
            {"host": host, "port": port, "why": error.strerror},
        )
    )


def examine(folder: DataFolder) -> list[Finding]:
    """Look at everything; needs nothing to be running and changes nothing."""
    findings = [_folder(folder), _running(folder), _postgres_programs()]
    if folder.path.is_dir():
        findings += [_disk(folder.path), _owner(folder.path)]
    environment = folder.environment()
    if folder.holder() is not None:
        findings += [
            _database(environment),
            _history(environment),
            *_damage(environment),
            *_processes(folder.path),
        ]
    findings += [Finding("settings", Health.WARNING, told) for told in settings.unknown(os.environ)]
    findings.append(_interface())
    findings.append(_clock(environment))
    return findings


def _folder(folder: DataFolder) -> Finding:
    path = folder.path
    if not path.exists():
        message = _("The data folder %(folder)s does not exist yet; the first start makes it.")
        return finding("folder", Health.WARNING, message, folder=path)
    if not os.access(path, os.W_OK):
        message = _(
            "The data folder %(folder)s cannot be written. Check its owner, or choose another"
            " with --data."
        )
        return finding("folder", Health.FAULT, message, folder=path)
    return finding("folder", Health.OK, _("Data folder %(folder)s"), folder=path)


def _running(folder: DataFolder) -> Finding:
    holder = folder.holder()
    if holder is None:
        return finding("running", Health.OK, _("The platform is not running."))
    return finding("running", Health.OK, _("It runs (process %(holder)s)."), holder=holder)


def _postgres_programs() -> Finding:
    found = next(found_binaries(), None)
    if found is None:
        message = _(
            "No PostgreSQL 15 or newer is here. Install one, or set WARDROUND_DATABASE_URL."
        )
        return finding("postgresql", Health.FAULT, message)
    message = _("PostgreSQL %(major)s (%(folder)s)")
    return finding("postgresql", Health.OK, message, major=found.major, folder=found.folder)


def _disk(path: Path) -> Finding:
    free = shutil.disk_usage(path).free
    gigabytes = free / 2**30
    if Room(path, free).full:
        message = _(
            "The disk of %(folder)s is full. Nothing can be written: samples are lost, and the"
            " database ends. Free some space; all goes on by itself then."
        )
        return finding("disk", Health.FAULT, message, folder=path)
    if free >= LITTLE_FREE:
        message = _("%(gigabytes).1f GB are free on its disk.")
        return finding("disk", Health.OK, message, gigabytes=gigabytes)
    health = Health.FAULT if free < LEAST_FREE else Health.WARNING
    message = _("%(gigabytes).1f GB are free on its disk. Free some space soon.")
    return finding("disk", health, message, gigabytes=gigabytes)


def _owner(path: Path) -> Finding:
    try:
        owner = database_owner()
    except SiteError as error:
        return Finding("owner", Health.FAULT, error.wording)
    cluster = path / "postgres"
    if cluster.exists() and cluster.stat().st_uid != owner.uid:
        message = _("%(folder)s does not belong to %(user)s. Run: chown -R %(user)s %(folder)s")
        return finding("owner", Health.FAULT, message, folder=cluster, user=owner.name)
    return finding("owner", Health.OK, _("The database runs as %(user)s"), user=owner.name)


def _database(environment: dict[str, str]) -> Finding:
    url = environment.get("WARDROUND_DATABASE_URL", "")
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as error:
        words = str(error).strip().split("\n")[0]
        message = _("The database does not answer: %(words)s")
        return finding("database", Health.FAULT, message, words=words)
    return finding("database", Health.OK, _("The database answers."))


def _history(environment: dict[str, str]) -> Finding:
    place = urlsplit(environment.get("WARDROUND_HISTORY_URL", ""))
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=3)
    try:
        connection.request("GET", "/ping")
        connection.getresponse().read()
    except OSError as error:
        message = _("History does not answer: %(words)s")
        return finding("history", Health.FAULT, message, words=error)
    finally:
        connection.close()
    return finding("history", Health.OK, _("The history store answers."))


def _damage(environment: dict[str, str]) -> list[Finding]:
    """What of the history cannot be read."""
    from wardround.history import queries  # noqa: PLC0415  # its driver loads slowly
    from wardround.kernel.errors import WardroundError  # noqa: PLC0415  # as above

    try:
        parts = queries.damaged_parts(environment.get("WARDROUND_HISTORY_URL", ""))
    except WardroundError:
        return []  # that it does not answer was said
    return [_damaged(part) for part in parts]


def _damaged(part: DamagedPart) -> Finding:
    met = _(
        "The disk has damaged a part of the history: table %(table)s, from %(since)s to %(until)s,"
        " %(rows)s rows (%(place)s). Check the disk (dmesg, smartctl). Then stop the platform and"
        " put this folder back from a backup; without one, delete it: its rows are lost, all others"
        " are well."
    )
    aside = _(
        "A part of the history was damaged and set aside at a start: table %(table)s, from"
        " %(since)s to %(until)s, %(rows)s rows (%(place)s). Check the disk (dmesg, smartctl). Then"
        " stop the platform and put the part back beside its table from a backup; with it or"
        " without one, delete this folder."
    )
    said = {name: getattr(part, name) for name in ("table", "since", "until", "rows")}
    known = {name: "?" if value is None else value for name, value in said.items()}
    template = aside if part.set_aside else met
    return finding("history", Health.FAULT, template, **known, place=part.place)


def _processes(path: Path) -> list[Finding]:
    try:
        running: dict[str, int | None] = json.loads((path / "processes.json").read_text())
    except (OSError, ValueError):
        return []
    dead = [name for name, pid in running.items() if not pid or not Path(f"/proc/{pid}").exists()]
    frozen = [name for name, pid in running.items() if pid and _is_stopped(pid)]
    is_dead = _("The process %(name)s is not running; see %(log)s")
    is_frozen = _("The process %(name)s (%(pid)s) is frozen; kill -CONT wakes it.")
    well = sorted(set(running) - set(dead) - set(frozen))
    return [
        *(
            finding("process", Health.FAULT, is_dead, name=name, log=path / "log" / f"{name}.log")
            for name in dead
        ),
        *(
            finding("process", Health.FAULT, is_frozen, name=name, pid=running[name])
            for name in frozen
        ),
        finding("process", Health.OK, _("Running: %(names)s"), names=well),
    ]


def _is_stopped(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state == "T"


def _interface() -> Finding:
    page = Path(__file__).resolve().parent.parent / "web" / "static" / "index.html"
    if page.is_file():
        return finding("interface", Health.OK, _("The interface is built."))
    return finding("interface", Health.FAULT, _("The interface is not built: run make ui."))


def _clock(environment: dict[str, str]) -> Finding:
    """This clock against the database's machine; on one machine against the files it writes."""
    url = environment.get("WARDROUND_DATABASE_URL", "")
    offset = 0.0
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            before = time.time()
            row = connection.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()
            offset = float(row[0]) - (before + time.time()) / 2 if row else 0.0
    except psycopg.Error:
        return _year()
    if abs(offset) < CLOCK_WARNS_AT:
        return _year()
    health = Health.FAULT if abs(offset) >= CLOCK_FAILS_AT else Health.WARNING
    message = _("This clock and the database's differ by %(offset).1f s. Check NTP.")
    return finding("clock", health, message, offset=offset)


def _year() -> Finding:
    """A clock before this program was built is certainly wrong."""
    built = Path(__file__).stat().st_mtime
    if time.time() < built - 86_400:
        message = _("This clock is earlier than the day this program was installed; set it.")
        return finding("clock", Health.FAULT, message)
    return finding("clock", Health.OK, _("The clock looks right."))
