"""What happened to an alert, in words: when it began and ended, and what people did with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wardround.alerts import models
from wardround.alerts.types import CLOSED, DATE_MOVED, NEXT_NOTICE, Line, LineKind
from wardround.detection.types import RecoveryReason
from wardround.kernel.types import Named
from wardround.kernel.wording import Label, Wording, untranslated

_ACTS: Mapping[LineKind, str] = {
    LineKind.ACKNOWLEDGED: untranslated("Acknowledged it"),
    LineKind.SILENCED: untranslated("Silenced it until %(until)s"),
    LineKind.HELD: untranslated(
        "It began while silenced by %(name)s until %(until)s: nothing was told and no ticket opened"
    ),
    LineKind.LIFTED: untranslated("Lifted the silence; from now on it is told as if it were new"),
    LineKind.SILENCE_ENDED: untranslated(
        "The silence ended and it still holds: from now on it is told as if it were new"
    ),
    LineKind.CLOSED: untranslated("Closed it; if it is seen again, a new alert begins"),
}
_ENDS: Mapping[str, str] = {
    RecoveryReason.RECOVERED: untranslated("It recovered"),
    RecoveryReason.SERIES_ENDED: untranslated("It ended: what it judged is measured no more"),
    RecoveryReason.RULE_REMOVED: untranslated("It ended: its rule was removed or switched off"),
    RecoveryReason.TARGET_REMOVED: untranslated("It ended: its target was removed or paused"),
    DATE_MOVED: untranslated(
        "It ended: the date was moved, the item is out of use, or it has passed for long"
    ),
    NEXT_NOTICE: untranslated("It ended: its next notice is an alert of its own"),
}


def of(row: models.Alert) -> tuple[Line, ...]:
    """The lines of an alert, newest first; one query."""
    acts = models.ActLine.objects.filter(alert=row).order_by("id")
    told = [*_began(row), *(_act(act) for act in acts), *_ended(row)]
    told.sort(key=lambda line: line.at)
    return tuple(told[::-1])


def _began(row: models.Alert) -> Iterator[Line]:
    summary = Label(row.summary_zh, row.summary_en)
    told = Wording(untranslated("It began: %(summary)s"), {"summary": summary})
    yield Line(LineKind.BEGAN, row.started_at, told)


def _ended(row: models.Alert) -> Iterator[Line]:
    """A closing is an act of somebody and has its line already."""
    if row.ended_at is not None and row.end_reason != CLOSED:
        told = Wording(_ENDS.get(row.end_reason, untranslated("It ended")))
        yield Line(LineKind.ENDED, row.ended_at, told)


def _act(act: models.ActLine) -> Line:
    kind = LineKind(act.kind)
    arguments = {"until": act.until, "name": act.actor_name}
    by_person = act.actor is not None and kind is not LineKind.HELD
    return Line(
        kind=kind,
        at=act.at,
        told=Wording(_ACTS[kind], arguments),
        actor=Named(act.actor, act.actor_name) if by_person and act.actor else None,
        text=act.text,
    )
