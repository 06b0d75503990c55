"""What people do with alerts. Each act waits for its turn first and takes its moment then, so that
of two people at once the second finds what the first has done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import DatabaseError, transaction

from wardround.alerts import errors, models, rules, silences, statements
from wardround.alerts.actions.raising import announce_ends
from wardround.alerts.permissions import HANDLE, READ
from wardround.alerts.rules import Handled, Outcome
from wardround.alerts.types import CLOSED, Act, HandledMany, LineKind, Refused, Wanted
from wardround.collect import queries as collect
from wardround.kernel import audit, clock, live
from wardround.kernel.errors import WardroundError
from wardround.kernel.reach import reach, require
from wardround.kernel.typed_text import typed
from wardround.kernel.types import Actor, system_actor
from wardround.kernel.wording import Wording

logger = logging.getLogger(__name__)
SILENCES = system_actor("silences")
ALERT, SILENCE = "alert", "silence"
"""Subjects of audit lines."""
_MOST_NAMED = 100


def handle_many(actor: Actor, alerts: Iterable[UUID], wanted: Wanted) -> HandledMany:
    """One act on several alerts, each by itself: a refusal says why and leaves the others done.

    A trouble of the store, such as a turn that is waited for too long, is one alert's refusal: it
    takes from nobody the answer of what was done before it.
    """
    done, refused = [], []
    for alert in dict.fromkeys(alerts):
        try:
            handle(actor, alert, wanted)
        except WardroundError as refusal:
            refused.append(Refused(alert, refusal.code, str(refusal)))
        except DatabaseError as trouble:
            logger.exception("an act on alert %s of many", alert, exc_info=trouble)
            refused.append(Refused(alert, WardroundError.code, str(WardroundError())))
        else:
            done.append(alert)
    return HandledMany(tuple(done), tuple(refused))


@transaction.atomic
def handle(actor: Actor, alert_id: UUID, wanted: Wanted) -> None:
    """Do one act. Done again by the same person it changes nothing.

    Raises UnknownAlert, Forbidden, and what the act can be refused for.
    """
    if wanted.act is not Act.ACKNOWLEDGE:
        statements.run(statements.ONE_AT_A_TIME)
    row = _alert(actor, alert_id)
    silence = silences.in_force([row.fingerprint]).get(row.fingerprint)
    at = max(clock.now(), row.started_at)
    wanted = replace(wanted, text=typed(wanted.text))
    handled = _handled(row, silence)
    outcome = _outcome(handled, actor, wanted, at)
    if outcome is Outcome.DONE:
        return
    if outcome is not Outcome.DO:
        raise _refusal(outcome, wanted, row, silence)
    _ACTS[wanted.act](actor, row, silence, wanted, at)
    live.publish("alerts", row.id)


def _alert(actor: Actor, alert_id: UUID) -> models.Alert:
    """The row, locked, if the actor sees it and may handle it."""
    seen = models.Alert.objects.filter(reach(actor, READ).condition(item="item_id"))
    row = seen.select_for_update().filter(id=alert_id).first()
    if row is None:
        raise errors.UnknownAlert(field="alert")
    require(actor, HANDLE, item=row.item_id, systems=row.systems)
    return row


def _handled(row: models.Alert, silence: models.Silence | None) -> Handled:
    closed_by = None
    if row.end_reason == CLOSED:
        lines = models.ActLine.objects.filter(alert=row, kind=LineKind.CLOSED)
        closed_by = lines.values_list("actor", flat=True).first()
    return Handled(
        open=row.ended_at is None,
        last_at=row.last_at,
        interval=collect.interval_of(row.target_id) if row.target_id else timedelta(0),
        acknowledged_by=row.acknowledged_by,
        silenced_by=silence.by if silence else None,
        silenced_until=silence.until if silence else None,
        silence_reason=silence.reason if silence else "",
        closed_by=closed_by,
    )


def _outcome(handled: Handled, actor: Actor, wanted: Wanted, at: datetime) -> Outcome:
    match wanted.act:
        case Act.ACKNOWLEDGE:
            return rules.acknowledging(handled, actor.id)
        case Act.SILENCE:
            return rules.silencing(handled, actor.id, reason=wanted.text, until=wanted.until, at=at)
        case Act.LIFT:
            return rules.lifting(handled)
        case Act.CLOSE:
            return rules.closing(handled, actor.id, reason=wanted.text, at=at)


def _refusal(
    outcome: Outcome, wanted: Wanted, row: models.Alert, silence: models.Silence | None
) -> WardroundError:
    match outcome, wanted.act, silence:
        case Outcome.OVER, _, _:
            refusal: WardroundError = errors.AlertOver(ended=_told(row.ended_at))
        case Outcome.HOLDS, _, _:
            refusal = errors.StillHolds(seen=_told(row.last_at))
        case Outcome.TAKEN, Act.SILENCE, models.Silence(by_name=name, until=until, reason=reason):
            refusal = errors.AlreadySilenced(name=name, until=_told(until), reason=reason)
        case Outcome.TAKEN, _, _:
            name, at = row.acknowledged_name, _told(row.acknowledged_at)
            refusal = errors.AlreadyAcknowledged(name=name, at=at)
        case _:
            refusal = _PLAIN[outcome]()
    return refusal


def _told(moment: datetime | None) -> Wording:
    """A moment in words, once the reader's language is known."""
    return Wording("%(at)s", {"at": moment})


