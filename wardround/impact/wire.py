"""What failures do, as the API shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from wardround.cmdb.types import Condition, Importance
from wardround.impact.types import DoubtKind, HospitalNow, ServiceNow, ServiceState
from wardround.kernel.wire import Answer, Label, Ref


class NamedOut(Answer):
    """Items, as far as the reader may know of them."""

    items: list[Ref]
    more: int
    """Within reach, beyond those named."""
    hidden: list[Label]
    """Layers of which there are others that are out of reach; how many is not told."""


class ServiceOut(Answer):
    """What the failures of now do to a business system."""

    state: ServiceState
    judged: Condition
    """How it fares in one word: as badly as failures reach it, or as what is measured of it."""
    switch_minutes: float | None
    """Of one that is down, how long it takes to switch to a cold standby that would carry it."""
    causes: NamedOut
    """What has failed and is felt by it."""
    unprotected: NamedOut
    """What would stop it alone by now, and would not if nothing had failed."""


class ServiceNowOut(ServiceOut):
    id: UUID
    name: str
    importance: Importance | None

    @classmethod
    def of(cls, service: ServiceNow) -> Self:
        return cls(
            id=service.item.id,
            name=service.item.name,
            importance=service.item.importance,
            **vars(ServiceOut.model_validate(service)),
        )


class OneServiceOut(ServiceNowOut):
    as_of: datetime

    @classmethod
    def of(cls, service: ServiceNow, at: datetime | None = None) -> Self:
        return cls(**vars(ServiceNowOut.of(service)), as_of=at)


class ItemNowOut(Answer):
    id: UUID
    state: ServiceState
    failed: bool
    """It has failed itself; others suffer from something that they need."""


class DoubtOut(Answer):
    """Something that relations say and cannot mean; `kind` says how the model takes it."""

    kind: DoubtKind
    items: list[Ref]
    need: int | None
    there: int | None


class HospitalNowOut(Answer):
    services: list[ServiceNowOut]
    failed: NamedOut
    items: list[ItemNowOut]
    """What is not plainly up, the failed ones first."""
    more_items: int
    doubts: list[DoubtOut]
    as_of: datetime

    @classmethod
    def of(cls, now: HospitalNow) -> Self:
        return cls(
            services=[ServiceNowOut.of(service) for service in now.services],
            failed=NamedOut.model_validate(now.failed),
            items=[ItemNowOut.model_validate(item) for item in now.items],
            more_items=now.more_items,
            doubts=[DoubtOut.model_validate(doubt) for doubt in now.doubts],
            as_of=now.as_of,
        )
