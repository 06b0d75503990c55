"""The audit chain at the terminal: what `wardround audit` answers."""

from __future__ import annotations

import getpass
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.db import DatabaseError

from wardround.kernel import audit_proof
from wardround.kernel.audit_proof import Standing, Verdict
from wardround.kernel.types import system_actor
from wardround.kernel.wording import told
from wardround.kernel.wording import untranslated as _
from wardround.site.doctor import Finding, Health, finding
from wardround.site.errors import NoAnchor

_SEALED_WITHIN = timedelta(minutes=1)


def verify(anchors: Sequence[str]) -> Verdict:
    return audit_proof.verify(_places(anchors))


def take_as_ground(reason: str, anchors: Sequence[str]) -> str:
    """Take a restored database as the new ground; what was done, in words."""
    actor = system_actor(f"wardround audit ({getpass.getuser()})")
    ground = audit_proof.take_as_ground(actor, reason, _places(anchors))
    if ground is None:
        return told("There is no sealed record yet; nothing was done.")
    return told(
        "From now on the chain is judged from record %(position)s of %(at)s on.",
        position=ground.position,
        at=ground.at,
    )


def examine(moment: datetime) -> Finding:
    """What the doctor says of the chain: whether it is sealed, and vouched for outside."""
    try:
        found = audit_proof.standing(audit_proof.known_journals())
    except DatabaseError:
        message = _("The audit chain cannot be read now; perhaps this is the first start.")
        return finding("audit", Health.WARNING, message)
    return _gone(found) or _unsealed(found, moment) or _vouched(found)


def _gone(found: Standing) -> Finding | None:
    message = _(
        "%(place)s knows %(known)s sealed audit records, the database %(end)s: records are gone."
        " Run wardround audit verify."
    )
    for place, newest in found.newest:
        if newest is not None and newest.position > found.end:
            told_of = {"place": str(place), "known": newest.position, "end": found.end}
            return finding("audit", Health.FAULT, message, **told_of)
    return None


def _unsealed(found: Standing, moment: datetime) -> Finding | None:
    if found.waiting_since is None or moment - found.waiting_since <= _SEALED_WITHIN:
        return None
    message = _(
        "An audit record of %(at)s is still not sealed. Check that a worker runs, then run"
        " wardround audit verify."
    )
    return finding("audit", Health.FAULT, message, at=found.waiting_since)


def _vouched(found: Standing) -> Finding:
    silent = [str(place) for place, newest in found.newest if newest is None]
    if not (found.end and silent):
        return finding("audit", Health.OK, _("The audit chain is sealed (%(end)s)."), end=found.end)
    message = _(
        "The audit chain is not vouched for by %(places)s. Check that the worker can write there."
    )
    return finding("audit", Health.WARNING, message, places=silent)


def _places(anchors: Sequence[str]) -> list[Path]:
    """The journals to compare with; one named by hand has to be there."""
    named = [Path(anchor) for anchor in anchors]
    for place in named:
        if not place.is_file():
            raise NoAnchor.at(place)
    return list(dict.fromkeys([*audit_proof.known_journals(), *named]))


def as_json(verdict: Verdict) -> str:
    return json.dumps(
        {
            "sound": verdict.sound,
            "sealed": verdict.sealed,
            "waiting": verdict.waiting,
            "proved_to": verdict.proved_to,
            "proved_until": verdict.proved_until and verdict.proved_until.isoformat(),
            "faults": [fault.text() for fault in verdict.faults],
            "journals": [
                {
                    "place": str(journal.place),
                    "found": journal.found,
                    "seals": len(journal.seals),
                    "records": len(journal.records),
                    "damaged": journal.damaged,
                }
                for journal in verdict.journals
            ],
        },
        ensure_ascii=False,
    )


def as_text(verdict: Verdict) -> str:
    return "\n".join([*(f"✗ {fault}" for fault in verdict.faults), *_notes(verdict), _sum(verdict)])


def _notes(verdict: Verdict) -> list[str]:
    notes = [
        told(
            "The chain was taken anew from record %(position)s on, at %(at)s.",
            position=ground.position,
            at=ground.at,
        )
        for ground in dict.fromkeys(verdict.grounds)
    ]
    for journal in verdict.journals:
        place = str(journal.place)
        if not journal.found:
            notes.append(told("The journal %(place)s is not there.", place=place))
        if journal.damaged:
            notes.append(
                told(
                    "%(count)s lines of %(place)s are damaged or not ours.",
                    count=journal.damaged,
                    place=place,
                )
            )
    return notes


def _sum(verdict: Verdict) -> str:
    state = {"sealed": verdict.sealed, "waiting": verdict.waiting}
    if not verdict.sound:
        return told("The audit chain is BROKEN: %(sealed)s sealed, %(waiting)s waiting.", **state)
    if verdict.proved_until is None:
        return told(
            "The audit chain is sound in itself: %(sealed)s sealed, %(waiting)s waiting; nothing"
            " outside the database proves it.",
            **state,
        )
    return told(
        "The audit chain is sound: %(sealed)s sealed, %(waiting)s waiting; proved up to record"
        " %(proved)s, sealed at %(until)s.",
        **state,
        proved=verdict.proved_to,
        until=verdict.proved_until,
    )
