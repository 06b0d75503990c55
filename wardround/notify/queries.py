"""Reading webhooks and what they delivered: for those alone who may see everything."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, Min, Q

from wardround.kernel.lists import during, paginate
from wardround.kernel.types import ALWAYS, Actor, TimeRange
from wardround.notify import models
from wardround.notify.reading import in_force, row_of, sees, told
from wardround.notify.webhook_types import (
    Delivery,
    DeliveryPage,
    DeliveryState,
    Receiver,
    ReceiverState,
    Trouble,
    Webhook,
)

_SORTABLE = {
    "made_at": "made_at",
    "webhook": "webhook",
    "state": "state",
    "attempts": "attempts",
    "changes": "changes",
    "status": "status",
}


def receivers(actor: Actor) -> list[Receiver]:
    """The webhooks in force, by name."""
    rows = {row.webhook: row for row in models.Receiver.objects.all()}
    waiting = models.Delivery.objects.filter(state=DeliveryState.WAITING)
    counts = {
        row["webhook"]: (row["count"], row["oldest"])
        for row in waiting.values("webhook").annotate(count=Count("id"), oldest=Min("made_at"))
    }
    return [
        _receiver(webhook, rows.get(name) or models.Receiver(webhook=name), counts.get(name))
        for name, webhook in sorted(in_force(actor).items())
    ]


def _receiver(
    webhook: Webhook, row: models.Receiver, waiting: tuple[int, object] | None
) -> Receiver:
    state = ReceiverState.UNUSED
    if row.failures:
        state = ReceiverState.FAILING
    elif row.delivered_at:
        state = ReceiverState.WORKING
    count, oldest = waiting or (0, None)
    return Receiver(
        name=webhook.name,
        label=webhook.label,
        url=webhook.url,
        state=state,
        waiting=count,
        oldest_at=oldest,  # type: ignore[arg-type]  # a column's minimum
        delivered_at=row.delivered_at,
        failed_at=row.failed_at,
        resume_at=row.resume_at,
        trouble=Trouble(row.trouble) if row.trouble else None,
        detail=row.detail,
    )


def list_deliveries(  # noqa: PLR0913  # all but one are named
    actor: Actor,
    *,
    webhooks: Collection[str] = (),
    states: Collection[DeliveryState] = (),
    q: str | None = None,
    made: TimeRange = ALWAYS,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
) -> DeliveryPage:
    """Letters, the newest first, of webhooks that are out of force, too."""
    rows = models.Delivery.objects.filter(during(made, "made_at"))
    if not sees(actor):
        rows = rows.none()
    if webhooks:
        rows = rows.filter(webhook__in=webhooks)
    if states:
        rows = rows.filter(state__in=states)
    for word in (q or "").split()[:10]:
        rows = rows.filter(Q(webhook__icontains=word) | Q(detail__icontains=word))
    total = rows.count()
    page = paginate(
        rows.defer("body"),
        limit=limit,
        cursor=cursor,
        sort=sort,
        sortable=_SORTABLE,
        default_sort="-made_at",
    )
    return DeliveryPage(tuple(told(row, whole=False) for row in page.rows), page.next, total)


def delivery(actor: Actor, delivery_id: UUID) -> Delivery:
    """A letter with its text. Raises UnknownDelivery."""
    return told(row_of(actor, delivery_id))
