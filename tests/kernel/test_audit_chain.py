"""The audit chain names every way of altering, removing or putting in a record.

A hand that has the whole database, and not the installation's key nor its files, tries here.
"""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import TestCase
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from wardround.kernel import audit, audit_chain, audit_journal, audit_proof, clock
from wardround.kernel.audit import _Tails
from wardround.kernel.models import AuditRecord, AuditSeal
from wardround.kernel.types import system_actor
from wardround.site import audit as at_the_terminal

pytestmark = pytest.mark.django_db
REALLY_COMMITTED = pytest.mark.django_db(transaction=True)
CLERK = system_actor("clerk")
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.fixture(autouse=True)
def journal(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's journal, and a process that has written nothing yet."""
    monkeypatch.setattr(audit, "_tails", _Tails())
    settings.AUDIT_JOURNAL = tmp_path / "audit"
    settings.AUDIT_ANCHORS = []
    return tmp_path / "audit" / "journal"


def write(count: int) -> None:
    """So many committed records, each by an action of its own."""
    for number in range(count):
        with TestCase.captureOnCommitCallbacks(execute=True):
            add(number)


def add(number: int) -> None:
    audit.record(CLERK, "ticket.open", subject=("ticket", number), title=f"第 {number} 张")


def faults() -> list[str]:
    return [fault.text("en") for fault in verdict().faults]


def verdict() -> audit_proof.Verdict:
    return audit_proof.verify(audit_proof.known_journals())


@contextmanager
def a_copy_of_the_database() -> Iterator[None]:
    """Whoever has the database may copy the chain's tables away, and put them back."""
    tables = ("kernel_audit_record", "kernel_audit_seal")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TABLE copy_of_{table} AS TABLE {table}")
    yield
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            cursor.execute(f"INSERT INTO {table} SELECT * FROM copy_of_{table}")  # noqa: S608
            cursor.execute(f"DROP TABLE copy_of_{table}")


def undone(count: int) -> None:
    """An action that wrote and failed."""
    with transaction.atomic():
        for number in range(count):
            add(number)
        raise ZeroDivisionError


class TestNobodyTouchedIt:
    def test_it_is_sound_and_says_until_when_it_is_proved(self) -> None:
        write(5)
        assert audit_chain.seal() == 5
        write(2)
        assert audit_chain.seal() == 2
        found = verdict()
        assert (found.sealed, found.waiting, faults()) == (7, 0, [])
        assert found.proved_to == 7
        assert found.proved_until is not None
        assert abs(found.proved_until - clock.now()) < timedelta(minutes=1)

    def test_what_is_not_sealed_yet_is_counted_not_blamed(self) -> None:
        write(3)
        found = verdict()
        assert (found.sealed, found.waiting, found.sound) == (0, 3, True)

    @REALLY_COMMITTED
    def test_a_record_lives_and_dies_with_its_action(self, journal: Path) -> None:
        add(0)
        with pytest.raises(ZeroDivisionError):
            undone(2)
        with transaction.atomic():
            add(1)
            with pytest.raises(ZeroDivisionError):
                undone(1)
            add(2)
        assert AuditRecord.objects.count() == 3
        assert len(journal.read_text().splitlines()) == 3
        assert audit_chain.seal() == 3
        assert faults() == []

    @REALLY_COMMITTED
    def test_every_record_follows_what_its_writer_wrote_before(self) -> None:
        add(0)
        with transaction.atomic():
            add(1)
            add(2)
            audit.record_many(CLERK, "x.y", {("item", 1): {}, ("item", 2): {}})
        add(3)
        rows = list(AuditRecord.objects.order_by("id"))
        assert [row.after for row in rows] == [[], *([row.id] for row in rows[:-1])]

    @REALLY_COMMITTED
    def test_writers_side_by_side_are_all_told_of(self) -> None:
        begun = threading.Barrier(4)

        def one_of_four(number: int) -> None:
            with transaction.atomic():
                add(number)
                begun.wait(10)
            connection.close()

        threads = [threading.Thread(target=one_of_four, args=[number]) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        add(5)
        newest = AuditRecord.objects.get(subject_id="5")
        others = AuditRecord.objects.exclude(id=newest.id).values_list("id", flat=True)
        assert set(newest.after) == set(others)

    @pytest.mark.parametrize("detail", [{"a": 1e22, "b": -0.0, "c": [1e16, 2.5e-7, {"d": 5.0}]}])
    def test_numbers_hold_as_the_database_keeps_them(self, detail: dict[str, object]) -> None:
        audit.record(CLERK, "x.y", subject=("a", 1), **detail)
        assert audit_chain.seal() == 1
        assert faults() == []

    @effort(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | _FLOATS | _TEXTS,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
            max_leaves=8,
        )
    )
    def test_whatever_it_says_it_holds(self, detail: object) -> None:
        audit.record(CLERK, "x.y", subject=("a", 1), detail=detail)
        assert audit_chain.seal() == 1
        assert faults() == []


class TestSealedRecords:
    @pytest.mark.parametrize("change", [{"action": "x.y"}, {"detail": {}}, {"actor_name": "else"}])
    def test_an_altered_one_is_named(self, change: dict[str, object]) -> None:
        write(5)
        audit_chain.seal()
        AuditRecord.objects.filter(position=3).update(**change)
        assert faults()[0].startswith("3: altered or inserted")

    def test_a_removed_one_is_missed(self) -> None:
        write(5)
        audit_chain.seal()
        AuditRecord.objects.filter(position__in=[2, 3]).delete()
        assert faults()[0] == "2 to 3: missing"

    def test_cutting_the_end_off_is_noticed(self) -> None:
        write(5)
        audit_chain.seal()
        AuditRecord.objects.filter(position__gt=3).delete()
        assert "the chain stops at 3" in faults()[0]

    def test_a_forged_seal_is_noticed(self) -> None:
        write(5)
        audit_chain.seal()
        AuditRecord.objects.filter(position__gt=3).delete()
        last = AuditRecord.objects.get(position=3)
        AuditSeal.objects.update(position=3, digest=last.digest)
        assert faults()[0] == "the newest seal, 3, was forged"

    def test_one_put_in_afterwards_is_noticed(self) -> None:
        write(2)
        audit_chain.seal()
        write(1)
        AuditRecord.objects.filter(position=None).update(position=3, digest=bytes(32))
        assert faults()[0].startswith("3: altered or inserted")

    def test_all_of_them_and_the_seal_deleted(self) -> None:
        write(5)
        audit_chain.seal()
        AuditRecord.objects.all().delete()
        AuditSeal.objects.all().delete()
        assert any(fault.startswith("5: sealed at") for fault in faults())
        assert verdict().proved_until is None

    def test_an_older_seal_put_back_and_what_came_after_removed(self) -> None:
        write(5)
        audit_chain.seal()
        with a_copy_of_the_database():
            write(3)
            audit_chain.seal()
        assert (AuditSeal.objects.get().position, AuditRecord.objects.count()) == (5, 5)
        assert any("8: sealed at" in fault and "stops at 5" in fault for fault in faults())
        found = verdict()
        assert found.proved_to == 5

    def test_the_chain_grown_again_over_what_was_removed(self) -> None:
        write(5)
        audit_chain.seal()
        with a_copy_of_the_database():
            write(3)
            audit_chain.seal()
        write(6)
        audit_chain.seal()
        assert any(fault.startswith("8: not the record") for fault in faults())

    def test_without_a_journal_it_says_that_nothing_proves_it(self, journal: Path) -> None:
        write(5)
        audit_chain.seal()
        journal.unlink()
        assert faults()[0].startswith("nothing outside the database vouches")
        audit_chain.anchor()
        assert faults() == []


class TestUnsealedRecords:
    def test_an_altered_one_is_never_signed(self) -> None:
        write(5)
        audit_chain.seal()
        with a_copy_of_the_database():
            write(2)
            audit_chain.seal()
        write(2)
        altered = AuditRecord.objects.filter(position=None).order_by("id")[0]
        AuditRecord.objects.filter(id=altered.id).update(actor_name="somebody else")
        assert audit_chain.seal() == 1
        assert AuditRecord.objects.get(id=altered.id).position is None
        assert any(str(altered.id) in fault and "not sealed" in fault for fault in faults())

    def test_a_back_dated_one_put_in_is_never_signed(self) -> None:
        write(1)
        audit_chain.seal()
        row = AuditRecord.objects.get()
        row.pk, row.position, row.digest = uuid4(), None, None
        row.at -= timedelta(days=30)
        row.save(force_insert=True)
        AuditRecord.objects.create(
            id=uuid4(), at=row.at, actor_id=CLERK.id, actor_name="", actor_kind="person",
            action="x.y", subject_kind="a", subject_id="b",
        )  # fmt: skip
        assert audit_chain.seal() == 0
        assert sum("not sealed and was not written so" in fault for fault in faults()) == 2

    def test_removed_ones_are_missed_though_no_sealer_ran(self) -> None:
        write(5)
        newest = AuditRecord.objects.order_by("-id")[0]
        AuditRecord.objects.filter(id=newest.id).delete()
        assert any(str(newest.id) in fault and "committed" in fault for fault in faults())
        AuditRecord.objects.all().delete()
        assert len(faults()) == 5

    def test_one_removed_is_told_by_the_next_even_without_a_journal(self, journal: Path) -> None:
        write(3)
        journal.unlink()
        AuditRecord.objects.filter(subject_id="1").delete()
        (fault,) = faults()
        assert "another of" in fault

    def test_many_faults_are_counted(self) -> None:
        write(60)
        AuditRecord.objects.all().delete()
        assert len(faults()) == 21
        assert faults()[-1] == "… and 40 more like these"


class TestJournal:
    def test_lines_of_another_hand_say_nothing_and_are_counted(self, journal: Path) -> None:
        write(2)
        audit_chain.seal()
        forged = audit_journal.seal_line(audit_journal.Seal(9, clock.now(), bytes(32)))
        with journal.open("a") as file:
            file.write(forged.replace(" 9 ", " 8 "))
            file.write("wardround-audit sea")
        assert faults() == []
        assert verdict().journals[0].damaged == 2

    def test_it_is_put_aside_when_long_and_still_read(
        self, journal: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit_journal, "LONGEST", 400)
        for _round in range(3):
            write(3)
            audit_chain.seal()
        assert journal.with_name("journal.before").exists()
        assert journal.stat().st_size < 1200
        AuditRecord.objects.filter(position__gt=6).delete()
        AuditSeal.objects.all().delete()
        assert any("9: sealed at" in fault for fault in faults())

    def test_one_that_cannot_be_written_stops_nobody(
        self, journal: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        journal.parent.parent.joinpath("audit").write_text("a file where the folder should be")
        write(2)
        assert audit_chain.seal() == 2
        assert "cannot be written" in caplog.text

    def test_a_restored_database_is_taken_as_the_new_ground(self, journal: Path) -> None:
        write(5)
        audit_chain.seal()
        with a_copy_of_the_database():
            write(3)
            audit_chain.seal()
        audit._tails = _Tails()  # the processes were started again, too
        assert not verdict().sound
        ground = audit_proof.take_as_ground(CLERK, "backup of Sunday", [journal])
        assert ground is not None
        assert ground.position == 6
        write(1)
        audit_chain.seal()
        found = verdict()
        assert (faults(), found.proved_to, len(found.grounds)) == ([], 7, 1)
        line = AuditRecord.objects.get(action="audit.ground")
        assert line.detail["reason"] == "backup of Sunday"
        assert any("8: sealed at" in fault for fault in line.detail["faults"])
        AuditRecord.objects.filter(position=2).update(action="x.y")
        assert len(faults()) == 1


class TestAnchors:
    def test_another_file_proves_it_when_the_journal_went_with_the_database(
        self, journal: Path, tmp_path: Path, settings: Any
    ) -> None:
        settings.AUDIT_ANCHORS = [str(tmp_path / "elsewhere" / "anchor")]
        write(5)
        audit_chain.seal()
        audit_chain.anchor()
        AuditRecord.objects.all().delete()
        AuditSeal.objects.all().delete()
        shutil.rmtree(journal.parent)
        assert [fault.split(" at ")[0] for fault in faults()] == ["5: sealed"]

    def test_syslog_of_another_machine_proves_it(self, tmp_path: Path, settings: Any) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
            collector.bind(("127.0.0.1", 0))
            collector.settimeout(5)
            settings.AUDIT_ANCHORS = [f"syslog://127.0.0.1:{collector.getsockname()[1]}"]
            write(2)
            audit_chain.seal()
            audit_chain.anchor()
            said = collector.recv(4096).decode()
        kept = tmp_path / "messages"
        kept.write_text(f"Nov 29 03:12:01 his-app {said.removeprefix('<85>')}\nanother line\n")
        AuditRecord.objects.all().delete()
        AuditSeal.objects.all().delete()
        (fault,) = [f.text("en") for f in audit_proof.verify([kept]).faults]
        assert fault.startswith("2: sealed at")

    def test_one_that_cannot_be_reached_is_told_and_stops_nothing(
        self, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.AUDIT_ANCHORS = ["/proc/nowhere/anchor", "syslog://127.0.0.1:notaport"]
        write(1)
        audit_chain.seal()
        audit_chain.anchor()
        assert "/proc/nowhere/anchor" in caplog.text
        assert "notaport" in caplog.text

    def test_a_forged_seal_is_not_carried_outside(self, tmp_path: Path, settings: Any) -> None:
        settings.AUDIT_ANCHORS = [str(tmp_path / "anchor")]
        write(1)
        audit_chain.seal()
        AuditSeal.objects.update(position=7)
        audit_chain.anchor()
        assert not (tmp_path / "anchor").exists()


def test_the_terminal_says_it_in_words_and_in_json() -> None:
    write(2)
    audit_chain.seal()
    found = verdict()
    assert "已证明到第 2 条" in at_the_terminal.as_text(found)
    told = json.loads(at_the_terminal.as_json(found))
    assert (told["sound"], told["sealed"], told["proved_to"]) == (True, 2, 2)
    AuditRecord.objects.filter(position=1).delete()
    assert at_the_terminal.as_text(verdict()).startswith("✗ 第 1 至 1 条：缺失")


def test_the_doctor_says_how_the_chain_stands(journal: Path) -> None:
    def said(seconds: float = 0.0) -> tuple[str, str]:
        found = at_the_terminal.examine(clock.now() + timedelta(seconds=seconds))
        return found.health.value, found.text

    write(2)
    assert said()[0] == "ok"
    assert said(seconds=90)[0] == "fault"
    audit_chain.seal()
    assert said(seconds=90) == ("ok", "审计链已封存（2）。")
    kept = journal.read_text()
    journal.unlink()
    assert said()[0] == "warning"
    journal.write_text(kept)
    AuditRecord.objects.all().delete()
    AuditSeal.objects.all().delete()
    assert "记录有缺失" in said()[1]


@REALLY_COMMITTED
def test_records_of_before_are_stamped_and_hold() -> None:
    newest: Any = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate([("kernel", "0001_initial")])
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO kernel_audit_record (id, at, actor_id, actor_name, actor_kind, action,"
                " subject_kind, subject_id, detail) VALUES"
                " (gen_random_uuid(), now(), gen_random_uuid(), '张', 'person', 'x.y', 'a',"
                " 'b', %s)",
                [[json.dumps({"n": number})] for number in range(7)],
            )
    finally:
        MigrationExecutor(connection).migrate(newest)
    assert audit_chain.seal() == 7
    assert faults() == []
