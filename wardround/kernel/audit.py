"""The audit chain: who did what to what, in the transaction that did it.

Writers only insert. Each record carries a stamp under the installation's key, which covers what it
says and which records this process wrote before it; when it is committed, a line in the journal
beside the database says so. A sealer numbers committed records and chains them within seconds, so
that no writer ever waits for the chain. Whoever alters, removes or inserts a record afterwards is
found by `audit_chain.verify`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wardround.kernel import audit_journal, clock
from wardround.kernel.audit_rules import AuditLine, canonical, stamp
from wardround.kernel.ids import new_id
from wardround.kernel.models import AuditRecord
from wardround.kernel.secrets import derived_key
from wardround.kernel.types import Actor


def chain_key() -> bytes:
    """Stamps, chains and seals."""
    return derived_key("audit chain")


def record(
    actor: Actor,
    action: str,
    *,
    subject: tuple[str, object],
    **detail: object,
) -> None:
    """Write one audit line into the open transaction.

    Args:
        actor: who did it.
        action: `subject.verb`, such as `ticket.reopen`.
        subject: its kind and its id.
        detail: JSON values only; never a secret.

    """
    _write([_line(actor, action, subject, detail)])


def record_once(
    actor: Actor,
    action: str,
    *,
    subject: tuple[str, object],
    **detail: object,
) -> None:
    """`record`, unless the newest line of this action and subject says the same already: for what
    is found again and again and done once.
    """
    kind, name = subject
    same = AuditRecord.objects.filter(action=action, subject_kind=kind, subject_id=str(name))
    newest = same.order_by("-id").first()
    if newest is None or newest.detail != canonical(dict(detail)):
        record(actor, action, subject=subject, **detail)


def written(
    action: str, *, of: str, since: datetime
) -> list[tuple[datetime, str, Mapping[str, object]]]:
    """When an act on subjects of this kind was recorded from then on, which one, with what detail.

    Newest first.
    """
    rows = AuditRecord.objects.filter(subject_kind=of, action=action, at__gte=since)
    rows = rows.order_by("-id")
    return [(row.at, row.subject_id, row.detail) for row in rows]


def record_many(
    actor: Actor,
    action: str,
    subjects: Mapping[tuple[str, object], Mapping[str, object]],
) -> None:
    """Write one line for each subject, with its own detail, in one statement."""
    _write([_line(actor, action, subject, detail) for subject, detail in subjects.items()])


def _line(
    actor: Actor, action: str, subject: tuple[str, object], detail: Mapping[str, object]
) -> AuditLine:
    return AuditLine(
        id=new_id(),
        at=clock.now(),
        actor_id=actor.id,
        actor_name=actor.name,
        actor_kind=actor.kind.value,
        action=action,
        subject_kind=subject[0],
        subject_id=str(subject[1]),
        detail=canonical(dict(detail)),
    )


def _write(lines: Sequence[AuditLine]) -> None:
    if not lines:
        return
    key, told = chain_key(), _written_before()
    rows, after = [], told
    for line in lines:
        rows.append(AuditRecord(**vars(line), stamp=stamp(key, line, after), after=list(after)))
        after = (line.id,)
    AuditRecord.objects.bulk_create(rows)
    stamps = {row.id: bytes(row.stamp or b"") for row in rows}
    transaction.on_commit(_Committed(told, stamps, last=lines[-1].id), robust=True)


# What a process has written before ----------------------------------------------------------------


@dataclass(frozen=True)
class _Committed:
    """What is done when records are committed: the journal hears of them, the next writer too.

    Django forgets it with the transaction or the savepoint that is undone.
    """

    told: tuple[UUID, ...]
    stamps: Mapping[UUID, bytes]
    last: UUID

    def __call__(self) -> None:
        _tails.move(self.told, self.last)
        audit_journal.committed(self.stamps)


class _Tails:
    """The records of this process that no later one has told of yet: one for each transaction
    that ran beside the others.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[UUID, None] = {}

    def now(self) -> tuple[UUID, ...]:
        with self._lock:
            return tuple(self._records)

    def move(self, told: Iterable[UUID], last: UUID) -> None:
        with self._lock:
            for record_id in told:
                self._records.pop(record_id, None)
            self._records[last] = None


_tails = _Tails()


def _written_before() -> tuple[UUID, ...]:
    """What this transaction wrote last and still holds; else what the process committed."""
    for _savepoints, done, *_rest in reversed(transaction.get_connection().run_on_commit):
        if isinstance(done, _Committed):
            return (done.last,)
    return _tails.now()
