"""Whatever is done with an alert, and however late, twice or out of order tickets hear of it: what
is wrong and may be told has an open ticket, and what nobody saw recover is not told as recovered.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.tickets.conftest import World, after
from wardround.alerts import actions as alerts
from wardround.alerts import models as alert_rows
from wardround.alerts.types import Act, Raise, Resolve, Severity, Wanted
from wardround.cmdb import models as cmdb
from wardround.kernel import clock
from wardround.kernel.announcements import deliver
from wardround.kernel.errors import WardroundError
from wardround.kernel.ids import new_id
from wardround.kernel.types import EVERYWHERE, Actor, ActorKind, Grant
from wardround.tickets import models

LI = Actor(
    new_id(),
    "李护",
    ActorKind.PERSON,
    (Grant(frozenset({"alerts.read", "alerts.handle"}), EVERYWHERE),),
)
LABELS = (("instance", "1"),)
DAY = "2027-03-01"
LISTENERS = ("tickets.open_event_tickets", "tickets.end_event_tickets")


class Clock:
    at = after()

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    told = Clock()
    monkeypatch.setattr(clock, "now", told.now)
    return told


@dataclass
class Life:
    """One trouble of a server, what is done with its alerts, and what is told of them."""

    item: UUID
    time: Clock
    ids: list[UUID] = field(default_factory=list)

    def begin(self) -> None:
        value = Raise(
            rule="host-down",
            rule_label_zh="主机不可达",
            rule_label_en="Host unreachable",
            severity=Severity.CRITICAL,
            availability=True,
            item_id=self.item,
            labels=LABELS,
            summary_zh="无应答",
            summary_en="No answer",
            value=None,
            unit="",
            at=self.time.at,
        )
        self.ids += alerts.raise_alerts(alerts.DETECTION, [value], at=self.time.at)

    def recover(self) -> None:
        over = Resolve("host-down", self.item, LABELS, "recovered", self.time.at)
        alerts.resolve_alerts(alerts.DETECTION, [over], at=self.time.at)

    def do(self, act: Act) -> None:
        until = self.time.at + timedelta(minutes=10)
        with contextlib.suppress(WardroundError):
            alerts.handle(LI, self.ids[-1], Wanted(act, "更换磁盘", until))

    def step(self, name: str) -> None:
        self.time.at += timedelta(minutes=3)
        alerts.end_silences()
        match name:
            case "begin":
                self.begin()
            case "recover":
                self.recover()
            case _ if self.ids:
                self.do(Act(name))

    def news(self) -> list[dict[str, Any]]:
        jobs = ProcrastinateJob.objects.filter(task_name="kernel.deliver").order_by("id")
        return [job.args for job in jobs if job.args["listener"] in LISTENERS]

    @property
    def newest(self) -> alert_rows.Alert:
        return alert_rows.Alert.objects.get(pk=self.ids[-1])

    @property
    def silenced(self) -> bool:
        return alert_rows.Silence.objects.filter(ended_at=None).exists()

    @property
    def open_tickets(self) -> int:
        return models.Ticket.objects.filter(open=True).count()


def forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


STEPS = st.sampled_from(["begin", "recover", "silence", "lift", "close", "acknowledge"])
FUNCTION = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)


@FUNCTION
@given(
    st.lists(st.sampled_from(["silence", "lift", "close", "recover"]), max_size=5),
    st.randoms(use_true_random=False),
)
def test_one_alert_heard_of_in_any_order(
    world: World, time: Clock, plan: list[str], chance: Random
) -> None:
    with transaction.atomic():
        forget()
        time.at = after()
        life = Life(world.server, time)
        life.step("begin")
        for name in plan:
            life.step(name)
        news = life.news()
        mixed = [*news, *news]
        chance.shuffle(mixed)
        told = any(args["listener"] == LISTENERS[0] for args in news)
        time.at += timedelta(seconds=1)
        for args in mixed:
            deliver(**args)
        alert = life.newest
        assert models.Ticket.objects.count() <= 1
        if alert.ended_at is None:
            assert life.open_tickets == (not life.silenced), (plan, mixed)
        elif alert.end_reason == "closed":
            assert not told or life.silenced or life.open_tickets == 1, (plan, mixed)
        else:
            assert life.open_tickets == 0, (plan, mixed)
        transaction.set_rollback(True)


@FUNCTION
@given(st.lists(st.one_of(STEPS, st.just("hear")), max_size=14))
def test_many_episodes_heard_of_in_order_and_late(
    world: World, time: Clock, plan: list[str]
) -> None:
    with transaction.atomic():
        forget()
        time.at = after()
        life = Life(world.server, time)
        heard = 0
        for name in ["begin", *plan, "hear"]:
            if name != "hear":
                life.step(name)
                continue
            before = life.open_tickets
            for args in life.news()[heard:]:
                deliver(**args)
                heard += 1
            if life.silenced:
                assert life.open_tickets <= before, plan
        alert = life.newest
        if alert.ended_at is None and not life.silenced:
            assert life.open_tickets == 1, plan
        if alert.ended_at is not None and alert.end_reason != "closed":
            assert life.open_tickets == 0, plan
        transaction.set_rollback(True)


def test_each_notice_of_a_date_is_told_by_one_ticket(world: World, time: Clock) -> None:
    """The next notice is an alert of its own; the ticket of the first takes it in and rises."""
    cmdb.Item.objects.filter(id=world.server).update(attributes={"warranty_ends_on": DAY})
    severities = []
    for left in (60, 20, -1):
        time.at = datetime.fromisoformat(f"{DAY}T12:00+08:00") - timedelta(days=left)
        forget()
        assert len(alerts.follow_dates(at=time.at)) == 1
        assert alerts.follow_dates(at=time.at) == ()
        for args in Life(world.server, time).news():
            deliver(**args)
        ticket = models.Ticket.objects.get()
        assert ticket.open
        severities.append(ticket.severity)
    assert severities == ["info", "warning", "critical"]
    cmdb.Item.objects.filter(id=world.server).update(attributes={})
    forget()
    alerts.follow_dates(at=time.at)
    for args in Life(world.server, time).news():
        deliver(**args)
    assert not models.Ticket.objects.get().open
