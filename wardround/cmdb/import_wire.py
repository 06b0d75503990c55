"""Imports as the API shows and takes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field

from wardround.cmdb.import_types import ImportState, Step, TableWish, Verdict
from wardround.kernel.audit_words import actor_name
from wardround.kernel.http import ListFilters, TimedListFilters
from wardround.kernel.types import Named
from wardround.kernel.wire import Answer, Body, Label, Ref, Several


def _sender(actor: Named) -> Ref:
    return Ref(id=actor.id, name=actor_name(actor))


class ColumnReadOut(Answer):
    head: str
    to: str
    """What it says of an item: key, name, attributes.serial, relation.runs-on; empty: nothing."""
    near: bool


class TableReadOut(Answer):
    table: str
    type: str
    head: int
    rows: int
    columns: list[ColumnReadOut]


class ImportRow(Answer):
    id: UUID
    file: str
    state: ImportState
    dry_run: bool
    profile: str
    source: str
    source_label: str
    type: str
    clear: bool
    by: Annotated[Ref, BeforeValidator(_sender)]
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
    marked: int
    retired: int
    held: int
    why: str
    ahead: int
    has_file: bool


class ProgressOut(Answer):
    """How many rows a step is through with."""

    step: Step
    done: int
    rows: int


class ImportOut(ImportRow):
    tables: list[TableReadOut]
    progress: ProgressOut | None
    """While somebody is at it."""


class ImportQuery(TimedListFilters):
    state: list[ImportState] = Several


class ImportProblemOut(Answer):
    field: str
    message: str


class ImportChangeOut(Answer):
    field: str
    old: Any
    new: Any


class ImportLineOut(Answer):
    number: int
    table: str
    row: int
    verdict: Verdict
    item: UUID | None
    key: str
    name: str
    type: str
    changes: list[ImportChangeOut]
    problems: list[ImportProblemOut]
    proposed: list[ImportChangeOut]
    """What it says, and another source stands against."""
    choices: list[Ref]
    """Items that it may be about: a person says which."""


class ImportLineQuery(ListFilters):
    verdict: list[Verdict] = Several
    table: list[str] = Several


class TableWishIn(Body):
    """How a table is read: its type, and by head what the column says (empty: nothing)."""

    type: str | None = None
    columns: Annotated[dict[str, str], Field(default_factory=dict)]

    def wish(self) -> TableWish:
        return TableWish(self.type, self.columns)


def wishes(tables: Mapping[str, TableWishIn]) -> dict[str, TableWish]:
    return {name: table.wish() for name, table in tables.items()}


class ImportForm(Body):
    """What is sent beside the file."""

    profile: str = ""
    source: str = ""
    """Where what it holds comes from; empty: the profile's, else from whoever sends it."""
    type: str = ""
    dry_run: bool = False
    clear: bool | None = None
    tables: str = ""
    """In JSON, as `PATCH` takes them."""


class ImportAgain(Body):
    """What is not given stays."""

    tables: dict[str, TableWishIn] | None = None
    clear: bool | None = None
    type: str | None = None


class TableWishOut(Answer):
    type: str | None
    columns: dict[str, str]


class ImportProfileOut(Answer):
    name: str
    tables: dict[str, TableWishOut]
    clear: bool
    source: str
    changed_at: datetime | None
    """Nothing of a declared one."""
    changed_by: str
    label: Label


class ImportProfileIn(Body):
    tables: Annotated[dict[str, TableWishIn], Field(default_factory=dict)]
    clear: bool = False
    source: str = ""
