"""Parts of the graph as lists, as the API shows and takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from wardround.cmdb.graph_lists import Reached
from wardround.cmdb.graph_types import Direction
from wardround.cmdb.items import Condition, Importance
from wardround.kernel.http import WholeListFilters
from wardround.kernel.wire import Answer, Label, Several
from wardround.schema.queries import named


class ReachedQuery(WholeListFilters):
    type: list[Annotated[str, named("item-type")]] = Several
    layer: list[Annotated[str, named("layer")]] = Several
    condition: list[Condition] = Several
    importance: list[Importance] = Several

    def among(self, rows: Sequence[Reached]) -> Iterator[Reached]:
        """Those that the filters leave."""
        for row in rows:
            item = row.item
            wanted: Mapping[object, Sequence[object]] = {
                item.type: self.type,
                item.layer: self.layer,
            }
            by_state = not self.condition or item.judged in self.condition
            by_class = not self.importance or item.importance in self.importance
            if by_state and by_class and all(not of or it in of for it, of in wanted.items()):
                yield row


class AroundQuery(ReachedQuery):
    direction: Direction = Direction.BOTH
    depth: Annotated[int | None, Field(ge=1, le=1_000)] = None
    """The most steps from the item; any number where it is not given."""
    side: list[Direction] = Several


class WayQuery(ReachedQuery):
    from_: Annotated[UUID, Field(alias="from")]
    to: UUID


class ReachedOut(Answer):
    id: UUID
    key: str
    name: str
    type: str
    type_label: Label
    layer: str
    layer_label: Label
    condition: Condition
    importance: Importance | None
    owner: str | None
    side: Direction | None
    """What it is to where the list begins: what that supports, or what supports it."""
    steps: int

    @classmethod
    def of(cls, row: Reached) -> Self:
        item = row.item
        return cls(
            id=item.id,
            key=item.key,
            name=item.name,
            type=item.type,
            type_label=item.type_label,
            layer=item.layer,
            layer_label=item.layer_label,
            condition=item.judged,
            importance=item.importance,
            owner=str(item.owner.name) if item.owner else None,
            side=row.side,
            steps=row.steps,
        )
