"""Proving the audit chain: the walk through all of it, beside what is known outside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from wardround.kernel import audit_journal
from wardround.kernel.audit import chain_key, record
from wardround.kernel.audit_chain import line_of, newest_seal, seal, seal_is_ours, stamp_holds
from wardround.kernel.audit_journal import Journal, Seal
from wardround.kernel.audit_rules import GENESIS, digest
from wardround.kernel.models import AuditRecord, AuditSeal
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording
from wardround.kernel.wording import untranslated as _

_MOST_NAMED = 20
"""Records of one kind of fault that are named; the others are counted."""


@dataclass(frozen=True)
class Verdict:
    """What `verify` found. `faults` name the record and what is wrong with it.

    `proved_until` is the moment of the newest seal that a journal outside the database holds and
    the chain agrees with: nothing that was sealed until then can have been changed unseen. None: no
    journal vouches for anything.
    """

    sealed: int
    waiting: int
    faults: tuple[Wording, ...]
    proved_until: datetime | None = None
    proved_to: int = 0
    journals: tuple[Journal, ...] = ()
    grounds: tuple[Seal, ...] = ()

    @property
    def sound(self) -> bool:
        return not self.faults


@dataclass(frozen=True)
class Standing:
    """What can be told of the chain without walking it."""

    end: int
    """The position the newest seal in the database names."""
    waiting_since: datetime | None
    """When the oldest record was written that waits for its seal."""
    newest: tuple[tuple[Path, Seal | None], ...]
    """The newest seal that each journal knows."""


def standing(places: Sequence[Path]) -> Standing:
    """How the chain and its journals stand to each other now; quick."""
    row = AuditSeal.objects.first()
    waiting = AuditRecord.objects.filter(position=None).order_by("at").first()
    newest = []
    for place in places:
        seals = audit_journal.read_journal(place).seals
        newest.append((place, max(seals, key=lambda known: known.position, default=None)))
    return Standing(row.position if row else 0, waiting.at if waiting else None, tuple(newest))


def known_journals() -> list[Path]:
    """The journals of this machine: its own, and the files that are anchors."""
    own = audit_journal.own_journal()
    return [*([own] if own else []), *audit_journal.anchor_files()]


@dataclass
class _Walk:
    """What walking the chain once has gathered."""

    sealed: int
    head: bytes
    faults: list[Wording]
    digests: dict[int, bytes]
    """The digests at the positions that a journal knows."""


def verify(places: Sequence[Path]) -> Verdict:
    """Walk the whole chain and compare it with the journals at `places`; every altered, missing or
    inserted record becomes a fault.
    """
    journals = tuple(audit_journal.read_journal(place) for place in places)
    with _one_moment():
        wanted = {seal.position for journal in journals for seal in journal.seals}
        walk = _walk(wanted)
        grounds = [seal for journal in journals for seal in journal.seals if seal.ground]
        ground = max((seal.position for seal in grounds), default=0)
        faults = [
            *walk.faults,
            *_end_faults(walk.sealed, walk.head),
            *_waiting_faults(),
            *_predecessor_faults(ground),
            *_unknown_records(journals),
        ]
        waiting = AuditRecord.objects.filter(position=None).count()
    faults += _seal_faults(walk, journals)
    proved = _newest_agreed(walk, journals)
    if walk.sealed and places and not any(journal.seals for journal in journals):
        names = [str(place) for place in places]
        faults.append(Wording(_("nothing outside the database vouches for this chain: %(places)s"
                                " hold no seal"), {"places": names}))  # fmt: skip
    return Verdict(
        sealed=walk.sealed,
        waiting=waiting,
        faults=tuple(faults),
        proved_until=proved.at if proved else None,
        proved_to=proved.position if proved else 0,
        journals=journals,
        grounds=tuple(grounds),
    )


@contextmanager
def _one_moment() -> Iterator[None]:
    """The chain as of one moment, though the sealer goes on."""
    begun = connection.in_atomic_block
    with transaction.atomic():
        if not begun:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _walk(wanted: set[int]) -> _Walk:
    key = chain_key()
    walk = _Walk(0, GENESIS, [], {})
    for row in _sealed():
        position, stored = row.position or 0, bytes(row.digest or b"")
        if position != walk.sealed + 1:
            walk.faults.append(_missing(walk.sealed + 1, position - 1))
        elif digest(key, walk.head, position, line_of(row)) != stored or not stamp_holds(row, key):
            walk.faults.append(_altered(position, row.id))
        walk.sealed, walk.head = position, stored
        if position in wanted:
            walk.digests[position] = stored
    return walk


def _missing(first: int, last: int) -> Wording:
    return Wording(_("%(first)s to %(last)s: missing"), {"first": first, "last": last})


def _altered(position: int, record_id: UUID) -> Wording:
    template = _("%(position)s: altered or inserted, record %(record)s")
    return Wording(template, {"position": position, "record": record_id})


def _sealed() -> Iterator[AuditRecord]:
    rows = AuditRecord.objects.filter(position__isnull=False).order_by("position")
    return rows.iterator(chunk_size=5000)


def _end_faults(position: int, head: bytes) -> list[Wording]:
    """Whether the chain ends where the newest seal in the database says it does."""
    row = AuditSeal.objects.first()
    if row is None:
        missing = Wording(_("the seal of a chain that has records is missing"))
        return [missing] if position else []
    if not seal_is_ours(row):
        template = _("the newest seal, %(sealed)s, was forged")
    elif (row.position, bytes(row.digest)) != (position, head):
        template = _("%(sealed)s: missing or inserted at the end, the chain stops at %(end)s")
    else:
        return []
    return [Wording(template, {"sealed": row.position, "end": position})]


def _waiting_faults() -> list[Wording]:
    """Records before their seal that no process of ours wrote, or not so."""
    key = chain_key()
    rows = AuditRecord.objects.filter(position=None).order_by("id").iterator(chunk_size=5000)
    template = _("record %(record)s of %(at)s is not sealed and was not written so: inserted or"
                 " altered")  # fmt: skip
    return _named(
        Wording(template, {"record": row.id, "at": row.at})
        for row in rows
        if not stamp_holds(row, key)
    )


def _predecessor_faults(ground: int) -> list[Wording]:
    """Records that a later one of the same writer follows, and that are gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT before.id, min(record.at) FROM kernel_audit_record AS record"
            " CROSS JOIN LATERAL unnest(record.after) AS before (id)"
            " LEFT JOIN kernel_audit_record AS found ON found.id = before.id"
            " WHERE found.id IS NULL AND (record.position IS NULL OR record.position > %s)"
            " GROUP BY before.id ORDER BY min(record.at)",
            [ground],
        )
        gone = cursor.fetchall()
    template = _("record %(record)s is gone; another of %(at)s was written after it")
    return _named(Wording(template, {"record": gone_id, "at": at}) for gone_id, at in gone)


