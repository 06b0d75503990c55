"""Letters to programs: written when something changed, sent, tried again, given up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from wardround.kernel import audit, live
from wardround.kernel.ids import new_id
from wardround.kernel.types import Actor
from wardround.notify import models, reading, rules
from wardround.notify.errors import StillWaiting
from wardround.notify.webhook_types import (
    WEBHOOK,
    Change,
    Delivery,
    DeliveryState,
    Letter,
    Outcome,
    Trouble,
    Webhook,
)
from wardround.schema import queries as schema

_HOLD = timedelta(minutes=5)
"""Far longer than a round of sending takes; a worker that died lets go after it."""
_AT_ONCE = 60
"""Letters to one receiver in one round: as many as it takes while others wait for a slow one."""


@transaction.atomic
def anybody_listens() -> bool:
    """Whether a webhook is in force at this moment: in most houses none is, and monitoring sets
    conditions all day, of which nothing is asked then.
    """
    schema.hold()  # what this process knew a second ago would lose the first letter of a new one
    return bool(schema.definitions(WEBHOOK))


@transaction.atomic
def tell(changes: Sequence[Change], *, at: datetime) -> int:
    """Write what the receivers in force are told of these changes; how many letters are new.

    May run twice for the same changes.
    """
    schema.hold()
    webhooks: Mapping[str, Webhook] = schema.definitions(WEBHOOK)
    types = schema.item_types()
    rows = [
        models.Delivery(
            id=letter, webhook=name, made_at=at, asked_at=at, body=body, changes=count,
            state=DeliveryState.WAITING,
        )
        for name, webhook in sorted(webhooks.items())
        for letter, body, count in rules.letters(name, rules.wanted(webhook, changes, types))
    ]  # fmt: skip
    if not rows:
        return 0
    before = models.Delivery.objects.filter(id__in=[row.id for row in rows]).count()
    models.Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    for name in sorted({row.webhook for row in rows}):
        _give_up_beyond_budget(name, at)
    live.publish("webhooks")
    return len(rows) - before


def _give_up_beyond_budget(webhook: str, at: datetime) -> None:
    """The oldest of too many letters; each says why it never left."""
    waiting = models.Delivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING)
    too_old = list(
        waiting.order_by("-made_at", "-id").values_list("id", flat=True)[rules.MOST_WAITING :]
    )
    models.Delivery.objects.filter(id__in=too_old).update(
        state=DeliveryState.GIVEN_UP, ended_at=at, trouble=Trouble.TOO_MANY
    )


# Sending -----------------------------------------------------------------------------------------


@transaction.atomic
def take_due(at: datetime) -> Mapping[str, Sequence[Letter]]:
    """Hold the letters that are sent now, by webhook, the oldest first; nobody else sends them."""
    schema.hold()
    resting = models.Receiver.objects.filter(resume_at__gt=at).values("webhook")
    waiting = models.Delivery.objects.filter(state=DeliveryState.WAITING)
    free = waiting.exclude(held_until__gt=at).exclude(webhook__in=resting)
    names = free.values_list("webhook", flat=True).annotate(count=Count("id")).order_by()
    found = {}
    for name in sorted(names):
        rows = free.filter(webhook=name).order_by("made_at", "id")
        locked = list(rows.select_for_update(skip_locked=True)[:_AT_ONCE])
        held = models.Delivery.objects.filter(id__in=[row.id for row in locked])
        held.update(held_until=at + _HOLD)
        if locked:
            found[name] = [Letter(r.id, r.body, r.asked_at, r.attempts) for r in locked]
    return found


@transaction.atomic
def keep(outcomes: Sequence[Outcome], untried: Iterable[Letter]) -> None:
    """Keep what came of sending letters to one receiver, and let go of what was not tried."""
    schema.hold()
    models.Delivery.objects.filter(id__in=[each.id for each in untried]).update(held_until=None)
    receiver = _receiver_of(outcomes[0].letter)
    for outcome in outcomes:
        _keep(receiver, outcome)
    if receiver.webhook in schema.definitions(WEBHOOK):
        receiver.save()
    live.publish("webhooks")


def _receiver_of(letter: Letter) -> models.Receiver:
    """Of what its webhook is called by now."""
    names = models.Delivery.objects.filter(id=letter.id).values_list("webhook", flat=True)
    name = names.first() or ""
    known = models.Receiver.objects.select_for_update().filter(webhook=name).first()
    return known or models.Receiver(webhook=name)


def _keep(receiver: models.Receiver, outcome: Outcome) -> None:
    letter, at, trouble = outcome.letter, outcome.at, outcome.trouble or ""
    receiver.trouble, receiver.detail = trouble, outcome.detail
    if not trouble:
        receiver.failures, receiver.resume_at, receiver.delivered_at = 0, None, at
        state = DeliveryState.DELIVERED
    else:
        receiver.failures += 1
        receiver.failed_at = at
        receiver.resume_at = rules.resumed_at(receiver.failures, at)
        over = rules.given_up(letter.asked_at, at)
        state = DeliveryState.GIVEN_UP if over else DeliveryState.WAITING
    models.Delivery.objects.filter(id=letter.id, state=DeliveryState.WAITING).update(
        state=state,
        attempts=letter.attempts + 1,
        tried_at=at,
        ended_at=None if state == DeliveryState.WAITING else at,
        held_until=None,
        status=outcome.status,
        trouble=trouble,
        detail=outcome.detail,
    )


# By hand -----------------------------------------------------------------------------------------


@transaction.atomic
def try_now(actor: Actor, webhook: str, *, at: datetime, defer: Callable[[], None]) -> Delivery:
    """Write a letter that only asks whether it arrives; a receiver that rests is tried at once.

    Raises UnknownWebhook.
    """
    schema.hold()
    reading.require(actor, webhook)
    row = models.Delivery.objects.create(
        id=new_id(), webhook=webhook, made_at=at, asked_at=at, body=rules.trial(at), changes=0,
        state=DeliveryState.WAITING,
    )  # fmt: skip
    models.Receiver.objects.filter(webhook=webhook).update(resume_at=None)
    audit.record(actor, "webhook.try", subject=(WEBHOOK, webhook))
    live.publish("webhooks")
    defer()
    return reading.told(row)


@transaction.atomic
def again(actor: Actor, delivery: UUID, *, at: datetime, defer: Callable[[], None]) -> Delivery:
    """Send a letter once more that was delivered or given up, under its old id.

    Raises UnknownDelivery, UnknownWebhook, StillWaiting.
    """
    schema.hold()
    row = reading.row_of(actor, delivery, lock=True)
    reading.require(actor, row.webhook)
    if row.state == DeliveryState.WAITING:
        raise StillWaiting(field="delivery")
    row.state, row.ended_at, row.asked_at = DeliveryState.WAITING, None, at
    row.save()
    models.Receiver.objects.filter(webhook=row.webhook).update(resume_at=None)
    audit.record(actor, "webhook.again", subject=(WEBHOOK, row.webhook), delivery=str(row.id))
    live.publish("webhooks")
    defer()
    return reading.told(row)


def forget(*, before: datetime) -> int:
    """Drop letters that ended before then."""
    dropped, _by_model = models.Delivery.objects.filter(ended_at__lt=before).delete()
    return dropped
