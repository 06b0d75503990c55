"""Lists that are few enough to be read whole: searched, sorted and exported in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import HttpResponse
from pydantic import BaseModel

from wardround.kernel.errors import BadSort
from wardround.kernel.http import Page, WholeListFilters, short_page
from wardround.kernel.lists import chosen_columns
from wardround.kernel.typed_text import matching
from wardround.kernel.workbook import xlsx_response

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Shown = TypeVar("Shown", bound=BaseModel)


def short_list(
    title: StrOrPromise,
    everything: Sequence[Shown],
    filters: WholeListFilters,
    columns: Mapping[str, StrOrPromise],
    cells: Mapping[str, Callable[[Any], object]] | None = None,
) -> Page[Shown] | HttpResponse:
    """What the reader asked for of a whole list, as a page or as the workbook `title`.

    `columns` are the fields that are searched, sorted by and exported, with their labels; `cells`
    says what stands in the workbook for a value that is no word of the reader's.

    Raises:
        BadSort, BadColumn: naming the parameter.

    """
    found = [row for row in everything if _says(row, columns, filters.q)]
    if filters.sort:
        found = _in_order(found, filters.sort, columns)
    if filters.format == "xlsx":
        said = cells or {}
        rows = (
            {field: _cell(said.get(field, _same)(getattr(row, field))) for field in columns}
            for row in found
        )
        return xlsx_response(title, chosen_columns(columns, filters.columns), rows)
    return short_page(found, filters)


def _says(row: BaseModel, columns: Mapping[str, StrOrPromise], text: str | None) -> bool:
    wanted = matching(text or "")
    return not wanted or any(
        wanted in matching(str(_cell(getattr(row, field)))) for field in columns
    )


def _in_order(found: list[Shown], sort: str, columns: Mapping[str, StrOrPromise]) -> list[Shown]:
    """Sorted by one field, `-` for descending; what has no value comes last either way."""
    field = sort.removeprefix("-")
    if field not in columns:
        raise BadSort(field="sort", given=field, known=", ".join(sorted(columns)))
    told = [row for row in found if _cell(getattr(row, field)) is not None]
    missing = [row for row in found if _cell(getattr(row, field)) is None]
    told.sort(key=lambda row: _cell(getattr(row, field)), reverse=sort.startswith("-"))
    return told + missing


def _same(value: object) -> object:
    return value


def _cell(value: object) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
