"""Announcements: what a transaction announced is delivered exactly when it committed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from wardround.kernel.announcements import Announcement, deliver
from wardround.kernel.ids import new_id
from wardround.kernel.jobs import FailingWork, failing_work
from wardround.site import upkeep


@dataclass(frozen=True)
class BedFreed:
    bed: UUID
    at: datetime
    notes: tuple[str, ...]


heard_now: list[BedFreed] = []
heard_later: list[BedFreed] = []
bed_freed = Announcement("tests.bed_freed", BedFreed)


@bed_freed.on_commit
def listen_now(values: Sequence[BedFreed]) -> None:
    heard_now.extend(values)


@bed_freed.in_worker("tests.make_bed")
def listen_later(values: Sequence[BedFreed]) -> None:
    heard_later.extend(values)


@pytest.fixture(autouse=True)
def silence(transactional_db: None) -> None:
    heard_now.clear()
    heard_later.clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def queued() -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'kernel.deliver'"
            " AND args->>'listener' = 'tests.make_bed' ORDER BY id"
        )
        return [json.loads(row[0]) for row in cursor.fetchall()]


def a_bed() -> BedFreed:
    return BedFreed(new_id(), datetime(2026, 11, 23, 8, tzinfo=UTC), ("三号病房", "床边"))


def test_a_commit_tells_both_kinds_of_listeners() -> None:
    bed = a_bed()
    with transaction.atomic():
        bed_freed.send(bed)
        assert heard_now == []
    assert heard_now == [bed]
    (job,) = queued()
    deliver(**job)
    assert heard_later == [bed]


def test_a_rollback_tells_nobody() -> None:
    @transaction.atomic
    def action() -> None:
        bed_freed.send(a_bed())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        action()
    assert heard_now == []
    assert queued() == []


def test_a_storm_travels_in_batches() -> None:
    beds = [a_bed() for _ in range(1201)]
    with transaction.atomic():
        bed_freed.send_many(beds)
    jobs = queued()
    assert len(jobs) == 3
    for job in jobs:
        deliver(**job)
    assert heard_later == beds


def test_nothing_to_say_queues_nothing() -> None:
    bed_freed.send_many([])
    assert queued() == []


def with_ward(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"ward": "急诊科", **value}


@dataclass(frozen=True)
class BedMoved:
    bed: UUID
    ward: str


moved: list[BedMoved] = []
bed_moved = Announcement("tests.bed_moved", BedMoved, completed=with_ward)


@bed_moved.in_worker("tests.note_move")
def note_move(values: Sequence[BedMoved]) -> None:
    moved.extend(values)


def test_what_an_earlier_version_queued_is_delivered_all_the_same() -> None:
    moved.clear()
    first, second = new_id(), new_id()
    body = [{"bed": str(first)}, {"bed": str(second), "ward": "三病区"}]
    deliver(listener="tests.note_move", body=body)
    assert moved == [BedMoved(first, "急诊科"), BedMoved(second, "三病区")]


def test_what_fails_again_and_again_is_told(caplog: pytest.LogCaptureFixture) -> None:
    @bed_freed.in_worker("tests.burn_bed")
    def burn(_values: Sequence[BedFreed]) -> None:
        raise ZeroDivisionError

    try:
        with transaction.atomic():
            bed_freed.send(a_bed())
        body = queued()[0]["body"]
        for _turn in range(2):
            with pytest.raises(ZeroDivisionError):
                deliver(listener="tests.burn_bed", body=body)
        told = [line for line in caplog.messages if "tests.burn_bed" in line]
        assert len(told) == 1
        assert "ZeroDivisionError" in told[0]
        assert failing_work() == []
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET attempts = 3"
                " WHERE args->>'listener' = 'tests.burn_bed'"
            )
        assert failing_work() == [FailingWork("tests.burn_bed", 1, 0)]
        told_by = {found.name: found for found in upkeep.examine()}["work"]
        assert (told_by.health, "tests.burn_bed" in told_by.text) == ("fault", True)
    finally:
        bed_freed._later.remove("tests.burn_bed")
