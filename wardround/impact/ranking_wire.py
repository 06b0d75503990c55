"""Rankings, and what moved in the matrix, as the API shows them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from wardround.cmdb.types import Importance
from wardround.impact.ranking_types import Ranked, RankedRow
from wardround.impact.types import Cell
from wardround.kernel.http import WholeListFilters
from wardround.kernel.wire import Answer, Body, Label, Ref, Several
from wardround.schema.queries import named


class Trend(StrEnum):
    """How single points moved: there are new ones, there are fewer, or neither."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "same"


class RankingFilters(WholeListFilters):
    of: Ranked = Ranked.ITEMS
    against: date | None = None
    """The day to compare with; a month ago, if none is said."""
    layer: list[Annotated[str, named("layer")]] = Several
    importance: list[Importance] = Several
    """Of systems."""
    trend: list[Trend] = Several

    def wanted(self, row: RankedRow) -> bool:
        return (
            (not self.layer or row.layer in self.layer)
            and (not self.importance or row.importance in self.importance)
            and (not self.trend or any(each in self.trend for each in _trends(row)))
        )


def _trends(row: RankedRow) -> list[Trend]:
    if row.gained is None or row.lost is None:
        return []
    found = [Trend.WORSE] if row.gained else []
    found += [Trend.BETTER] if row.lost else []
    return found or [Trend.SAME]


class RankedOut(Answer):
    """An item with the systems that it stops, or a system with the items that stop it."""

    id: UUID
    name: str
    layer: str
    layer_label: Label
    importance: Importance | None
    single: int
    manual: int
    score: int
    """X three, M one; each by the class of its system: A four, B two, others one."""
    gained: int | None
    """X that were none on the day compared with; null where no day is kept."""
    lost: int | None
    """X then that are none now."""


class KeptDaysOut(Answer):
    """Of which days the matrix is kept, ascending."""

    days: list[date]


class ChangesQuery(Body):
    since: date


class CellMovedOut(Answer):
    item: Ref
    deleted: bool
    """The item was deleted since."""
    service: Ref
    then: Cell | None
    """X or M; A and blank were not kept apart."""
    now: Cell | None


class MatrixChangesOut(Answer):
    wanted: date
    day: date | None
    """The day that it is compared with: the last kept until then, else the first after it; null
    where none is kept."""
    gained: list[CellMovedOut]
    """Worse than then."""
    lost: list[CellMovedOut]
    """Better than then, or gone."""
    more: int
    """Cells beyond those told."""
    hidden: list[Label]
    """Layers of which there are others that are out of reach; how many is not told."""