def _unknown_records(journals: Iterable[Journal]) -> list[Wording]:
    """Records that a journal knows as committed and the database does not, or not so."""
    template = _("record %(record)s, committed according to %(place)s, is gone or was altered")
    faults: list[Wording] = []
    for journal in journals:
        known = dict(journal.records)
        held = AuditRecord.objects.in_bulk(list(known)) if known else {}
        faults += _named(
            Wording(template, {"record": record_id, "place": str(journal.place)})
            for record_id, told in known.items()
            if record_id not in held or bytes(held[record_id].stamp or b"") != told
        )
    return faults


def _seal_faults(walk: _Walk, journals: Iterable[Journal]) -> list[Wording]:
    """Seals outside the database that the chain does not agree with."""
    gone = _("%(position)s: sealed at %(at)s according to %(place)s; the chain stops at %(end)s")
    other = _("%(position)s: not the record that %(place)s knows as sealed at %(at)s")
    faults: list[Wording] = []
    for journal in journals:
        place = str(journal.place)
        broken = [s for s in journal.seals if walk.digests.get(s.position) != s.digest]
        beyond = [s for s in broken if s.position > walk.sealed]
        if beyond:
            last = max(beyond, key=lambda s: s.position)
            faults.append(Wording(gone, {"position": last.position, "at": last.at,
                                         "place": place, "end": walk.sealed}))  # fmt: skip
        faults += _named(
            Wording(other, {"position": s.position, "at": s.at, "place": place})
            for s in broken
            if s.position <= walk.sealed
        )
    return faults


def _newest_agreed(walk: _Walk, journals: Iterable[Journal]) -> Seal | None:
    agreed = [
        seal
        for journal in journals
        for seal in journal.seals
        if walk.digests.get(seal.position) == seal.digest
    ]
    return max(agreed, key=lambda seal: (seal.position, seal.at), default=None)


def _named(faults: Iterable[Wording]) -> list[Wording]:
    """The first of many, and how many more."""
    every = list(faults)
    if len(every) <= _MOST_NAMED:
        return every
    more = Wording(_("… and %(count)s more like these"), {"count": len(every) - _MOST_NAMED})
    return [*every[:_MOST_NAMED], more]


# A new ground ------------------------------------------------------------------------------------


def take_as_ground(actor: Actor, reason: str, places: Sequence[Path]) -> Seal | None:
    """Take the chain as it stands as the ground from which its journals judge it.

    For a database that was brought back from a backup: what the journals know beyond it is gone,
    by somebody's decision. That decision is a record of the chain itself and a line in every
    journal; records that were altered stay faults.
    """
    faults = verify(places).faults
    record(
        actor, "audit.ground", subject=("audit", "chain"),
        reason=reason, faults=[fault.text("en") for fault in faults[:_MOST_NAMED]],
    )  # fmt: skip
    seal()
    newest = newest_seal()
    if newest is None:
        return None
    ground = Seal(newest.position, newest.at, newest.digest, ground=True)
    for place in places:
        audit_journal.append_lines(place, [audit_journal.seal_line(ground)], lasting=True)
    return ground
