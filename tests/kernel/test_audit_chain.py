"""The audit chain notices every record that was altered, removed or put in."""

from __future__ import annotations

import pytest
from django.db import transaction

from wardround.kernel import audit, audit_chain
from wardround.kernel.models import AuditRecord, AuditSeal
from wardround.kernel.types import system_actor

pytestmark = pytest.mark.django_db
CLERK = system_actor("clerk")


def write(count: int) -> None:
    for number in range(count):
        audit.record(CLERK, "ticket.open", subject=("ticket", number), title=f"第 {number} 张")


def test_a_chain_nobody_touched_is_sound() -> None:
    write(5)
    assert audit_chain.seal() == 5
    write(2)
    assert audit_chain.seal() == 2
    verdict = audit_chain.verify()
    assert (verdict.sealed, verdict.waiting, verdict.faults) == (7, 0, ())


def test_what_is_not_sealed_yet_is_counted_not_blamed() -> None:
    write(3)
    verdict = audit_chain.verify()
    assert (verdict.sealed, verdict.waiting, verdict.sound) == (0, 3, True)


@pytest.mark.parametrize("change", [{"action": "x.y"}, {"detail": {}}, {"actor_name": "else"}])
def test_an_altered_record_is_named(change: dict[str, object]) -> None:
    write(5)
    audit_chain.seal()
    AuditRecord.objects.filter(position=3).update(**change)
    assert [fault.split(":")[0] for fault in audit_chain.verify().faults] == ["3"]


def test_a_removed_record_is_missed() -> None:
    write(5)
    audit_chain.seal()
    AuditRecord.objects.filter(position__in=[2, 3]).delete()
    assert audit_chain.verify().faults[0] == "2..3: missing"


def test_cutting_the_end_off_is_noticed() -> None:
    write(5)
    audit_chain.seal()
    AuditRecord.objects.filter(position__gt=3).delete()
    assert "the chain stops at 3" in audit_chain.verify().faults[0]


def test_a_forged_seal_is_noticed() -> None:
    write(5)
    audit_chain.seal()
    AuditRecord.objects.filter(position__gt=3).delete()
    last = AuditRecord.objects.get(position=3)
    AuditSeal.objects.update(position=3, digest=last.digest)
    assert audit_chain.verify().faults == ("the newest seal, 3, was forged",)


def test_a_record_put_in_afterwards_is_noticed() -> None:
    write(2)
    audit_chain.seal()
    write(1)
    AuditRecord.objects.filter(position=None).update(position=3, digest=bytes(32))
    faults = audit_chain.verify().faults
    assert faults[0].startswith("3: altered or inserted")


def test_a_record_lives_and_dies_with_its_action() -> None:
    @transaction.atomic
    def action() -> None:
        write(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        action()
    assert not AuditRecord.objects.exists()
