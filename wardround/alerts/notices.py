"""When notice is given of a date on which something ends, and what of it is told. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from wardround.alerts.rules import fingerprint
from wardround.alerts.types import DATED, EXPIRY, Raise
from wardround.cmdb.types import Expiring
from wardround.detection.types import Labels, Severity
from wardround.kernel.wording import Wording, untranslated

ENDED = 0
"""The last step: what it dates has ended."""
TOLD_AFTER = timedelta(days=30)
"""So long after its end an alert tells of it; later it is a finding of data quality alone, else
all that ended years ago would be told on the day a type begins to give notice.
"""
DAY_S = 86_400.0


def step_of(notices: Sequence[int], left: int) -> int | None:
    """The notice in force, in days, when so many are left; nothing while it is too early.

    `notices`: the most first; `left`: 0 on the last day on which it holds.
    """
    if left < 0:
        return ENDED
    return min((days for days in notices if left <= days), default=None)


def severity_of(notices: Sequence[int], step: int) -> Severity:
    """The first notice informs, later ones warn; what has ended is critical."""
    if step == ENDED:
        return Severity.CRITICAL
    return Severity.INFO if step == max(notices) else Severity.WARNING


def labels_of(value: Expiring) -> Labels:
    return ((DATED, value.attribute), ("ends_on", value.ends_on.isoformat()))


def told(value: Expiring, step: int, at: datetime) -> Raise:
    """What an alert says of it; its value is the notice in seconds, none once it ended."""
    summary = _summary(value, step)
    return Raise(
        rule=EXPIRY,
        rule_label_zh=_RULE.text("zh"),
        rule_label_en=_RULE.text("en"),
        severity=severity_of(value.notices, step),
        availability=False,
        item_id=value.item_id,
        labels=labels_of(value),
        summary_zh=summary.text("zh"),
        summary_en=summary.text("en"),
        value=None if step == ENDED else step * DAY_S,
        unit="s",
        at=at,
    )


_RULE = Wording(untranslated("Ends soon or has ended"))


def _summary(value: Expiring, step: int) -> Wording:
    filled = {"what": value.label, "day": value.ends_on.isoformat(), "days": step}
    if step == ENDED:
        return Wording(untranslated("%(what)s: %(day)s has passed"), filled)
    return Wording(untranslated("%(what)s: %(day)s, in %(days)s days at most"), filled)


@dataclass(frozen=True)
class Standing:
    """An alert there is of a date, open or closed by somebody."""

    fingerprint: UUID
    value: float | None


@dataclass(frozen=True)
class Turn:
    """What is to be done; an alert that ends for its next notice stands in both."""

    ending: tuple[UUID, ...]
    """Fingerprints of open alerts that hold no longer."""
    stepping: tuple[UUID, ...]
    """Of those whose next notice begins."""
    raising: tuple[Raise, ...]


def wanted(due: Iterable[Expiring], today: date, at: datetime) -> Mapping[UUID, Raise]:
    """By fingerprint, what is to be open now."""
    found: dict[UUID, Raise] = {}
    for value in due:
        step = step_of(value.notices, (value.ends_on - today).days)
        if step is not None:
            mark = fingerprint(EXPIRY, labels_of(value), value.item_id)
            found[mark] = told(value, step, at)
    return found


def turn(
    wanted_now: Mapping[UUID, Raise],
    open_now: Collection[Standing],
    closed: Collection[Standing],
) -> Turn:
    """What to end and what to raise. Twice is as once.

    A notice that somebody has closed is not given again: the next one is.
    """
    known = {each.fingerprint: each.value for each in open_now}
    stepping = tuple(
        mark for mark in known if mark in wanted_now and wanted_now[mark].value != known[mark]
    )
    done = {(each.fingerprint, each.value) for each in closed}
    return Turn(
        ending=tuple(mark for mark in known if mark not in wanted_now),
        stepping=stepping,
        raising=tuple(
            value
            for mark, value in wanted_now.items()
            if (mark not in known or mark in stepping) and (mark, value.value) not in done
        ),
    )
