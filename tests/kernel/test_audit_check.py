"""How the whole chain was found last: kept, told in words, and never claimed by another hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st

from tests.hospital import HOSPITAL, client_of
from wardround.access.audit_wire import AuditChainOut
from wardround.kernel import audit, audit_chain, audit_check, audit_journal, clock
from wardround.kernel.audit import _Tails
from wardround.kernel.audit_check import Check
from wardround.kernel.models import AuditCheckRow, AuditRecord, AuditSeal
from wardround.kernel.types import EVERYWHERE, Scope, system_actor
from wardround.schema.actions import import_shipped

NO_SYSTEM = UUID(int=7)
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
CLERK = system_actor("clerk")


@pytest.fixture(autouse=True)
def journal(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's journal, and a process that has written nothing yet."""
    monkeypatch.setattr(audit, "_tails", _Tails())
    settings.AUDIT_JOURNAL = tmp_path / "audit"
    settings.AUDIT_ANCHORS = []
    return tmp_path / "audit" / "journal"


@pytest.fixture
def packs(db: None) -> None:
    import_shipped(HOSPITAL, at=clock.now(), names=("base",))


def write(count: int) -> None:
    for number in range(count):
        with TestCase.captureOnCommitCallbacks(execute=True):
            audit.record(CLERK, "ticket.open", subject=("ticket", number), title="x")


def sealed(count: int) -> None:
    write(count)
    audit_chain.seal()


def found(at: datetime, seconds: float = 1.0) -> Check:
    return Check(at, seconds, 10, 0, (), 0, None, at)


@given(st.floats(0, 10_000), st.floats(0, 1e6))
def test_the_longer_a_walk_takes_the_seldomer_it_is_taken(seconds: float, later: float) -> None:
    """One that is not overdue is recent; it takes no more than a hundredth of the time."""
    check, now = found(NOW, seconds), NOW + timedelta(seconds=later)
    assert audit_check.period(seconds).total_seconds() >= max(3600, seconds * 99)
    assert audit_check.is_recent(check, now) or audit_check.is_due(check, now)
    assert audit_check.is_due(None, now)


@pytest.mark.django_db
def test_a_whole_chain_is_said_to_be_one_until_it_was_not_looked_at_for_long() -> None:
    sealed(3)
    write(1)
    assert audit_check.check_when_due(clock.now()) is not None
    assert audit_check.check_when_due(clock.now()) is None  # not due again
    check = audit_check.newest()
    assert check is not None
    assert (check.entries, check.waiting, check.whole, check.broken_at) == (3, 1, True, None)
    assert check.proved_until is not None
    for later, state in ((0, "whole"), (1, "whole"), (3, "stale")):
        told = AuditChainOut.of(check, check.at + timedelta(hours=later), everything=True)
        assert told.state == state


@pytest.mark.django_db
def test_a_broken_one_is_told_by_its_first_entry_and_without_ids() -> None:
    sealed(4)
    altered = AuditRecord.objects.get(position=3)
    AuditRecord.objects.filter(position=3).update(actor_name="别人")
    check = audit_check.check_now()
    assert check is not None
    assert (check.whole, check.broken_at, check.entries) == (False, 3, 4)
    assert all(str(altered.id) not in fault.zh + fault.en for fault in check.faults)
    assert any("别人" in fault.zh for fault in check.faults)
    months_later = clock.now() + timedelta(days=90)
    assert AuditChainOut.of(check, months_later, everything=True).state == "broken"
    AuditRecord.objects.filter(position=2).delete()
    again = audit_check.check_now()
    assert again is not None
    assert again.broken_at == 2


@pytest.mark.django_db
def test_what_another_hand_writes_of_it_counts_for_nothing() -> None:
    sealed(2)
    AuditRecord.objects.filter(position=2).update(actor_name="别人")
    audit_check.check_now()
    row = AuditCheckRow.objects.get()
    whole = {**json.loads(row.found), "faults": [], "broken_at": None}
    AuditCheckRow.objects.update(found=json.dumps(whole))
    assert audit_check.newest() is None
    assert AuditChainOut.of(None, NOW, everything=True).state == "unchecked"


@pytest.mark.django_db
def test_a_machine_that_never_sealed_says_nothing_of_the_chain(
    tmp_path: Path, settings: Any
) -> None:
    sealed(2)
    settings.AUDIT_JOURNAL = tmp_path / "other machine"
    assert audit_check.check_when_due(clock.now()) is None
    assert not AuditCheckRow.objects.exists()
    assert audit_journal.own_journal() != tmp_path / "audit" / "journal"


