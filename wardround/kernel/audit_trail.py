"""Reading the audit chain, page by page. Who may is asked by the room that offers it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from wardround.kernel import audit_words
from wardround.kernel.audit_rules import AuditLine
from wardround.kernel.lists import during, paginate
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import ALWAYS, TimeRange

_FIELDS = (
    "id", "at", "actor_id", "actor_name", "actor_kind", "action", "subject_kind", "subject_id",
    "detail",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Filters; empty collections and `None` do not narrow."""

    limit: int = 50
    cursor: str | None = None
    sort: str | None = None
    text: str = ""
    said_as: Collection[str] = ()
    """Acts whose words hold the text."""
    actors: Collection[UUID] = ()
    actions: Collection[str] = ()
    subject_kinds: Collection[str] = ()
    subject_ids: Collection[str] = ()
    time_range: TimeRange = ALWAYS
    only_by: UUID | None = None
    """Whose lines alone there are for this reader."""


@dataclass(frozen=True)
class TrailLine:
    line: AuditLine
    sealed: bool
    """Whether the chain holds it already; before that it is some seconds old."""


def lines(wanted: Wanted) -> tuple[list[TrailLine], str | None]:
    """One page, newest first unless sorted otherwise, and the cursor of the next."""
    narrow: dict[str, object] = {
        "actor_id": wanted.only_by,
        "actor_id__in": wanted.actors,
        "action__in": wanted.actions,
        "subject_kind__in": wanted.subject_kinds,
        "subject_id__in": wanted.subject_ids,
    }
    page = paginate(
        AuditRecord.objects.filter(
            during(wanted.time_range, "at"),
            Q(action__says=wanted.text) | Q(action__in=wanted.said_as),
            **{key: value for key, value in narrow.items() if value},
        ),
        limit=wanted.limit,
        cursor=wanted.cursor,
        sort=wanted.sort,
        sortable={"at": "at"},
        default_sort="-at",
    )
    return [_line(row) for row in page.rows], page.next


def kinds_of(ids: Collection[str], only_by: UUID | None = None) -> dict[str, str]:
    """By id, the kind of thing that lines about it call it; those that have lines for a reader."""
    rows = AuditRecord.objects.filter(
        subject_kind__in=[*audit_words.subjects()], subject_id__in=ids
    )
    if only_by is not None:
        rows = rows.filter(actor_id=only_by)
    return dict(rows.order_by().values_list("subject_id", "subject_kind").distinct())


def _line(row: AuditRecord) -> TrailLine:
    fields = {name: getattr(row, name) for name in _FIELDS}
    return TrailLine(AuditLine(**fields), sealed=row.position is not None)
