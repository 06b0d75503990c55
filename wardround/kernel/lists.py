"""Lists: keyset pages that stay whole while rows come and go, and the columns of a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import F, Model, Q, QuerySet

from wardround.kernel.errors import BadColumn, BadCursor, BadSort
from wardround.kernel.types import TimeRange

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class PageOf(Generic[Row]):
    """Rows of one page and the cursor of the next; stays inside its room."""

    rows: list[Row]
    next: str | None


MOST_COUNTED = 10_000
"""Rows of a list are counted up to so many: nobody reads more, and to count 150,000 takes longer
than to find the first page of them.
"""


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows a list has; `more`: these were counted, and there are more."""

    rows: int
    more: bool = False

    @classmethod
    def of(cls, found: int) -> Total:
        """Of what was found where one more than is counted was asked for."""
        return cls(min(found, MOST_COUNTED), found > MOST_COUNTED)


def counted(queryset: QuerySet[Row]) -> Total:
    """How many rows there are, told exactly up to a bound."""
    return Total.of(queryset.order_by()[: MOST_COUNTED + 1].count())


def known(queryset: QuerySet[Row]) -> tuple[list[UUID], Total]:
    """The same, with the ids of the rows that were counted; of as many more, one."""
    ids = list(queryset.order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1])
    return ids, Total.of(len(ids))


def during(time_range: TimeRange, column: str) -> Q:
    """The condition in SQL that a moment lies in a range; an open one asks for nothing, any
    other leaves out rows that have no such moment.
    """
    sides = {f"{column}__gte": time_range.since, f"{column}__lt": time_range.until}
    return Q(**{name: moment for name, moment in sides.items() if moment is not None})


def paginate(  # noqa: PLR0913  # a list has this many knobs; all are named
    queryset: QuerySet[Row],
    *,
    limit: int,
    cursor: str | None,
    sort: str | None,
    sortable: Mapping[str, str],
    default_sort: str = "-id",
) -> PageOf[Row]:
    """One page by keyset: rows that appear or vanish meanwhile neither repeat nor hide others.

    Args:
        queryset: the filtered rows, unordered; annotations may be sorted by.
        limit: rows wanted.
        cursor: `next` of the page before.
        sort: a key of `sortable`, with `-` for descending; empty values come last.
        sortable: public name → column.
        default_sort: a public name or `id`/`-id`.

    Raises:
        BadSort, BadCursor: naming the parameter.

    """
    column, descending = _sort_column(sort or default_sort, sortable)
    place = [queryset.model._meta.db_table, sort or default_sort]  # noqa: SLF001  # Django's own
    if column == "id":
        ordered = queryset.order_by("-id" if descending else "id")
    else:
        by = F(column).desc(nulls_last=True) if descending else F(column).asc(nulls_last=True)
        ordered = queryset.order_by(by, "id")
    if cursor:
        ordered = ordered.filter(_after(cursor, place, column, descending=descending))
    rows = list(ordered[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return PageOf(rows, _cursor(rows[-1], place, column) if more else None)


def _sort_column(sort: str, sortable: Mapping[str, str]) -> tuple[str, bool]:
    descending = sort.startswith("-")
    name = sort.removeprefix("-")
    if name == "id":
        return "id", descending
    if name not in sortable:
        raise BadSort(field="sort", given=name, known=", ".join(sorted(sortable)))
    return sortable[name], descending


def _value(row: Model, column: str) -> object:
    value: Any = row
    for part in column.split("__"):
        value = getattr(value, part, None)
    return value


_SIGNER = "wardround.cursor"
"""Cursors are signed: what comes back is what we made, so it needs no checks of its own."""


def _cursor(row: Model, place: list[str], column: str) -> str:
    value = _value(row, column)
    kind = "t" if isinstance(value, datetime) else "v"
    text = value.isoformat() if isinstance(value, datetime) else value
    if isinstance(value, UUID):
        text = str(value)
    return signing.Signer(salt=_SIGNER).sign_object([*place, kind, text, str(row.pk)])


def _after(cursor: str, place: list[str], column: str, *, descending: bool) -> Q:
    try:
        *given, kind, value, pk = signing.Signer(salt=_SIGNER).unsign_object(cursor)
    except (signing.BadSignature, ValueError):
        raise BadCursor(field="cursor") from None
    if given != place:
        raise BadCursor(field="cursor")
    last = datetime.fromisoformat(value) if kind == "t" else value
    row = UUID(pk) if "-" in pk else int(pk)
    compare = "lt" if descending else "gt"
    if column == "id":
        return Q(**{f"id__{compare}": row})
    tie = Q(**{column: last}) & Q(id__gt=row)
    if last is None:
        return Q(**{f"{column}__isnull": True}) & Q(id__gt=row)
    return Q(**{f"{column}__{compare}": last}) | tie | Q(**{f"{column}__isnull": True})


def chosen_columns(labels: Mapping[str, StrOrPromise], wanted: str | None) -> list[tuple[str, str]]:
    """Names and labels of the columns asked for (`a,b`), in that order; else of all.

    Raises:
        BadColumn: naming the one that is not there.

    """
    names = [name.strip() for name in wanted.split(",")] if wanted else list(labels)
    for name in names:
        if name not in labels:
            raise BadColumn(field="columns", given=name, known=", ".join(labels))
    return [(name, str(labels[name])) for name in names]
