"""Raising and resolving: one open thing, told once."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.alerts.conftest import MORNING, World
from wardround.alerts import actions
from wardround.alerts.models import Alert
from wardround.alerts.rules import fingerprint
from wardround.alerts.signals import (
    AlertRaised,
    AlertResolved,
    alert_began,
    alert_raised,
    alert_resolved,
)
from wardround.alerts.types import Raise, Resolve, Seen, Severity
from wardround.cmdb.models import Item
from wardround.kernel.errors import Forbidden
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Actor, ActorKind, system_actor

DETECTION = system_actor("detection")
LATER = MORNING + timedelta(minutes=5)


def disk(item: Item, mount: str = "/", **changes: object) -> Raise:
    value = Raise(
        rule="DiskLow",
        rule_label_zh="磁盘空间不足",
        rule_label_en="Disk low",
        severity=Severity.WARNING,
        availability=False,
        item_id=item.id,
        labels=(("mountpoint", mount),),
        summary_zh=f"{mount} 剩余 5%",
        summary_en=f"{mount} has 5 % left",
        value=0.05,
        unit="ratio",
        at=MORNING,
    )
    return replace(value, **changes)  # type: ignore[arg-type]


def over(value: Raise, reason: str = "recovered") -> Resolve:
    return Resolve(value.rule, value.item_id, value.labels, reason, LATER)


class Heard:
    """What alerts announced."""

    def __init__(self) -> None:
        self.raised: list[AlertRaised] = []
        self.began: list[AlertRaised] = []
        self.resolved: list[AlertResolved] = []


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object) -> Heard:
    """Hears in the announcing transaction what the announcements are sent."""
    heard = Heard()
    monkeypatch.setattr(alert_raised, "_later", [])
    monkeypatch.setattr(alert_resolved, "_later", [])
    monkeypatch.setattr(alert_raised, "send_many", heard.raised.extend)
    monkeypatch.setattr(alert_began, "send_many", heard.began.extend)
    monkeypatch.setattr(alert_resolved, "send_many", heard.resolved.extend)
    return heard


def test_an_alert_tells_all_that_a_ticket_needs(world: World, heard: Heard) -> None:
    (alert_id,) = actions.raise_alerts(DETECTION, [disk(world.database)], at=MORNING)
    assert heard.raised == [
        AlertRaised(
            alert_id=alert_id,
            fingerprint=fingerprint("DiskLow", (("mountpoint", "/"),), world.database.id),
            rule="DiskLow",
            rule_label_zh="磁盘空间不足",
            rule_label_en="Disk low",
            severity="warning",
            item_id=world.database.id,
            item_name="HIS 数据库一",
            labels=(("mountpoint", "/"),),
            summary_zh="/ 剩余 5%",
            summary_en="/ has 5 % left",
            value=0.05,
            at=MORNING,
        )
    ]
    row = Alert.objects.get(pk=alert_id)
    assert row.systems == [world.his.id]
    assert (row.started_at, row.ended_at, row.last_at) == (MORNING, None, MORNING)


def test_the_same_thing_is_raised_once(world: World, heard: Heard) -> None:
    same = disk(world.database)
    assert len(actions.raise_alerts(DETECTION, [same, same], at=MORNING)) == 1
    assert actions.raise_alerts(DETECTION, [same, disk(world.database, "/x")], at=LATER) != ()
    assert [one.labels for one in heard.raised] == [
        (("mountpoint", "/"),),
        (("mountpoint", "/x"),),
    ]


def test_it_is_resolved_once_and_may_come_again(world: World, heard: Heard) -> None:
    value = disk(world.database)
    (first,) = actions.raise_alerts(DETECTION, [value], at=MORNING)
    assert actions.resolve_alerts(DETECTION, [over(value)], at=LATER) == (first,)
    assert actions.resolve_alerts(DETECTION, [over(value)], at=LATER) == ()
    assert heard.resolved == [AlertResolved(alert_id=first, at=LATER, reason="recovered")]
    (second,) = actions.raise_alerts(DETECTION, [replace(value, at=LATER)], at=LATER)
    assert second != first
    assert Alert.objects.filter(ended_at=None).count() == 1


def test_what_was_never_open_is_not_resolved(world: World, heard: Heard) -> None:
    assert actions.resolve_alerts(DETECTION, [over(disk(world.database))], at=LATER) == ()
    assert heard.resolved == []


def test_an_end_before_the_beginning_is_the_beginning(world: World, heard: Heard) -> None:
    value = disk(world.database, at=LATER + timedelta(hours=1))
    (alert_id,) = actions.raise_alerts(DETECTION, [value], at=MORNING)
    actions.resolve_alerts(DETECTION, [over(value)], at=LATER)
    assert Alert.objects.get(pk=alert_id).ended_at == value.at


@pytest.mark.parametrize(
    ("open_", "condition"),
    [
        ([], "ok"),
        ([Severity.INFO], "ok"),
        ([Severity.WARNING, Severity.INFO], "warning"),
        ([Severity.WARNING, Severity.CRITICAL], "critical"),
        ([Severity.DISASTER, Severity.WARNING], "down"),
    ],
)
def test_the_worst_open_alert_is_the_condition(
    world: World, heard: Heard, open_: list[Severity], condition: str
) -> None:
    values = [
        disk(world.database, f"/{number}", severity=severity)
        for number, severity in enumerate(open_)
    ]
    gone = disk(world.database, "/gone", severity=Severity.CRITICAL)
    actions.raise_alerts(DETECTION, [gone, *values], at=MORNING)
    actions.resolve_alerts(DETECTION, [over(gone)], at=LATER)
    assert world.condition(world.database) == condition
    assert world.condition(world.switch) == "unknown"


def test_an_availability_alert_means_down(world: World, heard: Heard) -> None:
    value = disk(world.database, availability=True, severity=Severity.CRITICAL)
    actions.raise_alerts(DETECTION, [value], at=MORNING)
    assert world.condition(world.database) == "down"


def test_what_is_watched_again_is_what_its_alerts_say(world: World, heard: Heard) -> None:
    actions.raise_alerts(DETECTION, [disk(world.database)], at=MORNING)
    both = [world.database.id, world.switch.id]
    actions.mark_unknown(DETECTION, both, at=LATER)
    assert world.condition(world.database) == "unknown"
    actions.settle_conditions(DETECTION, both, at=LATER)
    assert world.condition(world.database) == "warning"
    assert world.condition(world.switch) == "ok"


def test_a_newer_value_is_noted_without_news(world: World, heard: Heard) -> None:
    value = disk(world.database)
    (alert_id,) = actions.raise_alerts(DETECTION, [value], at=MORNING)
    seen = Seen(value.rule, value.item_id, value.labels, 0.03, LATER)
    actions.confirm_alerts(DETECTION, [seen, replace(seen, labels=())])
    row = Alert.objects.get(pk=alert_id)
    assert (row.value, row.last_at) == (0.03, LATER)
    assert len(heard.raised) == 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None])
def test_a_value_that_is_no_number_is_left_out(
    world: World, heard: Heard, value: float | None
) -> None:
    actions.raise_alerts(DETECTION, [disk(world.database, value=value)], at=MORNING)
    assert heard.raised[0].value is None
    assert Alert.objects.get().value is None


def test_labels_of_any_text_are_kept(world: World, heard: Heard) -> None:
    odd = (("a", '"{},\\\n'), ("b", "磁盘"))
    value = disk(world.database, labels=odd)
    actions.raise_alerts(DETECTION, [value], at=MORNING)
    assert Alert.objects.get().labels == [list(pair) for pair in odd]
    assert len(actions.resolve_alerts(DETECTION, [over(value)], at=LATER)) == 1


def test_an_item_that_is_gone_still_has_its_alert(world: World, heard: Heard) -> None:
    ghost = Item(key="ghost", name="", type="host", created_at=MORNING, updated_at=MORNING)
    assert len(actions.raise_alerts(DETECTION, [disk(ghost)], at=MORNING)) == 1


def test_one_audit_line_a_batch(world: World, heard: Heard) -> None:
    values = [disk(world.database, f"/{number}") for number in range(3)]
    actions.raise_alerts(DETECTION, values, at=MORNING)
    (line,) = AuditRecord.objects.filter(action="alert.raise")
    assert line.detail["count"] == 3


def test_not_everybody_may_raise(world: World) -> None:
    nobody = Actor(id=world.his.id, name="nobody", kind=ActorKind.PERSON)
    with pytest.raises(Forbidden):
        actions.raise_alerts(nobody, [disk(world.database)], at=MORNING)
    assert not Alert.objects.exists()


def test_a_storm_is_a_handful_of_statements(world: World, heard: Heard) -> None:
    values = [disk(world.database, f"/{number}") for number in range(5_000)]
    with CaptureQueriesContext(
        connection,
    ) as few:
        opened = actions.raise_alerts(DETECTION, values, at=MORNING)
    assert len(opened) == 5_000
    with CaptureQueriesContext(connection) as again:
        assert actions.raise_alerts(DETECTION, values, at=LATER) == ()
    with CaptureQueriesContext(connection) as ends:
        ended = actions.resolve_alerts(DETECTION, [over(one) for one in values], at=LATER)
    assert len(ended) == 5_000
    # Two of them wait for their turn: to write alerts, and items.
    assert max(len(few), len(again), len(ends)) <= 19
