"""Rows of this room, read for whoever may see everything."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from wardround.cmdb.permissions import READ
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.notify import models
from wardround.notify.errors import UnknownDelivery, UnknownWebhook
from wardround.notify.permissions import WEBHOOKS
from wardround.notify.webhook_types import WEBHOOK, Delivery, DeliveryState, Trouble, Webhook
from wardround.schema import queries as schema


def sees(actor: Actor) -> bool:
    """A letter tells of any item, so that its reader must see them all, by whichever role."""
    return reach(actor, WEBHOOKS).everything and reach(actor, READ).everything


def in_force(actor: Actor) -> Mapping[str, Webhook]:
    """The webhooks that somebody may know of."""
    found: Mapping[str, Webhook] = schema.definitions(WEBHOOK) if sees(actor) else {}
    return found


def require(actor: Actor, webhook: str) -> None:
    """Raises UnknownWebhook for one that is not in force, or not for this reader."""
    if webhook not in in_force(actor):
        raise UnknownWebhook(field="webhook")


def row_of(actor: Actor, delivery_id: UUID, *, lock: bool = False) -> models.Delivery:
    """Raises UnknownDelivery, also where the reader may not know of it."""
    rows = models.Delivery.objects.filter(id=delivery_id)
    row = (rows.select_for_update() if lock else rows).first() if sees(actor) else None
    if row is None:
        raise UnknownDelivery(field="delivery")
    return row


def told(row: models.Delivery, *, whole: bool = True) -> Delivery:
    return Delivery(
        id=row.id,
        webhook=row.webhook,
        made_at=row.made_at,
        state=DeliveryState(row.state),
        changes=row.changes,
        attempts=row.attempts,
        tried_at=row.tried_at,
        ended_at=row.ended_at,
        status=row.status,
        trouble=Trouble(row.trouble) if row.trouble else None,
        detail=row.detail,
        body=row.body if whole else "",
    )
