"""Sealing the audit chain.

The key is derived from the installation's secret, so a hand in the database alone can neither write
a record that holds nor rebuild the chain. What was sealed and what was committed is also known
outside the database (`audit_journal`), so that taking the end away, or all of it, is noticed
(`audit_proof`).
"""

from __future__ import annotations

import hmac

from django.db import connection, transaction

from wardround.kernel import audit_journal, clock
from wardround.kernel.attempts import FailureLog
from wardround.kernel.audit import chain_key
from wardround.kernel.audit_journal import Seal
from wardround.kernel.audit_rules import GENESIS, AuditLine, digest, stamp
from wardround.kernel.models import AuditRecord, AuditSeal

_LOCK = 0x5741_5244_0001
_FIELDS = (
    "id", "at", "actor_id", "actor_name", "actor_kind", "action", "subject_kind", "subject_id",
    "detail",
)  # fmt: skip
_MOST_NAMED = 20
_unstamped = FailureLog(
    audit_journal.logger,
    "audit records that no process of ours wrote are left unsealed: %s",
    "no audit record is left unsealed",
)
_unanchored = FailureLog(
    audit_journal.logger, "audit anchors cannot be reached: %s", "all audit anchors are reached"
)


def line_of(row: AuditRecord) -> AuditLine:
    return AuditLine(**{name: getattr(row, name) for name in _FIELDS})


def stamp_holds(row: AuditRecord, key: bytes) -> bool:
    expected = stamp(key, line_of(row), row.after)
    return hmac.compare_digest(bytes(row.stamp or b""), expected)


def _seal_mark(position: int, head: bytes) -> bytes:
    return hmac.digest(chain_key(), b"head" + position.to_bytes(8, "big") + head, "sha256")


# Sealing -----------------------------------------------------------------------------------------


def seal(limit: int = 5000) -> int:
    """Chain up to `limit` committed records; returns how many. One sealer works at a time.

    A record without the writer's stamp, or altered since, is not taken into the chain: a seal is
    our signature.
    """
    done, newest = _seal_committed(limit)
    if newest is not None:
        audit_journal.sealed(newest)
    return done


@transaction.atomic
def _seal_committed(limit: int) -> tuple[int, Seal | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if cursor.fetchone() != (True,):
            return 0, None
    key = chain_key()
    rows, refused = _waiting(key, limit)
    if refused:
        _unstamped.failed(", ".join(str(row.id) for row in refused[:_MOST_NAMED]))
    else:
        _unstamped.worked()
    if not rows:
        return 0, None
    head = AuditSeal.objects.first()
    position = head.position if head else 0
    previous = bytes(head.digest) if head else GENESIS
    for row in rows:
        position += 1
        row.position = position
        row.digest = previous = digest(key, previous, position, line_of(row))
    AuditRecord.objects.bulk_update(rows, ["position", "digest"], batch_size=1000)
    mark = _seal_mark(position, previous)
    AuditSeal.objects.update_or_create(
        id=1, defaults={"position": position, "digest": previous, "mark": mark}
    )
    return len(rows), Seal(position, clock.now(), previous)


def _waiting(key: bytes, limit: int) -> tuple[list[AuditRecord], list[AuditRecord]]:
    """Records to seal, oldest first, and those whose stamp does not hold."""
    good: list[AuditRecord] = []
    refused: list[AuditRecord] = []
    for row in AuditRecord.objects.filter(position=None).order_by("id").iterator(chunk_size=1000):
        (good if stamp_holds(row, key) else refused).append(row)
        if len(good) >= limit or len(refused) >= limit:
            break
    return good, refused


def anchor() -> None:
    """Bring the newest seal to the anchors outside, and to this machine's journal if it has none:
    so an installation that was just brought up to date has one, too.
    """
    newest = newest_seal()
    if newest is None:
        return
    own = audit_journal.own_journal()
    if own is not None and not own.exists():
        audit_journal.sealed(newest)
    failed = audit_journal.send_to_anchors(newest)
    if failed:
        _unanchored.failed("; ".join(failed))
    else:
        _unanchored.worked()


def newest_seal() -> Seal | None:
    row = AuditSeal.objects.first()
    if row is None or not seal_is_ours(row):
        return None
    return Seal(row.position, clock.now(), bytes(row.digest))


def seal_is_ours(row: AuditSeal) -> bool:
    return hmac.compare_digest(bytes(row.mark), _seal_mark(row.position, bytes(row.digest)))
