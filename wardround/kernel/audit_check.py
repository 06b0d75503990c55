"""How the audit chain was found when all of it was walked last, kept for people who look at it.

The walk is `audit_proof.verify`; here is when it is due, and its result as one row. The row bears a
mark under the installation's key: a hand without it cannot write that the chain is whole.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from wardround.kernel import audit_proof, clock
from wardround.kernel.audit_proof import Verdict
from wardround.kernel.models import AuditCheckRow, AuditRecord
from wardround.kernel.secrets import derived_key
from wardround.kernel.wording import CHINESE, ENGLISH, Label, Wording
from wardround.kernel.wording import untranslated as _

OFTEN = timedelta(hours=1)
_SHARE = 100
"""A walk takes no more than this part of the time: one of a minute comes every 100 minutes."""
_MOST_TOLD = 5


@dataclass(frozen=True)
class Check:
    """What one walk through the whole chain found."""

    at: datetime
    seconds: float
    entries: int
    waiting: int
    """Entries too new to be part of the chain yet."""
    faults: tuple[Label, ...]
    """The first of them, in words."""
    more: int
    """How many faults there are beside these."""
    broken_at: int | None
    """The first entry, counted from 1, at which the chain does not hold."""
    proved_until: datetime | None
    """As in `Verdict`."""

    @property
    def whole(self) -> bool:
        return not self.faults


def period(seconds: float) -> timedelta:
    """How long after a walk that took so long the next one is due."""
    return max(OFTEN, timedelta(seconds=_SHARE * seconds))


def is_due(last: Check | None, now: datetime) -> bool:
    """Whether the chain is to be walked again; what a clock that ran ahead has dated is no excuse
    for not looking until that moment has come.
    """
    return last is None or abs(now - last.at) >= period(last.seconds)


def is_recent(check: Check, now: datetime) -> bool:
    """Whether a walk still says how the chain is: the next one is not overdue, nor its own moment
    far from having come.
    """
    return abs(now - check.at) <= 2 * period(check.seconds)


def check_when_due(now: datetime) -> Check | None:
    """Walk the chain if that is due and something here vouches for it; gives what was found.

    A machine that never sealed knows nothing of the chain; one that did will walk it.
    """
    return check_now() if is_due(newest(), now) else None


def check_now() -> Check | None:
    """Walk the chain, if something on this machine vouches for it, and keep what was found."""
    places = audit_proof.known_journals()
    begun = time.monotonic()
    verdict = audit_proof.verify(places)
    if not any(journal.seals for journal in verdict.journals):
        return None  # nor does it know that an empty chain was never longer
    check = _check(verdict, clock.now(), time.monotonic() - begun)
    _keep(check)
    return check


def newest() -> Check | None:
    """What the last walk found; None where there was none, or another hand wrote what it found."""
    row = AuditCheckRow.objects.first()
    if row is None or not hmac.compare_digest(bytes(row.mark), _mark(row.found)):
        return None
    return _read(json.loads(row.found))


def _check(verdict: Verdict, at: datetime, seconds: float) -> Check:
    told, others = verdict.faults[:_MOST_TOLD], verdict.faults[_MOST_TOLD:]
    lines = _lines(told)
    return Check(
        at=at,
        seconds=seconds,
        entries=verdict.sealed,
        waiting=verdict.waiting,
        faults=tuple(_label(fault, lines) for fault in told),
        more=sum(_how_many(fault) for fault in others),
        broken_at=min(_positions(verdict.faults), default=None),
        proved_until=verdict.proved_until,
    )


def _how_many(fault: Wording) -> int:
    """Of very many of a kind the last one says how many there are beside those named."""
    count = fault.arguments.get("count", 1)
    return count if isinstance(count, int) else 1


def _positions(faults: Iterable[Wording]) -> list[int]:
    """Where in the chain faults stand, those that have a place in it."""
    return [place for fault in faults for place in _places(fault)]


def _places(fault: Wording) -> list[int]:
    """Where the end is not where it was sealed, the chain holds as far as both of them reach."""
    if "%(end)s" in fault.template:
        ends = [fault.arguments.get(name) for name in ("end", "sealed", "position")]
        return [1 + min(end for end in ends if isinstance(end, int))]
    found = [fault.arguments.get(name) for name in ("position", "first")]
    return [place for place in found if isinstance(place, int)]


def _lines(faults: Iterable[Wording]) -> Mapping[UUID, AuditRecord]:
    """The entries that faults name by their ids, as far as they are there."""
    named = [value for fault in faults for value in fault.arguments.values()]
    return AuditRecord.objects.in_bulk([value for value in named if isinstance(value, UUID)])


def _label(fault: Wording, lines: Mapping[UUID, AuditRecord]) -> Label:
    """A fault in both languages; an entry by who did it and when, not by its id."""
    arguments = {
        name: _entry(lines.get(value)) if isinstance(value, UUID) else value
        for name, value in fault.arguments.items()
    }
    told = Wording(fault.template, arguments)
    return Label(told.text(CHINESE), told.text(ENGLISH))


def _entry(line: AuditRecord | None) -> Wording:
    if line is None:
        return Wording(_("(no longer there)"))
    return Wording(_("of %(who)s at %(at)s"), {"who": line.actor_name, "at": line.at})


# The row -----------------------------------------------------------------------------------------


def _keep(check: Check) -> None:
    found = json.dumps(
        {
            **vars(check),
            "at": check.at.isoformat(),
            "proved_until": check.proved_until and check.proved_until.isoformat(),
            "faults": [[fault.zh, fault.en] for fault in check.faults],
        },
        ensure_ascii=False,
    )
    AuditCheckRow.objects.update_or_create(id=1, defaults={"found": found, "mark": _mark(found)})


def _read(found: Mapping[str, Any]) -> Check:
    proved = found["proved_until"]
    return Check(
        **{
            **found,
            "at": datetime.fromisoformat(found["at"]),
            "proved_until": proved and datetime.fromisoformat(proved),
            "faults": tuple(Label(zh, en) for zh, en in found["faults"]),
        }
    )


def _mark(found: str) -> bytes:
    return hmac.digest(derived_key("audit check"), found.encode(), "sha256")