_PLAIN: Mapping[Outcome, Callable[[], WardroundError]] = {
    Outcome.NOT_SILENCED: errors.NotSilenced,
    Outcome.NO_REASON: lambda: errors.ReasonMissing(field="reason"),
    Outcome.NO_END: lambda: errors.EndMissing(field="until"),
    Outcome.PAST: lambda: errors.EndPast(field="until"),
    Outcome.TOO_LONG: lambda: errors.SilenceTooLong(field="until", days=rules.LONGEST_SILENCE.days),
}


# The acts themselves -----------------------------------------------------------------------------


def _acknowledge(
    actor: Actor, row: models.Alert, _silence: models.Silence | None, wanted: Wanted, at: datetime
) -> None:
    row.acknowledged_at, row.acknowledged_by = at, actor.id
    row.acknowledged_name, row.acknowledged_note = actor.name, wanted.text
    row.save(
        update_fields=[
            "acknowledged_at",
            "acknowledged_by",
            "acknowledged_name",
            "acknowledged_note",
        ]
    )
    _note(actor, row, LineKind.ACKNOWLEDGED, wanted, at=at)
    audit.record(actor, "alert.acknowledge", subject=(ALERT, row.id), note=wanted.text)


def _silence(
    actor: Actor, row: models.Alert, _silence: models.Silence | None, wanted: Wanted, at: datetime
) -> None:
    until = wanted.until or at
    models.Silence.objects.create(
        fingerprint=row.fingerprint,
        by=actor.id,
        by_name=actor.name,
        reason=wanted.text,
        since=at,
        until=until,
    )
    _note(actor, row, LineKind.SILENCED, wanted, at=at)
    audit.record(
        actor,
        "alert.silence",
        subject=(ALERT, row.id),
        until=until.isoformat(),
        reason=wanted.text,
    )


def _lift(
    actor: Actor, row: models.Alert, silence: models.Silence | None, wanted: Wanted, at: datetime
) -> None:
    """Its end is now: what holds still is told at once, and says so, whichever alert of the trouble
    it is lifted by. Since then its item may be of systems that the actor does not handle.
    """
    if silence is not None:
        told = {row.id: row, **{alert.id: alert for alert in silences.end([silence], at=at)}}
        for alert in told.values():
            require(actor, HANDLE, item=alert.item_id, systems=alert.systems)
            _note(actor, alert, LineKind.LIFTED, wanted, at=at)
        audit.record(
            actor, "alert.lift", subject=(ALERT, row.id), by=silence.by_name, reason=silence.reason
        )


def _close(
    actor: Actor, row: models.Alert, _silence: models.Silence | None, wanted: Wanted, at: datetime
) -> None:
    row.ended_at, row.end_reason = at, CLOSED
    row.save(update_fields=["ended_at", "end_reason"])
    _note(actor, row, LineKind.CLOSED, wanted, at=at)
    audit.record(actor, "alert.close", subject=(ALERT, row.id), reason=wanted.text)
    announce_ends([(row.id, row.item_id, at, CLOSED)], at, measured=False)


class _DoneTo(Protocol):
    def __call__(
        self,
        actor: Actor,
        row: models.Alert,
        silence: models.Silence | None,
        wanted: Wanted,
        at: datetime,
        /,
    ) -> None: ...


_ACTS: Mapping[Act, _DoneTo] = {
    Act.ACKNOWLEDGE: _acknowledge,
    Act.SILENCE: _silence,
    Act.LIFT: _lift,
    Act.CLOSE: _close,
}


def _note(actor: Actor, row: models.Alert, kind: LineKind, wanted: Wanted, *, at: datetime) -> None:
    models.ActLine.objects.create(
        alert=row,
        at=at,
        kind=kind,
        actor=actor.id,
        actor_name=actor.name,
        text=wanted.text,
        until=wanted.until,
    )


@transaction.atomic
def end_silences() -> int:
    """Put every silence out of force whose end has come; returns how many. Twice is as once."""
    due = models.Silence.objects.filter(ended_at=None, until__lte=clock.now())
    if not due.exists():
        return 0
    statements.run(statements.ONE_AT_A_TIME)
    at = clock.now()
    over = list(due.order_by("id").select_for_update())
    open_still = silences.end(over, at=at)
    models.ActLine.objects.bulk_create(
        [models.ActLine(alert=row, at=at, kind=LineKind.SILENCE_ENDED) for row in open_still]
    )
    if over:
        alerts = [str(row.id) for row in open_still]
        audit.record(
            SILENCES,
            "alert.end_silence",
            subject=(SILENCE, over[0].id),
            count=len(over),
            alerts=alerts[:_MOST_NAMED],
        )
    return len(over)
