"""What vouches for the audit chain outside the database.

Each machine keeps a journal beside its data: a line for every record its processes committed, a
line for every seal. The newest seal goes once a minute to the anchors that the hospital names in
`WARDROUND_AUDIT_ANCHOR` as well: files on another path, or syslog, from where another machine has
it. Every line carries a mark under the installation's key, so a hand without it can take lines away
but make none. A line says too little to write a record by, and no secret.

Nothing here makes a writer wait or fail: a journal that cannot be written is told in the log, by
`wardround doctor` and by `wardround audit verify`.
"""

from __future__ import annotations

import hmac
import logging
import os
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from wardround.kernel.attempts import FailureLog
from wardround.kernel.secrets import derived_key

logger = logging.getLogger("wardround.kernel.audit")
LONGEST = 4 * 1024 * 1024
"""Bytes after which a journal is put aside; the one put aside before goes."""
_SYSLOG_PORT = 514
_NOTICE_OF_AUTHORIZATION = "<85>"
_LINE = re.compile(
    r"wardround-audit (?P<body>"
    r"record (?P<record>[0-9a-f-]{36}) (?P<stamp>[0-9a-f]{64})"
    r"|(?P<kind>seal|ground) (?P<position>\d{1,19}) (?P<at>\S{20,40}) (?P<digest>[0-9a-f]{64})"
    r") (?P<mark>[0-9a-f]{32})(?!\S)"
)
_OURS = "wardround-audit "
_failures = FailureLog(
    logger, "the audit journal cannot be written: %s", "the audit journal is written again"
)


@dataclass(frozen=True)
class Seal:
    """How long the chain was, and its newest digest, at a moment.

    A `ground` is a seal from which on the chain is to be judged: somebody who holds the key took a
    database that was brought back from a backup.
    """

    position: int
    at: datetime
    digest: bytes
    ground: bool = False


@dataclass(frozen=True)
class Journal:
    """What one file vouches for, oldest first; `damaged` lines are ours and say nothing."""

    place: Path
    found: bool
    seals: tuple[Seal, ...] = ()
    records: tuple[tuple[UUID, bytes], ...] = ()
    """Committed records and their stamps, written since the newest ground."""
    damaged: int = 0


# Writing -----------------------------------------------------------------------------------------


def committed(stamps: Mapping[UUID, bytes]) -> None:
    """Note records that are committed now."""
    _append(_marked(f"record {record} {stamp.hex()}") for record, stamp in stamps.items())


def sealed(seal: Seal) -> None:
    """Note a seal in this machine's journal, for good; a journal grown long is put aside before."""
    place = own_journal()
    if place is None:
        return
    try:
        if place.stat().st_size > LONGEST:
            place.replace(_put_aside(place))
    except FileNotFoundError:
        pass
    except OSError as error:
        _failures.failed(error)
    _append([seal_line(seal)], lasting=True)


def seal_line(seal: Seal) -> str:
    kind = "ground" if seal.ground else "seal"
    at = seal.at.astimezone(UTC).isoformat(timespec="microseconds")
    return _marked(f"{kind} {seal.position} {at} {seal.digest.hex()}")


def _marked(body: str) -> str:
    return f"{_OURS}{body} {_mark(body)}\n"


def _mark(body: str) -> str:
    return hmac.digest(derived_key("audit journal"), body.encode(), "sha256").hex()[:32]


def own_journal() -> Path | None:
    """This machine's journal; none where no installation is."""
    folder: Path | None = settings.AUDIT_JOURNAL
    return folder / "journal" if folder else None


def _put_aside(place: Path) -> Path:
    return place.with_name(f"{place.name}.before")


def _append(lines: Iterable[str], *, lasting: bool = False) -> None:
    place = own_journal()
    if place is None:
        return
    try:
        append_lines(place, lines, lasting=lasting)
    except OSError as error:
        _failures.failed(error)
    else:
        _failures.worked()


def append_lines(place: Path, lines: Iterable[str], *, lasting: bool) -> None:
    """Add lines in one write, so that those of several processes stay whole."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, "".join(lines).encode())
        if lasting:
            os.fsync(handle)
    finally:
        os.close(handle)


# Anchors -----------------------------------------------------------------------------------------


def anchor_files() -> list[Path]:
    """The files named as anchors."""
    return [Path(name) for name in settings.AUDIT_ANCHORS if not name.startswith("syslog:")]


def send_to_anchors(seal: Seal) -> list[str]:
    """Bring a seal to every anchor; returns what failed, each with its reason."""
    failed = []
    for name in settings.AUDIT_ANCHORS:
        try:
            if name.startswith("syslog:"):
                _send_to_syslog(name, seal_line(seal))
            else:
                append_lines(Path(name), [seal_line(seal)], lasting=True)
        except (OSError, ValueError) as error:
            failed.append(f"{name}: {error}")
    return failed


def _send_to_syslog(name: str, line: str) -> None:
    """One datagram that never waits: to `syslog:` of this machine, or `syslog://HOST[:PORT]`."""
    place = urlsplit(name)
    message = f"{_NOTICE_OF_AUTHORIZATION}{line.strip()}".encode()
    if place.hostname is None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as local:
            local.settimeout(0.0)
            local.connect("/dev/log")
            local.send(message)
        return
    kind = socket.SOCK_DGRAM
    found = socket.getaddrinfo(place.hostname, place.port or _SYSLOG_PORT, type=kind)
    family, _type, protocol, _name, address = found[0]
    with socket.socket(family, kind, protocol) as remote:
        remote.settimeout(0.0)
        remote.sendto(message, address)


# Reading -----------------------------------------------------------------------------------------


def read_journal(place: Path) -> Journal:
    """What a file vouches for: ours or any log that holds our lines among others."""
    found = [path for path in (_put_aside(place), place) if path.is_file()]
    seals: list[Seal] = []
    records: dict[UUID, bytes] = {}
    damaged = 0
    for text in _lines(found):
        line = _LINE.search(text)
        if line is None or not hmac.compare_digest(_mark(line["body"]), line["mark"]):
            damaged += 1
        elif line["record"]:
            records[UUID(line["record"])] = bytes.fromhex(line["stamp"])
        else:
            seals.append(_seal(line))
            if seals[-1].ground:
                seals, records = seals[-1:], {}
    return Journal(place, bool(found), tuple(seals), tuple(records.items()), damaged)


def _lines(places: Iterable[Path]) -> Iterator[str]:
    for place in places:
        with place.open(encoding="utf-8", errors="replace") as file:
            yield from (line for line in file if _OURS in line)


def _seal(line: re.Match[str]) -> Seal:
    return Seal(
        position=int(line["position"]),
        at=datetime.fromisoformat(line["at"]),
        digest=bytes.fromhex(line["digest"]),
        ground=line["kind"] == "ground",
    )
