"""The program that takes the text out of one file: started for it alone, with little it may use.

It gets the file on its standard input and answers on its standard output: a line of JSON, then the
text. It imports nothing of ours, knows no password and no database, and whoever started it ends
it when its time is over. What kills it costs nobody else anything.
"""

from __future__ import annotations

import ctypes
import io
import json
import re
import resource
import signal
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn
from xml.parsers import expat

MOST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 20_000
MOST_PAGES = 20_000
_PIECE = 64 * 1024


class Unreadable(Exception):
    """Why there is no text: a word that the platform has a sentence for."""


class Text:
    """What was found so far; full when it holds as many characters as are kept."""

    def __init__(self, most: int) -> None:
        self._pieces: list[str] = []
        self._left = most
        self.cut = False

    @property
    def full(self) -> bool:
        return self._left <= 0

    def add(self, piece: str) -> None:
        if len(piece) > self._left:
            piece, self.cut = piece[: max(self._left, 0)], True
        self._left -= len(piece)
        self._pieces.append(piece)

    def whole(self) -> str:
        return "".join(self._pieces)


# Packed XML ---------------------------------------------------------------------------------------


class Archive:
    """A ZIP of which no more is unpacked than is allowed for the whole."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise Unreadable("damaged") from error
        self.names = self._zip.namelist()
        if len(self.names) > MOST_PARTS:
            raise Unreadable("too-much")
        if any(each.flag_bits & 1 for each in self._zip.infolist()):
            raise Unreadable("encrypted")
        if sum(each.file_size for each in self._zip.infolist()) > MOST_UNPACKED:
            raise Unreadable("too-much")
        self._left = MOST_UNPACKED  # it may be more than it says

    def pieces(self, name: str) -> Iterator[bytes]:
        try:
            with self._zip.open(name) as part:
                while piece := part.read(_PIECE):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise Unreadable("too-much")
                    yield piece
        except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, RuntimeError) as error:
            raise Unreadable("damaged") from error

    def numbered(self, pattern: str) -> list[str]:
        """The parts of this form, as they are counted."""
        found = [(int(hit[1] or 0), hit[0]) for name in self.names
                 if (hit := re.fullmatch(pattern, name))]  # fmt: skip
        return [name for _number, name in sorted(found)]


class _Paragraphs:
    """The text of an XML part: a line for each paragraph, a blank for each gap."""

    def __init__(self, text: Text, holds: frozenset[str], ends: frozenset[str]) -> None:
        self._text, self._holds, self._ends = text, holds, ends
        self._inside = self._aside = 0

    def read(self, pieces: Iterable[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            for piece in pieces:
                if self._text.full:
                    self._text.cut = True
                    return
                parser.Parse(piece)
            parser.Parse(b"", True)  # noqa: FBT003  # it knows it by no name
        except expat.ExpatError as error:
            raise Unreadable("damaged") from error

    def _refuse(self, *_of: object) -> NoReturn:
        raise Unreadable("damaged")

    def _begin(self, name: str, _attributes: object) -> None:
        local = name.rpartition(":")[2]
        if local == "Fallback":  # says the same once more, for older programs
            self._aside += 1
        if local in self._holds:
            self._inside += 1
        elif local in {"tab", "br", "cr", "s", "line-break"} and not self._aside:
            self._text.add(" " if local in {"tab", "s"} else "\n")

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "Fallback":
            self._aside -= 1
        if local in self._holds:
            self._inside -= 1
        if local in self._ends and not self._aside:
            self._text.add("\n")

    def _said(self, said: str) -> None:
        if self._inside and not self._aside:
            self._text.add(said)


_T, _P = frozenset({"t"}), frozenset({"p"})
_ODF = frozenset({"p", "h"})


def word(data: bytes, text: Text) -> None:
    archive = Archive(data)
    parts = ["word/document.xml"]
    for pattern in ("header", "footer", "footnotes", "endnotes", "comments"):
        parts += archive.numbered(rf"word/{pattern}(\d*)\.xml")
    for part in parts:
        if part in archive.names:
            _Paragraphs(text, _T, _P).read(archive.pieces(part))


def slides(data: bytes, text: Text) -> None:
    archive = Archive(data)
    for pattern in (r"ppt/slides/slide(\d+)\.xml", r"ppt/notesSlides/notesSlide(\d+)\.xml"):
        for part in archive.numbered(pattern):
            _Paragraphs(text, _T, _P).read(archive.pieces(part))


def open_document(data: bytes, text: Text) -> None:
    archive = Archive(data)
    if "content.xml" not in archive.names:
        raise Unreadable("damaged")
    if "META-INF/manifest.xml" in archive.names:
        manifest = b"".join(archive.pieces("META-INF/manifest.xml"))
        if b"encryption-data" in manifest:
            raise Unreadable("encrypted")
    _Paragraphs(text, _ODF, _ODF).read(archive.pieces("content.xml"))


# Workbooks ---------------------------------------------------------------------------------------


def workbook(data: bytes, text: Text) -> None:
    """Of a formula what it came to, as the file has it."""
    import python_calamine as calamine  # noqa: PLC0415  # of one file in three

    if data.startswith(b"PK"):
        Archive(data)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            text.add(f"{name}\n")
            for row in book.get_sheet_by_name(name).iter_rows():
                if text.full:
                    text.cut = True
                    return
                if said := [_cell(value) for value in row if value not in ("", None)]:
                    text.add(" ".join(said) + "\n")
    except calamine.PasswordError as error:
        raise Unreadable("encrypted") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable("damaged") from error


def _cell(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else str(value)


# The rest ----------------------------------------------------------------------------------------

_PASSWORD, _SECURITY = 4, 5
"""How PDFium says that a document is locked."""


def pdf(data: bytes, text: Text) -> None:
    import pypdfium2 as pdfium  # noqa: PLC0415  # as above

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = error.err_code in {_PASSWORD, _SECURITY}
        raise Unreadable("encrypted" if locked else "damaged") from error
    for number in range(len(document)):
        if text.full or number == MOST_PAGES:
            text.cut = True
            return
        try:
            page = document[number]
            said = page.get_textpage().get_text_range()
            page.close()
        except pdfium.PdfiumError:  # one page that is broken takes no other with it
            continue
        text.add(said.replace("\ufffe", "") + "\n")


def plain(data: bytes, text: Text) -> None:
    """In UTF-16 with its mark, in UTF-8, in GB 18030, or in lines of both: several programs wrote
    to it, or somebody put two files together.
    """
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text.add(data.decode("utf-16" if marked else "utf-8-sig"))
    except UnicodeDecodeError as error:
        if marked:
            raise Unreadable("damaged") from error
    else:
        return
    try:
        for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
            if text.full:
                text.cut = True
                return
            text.add(f"{_line(line)}\n")
    except UnicodeDecodeError as error:
        raise Unreadable("damaged") from error


def _line(line: bytes) -> str:
    """Chinese has three bytes in UTF-8; two that happen to be a letter there are GB 18030."""
    try:
        said = line.decode()
    except UnicodeDecodeError:
        return line.decode("gb18030")
    if all(letter < "\x80" or letter >= "\u0800" for letter in said):
        return said
    try:
        return line.decode("gb18030")
    except UnicodeDecodeError:
        return said


READERS: dict[str, Callable[[bytes, Text], None]] = {
    "pdf": pdf,
    "word": word,
    "workbook": workbook,
    "slides": slides,
    "open": open_document,
    "plain": plain,
}


_PR_SET_PDEATHSIG = 1


def _limit(seconds: int, memory: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)


def main() -> None:
    reader, most, seconds, memory = sys.argv[1], *map(int, sys.argv[2:5])
    _limit(seconds, memory)
    text, why = Text(most), ""
    try:
        READERS[reader](sys.stdin.buffer.read(), text)
    except Unreadable as error:
        why = str(error)
    except MemoryError:
        why = "too-much"
    except Exception as error:  # noqa: BLE001  # whatever a hostile file does to a library
        sys.stderr.write(f"{type(error).__name__} {error}\n")
        why = "damaged"
    said = "" if why else text.whole()
    head = json.dumps({"why": why, "cut": text.cut})
    answer = f"{head}\n{said}".encode("utf-8", "replace")
    sys.stdout.buffer.write(answer)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
