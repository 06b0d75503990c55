"""Imports as they cross the room's door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from wardround.cmdb.items import ItemRef
from wardround.kernel.types import Named
from wardround.schema.declarations import told_as
from wardround.schema.types import Label


@told_as(
    {
        "created": ("新建", "Created"),
        "changed": ("更改", "Changed"),
        "unchanged": ("无变化", "Unchanged"),
        "refused": ("拒绝", "Refused"),
        "proposed": ("仅为建议", "Proposed only"),
        "marked": ("已消失", "Vanished"),
        "retired": ("消失并停用", "Vanished and retired"),
        "held": ("待确认停用", "Held from retiring"),
    }
)
class Verdict(StrEnum):
    """What became, or would become, of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    PROPOSED = "proposed"
    """Nothing was written: another source stands against what it says."""
    MARKED = "marked"
    """No row: an item that the load of its source holds no more."""
    RETIRED = "retired"
    """The same, and it was taken out of use."""
    HELD = "held"
    """The same, and a person must say yes to that."""


@told_as(
    {
        "waiting": ("排队中", "Waiting"),
        "reading": ("正在读取", "Reading"),
        "checked": ("已试运行", "Checked"),
        "writing": ("正在写入", "Writing"),
        "done": ("已完成", "Done"),
        "failed": ("失败", "Failed"),
        "undoing": ("正在撤销", "Being undone"),
        "undone": ("已撤销", "Undone"),
    }
)
class ImportState(StrEnum):
    """How far an import has come."""

    WAITING = "waiting"
    READING = "reading"
    CHECKED = "checked"
    """A dry run is done: nothing was written."""
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


UNDER_WAY = (ImportState.WAITING, ImportState.READING, ImportState.WRITING)


@told_as(
    {
        "reading": ("读取", "Reading"),
        "checking": ("核对", "Checking"),
        "writing": ("写入", "Writing"),
        "undoing": ("撤销", "Undoing"),
    }
)
class Step(StrEnum):
    """What is being done with the rows of a file."""

    READING = "reading"
    CHECKING = "checking"
    WRITING = "writing"
    UNDOING = "undoing"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many rows of a file a step is through with; all of them are written at once."""

    step: Step
    done: int
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """A column of a file: its head, and what it says of an item (nothing where it is empty)."""

    head: str
    to: str
    near: bool = False
    """Guessed of a head that is only like a word."""


@dataclass(frozen=True, slots=True)
class TableRead:
    """How a table of a file is read."""

    table: str
    type: str
    head: int
    """The row of its heads; 0: none was found."""
    rows: int
    columns: tuple[ColumnRead, ...]


@dataclass(frozen=True, slots=True)
class TableWish:
    """What somebody says of a table: its type, and by head what the column says."""

    type: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    """By what the column of types says, the type; what is not named is of the table's type."""


@dataclass(frozen=True, slots=True)
class NewImport:
    """A file to be imported."""

    name: str
    data: bytes
    profile: str = ""
    type: str = ""
    tables: Mapping[str, TableWish] | None = None
    clear: bool | None = None
    dry_run: bool = False
    source: str = ""
    """Where what it holds comes from; empty: the profile's, else from whoever sends it."""


@dataclass(frozen=True, slots=True)
class Import:
    """An import as its reader may see it."""

    id: UUID
    file: str
    state: ImportState
    dry_run: bool
    profile: str
    source: str
    source_label: str
    type: str
    clear: bool
    by: Named
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None
    undone_by: str
    rows: int
    created: int
    changed: int
    unchanged: int
    refused: int
    proposed: int
    """Rows that say something which another source stands against."""
    marked: int
    """Items of its source that it does not hold, and that stay in use."""
    retired: int
    held: int
    """Those that are retired as soon as a person says so."""
    why: str
    ahead: int
    """Imports that are worked in before this one."""
    has_file: bool
    """Whether it can be read once more."""
    tables: tuple[TableRead, ...] = ()
    progress: Progress | None = None
    """While somebody is at it."""


@dataclass(frozen=True, slots=True)
class ImportPage:
    imports: tuple[Import, ...]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True)
class LineProblem:
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class LineChange:
    """A field that a row changes; a relation is told by the other end's name."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one row of the file."""

    number: int
    table: str
    row: int
    verdict: Verdict
    item: UUID | None
    key: str
    name: str
    type: str
    changes: tuple[LineChange, ...]
    problems: tuple[LineProblem, ...]
    proposed: tuple[LineChange, ...] = ()
    """What it says, and another source stands against."""
    choices: tuple[ItemRef, ...] = ()
    """Items that it may be about: a person says which."""


@dataclass(frozen=True, slots=True)
class LinePage:
    lines: tuple[Line, ...]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True)
class RefusedTable:
    """The refused rows of a table as they were sent, with the reasons."""

    table: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[Sequence[object], str]]


@dataclass(frozen=True, slots=True)
class Profile:
    """A mapping of columns that is kept under a name."""

    name: str
    tables: Mapping[str, TableWish]
    clear: bool
    source: str
    changed_at: datetime | None
    """Nothing of a declared one."""
    changed_by: str
    label: Label | str = ""
