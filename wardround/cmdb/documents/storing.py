"""The bytes of files: looked at, kept once for all versions that hold the same, given out again.

They are rows of the configuration database, written in the transaction that writes the version:
what was acknowledged is there, and a backup of the database is one of the documents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from wardround.cmdb.documents import media, reader, settings
from wardround.cmdb.documents.models import Content, ContentPiece
from wardround.cmdb.documents.types import TextState, Upload
from wardround.cmdb.errors import DocumentsUsedUp, EmptyFile, FileTooLarge
from wardround.kernel.ids import new_id
from wardround.kernel.uploads import Allowance

PIECE = 512 * 1024
_AT_ONCE = 8
_LOCK = 0x5741_5244_0302
_FORM = 64 * 1024
"""What stands around a file in the form that sends it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent, before anything of it is kept."""

    file: Upload
    name: str
    size: int
    sha256: str
    media_type: str


def look_at(file: Upload) -> Sent:
    """What a file is. Raises EmptyFile, FileTooLarge before it is read."""
    size = file.size or 0
    if not size:
        raise EmptyFile(field="file")
    if size > settings.file_bytes():
        raise _too_large()
    name = media.clean_name(file.name or "")
    file.seek(0)
    sha = hashlib.sha256()
    for piece in file.chunks():
        sha.update(piece)

    def read(place: int, length: int) -> bytes:
        file.seek(place)
        return file.read(length)

    return Sent(file, name, size, sha.hexdigest(), media.media_type(name, size, read))


def allowance() -> Allowance:
    """What the next upload may bring: a file within its limit, and within what is left."""
    most, left = settings.file_bytes(), settings.all_bytes() - used()
    if left < most:
        return Allowance(max(left, 0) + _FORM, _used_up(left))
    return Allowance(most + _FORM, _too_large())


def _too_large() -> FileTooLarge:
    return FileTooLarge(field="file", most=settings.file_bytes() // settings.MEBIBYTE)


def _used_up(left: int) -> DocumentsUsedUp:
    return DocumentsUsedUp(
        field="file",
        budget=settings.all_bytes() // settings.MEBIBYTE,
        left=f"{max(left, 0) / settings.MEBIBYTE:.1f}",
    )


def used() -> int:
    """Bytes of all files that are kept."""
    return int(Content.objects.aggregate(sum=Sum("size"))["sum"] or 0)


def in_turn() -> None:
    """Let files be kept and forgotten one after the other: two of the same bytes are one, and the
    budget is counted by one at a time. Asked for after `schema.hold` and before
    `statements.in_turn`, so that whoever writes items does not wait for the bytes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def keep(sent: Sent, at: datetime) -> Content:
    """The content of a file, new or known. Raises DocumentsUsedUp. In turn."""
    known = Content.objects.filter(sha256=sent.sha256).first()
    if known is not None:
        return known
    left = settings.all_bytes() - used()
    if sent.size > left:
        raise _used_up(left)
    why = reader.unread(sent.media_type)
    content = Content.objects.create(
        id=new_id(),
        sha256=sent.sha256,
        size=sent.size,
        media_type=sent.media_type,
        stored_at=at,
        state=TextState.UNREADABLE if why else TextState.WAITING,
        why=why or "",
    )
    rows: list[ContentPiece] = []
    for number, data in enumerate(_pieces_of(sent.file)):
        rows.append(ContentPiece(content=content, number=number, data=data))
        if len(rows) == _AT_ONCE:
            ContentPiece.objects.bulk_create(rows)
            rows.clear()
    ContentPiece.objects.bulk_create(rows)
    return content


def _pieces_of(file: Upload) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def piece(content: UUID, number: int) -> bytes:
    """One piece; nothing behind the last."""
    rows = ContentPiece.objects.filter(content=content, number=number)
    found = rows.values_list("data", flat=True).first()
    return b"" if found is None else bytes(found)


def pieces(content: UUID) -> Iterator[bytes]:
    """All of it, no two pieces at a time."""
    number = 0
    while data := piece(content, number):
        yield data
        number += 1


def forget() -> int:
    """Remove what is no version's any more; how much of it. In turn."""
    gone = Content.objects.filter(versions=None)
    ids = list(gone.values_list("id", flat=True)[:200])
    for id_ in ids:
        Content.objects.filter(id=id_).delete()
    return len(ids)
