"""Webhooks as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from wardround.kernel.http import TimedListFilters
from wardround.kernel.wire import Answer, Label, Several
from wardround.notify.webhook_types import WEBHOOK, DeliveryState, ReceiverState, Trouble
from wardround.schema import queries as schema


class ReceiverOut(Answer):
    """`resume_at`: when a receiver that failed is tried again."""

    name: str
    label: Label
    url: str
    state: ReceiverState
    waiting: int
    oldest_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    resume_at: datetime | None
    trouble: Trouble | None
    detail: str


class DeliveryRow(Answer):
    id: UUID
    webhook: str
    made_at: datetime
    state: DeliveryState
    changes: int
    attempts: int
    tried_at: datetime | None
    ended_at: datetime | None
    status: int | None
    trouble: Trouble | None
    detail: str


class DeliveryOut(DeliveryRow):
    """`body`: the text as it was sent, which its signature covers."""

    body: str


class DeliveryQuery(TimedListFilters):
    webhook: list[Annotated[str, schema.named(WEBHOOK)]] = Several
    state: list[DeliveryState] = Several
