"""What a file is by what it holds, and what it may be called. Pure.

Nothing is unpacked here: some bytes of the beginning and the end tell enough, and cost the same
whoever made the file.
"""

from __future__ import annotations

import codecs
import re
import struct
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress

HEAD_BYTES, TAIL_BYTES = 64 * 1024, 65_557
"""Read of a file to tell what it is; a ZIP's directory is told of within the latter."""
MOST_NAME = 200
_MOST_DIRECTORY = 4 * 1024 * 1024

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
XLS = "application/vnd.ms-excel"
DOC = "application/msword"
PPT = "application/vnd.ms-powerpoint"
LOCKED = "application/x-encrypted-office"
"""A document of the newer forms under a password: nothing tells which of them."""
HTML, SVG = "text/html", "image/svg+xml"
ZIP, TEXT, CSV, MARKDOWN = "application/zip", "text/plain", "text/csv", "text/markdown"
UNKNOWN = "application/octet-stream"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!", "application/vnd.rar"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-executable"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = (("EncryptedPackage", LOCKED), ("WordDocument", DOC), ("Workbook", XLS),
            ("Book", XLS), ("PowerPoint Document", PPT))  # fmt: skip
_PARTS = ((b"word/document.xml", DOCX), (b"xl/workbook.xml", XLSX), (b"xl/workbook.bin", XLSX),
          (b"ppt/presentation.xml", PPTX))  # fmt: skip
_OPEN = (ODT, ODS, ODP)
_ENDINGS = {
    PDF: ("pdf",),
    DOCX: ("docx", "docm", "dotx"),
    XLSX: ("xlsx", "xlsm", "xlsb", "xltx"),
    PPTX: ("pptx", "pptm", "ppsx"),
    ODT: ("odt",),
    ODS: ("ods",),
    ODP: ("odp",),
    XLS: ("xls", "et"),
    DOC: ("doc", "wps"),
    PPT: ("ppt", "dps"),
    LOCKED: ("docx", "xlsx", "pptx", "docm", "xlsm", "pptm"),
    HTML: ("html", "htm", "xhtml"),
    SVG: ("svg",),
    ZIP: ("zip",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/tiff": ("tif", "tiff"),
    "application/rtf": ("rtf", "doc"),
    "application/vnd.microsoft.portable-executable": ("exe", "dll", "scr"),
}
_KNOWN = {ending for endings in _ENDINGS.values() for ending in endings}
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKUP = re.compile(
    r"\s*+(?>(?:<\?xml[^>]*+>|<!--.*?-->)\s*+)*+<(!doctype\s+\w+|\w+)", re.IGNORECASE | re.DOTALL
)
"""The first tag behind comments; no way is gone twice, whoever wrote them."""

ReadAt = Callable[[int, int], bytes]
"""So many bytes of the file from a place on."""


def media_type(name: str, size: int, read: ReadAt) -> str:
    """What the file is; its name says no more than which sort of text a text is."""
    head = read(0, HEAD_BYTES)
    if head.startswith(b"PK\x03\x04"):
        return _archive(head, size, read)
    if head.startswith(_OLE):
        return _old_office(head, size, read)
    return _by_mark(head) or _text(name, head)


def _by_mark(head: bytes) -> str:
    """By the bytes that a form begins with; empty where it begins with none that is known."""
    if b"%PDF-" in head[:1024]:
        return PDF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")


def _archive(head: bytes, size: int, read: ReadAt) -> str:
    """By the names in the directory of a ZIP, as long as that has a size that one may read."""
    if head[30:38] == b"mimetype":
        said = head[38:138]
        found = next((kind for kind in _OPEN if said.startswith(kind.encode())), "")
        if found:
            return found
    start = max(size - TAIL_BYTES, 0)
    tail = read(start, TAIL_BYTES)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return ZIP
    length, offset = struct.unpack_from("<II", tail, at + 12)
    if length > _MOST_DIRECTORY or offset + length > size:
        return ZIP
    directory = read(offset, length)
    return next((kind for part, kind in _PARTS if part in directory), ZIP)


def _old_office(head: bytes, size: int, read: ReadAt) -> str:
    """By the names of its streams, which stand in a sector that its head names."""
    shift = struct.unpack_from("<H", head, 30)[0]
    first = struct.unpack_from("<I", head, 48)[0]
    at = (first + 1) << shift if shift in (9, 12) else 0
    directory = read(at, 4096) if 0 < at < size else b""
    for name, kind in _STREAMS:
        if name.encode("utf-16-le") in directory:
            return kind
    return UNKNOWN


def decoded(data: bytes, *, whole: bool) -> str | None:
    """A text in UTF-8, in UTF-16 with its mark, in GB 18030, or in lines of UTF-8 and GB 18030;
    None where it is none of them.
    """
    codes = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for code in codes:
        try:
            text = codecs.getincrementaldecoder(code)().decode(data, whole)
        except UnicodeDecodeError:
            continue
        return None if _BINARY.search(text) else text
    lines = data.split(b"\n")
    return _of_both(lines if whole else lines[:-1])


def _of_both(lines: Sequence[bytes]) -> str | None:
    """Where no line stands, or one of them is neither, it is none."""
    found = []
    for line in lines:
        for code in ("utf-8-sig", "gb18030"):
            with suppress(UnicodeDecodeError):
                found.append(line.decode(code))
                break
        else:
            return None
    text = "\n".join(found)
    return None if not text or _BINARY.search(text) else text


def _text(name: str, head: bytes) -> str:
    text = decoded(head, whole=False)
    if text is None:
        return UNKNOWN
    if found := _MARKUP.match(text):
        tag = found[1].lower().split()[-1]
        if tag in {"html", "head", "body", "script"}:
            return HTML
        if tag == "svg":
            return SVG
    ending = ending_of(name)
    return {"csv": CSV, "tsv": CSV, "md": MARKDOWN, "markdown": MARKDOWN}.get(ending, TEXT)


def ending_of(name: str) -> str:
    """What stands behind the last dot, in lower case; empty where nothing does."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def belies(name: str, kind: str) -> bool:
    """Whether the name says that it is of another kind than it is."""
    ending = ending_of(name)
    return ending in _KNOWN and ending not in _ENDINGS.get(kind, ())


def clean_name(given: str) -> str:
    """A name that any system can keep a file by: no folders, no marks that turn its letters
    around, at most 200 characters with its ending.
    """
    last = re.split(r"[/\\]", given)[-1]
    seen = "".join(
        " " if unicodedata.category(each) in {"Zs", "Zl", "Zp"} else each
        for each in unicodedata.normalize("NFC", last)
        if unicodedata.category(each)[0] != "C"
    )
    name = re.sub(r'[<>:"|?*]', "_", seen).strip(" .")
    if not name:
        return "file"
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        return name[:MOST_NAME]
    return f"{stem[: MOST_NAME - len(ending) - 1]}.{ending}"
