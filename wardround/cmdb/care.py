"""How well the items are kept: what each finding finds, of how many it looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from wardround.cmdb import findings, selection
from wardround.cmdb.findings import Finding
from wardround.cmdb.items import FindingAsked, ItemFilters
from wardround.kernel.reach import Reach


@dataclass(frozen=True, slots=True)
class Found:
    """How many items one finding finds, of those that it looks at."""

    finding: Finding
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Quality:
    at: datetime
    days: int
    items: int
    """In use, within reach and these filters."""
    findings: tuple[Found, ...]


def quality(
    reach: Reach,
    *,
    at: datetime,
    days: int,
    types: tuple[str, ...] = (),
    systems: tuple[UUID, ...] = (),
) -> Quality:
    """Everything that is found: one statement or two a finding, and one for what they look at."""
    rows = selection.chosen(ItemFilters(types=types, systems=systems), reach)
    there = rows.order_by().values_list("type", "importance").annotate(number=Count("id"))
    counted = {(type_name, class_): number for type_name, class_, number in there}
    found = tuple(
        Found(
            finding,
            rows.filter(finding.found(FindingAsked(finding.name, at, days), reach)).count(),
            _looked_at(finding, counted),
        )
        for finding in findings.declared()
    )
    return Quality(at, days, sum(counted.values()), found)


def _looked_at(finding: Finding, counted: Mapping[tuple[str, str | None], int]) -> int:
    by_type = Counter[str]()
    for (type_name, class_), number in counted.items():
        if finding.importance is None or finding.importance == class_:
            by_type[type_name] += number
    return sum(by_type[type_name] for type_name in finding.types)
