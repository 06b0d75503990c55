"""Imports over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import File, Form, Query, Status
from ninja.files import UploadedFile
from pydantic import TypeAdapter, ValidationError

from wardround.cmdb import import_actions, import_queries, import_undoing, tasks
from wardround.cmdb.import_types import NewImport, RefusedTable
from wardround.cmdb.import_wire import (
    ImportAgain,
    ImportForm,
    ImportLineOut,
    ImportLineQuery,
    ImportOut,
    ImportProfileIn,
    ImportProfileOut,
    ImportQuery,
    ImportRow,
    TableWishIn,
    wishes,
)
from wardround.cmdb.permissions import WRITE
from wardround.kernel import clock
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.http import Page, Request, RoomRouter, ShortFilters, actor_of, short_page
from wardround.kernel.lists import chosen_columns
from wardround.kernel.types import Actor
from wardround.kernel.workbook import ROWS_TO_ASK_FOR, Sheet, sheets_response, xlsx_response

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["imports"])

_COLUMNS: Mapping[str, StrOrPromise] = {
    "file": gettext_lazy("File"),
    "state": gettext_lazy("State"),
    "by": gettext_lazy("Sent by"),
    "created_at": gettext_lazy("Sent at"),
    "rows": gettext_lazy("Rows"),
    "created": gettext_lazy("Made"),
    "changed": gettext_lazy("Changed"),
    "unchanged": gettext_lazy("Left as it was"),
    "refused": gettext_lazy("Refused"),
}


@router.get("/imports", needs=WRITE, response=Page[ImportRow])
def list_imports(request: Request, filters: Query[ImportQuery]) -> Page[ImportRow] | HttpResponse:
    """Imports, the newest first. `since` and `until`: sent."""
    workbook = filters.format == "xlsx"
    page = import_queries.list_imports(
        actor_of(request),
        states=filters.state,
        q=filters.q,
        created=filters.time_range(),
        limit=ROWS_TO_ASK_FOR if workbook else filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
    )
    rows = [ImportRow.model_validate(each) for each in page.imports]
    if workbook:
        chosen = chosen_columns(_COLUMNS, filters.columns)
        cells = ({**vars(row), "by": row.by.name} for row in rows)
        return xlsx_response(gettext_lazy("Imports"), chosen, cells)
    return Page(items=rows, next=page.next, total=page.total)


@router.post("/imports", needs=WRITE, response={201: ImportOut})
def take_in(
    request: Request, file: File[UploadedFile], form: Form[ImportForm]
) -> Status[ImportOut]:
    """Send a workbook or a text file: it is worked in, or tried, in the background.

    `tables` says in JSON how columns are read; what it does not say is guessed of the heads.
    """
    new = NewImport(
        file.name or "file",
        file.read(),
        form.profile.strip(),
        form.type.strip(),
        wishes(_tables(form.tables)) if form.tables else None,
        form.clear,
        form.dry_run,
        form.source.strip(),
    )
    taken = import_actions.take_in(actor_of(request), new, at=clock.now(), defer=tasks.defer)
    return Status(201, ImportOut.model_validate(taken))


_TABLES = TypeAdapter(dict[str, TableWishIn])


def _tables(text: str) -> dict[str, TableWishIn]:
    try:
        return _TABLES.validate_python(json.loads(text))
    except (ValueError, ValidationError):
        message = _("This must be JSON: {table: {type, columns: {head: what it says}}}.")
        raise BadInput(problems=[FieldProblem("tables", message)]) from None


@router.get("/imports/{uuid:import_id}", needs=WRITE, response=ImportOut)
def get_import(request: Request, import_id: UUID) -> ImportOut:
    return ImportOut.model_validate(import_queries.get(actor_of(request), import_id))


@router.patch("/imports/{uuid:import_id}", needs=WRITE, response=ImportOut)
def try_again(request: Request, import_id: UUID, payload: ImportAgain) -> ImportOut:
    """Try a file once more with another mapping; nothing is written."""
    tried = import_actions.try_again(
        actor_of(request),
        import_id,
        tables=None if payload.tables is None else wishes(payload.tables),
        clear=payload.clear,
        type_name=payload.type,
        defer=tasks.defer,
    )
    return ImportOut.model_validate(tried)


@router.post("/imports/{uuid:import_id}/apply", needs=WRITE, response=ImportOut)
def apply_import(request: Request, import_id: UUID) -> ImportOut:
    """Work in a file that was tried."""
    actor = actor_of(request)
    taken = import_actions.try_again(actor, import_id, dry_run=False, defer=tasks.defer)
    return ImportOut.model_validate(taken)


@router.post("/imports/{uuid:import_id}/undo", needs=WRITE, response=ImportOut)
def undo_import(request: Request, import_id: UUID) -> ImportOut:
    """Take an import back as one; refused with the reasons where something was changed since.

    A large one is taken back in the background: it is `undoing`, then `undone`, or `done` as
    before with the reasons in `why`.
    """
    undone = import_undoing.undo(
        actor_of(request), import_id, at=clock.now(), defer=tasks.defer_undo
    )
    return ImportOut.model_validate(undone)


# Rows --------------------------------------------------------------------------------------------

_LINE_COLUMNS: Mapping[str, StrOrPromise] = {
    "table": gettext_lazy("Table"),
    "row": gettext_lazy("Row"),
    "verdict": gettext_lazy("What became of it"),
    "key": gettext_lazy("Key"),
    "name": gettext_lazy("Name"),
    "type": gettext_lazy("Type"),
    "changes": gettext_lazy("Changes"),
    "problems": gettext_lazy("Why it was refused"),
}


@router.get("/imports/{uuid:import_id}/rows", needs=WRITE, response=Page[ImportLineOut])
def list_rows(
    request: Request, import_id: UUID, filters: Query[ImportLineQuery]
) -> Page[ImportLineOut] | HttpResponse:
    """What became, or would become, of the rows; those that change nothing are counted alone."""
    workbook = filters.format == "xlsx"
    page = import_queries.list_lines(
        actor_of(request),
        import_id,
        verdicts=filters.verdict,
        tables=filters.table,
        q=filters.q,
        limit=ROWS_TO_ASK_FOR if workbook else filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
    )
    rows = [ImportLineOut.model_validate(line) for line in page.lines]
    if workbook:
        chosen = chosen_columns(_LINE_COLUMNS, filters.columns)
        return xlsx_response(gettext_lazy("Rows of an import"), chosen, map(_cells, rows))
    return Page(items=rows, next=page.next, total=page.total)


def _cells(row: ImportLineOut) -> dict[str, object]:
    def called(field: str) -> str:
        return import_queries.field_text(field, row.type)

    changes = "; ".join(
        f"{called(each.field)}: {_told(each.old)} → {_told(each.new)}" for each in row.changes
    )
    problems = "; ".join(f"{called(each.field)}: {each.message}" for each in row.problems)
    its_type = import_queries.type_text(row.type)
    return {**vars(row), "type": its_type, "changes": changes, "problems": problems}


def _told(value: object) -> str:
    """A value in a sentence; a relation by the other end's name."""
    named = value.get("name") if isinstance(value, dict) else value
    return "–" if named is None else str(named)


