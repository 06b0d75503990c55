"""Recording verdicts: in the order they were reached, none lost, a bad one apart from others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from uuid import UUID

import pytest
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from tests.detection.story import named, rules
from wardround.detection import queries, signals
from wardround.detection.recorder import VerdictRecorder, _halves
from wardround.detection.types import (
    Finding,
    Labels,
    Recovery,
    RecoveryReason,
    Seen,
    Standing,
    Verdicts,
)

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
(RULE,) = rules({"alert": "DiskLow", "expr": "free < 1", "labels": {"severity": "warning"}})
TARGET = named("target")


def standing(of: str, phase: int = 2) -> Standing:
    return Standing(RULE.name, TARGET, named(of), (), phase, 0.0, float(phase))


def verdict(of: str) -> Verdicts:
    finding = Finding(RULE, TARGET, named(of), (), 0.5, AT)
    return Verdicts(findings=(finding,), standings=(standing(of),))


def recovery(of: str, labels: Labels = ()) -> Recovery:
    return Recovery(RULE.name, TARGET, named(of), labels, RecoveryReason.RECOVERED, AT)


ITEMS = st.sampled_from(["a", "b", "c", "d"])
IDS = st.frozensets(ITEMS.map(named), max_size=2)
ROUNDS = st.builds(
    lambda found, ended, watched, unknown, seen: sum(
        map(verdict, found),
        Verdicts(
            recoveries=tuple(map(recovery, ended)),
            watched=watched,
            unknown=unknown,
            seen=tuple(Seen(RULE.name, named(of), (), 1.0, AT) for of in seen),
        ),
    ),
    st.lists(ITEMS, max_size=5),
    st.lists(ITEMS, max_size=3),
    IDS,
    IDS,
    st.lists(ITEMS, max_size=2),
)


def leaves(verdicts: Verdicts) -> Iterator[Verdicts]:
    """Split until nothing more can be taken apart."""
    parts = _halves(verdicts)
    return iter(parts) if len(parts) == 1 else chain.from_iterable(map(leaves, parts))


def of_instance(verdicts: Verdicts, item: UUID) -> list[object]:
    return [
        change
        for change in (*verdicts.findings, *verdicts.recoveries, *verdicts.standings)
        if change.item == item
    ]


@given(ROUNDS)
def test_taken_apart_nothing_is_lost_and_an_instance_stays_whole(verdicts: Verdicts) -> None:
    parts = list(leaves(verdicts)) if verdicts else []
    joined = sum(parts, Verdicts())
    for item in map(named, "abcd"):
        assert of_instance(joined, item) == of_instance(verdicts, item)
        assert sum(bool(of_instance(part, item)) for part in parts) <= 1
    assert all(len(part.touched()) <= 1 for part in parts)
    assert joined.seen == verdicts.seen
    assert [part.watched for part in parts if part.watched] == [verdicts.watched] * bool(
        verdicts.watched
    )
    assert [part.unknown for part in parts if part.unknown] == [verdicts.unknown] * bool(
        verdicts.unknown
    )


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Verdicts]:
    """What listeners hear, in their transaction; only those of the test listen."""
    monkeypatch.setattr(signals, "_listeners", [])
    heard: list[Verdicts] = []

    @signals.on_verdicts
    def hear(verdicts: Verdicts, at: datetime) -> None:
        heard.append(verdicts)

    return heard


@pytest.fixture
def recorder(transactional_db: None) -> Iterator[VerdictRecorder]:
    started = VerdictRecorder()
    started.start()
    yield started
    started.stop()


def kept() -> dict[UUID, float]:
    return {of.item: of.keep_since for of in queries.every_standing()}


def test_the_changes_of_one_instance_are_kept_in_their_order(
    told: list[Verdicts], recorder: VerdictRecorder
) -> None:
    for phase in (1, 2, 1, 2, 2):
        recorder.put(Verdicts(standings=(standing("a", phase), standing("b", 3 - phase))))
    assert recorder.settle(20)
    assert kept() == {named("a"): 2.0, named("b"): 1.0}
    assert [part.standings[0].phase for part in told] == [1, 2, 1, 2, 2]


def test_a_database_that_is_away_is_waited_for_and_told_once(
    told: list[Verdicts], recorder: VerdictRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    refusals = [OperationalError("the server closed the connection") for _ in range(3)]

    @signals.on_verdicts
    def refuse(verdicts: Verdicts, at: datetime) -> None:
        if refusals:
            raise refusals.pop()

    recorder.put(verdict("a"))
    recorder.put(verdict("b"))
    assert recorder.settle(20)
    assert kept().keys() == {named("a"), named("b")}
    assert recorder.lost == 0
    ours = [record for record in caplog.records if record.name == "wardround.detection.recorder"]
    assert [record.levelno for record in ours] == [logging.WARNING] * 2
    assert "trying on" in ours[0].message
    assert "again" in ours[1].message


def test_a_verdict_nobody_can_record_is_counted_and_the_others_kept(
    told: list[Verdicts], recorder: VerdictRecorder
) -> None:
    @signals.on_verdicts
    def refuse(verdicts: Verdicts, at: datetime) -> None:
        if any(finding.item == named("c") for finding in verdicts.findings):
            raise ValueError("no such item")

    recorder.put(sum(map(verdict, "abcde"), Verdicts(watched=frozenset({named("w")}))))
    assert recorder.settle(20)
    assert kept().keys() == {named(of) for of in "abde"}
    assert recorder.lost == 1
    assert frozenset({named("w")}) in [part.watched for part in told]