@pytest.mark.django_db
def test_a_machine_that_never_sealed_does_not_call_an_emptied_chain_whole(
    tmp_path: Path, settings: Any
) -> None:
    sealed(2)
    AuditRecord.objects.all().delete()
    AuditSeal.objects.all().delete()
    settings.AUDIT_JOURNAL = tmp_path / "other machine"
    assert audit_check.check_now() is None
    assert not AuditCheckRow.objects.exists()


@pytest.mark.django_db
def test_a_cut_chain_is_broken_where_it_was_cut() -> None:
    sealed(6)
    AuditRecord.objects.filter(position__gt=2).delete()
    check = audit_check.check_now()
    assert check is not None
    assert (check.entries, check.broken_at) == (2, 3)
    row = AuditSeal.objects.get()
    AuditRecord.objects.all().delete()
    assert row.position == 6
    emptied = audit_check.check_now()
    assert emptied is not None
    assert (emptied.whole, emptied.entries, emptied.broken_at) == (False, 0, 1)


@pytest.mark.django_db
def test_all_faults_are_counted_though_few_are_named() -> None:
    sealed(1)
    write(30)
    AuditRecord.objects.filter(position=None).update(actor_name="别人")
    AuditRecord.objects.filter(position=1).update(actor_name="别人")
    check = audit_check.check_now()
    assert check is not None
    faults = 31 + 30  # the journal knows those that wait, too, by a stamp that they still have
    assert len(check.faults) + check.more in (31, faults)


@given(st.timedeltas(timedelta(0), timedelta(days=4000)), st.floats(0, 1000))
def test_a_clock_that_ran_ahead_lets_no_walk_stand_for_long(
    ahead: timedelta, seconds: float
) -> None:
    """What was dated by it is looked at anew, and claimed no longer than any other walk."""
    check = found(NOW + ahead, seconds)
    assert audit_check.is_recent(check, NOW) == audit_check.is_recent(check, check.at + ahead)
    assert audit_check.is_due(check, NOW) == audit_check.is_due(check, check.at + ahead)


@pytest.mark.django_db
def test_the_api_tells_it_and_has_it_walked(packs: None) -> None:
    admin = client_of("head", "administrator", scope=EVERYWHERE)
    assert admin.get("/audit-chain").body["state"] == "unchecked"
    sealed(2)
    audit_check.check_now()
    told = admin.get("/audit-chain").body
    assert (told["state"], told["faults"]) == ("whole", [])
    assert told["entries"] == AuditRecord.objects.exclude(position=None).count()
    part = client_of("part", "administrator", scope=Scope(systems=frozenset({NO_SYSTEM})))
    assert part.get("/audit-chain").body["entries"] is None
    reader = client_of("reads", "reader")
    assert reader.get("/audit-chain").status == 403
    assert reader.post("/audit-chain/check", {}).status == 403
    assert admin.post("/audit-chain/check", {}).status == 200
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'kernel.check_audit_now'"
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_the_audit_of_one_thing_within_a_span(packs: None) -> None:
    admin = client_of("head", "administrator", scope=EVERYWHERE)
    item = admin.post("/items", {"type": "host", "name": "主机甲"}).body["id"]
    admin.post("/items", {"type": "host", "name": "主机乙"})
    (line,) = admin.get("/audit", subject_id=item).body["items"]
    assert (line["action"], line["subject_name"]) == ("item.create", "主机甲")
    assert admin.get("/audit", subject_id=item, since=line["at"]).body["items"] == [line]
    assert admin.get("/audit", subject_id=item, until=line["at"]).body["items"] == []
    (named,) = admin.get("/audit-subjects", id=item).body["items"]
    assert (named["name"], named["kind"]) == ("主机甲", "item")
    assert admin.get("/audit-subjects", id="nothing").body["items"] == []


@pytest.mark.django_db
def test_who_reads_his_own_lines_alone_learns_nothing_of_others_things(packs: None) -> None:
    admin = client_of("head", "administrator", scope=EVERYWHERE)
    item = admin.post("/items", {"type": "host", "name": "主机甲"}).body["id"]
    part = client_of("part", "administrator", scope=Scope(systems=frozenset({NO_SYSTEM})))
    assert part.get("/audit", subject_id=item).body["items"] == []
    assert part.get("/audit-subjects", id=item).body["items"] == []