@router.get("/imports/{uuid:import_id}/errors.xlsx", needs=WRITE, response=None)
def refused_rows(request: Request, import_id: UUID) -> HttpResponse:
    """The refused rows as they were sent, each with the reasons: to be mended and sent again."""
    return refused_book(actor_of(request), import_id)


def refused_book(actor: Actor, import_id: UUID) -> HttpResponse:
    tables = import_queries.refused(actor, import_id)
    return sheets_response(_("Refused rows"), [_sheet(table) for table in tables])


def _sheet(table: RefusedTable) -> Sheet:
    why = len(table.heads)
    columns = [*((str(place), head) for place, head in enumerate(table.heads)),
               (str(why), _("Why it was refused"))]  # fmt: skip
    return Sheet(table.table, columns, _rows(table, why))


def _rows(table: RefusedTable, why: int) -> Iterator[Mapping[str, Any]]:
    for cells, reason in table.rows:
        yield {**{str(place): cell for place, cell in enumerate(cells[:why])}, str(why): reason}


# Profiles ----------------------------------------------------------------------------------------


@router.get("/import-profiles", needs=WRITE, response=Page[ImportProfileOut])
def list_profiles(request: Request, filters: Query[ShortFilters]) -> Page[ImportProfileOut]:
    del request
    found = [ImportProfileOut.model_validate(profile) for profile in import_queries.profiles()]
    return short_page(found, filters)


@router.put("/import-profiles/{name}", needs=WRITE, response=ImportProfileOut)
def keep_profile(request: Request, name: str, payload: ImportProfileIn) -> ImportProfileOut:
    """Keep a mapping under a name."""
    kept = import_actions.keep_profile(
        actor_of(request),
        name,
        wishes(payload.tables),
        clear=payload.clear,
        at=clock.now(),
        source=payload.source,
    )
    return ImportProfileOut.model_validate(kept)


@router.delete("/import-profiles/{name}", needs=WRITE, response={204: None})
def drop_profile(request: Request, name: str) -> Status[None]:
    import_actions.drop_profile(actor_of(request), name)
    return Status(204, None)
