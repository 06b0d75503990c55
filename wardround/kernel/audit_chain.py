"""Sealing and verifying the audit chain.

The key is derived from the installation's secret, so a hand in the database alone cannot rebuild
the chain; the newest seal is kept beside it, so that cutting the end off is noticed too.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from wardround.kernel.audit_rules import GENESIS, AuditLine, digest
from wardround.kernel.models import AuditRecord, AuditSeal
from wardround.kernel.secrets import derived_key

_LOCK = 0x5741_5244_0001
_FIELDS = (
    "id", "at", "actor_id", "actor_name", "actor_kind", "action", "subject_kind", "subject_id",
    "detail",
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What `verify` found. `faults` name the record and what is wrong with it."""

    sealed: int
    waiting: int
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.faults


def _key() -> bytes:
    return derived_key("audit chain")


def _line(row: AuditRecord) -> AuditLine:
    return AuditLine(**{name: getattr(row, name) for name in _FIELDS})


def _seal_mark(position: int, head: bytes) -> bytes:
    return hmac.digest(_key(), b"head" + position.to_bytes(8, "big") + head, "sha256")


@transaction.atomic
def seal(limit: int = 5000) -> int:
    """Chain up to `limit` committed records; returns how many. One sealer works at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if cursor.fetchone() != (True,):
            return 0
    head = AuditSeal.objects.first()
    position = head.position if head else 0
    previous = bytes(head.digest) if head else GENESIS
    rows = list(AuditRecord.objects.filter(position=None).order_by("id")[:limit])
    if not rows:
        return 0
    key = _key()
    for row in rows:
        position += 1
        row.position = position
        row.digest = previous = digest(key, previous, position, _line(row))
    AuditRecord.objects.bulk_update(rows, ["position", "digest"], batch_size=1000)
    mark = _seal_mark(position, previous)
    AuditSeal.objects.update_or_create(
        id=1, defaults={"position": position, "digest": previous, "mark": mark}
    )
    return len(rows)


def verify() -> Verdict:
    """Walk the whole chain; every altered, missing or inserted record becomes a fault."""
    faults: list[str] = []
    key = _key()
    expected, previous = 1, GENESIS
    for row in _sealed():
        position, stored = row.position or 0, bytes(row.digest or b"")
        if position != expected:
            faults.append(f"{expected}..{position - 1}: missing")
        elif not hmac.compare_digest(digest(key, previous, position, _line(row)), stored):
            faults.append(f"{position}: altered or inserted, record {row.id}")
        expected, previous = position + 1, stored
    faults += _end_faults(expected - 1, previous)
    waiting = AuditRecord.objects.filter(position=None).count()
    return Verdict(sealed=expected - 1, waiting=waiting, faults=tuple(faults))


def _sealed() -> Iterator[AuditRecord]:
    rows = AuditRecord.objects.filter(position__isnull=False).order_by("position")
    return rows.iterator(chunk_size=5000)


def _end_faults(position: int, head: bytes) -> list[str]:
    """Whether the chain ends where the newest seal says it does."""
    seal_row = AuditSeal.objects.first()
    if seal_row is None:
        return ["the seal of a chain that has records is missing"] if position else []
    if not hmac.compare_digest(
        bytes(seal_row.mark), _seal_mark(seal_row.position, bytes(seal_row.digest))
    ):
        return [f"the newest seal, {seal_row.position}, was forged"]
    if (seal_row.position, bytes(seal_row.digest)) != (position, head):
        return [
            f"{seal_row.position}: missing or inserted at the end, the chain stops at {position}"
        ]
    return []
