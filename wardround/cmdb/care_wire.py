"""How well items are kept, as the API shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from wardround.cmdb.care import Quality
from wardround.cmdb.findings import Mending
from wardround.cmdb.types import USUAL_DAYS
from wardround.kernel.wire import Answer, Body, Label, Several
from wardround.schema.queries import named


class QualityQuery(Body):
    type: list[Annotated[str, named("item-type")]] = Several
    system: list[UUID] = Several
    days: Annotated[int, Field(ge=1, le=3650)] = USUAL_DAYS


class FindingOut(Answer):
    name: str
    """As a filter of the items: `/items?finding=NAME`."""
    label: Label
    meaning: Label
    mending: list[Mending]
    count: int
    of: int
    """Of so many items that it looks at."""


class CommonValueOut(Answer):
    rule: str
    rule_label: Label
    value: str
    """As it is compared: without case, width and spaces."""
    sources: int
    targets: int
    relations: int
    """That would follow; none is made."""


class QualityOut(Answer):
    at: datetime
    days: int
    items: int
    findings: list[FindingOut]

    @classmethod
    def of(cls, found: Quality) -> Self:
        rows = [
            FindingOut(
                name=each.finding.name,
                label=each.finding.label,
                meaning=each.finding.meaning,
                mending=list(each.finding.mending),
                count=each.count,
                of=each.of,
            )
            for each in found.findings
        ]
        return cls(at=found.at, days=found.days, items=found.items, findings=rows)
