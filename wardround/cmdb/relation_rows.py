"""Relations on their way to the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from wardround.cmdb.types import NewRelation
from wardround.kernel.ids import new_id

DETAILS = ("group", "need", "standby", "switch_minutes")
"""What is said of a relation beside its kind and its ends."""


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation as it is to be stored."""

    kind: str
    source: UUID
    target: UUID
    group: str | None = None
    need: int | None = None
    standby: str | None = None
    switch_minutes: float | None = None
    origin: str = ""
    id: UUID = field(default_factory=new_id)
    row: int | None = None
    """Its number in the input, for what is found only when it is written."""

    @classmethod
    def of(
        cls,
        relation: NewRelation,
        source: UUID,
        target: UUID,
        origin: str = "",
        row: int | None = None,
    ) -> RelationRow:
        return cls(
            kind=relation.kind,
            source=source,
            target=target,
            group=relation.group or None,
            need=relation.need,
            standby=relation.standby and str(relation.standby),
            switch_minutes=relation.switch_minutes,
            origin=origin,
            row=row,
        )

    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def details(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in DETAILS)
