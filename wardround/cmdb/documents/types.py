"""Documents as they cross the door. No Django."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from wardround.cmdb.items import ItemRef
from wardround.kernel.types import Named
from wardround.schema.declarations import told_as
from wardround.schema.types import Label


@told_as(
    {
        "waiting": ("等待读取", "Waiting to be read"),
        "read": ("已读取", "Read"),
        "unreadable": ("无法读取", "Not readable"),
    }
)
class TextState(StrEnum):
    """How far the text of a file has come."""

    WAITING = "waiting"
    READ = "read"
    UNREADABLE = "unreadable"


@told_as(
    {
        "encrypted": ("文件设有密码", "The file has a password"),
        "damaged": ("文件已损坏，或内容与格式不符", "The file is damaged or not what it seems"),
        "too-much": (
            "文件展开后过大，超出允许的内存",
            "Unpacked it is larger than may be held in memory",
        ),
        "too-long": ("读取超时", "Reading it takes longer than allowed"),
        "format": ("不从这种格式中读取文字", "No text is read from files of this form"),
        "old-format": (
            "旧版 Office 格式，请另存为 .docx 或 .pptx 后再上传",
            "A file of an old Office form: save it as .docx or .pptx and send that",
        ),
        "broke": ("读取程序意外退出", "The reader ended unexpectedly"),
    }
)
class Unread(StrEnum):
    """Why there is no text."""

    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_MUCH = "too-much"
    TOO_LONG = "too-long"
    FORMAT = "format"
    OLD_FORMAT = "old-format"
    BROKE = "broke"


class Upload(Protocol):
    """A file that was sent, wherever it lies; read piece by piece."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterator[bytes]: ...

    def seek(self, place: int, /) -> object: ...

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class TextTold:
    """What became of a file's text."""

    state: TextState
    characters: int
    """Held and searched."""
    cut: bool
    """There was more than is held."""
    why: Unread | None


@dataclass(frozen=True, slots=True)
class Version:
    """One file of a document."""

    number: int
    current: bool
    file_name: str
    size: int
    media_type: str
    belies: bool
    """Its name says that it is of another kind."""
    sha256: str
    note: str
    at: datetime
    by: Named
    of_number: int | None
    """The older version that was made current again by it."""
    merged_from: str
    """The document that it came from when two were made one."""
    text: TextTold


@dataclass(frozen=True, slots=True)
class Document:
    """A document as the page of an item that it is attached to shows it."""

    item: ItemRef
    type_label: Label
    retired: bool
    relation: UUID
    kind_label: Label
    versions: int
    current: Version | None


@dataclass(frozen=True, slots=True)
class Attachable:
    """A way in which a new document may be attached to an item."""

    type: str
    type_label: Label
    kind: str
    kind_label: Label


@dataclass(frozen=True, slots=True)
class Twin:
    """Where the same bytes stand already."""

    document: ItemRef
    number: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file that was sent."""

    document: ItemRef
    version: Version
    twins: tuple[Twin, ...]


@dataclass(frozen=True, slots=True)
class Store:
    """What the files take, and may take; bytes."""

    used: int
    budget: int
    file_most: int
    files: int
    waiting: int
    """Whose text is not read yet."""
    unreadable: int


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What is said of a file that becomes a document of an item."""

    name: str = ""
    """What the document is called; empty: as its file, without the ending."""
    type: str = ""
    kind: str = ""
    note: str = ""
