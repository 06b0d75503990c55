"""What rows and rules ask of a ticket before they decide something of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from wardround.schema.declarations import (
    FrozenMapping,
    Key,
    Keyed,
    MadeFrom,
    Several,
    told_as,
)

Facts = Mapping[str, str | tuple[str, ...]]
"""What is known of a ticket when its level and its assignee are decided: name → one value, or all
that hold: an item is of its type and of each that this extends."""


@told_as(
    {
        "high": ("高", "High"),
        "medium": ("中", "Medium"),
        "low": ("低", "Low"),
    }
)
class Grade(StrEnum):
    """How much (影响度) and how soon (紧急度)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Criteria:
    """For each named fact the values that fit; a fact not named may have any."""

    wanted: Mapping[str, frozenset[str]] = field(default_factory=FrozenMapping)

    def fits(self, facts: Facts) -> bool:
        return all(
            not values.isdisjoint(_all_of(facts.get(name, "")))
            for name, values in self.wanted.items()
        )

    def written(self) -> dict[str, list[str]]:
        """As a pack writes it."""
        return {name: sorted(values) for name, values in self.wanted.items()}

    @classmethod
    def of(cls, written: Mapping[str, Iterable[str]]) -> Criteria:
        return cls(FrozenMapping({name: frozenset(values) for name, values in written.items()}))


def _all_of(fact: str | tuple[str, ...]) -> tuple[str, ...]:
    return (fact,) if isinstance(fact, str) else fact


ShortName = Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9_-]{0,49}$")]
When = Annotated[Criteria, MadeFrom(Keyed[str, Several[str]], Criteria.of)]
ROW_NAME = Key("标识", "Name", "这一条的标识。", "What it is called in data.")
WHEN_KEY = Key(
    "条件",
    "When",
    "各项须为哪些值；未写的项任意。",
    "What each fact must be, one value or several; a fact not named may be anything.",
)
