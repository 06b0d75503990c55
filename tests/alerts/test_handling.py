"""Acknowledging, silencing and closing alerts, and two people at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, connections

from tests.alerts.conftest import MORNING, World
from tests.alerts.test_actions import DETECTION, Heard, disk, heard, over
from wardround.alerts import actions, errors, queries
from wardround.alerts.models import ActLine, Alert, Silence
from wardround.alerts.types import Act, AlertState, LineKind, Seen, Wanted
from wardround.detection import types as detection
from wardround.detection.actions import record
from wardround.detection.rules import FIRING, INACTIVE
from wardround.kernel import clock
from wardround.kernel.errors import Forbidden
from wardround.kernel.ids import new_id
from wardround.kernel.models import AuditRecord
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import EVERYWHERE, Actor, ActorKind, Grant, Scope

__all__ = ["heard"]
NIGHT = MORNING + timedelta(hours=16)
HANDLES = frozenset({"alerts.read", "alerts.handle"})


def person(name: str, scope: Scope = EVERYWHERE, may: frozenset[str] = HANDLES) -> Actor:
    return Actor(new_id(), name, ActorKind.PERSON, (Grant(may, scope),))


LI, WANG = person("李护"), person("王工")


class Clock:
    def __init__(self) -> None:
        self.at = NIGHT

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    told = Clock()
    monkeypatch.setattr(clock, "now", told.now)
    return told


@pytest.fixture
def alert(world: World, heard: Heard) -> UUID:
    (found,) = actions.raise_alerts(DETECTION, [disk(world.database)], at=MORNING)
    return found


def silence(hours: float = 2, reason: str = "更换磁盘") -> Wanted:
    return Wanted(Act.SILENCE, reason, NIGHT + timedelta(hours=hours))


def kinds(alert: UUID) -> list[LineKind]:
    return [line.kind for line in queries.lines(EVERYTHING, alert)]


def audited(action: str) -> list[AuditRecord]:
    return list(AuditRecord.objects.filter(action=action))


# Acknowledging ------------------------------------------------------------------------------------


def test_an_acknowledgement_says_who_and_when(alert: UUID, time: Clock) -> None:
    actions.handle(LI, alert, Wanted(Act.ACKNOWLEDGE, " 我来看 "))
    found = queries.alert(EVERYTHING, alert).acknowledged
    assert found is not None
    assert (found.by.name, found.at, found.note) == ("李护", NIGHT, "我来看")
    assert kinds(alert) == [LineKind.ACKNOWLEDGED, LineKind.BEGAN]
    (line,) = audited("alert.acknowledge")
    assert (line.actor_name, line.subject_id) == ("李护", str(alert))


def test_the_first_who_acknowledges_is_named_to_others(alert: UUID, time: Clock) -> None:
    actions.handle(LI, alert, Wanted(Act.ACKNOWLEDGE))
    actions.handle(LI, alert, Wanted(Act.ACKNOWLEDGE))
    with pytest.raises(errors.AlreadyAcknowledged, match="李护"):
        actions.handle(WANG, alert, Wanted(Act.ACKNOWLEDGE))
    assert len(audited("alert.acknowledge")) == 1


def test_a_new_episode_is_acknowledged_anew(alert: UUID, world: World, time: Clock) -> None:
    actions.handle(LI, alert, Wanted(Act.ACKNOWLEDGE))
    actions.resolve_alerts(DETECTION, [over(disk(world.database))], at=NIGHT)
    (again,) = actions.raise_alerts(DETECTION, [disk(world.database, at=NIGHT)], at=NIGHT)
    assert queries.alert(EVERYTHING, again).acknowledged is None
    with pytest.raises(errors.AlertOver):
        actions.handle(WANG, again if again == alert else alert, Wanted(Act.SILENCE, "x", NIGHT))


# Silencing ----------------------------------------------------------------------------------------


def test_a_silenced_alert_stays_wrong(alert: UUID, world: World, time: Clock) -> None:
    actions.handle(LI, alert, silence())
    found = queries.alert(EVERYTHING, alert)
    assert found.state is AlertState.OPEN
    assert found.silence is not None
    assert (found.silence.by.name, found.silence.reason) == ("李护", "更换磁盘")
    assert world.condition(world.database) == "warning"


def test_what_begins_while_silenced_is_not_told(
    alert: UUID, world: World, heard: Heard, time: Clock
) -> None:
    actions.handle(LI, alert, silence())
    actions.resolve_alerts(DETECTION, [over(disk(world.database))], at=NIGHT)
    assert world.condition(world.database) == "ok"
    heard.raised.clear()
    again, other = actions.raise_alerts(
        DETECTION, [disk(world.database, at=NIGHT), disk(world.database, "/x", at=NIGHT)], at=NIGHT
    )
    assert [value.alert_id for value in heard.raised] == [other]
    assert [value.alert_id for value in heard.began][-2:] == [again, other]
    assert kinds(again) == [LineKind.HELD, LineKind.BEGAN]
    assert world.condition(world.database) == "warning"


def test_a_silence_ends_by_itself_and_what_holds_is_told_as_new(
    alert: UUID, heard: Heard, time: Clock
) -> None:
    actions.handle(LI, alert, silence(hours=2))
    heard.raised.clear()
    time.at = NIGHT + timedelta(hours=2, seconds=-1)
    assert actions.end_silences() == 0
    time.at = NIGHT + timedelta(hours=2)
    assert actions.end_silences() == 1
    assert actions.end_silences() == 0
    (told,) = heard.raised
    assert (told.alert_id, told.at, told.after_silence) == (alert, time.at, True)
    assert queries.alert(EVERYTHING, alert).silence is None
    assert kinds(alert)[0] is LineKind.SILENCE_ENDED
    assert len(audited("alert.end_silence")) == 1


def test_of_what_has_recovered_meanwhile_nothing_is_told(
    alert: UUID, world: World, heard: Heard, time: Clock
) -> None:
    actions.handle(LI, alert, silence())
    actions.resolve_alerts(DETECTION, [over(disk(world.database))], at=NIGHT)
    heard.raised.clear()
    time.at = NIGHT + timedelta(days=1)
    assert actions.end_silences() == 1
    assert heard.raised == []


def test_whoever_lifts_a_silence_hears_of_it_at_once(
    alert: UUID, heard: Heard, time: Clock
) -> None:
    actions.handle(LI, alert, silence())
    heard.raised.clear()
    actions.handle(WANG, alert, Wanted(Act.LIFT))
    assert [value.alert_id for value in heard.raised] == [alert]
    assert kinds(alert)[:2] == [LineKind.LIFTED, LineKind.SILENCED]
    with pytest.raises(errors.NotSilenced):
        actions.handle(LI, alert, Wanted(Act.LIFT))


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (silence(reason="  "), errors.ReasonMissing),
        (Wanted(Act.SILENCE, "x"), errors.EndMissing),
        (silence(hours=0), errors.EndPast),
        (silence(hours=7 * 24 + 1), errors.SilenceTooLong),
        (Wanted(Act.CLOSE), errors.ReasonMissing),
    ],
)
def test_what_is_not_said_or_too_much(
    alert: UUID, time: Clock, wanted: Wanted, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        actions.handle(LI, alert, wanted)
    assert not Silence.objects.exists()
    assert not ActLine.objects.exists()


# Closing ------------------------------------------------------------------------------------------


def test_what_was_seen_to_hold_is_not_closed(alert: UUID, world: World, time: Clock) -> None:
    value = disk(world.database)
    sighting = Seen(value.rule, value.item_id, value.labels, 0.04, NIGHT - timedelta(seconds=90))
    actions.confirm_alerts(DETECTION, [sighting])
    with pytest.raises(errors.StillHolds):
        actions.handle(LI, alert, Wanted(Act.CLOSE, "误报"))
    assert queries.alert(EVERYTHING, alert).state is AlertState.OPEN


def test_a_closed_alert_is_closed_and_not_recovered(
    alert: UUID, world: World, heard: Heard, time: Clock
) -> None:
    actions.handle(LI, alert, Wanted(Act.CLOSE, "机器已搬走"))
    actions.handle(LI, alert, Wanted(Act.CLOSE, "机器已搬走"))
    with pytest.raises(errors.AlertOver):
        actions.handle(WANG, alert, Wanted(Act.CLOSE, "我也关"))
    found = queries.alert(EVERYTHING, alert)
    assert (found.state, found.end_reason, found.ended_at) == (AlertState.CLOSED, "closed", NIGHT)
    assert [(end.alert_id, end.reason) for end in heard.resolved] == [(alert, "closed")]
    assert kinds(alert) == [LineKind.CLOSED, LineKind.BEGAN]
    assert world.condition(world.database) == "ok"


RULE = "DiskLow"


def seen_at(world: World, at: datetime) -> detection.Verdicts:
    value = disk(world.database)
    sighting = detection.Seen(value.rule, value.item_id, value.labels, 0.02, at)
    return detection.Verdicts(seen=(sighting,), standings=(standing(world, FIRING),))


TARGET = new_id()


def standing(world: World, phase: int) -> detection.Standing:
    value = disk(world.database)
    began = MORNING.timestamp()
    return detection.Standing(
        value.rule, TARGET, value.item_id, value.labels, phase, began, -math.inf
    )


def test_what_was_closed_and_is_seen_again_is_raised_anew(
    alert: UUID, world: World, heard: Heard, time: Clock, disk_rule: None
) -> None:
    actions.handle(LI, alert, Wanted(Act.CLOSE, "误报"))
    heard.raised.clear()
    record(seen_at(world, NIGHT - timedelta(seconds=10)), at=NIGHT)
    assert heard.raised == []  # seen before it was closed
    later = NIGHT + timedelta(minutes=1)
    for _ in range(2):
        record(seen_at(world, later), at=later)
    (told,) = heard.raised
    assert told.alert_id != alert
    assert (told.rule, told.value, told.at) == (RULE, 0.02, later)
    assert world.condition(world.database) == "critical"


def test_what_recovered_by_itself_is_not_raised_by_a_late_sighting(
    alert: UUID, world: World, heard: Heard, time: Clock, disk_rule: None
) -> None:
    actions.resolve_alerts(DETECTION, [over(disk(world.database))], at=NIGHT)
    heard.raised.clear()
    later = NIGHT + timedelta(minutes=1)
    record(seen_at(world, later), at=later)
    assert heard.raised == []


def test_what_recovers_in_the_round_in_which_it_is_said_to_hold_is_not_raised(
    alert: UUID, world: World, heard: Heard, time: Clock, disk_rule: None
) -> None:
    """Detection says what holds before it judges what came in; nothing would end the new one."""
    later = NIGHT + timedelta(minutes=1)
    record(seen_at(world, NIGHT - timedelta(minutes=5)), at=NIGHT)
    actions.handle(LI, alert, Wanted(Act.CLOSE, "误报"))
    heard.raised.clear()
    value = disk(world.database)
    ended = detection.Recovery(
        value.rule,
        TARGET,
        value.item_id,
        value.labels,
        detection.RecoveryReason.RECOVERED,
        later,
    )
    round_ = detection.Verdicts(recoveries=(ended,), standings=(standing(world, INACTIVE),))
    seen = detection.Verdicts(seen=seen_at(world, later).seen)
    record(seen + round_, at=later)
    assert heard.raised == []
    record(seen, at=later)  # said by a process that does not know it yet
    assert heard.raised == []
    assert world.condition(world.database) == "ok"


@pytest.fixture
def disk_rule(db: None) -> None:
    from tests.alerts.test_from_scrapes import DISK_LOW, install  # noqa: PLC0415

    install({**DISK_LOW, "labels": {"severity": "critical"}})


# Who may ------------------------------------------------------------------------------------------


def test_only_who_may_and_as_far_as_that_reaches(alert: UUID, world: World, time: Clock) -> None:
    reader = person("读者", may=frozenset({"alerts.read"}))
    pacs = person("影像", scope=Scope(systems=frozenset({world.pacs.id})))
    elsewhere = Actor(
        new_id(),
        "两处",
        ActorKind.PERSON,
        (
            Grant(frozenset({"alerts.read"}), EVERYWHERE),
            Grant(HANDLES, Scope(systems=frozenset({world.pacs.id}))),
        ),
    )
    for who, refusal in (
        (reader, Forbidden),
        (elsewhere, Forbidden),
        (pacs, errors.UnknownAlert),
    ):
        for act in Act:
            with pytest.raises(refusal):
                actions.handle(who, alert, Wanted(act, "x", NIGHT + timedelta(hours=1)))
    assert not ActLine.objects.exists()


# Several, and at once -----------------------------------------------------------------------------


def test_each_of_several_stands_by_itself(world: World, heard: Heard, time: Clock) -> None:
    pacs = person("影像", scope=Scope(systems=frozenset({world.pacs.id})))
    values = [disk(world.switch, "/a"), disk(world.switch, "/b"), disk(world.database)]
    first, second, hidden = actions.raise_alerts(DETECTION, values, at=MORNING)
    actions.handle(LI, second, Wanted(Act.ACKNOWLEDGE))
    ids = [first, second, hidden, first, new_id()]
    done = actions.handle_many(pacs, ids, Wanted(Act.ACKNOWLEDGE))
    assert done.done == (first,)
    assert [(refused.alert, refused.code) for refused in done.refused] == [
        (second, "already_acknowledged"),
        (hidden, "unknown_alert"),
        (ids[-1], "unknown_alert"),
    ]
    assert Alert.objects.get(pk=hidden).acknowledged_at is None


@pytest.fixture
def committed(transactional_db: None) -> Iterator[World]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # no model's table: not flushed
    yield World()
    connections.close_all()


@pytest.mark.parametrize("act", [Act.ACKNOWLEDGE, Act.SILENCE, Act.CLOSE])
def test_of_two_people_at_once_one_does_it(committed: World, act: Act) -> None:
    (alert,) = actions.raise_alerts(DETECTION, [disk(committed.database)], at=MORNING)
    until = clock.now() + timedelta(hours=1)

    def attempt(who: Actor) -> str:
        result = actions.handle_many(who, [alert], Wanted(act, f"因为 {who.name}", until))
        connections.close_all()
        return result.refused[0].code if result.refused else "done"

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(attempt, [LI, WANG, *(person(f"第{n}") for n in range(4))]))
    assert found.count("done") == 1
    assert len(set(found)) == 2
    assert ActLine.objects.filter(alert=alert).count() == 1
