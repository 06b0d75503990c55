"""What crosses the door of notify."""

from __future__ import annotations

from wardround.notify.webhook_types import (
    WEBHOOK,
    Change,
    ChangeKind,
    Delivery,
    DeliveryPage,
    DeliveryState,
    Receiver,
    ReceiverState,
    Trouble,
    Webhook,
)

__all__ = [
    "WEBHOOK",
    "Change",
    "ChangeKind",
    "Delivery",
    "DeliveryPage",
    "DeliveryState",
    "Receiver",
    "ReceiverState",
    "Trouble",
    "Webhook",
]
