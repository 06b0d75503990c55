"""Interfaces in the order of their messages: counts are no column, so all are told first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from wardround.cmdb import models
from wardround.cmdb.interface_types import MOST_COUNTED
from wardround.cmdb.message_counts import Counts, Measured, MessageCounts
from wardround.kernel.errors import BadCursor, BadInput, FieldProblem
from wardround.kernel.lists import PageOf

SORTS = ("messages", "sent", "received", "failed", "queued")


class Told(dict[UUID, MessageCounts]):
    """What is counted of interfaces, asked once."""

    def of(self, interfaces: Collection[UUID]) -> Mapping[UUID, MessageCounts]:
        return {id_: self[id_] for id_ in interfaces if id_ in self}


def is_by_counts(sort: str | None) -> bool:
    return (sort or "").removeprefix("-") in SORTS


def counted(rows: QuerySet[models.Item], counts: Counts) -> Told:
    """Of all these. Raises BadInput where they are more than are counted at once."""
    ids = list(rows.values_list("id", flat=True)[: MOST_COUNTED + 1])
    if len(ids) > MOST_COUNTED:
        text = _("Messages of at most %(most)s interfaces are compared at once. Narrow the list.")
        raise BadInput(problems=[FieldProblem("sort", text % {"most": f"{MOST_COUNTED:,}"})])
    return Told(counts(ids))


def measured(told: Told, wanted: Collection[Measured]) -> list[UUID]:
    return [id_ for id_, counts in told.items() if counts.measured in wanted]


def page(
    rows: QuerySet[models.Item], told: Told, *, sort: str | None, limit: int, cursor: str | None
) -> PageOf[models.Item]:
    """Those without a count come last; the cursor is how many came before."""
    name, descending = (sort or "").removeprefix("-"), (sort or "").startswith("-")
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise BadCursor(field="cursor")

    def place(row: tuple[UUID, str]) -> tuple[bool, float, str, UUID]:
        count = told[row[0]].count(name) if row[0] in told else None
        value = 0.0 if count is None else count
        return count is None, -value if descending else value, row[1], row[0]

    ordered = sorted(rows.values_list("id", "name"), key=place)
    start = int(cursor or 0)
    wanted = [id_ for id_, _name in ordered[start : start + limit]]
    found = {row.id: row for row in models.Item.objects.filter(id__in=wanted)}
    end = start + limit
    return PageOf(
        [found[id_] for id_ in wanted if id_ in found], str(end) if end < len(ordered) else None
    )
