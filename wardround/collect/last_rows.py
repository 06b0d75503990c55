"""The newest rows of a target's table, for a driver that goes on from what was known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wardround.collect.models import SnapshotRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


def last_rows(target: UUID, table: str) -> list[Mapping[str, Any]]:
    """As they were recorded last, by whichever collector; none when there were none."""
    found = SnapshotRow.objects.filter(target=target, name=table).order_by("-at")
    rows = found.values_list("rows", flat=True).first()
    return [row for row in rows or () if isinstance(row, dict)]
