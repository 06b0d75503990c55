"""Having the text of a file read by a program of its own, which may crash, hang or swell.

Nothing that a file holds is looked at in a worker: whatever comes of the child is told as a word.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wardround.cmdb.documents import media
from wardround.cmdb.documents.types import Unread

_log = logging.getLogger(__name__)

MOST_CHARACTERS = 1_000_000
"""Of one file; the rest is told to be cut."""
SECONDS = 60
"""Of one file, of the clock as of the processor."""
MEMORY = 1024 * 1024 * 1024
_CHILD = Path(__file__).with_name("reading_child.py")
_READERS = {
    media.PDF: "pdf",
    media.DOCX: "word",
    media.XLSX: "workbook",
    media.XLS: "workbook",
    media.ODS: "workbook",
    media.PPTX: "slides",
    media.ODT: "open",
    media.ODP: "open",
    media.TEXT: "plain",
    media.CSV: "plain",
    media.MARKDOWN: "plain",
}
_NEVER = {
    media.LOCKED: Unread.ENCRYPTED,
    media.DOC: Unread.OLD_FORMAT,
    media.PPT: Unread.OLD_FORMAT,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The text, or why there is none."""

    text: str = ""
    cut: bool = False
    why: Unread | None = None


def unread(media_type: str) -> Unread | None:
    """Why nothing is read from files of this type; None where something is."""
    if media_type in _READERS:
        return None
    return _NEVER.get(media_type, Unread.FORMAT)


def read(media_type: str, pieces: Iterable[bytes]) -> Outcome:
    """The text in these bytes; takes no longer than `SECONDS`, handing them over included."""
    if why := unread(media_type):
        return Outcome(why=why)
    command = [sys.executable, "-I", str(_CHILD), _READERS[media_type]]
    limits = map(str, (MOST_CHARACTERS, SECONDS, MEMORY))
    with subprocess.Popen(  # our own program, nothing of the file in its arguments
        [*command, *limits],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        cwd="/",
        start_new_session=True,
    ) as child:
        return _watched(child, pieces)


def _watched(child: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> Outcome:
    late = threading.Event()

    def end() -> None:
        late.set()
        child.kill()

    watch = threading.Timer(SECONDS, end)
    watch.start()
    try:
        answer = _asked(child, pieces)
    finally:
        watch.cancel()
        child.kill()
    code = child.wait()
    if late.is_set() or code == -24:  # SIGXCPU
        return Outcome(why=Unread.TOO_LONG)
    return _outcome(answer, code)


def _asked(child: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> bytes:
    assert child.stdin is not None  # noqa: S101  # it was asked for
    assert child.stdout is not None  # noqa: S101
    try:
        for piece in pieces:
            child.stdin.write(piece)
        child.stdin.close()
    except BrokenPipeError:
        with suppress(BrokenPipeError):
            child.stdin.close()
        return b""
    answer = child.stdout.read(MOST_CHARACTERS * 4 + 4096)
    child.stdout.close()
    if answer:
        child.wait()
    return answer


def _outcome(answer: bytes, code: int) -> Outcome:
    head, _line, text = answer.partition(b"\n")
    try:
        said = json.loads(head)
        why = Unread(said["why"]) if said["why"] else None
        cut = bool(said["cut"])
    except (ValueError, KeyError, TypeError):
        _log.warning("The reader of a document ended with %s and said nothing.", code)
        # A library that gets no more memory ends the program itself.
        return Outcome(why=Unread.TOO_MUCH if code in (-6, -9) else Unread.BROKE)
    if why:
        return Outcome(why=why)
    return Outcome(text.decode("utf-8", "replace")[:MOST_CHARACTERS], cut)
