"""The audit chain: who did what to what, in the transaction that did it.

Writers only insert; a sealer numbers committed records and chains them by a keyed hash within
seconds, so that no writer ever waits for the chain. Whoever alters, removes or inserts a record
afterwards breaks it (`audit_chain.verify`).
"""

from __future__ import annotations

from collections.abc import Mapping

from wardround.kernel import clock
from wardround.kernel.ids import new_id
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Actor


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
    AuditRecord.objects.create(**_row(actor, action, subject, detail))


def record_many(
    actor: Actor,
    action: str,
    subjects: Mapping[tuple[str, object], Mapping[str, object]],
) -> None:
    """Write one line for each subject, with its own detail, in one statement."""
    AuditRecord.objects.bulk_create(
        AuditRecord(**_row(actor, action, subject, detail)) for subject, detail in subjects.items()
    )


def _row(
    actor: Actor, action: str, subject: tuple[str, object], detail: Mapping[str, object]
) -> dict[str, object]:
    return {
        "id": new_id(),
        "at": clock.now(),
        "actor_id": actor.id,
        "actor_name": actor.name,
        "actor_kind": actor.kind.value,
        "action": action,
        "subject_kind": subject[0],
        "subject_id": str(subject[1]),
        "detail": dict(detail),
    }
