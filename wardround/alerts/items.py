"""What alerts asks of the configuration database and tells it: names, systems, conditions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wardround.kernel.types import Actor


@dataclass(frozen=True)
class Facts:
    """What an alert copies of its item, so that who may see it does not change afterwards."""

    name: str
    systems: tuple[UUID, ...]
    organisations: tuple[UUID, ...]


def facts_of(items: Collection[UUID]) -> Mapping[UUID, Facts]:
    raise NotImplementedError


def set_conditions(actor: Actor, conditions: Mapping[UUID, str], *, at: datetime) -> None:
    raise NotImplementedError
