"""Alerts open tickets: exactly one each, whatever is delivered twice or out of order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.hospital import HOSPITAL
from tests.tickets.conftest import World, after, ended, raised
from wardround.alerts import actions as alerts
from wardround.alerts.signals import AlertRaised
from wardround.alerts.types import Raise, Severity
from wardround.kernel.announcements import deliver
from wardround.kernel.ids import new_id
from wardround.kernel.reach import EVERYTHING
from wardround.tickets import actions, models, queries
from wardround.tickets.types import LineKind, Move, Ticket, TicketDetail, TicketFilter
from wardround.worktime.types import Colour, Outcome


def ticket_of(alert: UUID, minutes: float = 0) -> Ticket:
    found = queries.tickets(EVERYTHING, TicketFilter(alerts=(alert,)), at=after(minutes=minutes))
    (only,) = found.items
    return only


def told(world: World, ticket: UUID) -> TicketDetail:
    return queries.ticket(world.admin, ticket, at=after())


def test_an_alert_opens_a_ticket_that_is_assigned_levelled_and_timed(world: World) -> None:
    alert = raised(world.server)
    actions.open_event_tickets([alert], at=after())
    ticket = ticket_of(alert.alert_id)
    assert ticket.number == "EVT-20261123-0001"
    assert (ticket.type, ticket.state, ticket.open) == ("event", "new", True)
    assert ticket.title == "LIS-DB-01 主机不可达（1）"
    assert (ticket.importance, ticket.impact, ticket.urgency) == ("A", "high", "medium")
    assert ticket.level is not None
    assert ticket.level.text("zh-hans") == "二级"
    assert ticket.assignee is not None
    assert ticket.assignee.name == "吴俊杰"
    assert [ref.name for ref in ticket.systems] == ["检验LIS集成系统"]
    assert (ticket.colour, ticket.due_at) == (Colour.GREEN, after(minutes=30))
    assert [(clock.name, clock.due_at) for clock in ticket.clocks] == [
        ("respond", after(minutes=30)),
        ("on_site", after(hours=1)),
        ("restore", after(hours=2)),
    ]


def test_the_timeline_keeps_owner_and_vendor_with_its_contacts(world: World) -> None:
    alert = raised(world.server)
    (ticket,) = actions.open_event_tickets([alert], at=after())
    opened, assigned = told(world, ticket).timeline.told
    assert (opened.kind, assigned.kind) == (LineKind.OPENED, LineKind.ASSIGNED)
    assert opened.data["owner"]["name"] == "吴俊杰"
    assert opened.data["vendor"]["service_phone"] == "400-800-2928"
    assert "400-800-2928" in opened.text
    assert assigned.data["rule"] == "owner"


def test_what_nobody_owns_goes_to_whoever_is_on_duty_and_least_busy(world: World) -> None:
    alerts = [raised(world.printer, rule=f"rule-{number}") for number in range(4)]
    actions.open_event_tickets(alerts[:3], at=after())
    assignees = {ticket_of(one.alert_id).assignee for one in alerts[:3]}
    assert {ref.name for ref in assignees if ref} == {"值班员"}


def test_a_delivery_repeated_opens_nothing_more(world: World) -> None:
    alerts = [raised(world.server), raised(world.printer)]
    assert len(actions.open_event_tickets(alerts, at=after())) == 2
    assert actions.open_event_tickets([*alerts, alerts[0]], at=after(minutes=1)) == []
    assert models.Ticket.objects.count() == 2


def test_an_untouched_ticket_is_resolved_with_its_alert(world: World) -> None:
    alert = raised(world.server)
    actions.open_event_tickets([alert], at=after())
    actions.end_event_tickets([ended(alert, after(minutes=5))], at=after(minutes=5))
    ticket = ticket_of(alert.alert_id, 6)
    assert (ticket.state, ticket.open, ticket.colour) == ("recovered", False, Colour.NONE)
    assert ticket.resolved_at == after(minutes=5)
    kinds = [line.kind for line in told(world, ticket.id).timeline.told[2:]]
    assert kinds[:2] == [LineKind.ALERT, LineKind.STATE]
    results = {clock.name: clock.outcome for clock in ticket.clocks}
    nobody = {"respond": Outcome.VOID, "on_site": Outcome.VOID}
    assert results == {**nobody, "restore": Outcome.MET}


def test_a_taken_ticket_is_only_told_that_its_alert_ended(world: World) -> None:
    alert = raised(world.server)
    (ticket,) = actions.open_event_tickets([alert], at=after())
    actions.move(world.wu, ticket, Move("accept"), at=after(minutes=2))
    actions.end_event_tickets([ended(alert, after(minutes=5))], at=after(minutes=5))
    detail = told(world, ticket)
    assert detail.ticket.state == "accepted"
    assert detail.timeline.told[-1].data["event"] == "ended"
    assert detail.timeline.told[-1].data["stays"]


def test_an_end_repeated_is_told_once(world: World) -> None:
    alert = raised(world.server)
    (ticket,) = actions.open_event_tickets([alert], at=after())
    for minutes in (5, 6):
        end = ended(alert, after(minutes=minutes))
        actions.end_event_tickets([end], at=after(minutes=minutes))
    kinds = [line.kind for line in told(world, ticket).timeline.told]
    assert kinds.count(LineKind.ALERT) == 1


def test_an_end_heard_before_its_beginning_is_kept(world: World) -> None:
    alert = raised(world.server)
    actions.end_event_tickets([ended(alert, after(minutes=1))], at=after(minutes=1))
    actions.open_event_tickets([alert], at=after(minutes=2))
    ticket = ticket_of(alert.alert_id, 3)
    assert (ticket.state, ticket.opened_at) == ("recovered", after())


def test_the_same_trouble_soon_again_reopens_its_ticket(world: World) -> None:
    first = raised(world.server)
    actions.open_event_tickets([first], at=after())
    actions.end_event_tickets([ended(first, after(minutes=5))], at=after(minutes=5))
    again = raised(world.server, at=after(minutes=20))
    assert actions.open_event_tickets([again], at=after(minutes=20)) == []
    ticket = ticket_of(again.alert_id, 20)
    assert ticket.id == ticket_of(first.alert_id, 20).id
    assert (ticket.state, ticket.open, ticket.alert) == ("new", True, again.alert_id)
    restore = next(clock for clock in ticket.clocks if clock.name == "restore")
    assert restore.due_at == after(hours=2, minutes=15)


def test_the_same_trouble_much_later_opens_another(world: World) -> None:
    first = raised(world.server)
    actions.open_event_tickets([first], at=after())
    actions.end_event_tickets([ended(first, after(minutes=5))], at=after(minutes=5))
    again = raised(world.server, at=after(minutes=36))
    assert len(actions.open_event_tickets([again], at=after(minutes=36))) == 1


def test_a_ticket_ends_only_when_none_of_its_alerts_is_open(world: World) -> None:
    first = raised(world.server)
    second = raised(world.server, at=after(minutes=4))
    actions.open_event_tickets([first, second], at=after(minutes=4))
    actions.end_event_tickets([ended(first, after(minutes=5))], at=after(minutes=5))
    assert ticket_of(second.alert_id).open
    actions.end_event_tickets([ended(second, after(minutes=6))], at=after(minutes=6))
    assert not ticket_of(second.alert_id).open


def test_a_storm_takes_as_many_statements_as_a_breeze(world: World) -> None:
    def statements(count: int, first: int) -> int:
        alerts = [raised(world.server, rule=f"r{first + each}") for each in range(count)]
        with CaptureQueriesContext(connection) as caught:
            assert len(actions.open_event_tickets(alerts, at=after())) == count
        return len(caught)

    statements(1, 0)
    few, many = statements(2, 10), statements(200, 100)
    assert many <= few + 2
    assert many <= 26


def test_two_workers_with_the_same_delivery_open_each_ticket_once(
    committed_world: World,
) -> None:
    alerts = [raised(committed_world.server, rule=f"r{number}") for number in range(40)]

    def deliver(order: int) -> int:
        try:
            batch = alerts if order % 2 else alerts[::-1]
            return len(actions.open_event_tickets(batch, at=after()))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        opened = sum(pool.map(deliver, range(4)))
    assert opened == models.Ticket.objects.count() == 40
    numbers = set(models.Ticket.objects.values_list("number", flat=True))
    assert len(numbers) == 40


def test_news_of_an_alert_reach_the_ticket_through_the_queue(world: World) -> None:
    """The job that committed with the alert carries everything a ticket needs."""
    value = Raise(
        rule="host-down",
        rule_label_zh="主机不可达",
        rule_label_en="Host unreachable",
        severity=Severity.DISASTER,
        availability=True,
        item_id=world.server,
        labels=(("instance", "1"),),
        summary_zh="无应答",
        summary_en="No answer",
        value=None,
        unit="",
        at=after(),
    )
    (alert,) = alerts.raise_alerts(HOSPITAL, [value], at=after())
    jobs = ProcrastinateJob.objects.filter(
        task_name="kernel.deliver", args__listener="tickets.open_event_tickets"
    )
    for _twice in range(2):
        for job in jobs:
            deliver(**job.args)
    ticket = ticket_of(alert)
    assert ticket.level is not None
    assert (ticket.level.text("en"), ticket.number[:4]) == ("Level 1", "EVT-")
    assert models.Ticket.objects.count() == 1


def test_a_job_queued_before_an_upgrade_opens_its_ticket(world: World) -> None:
    """As the first version queued it: without the fingerprint of the trouble."""
    alert = new_id()
    value = {
        "alert_id": str(alert),
        "rule": "host-down",
        "rule_label_zh": "主机不可达",
        "rule_label_en": "Host unreachable",
        "severity": "critical",
        "item_id": str(world.server),
        "item_name": "LIS-DB-01",
        "labels": [["instance", "1"]],
        "summary_zh": "LIS-DB-01 已 60 秒无应答",
        "summary_en": "LIS-DB-01 has not answered for 60 s",
        "value": 0.0,
        "at": "2026-11-23T01:00:00Z",
    }
    deliver(listener="tickets.open_event_tickets", body=[value])
    ticket = ticket_of(alert)
    assert ticket.number == "EVT-20261123-0001"
    again = raised(world.server)
    actions.open_event_tickets([again], at=after(minutes=5))
    assert ticket_of(again.alert_id).id == ticket.id


# Silences -----------------------------------------------------------------------------------------


def unsilenced(alert: AlertRaised, minutes: float) -> AlertRaised:
    """As alerts announces it when its silence ends and it is open still."""
    return replace(alert, at=after(minutes=minutes), after_silence=True)


def test_what_was_silenced_from_its_beginning_opens_its_ticket_then(world: World) -> None:
    alert = unsilenced(raised(world.server), 90)
    for _ in range(2):
        actions.open_event_tickets([alert], at=after(minutes=91))
    ticket = ticket_of(alert.alert_id, 91)
    assert ticket.opened_at == after(minutes=90)
    assert models.Ticket.objects.count() == 1


def test_a_ticket_that_is_worked_on_goes_on_after_the_silence(world: World) -> None:
    alert = raised(world.server)
    (ticket,) = actions.open_event_tickets([alert], at=after())
    again = unsilenced(alert, 90)
    for _ in range(2):
        assert actions.open_event_tickets([again], at=after(minutes=91)) == []
    lines = [line for line in told(world, ticket).timeline.told if line.kind is LineKind.ALERT]
    assert [line.data["event"] for line in lines] == ["unsilenced"]


def test_a_ticket_that_was_closed_meanwhile_is_followed_by_another(world: World) -> None:
    alert = raised(world.server)
    (first,) = actions.open_event_tickets([alert], at=after())
    models.Ticket.objects.filter(pk=first).update(
        open=False, state="closed", category="closed", closed_at=after(minutes=5)
    )
    again = unsilenced(alert, 90)
    (second,) = actions.open_event_tickets([again], at=after(minutes=91))
    assert actions.open_event_tickets([again], at=after(minutes=92)) == []
    assert second != first
    assert ticket_of(alert.alert_id, 92).id == second


def test_what_ended_before_its_silence_opens_nothing(world: World) -> None:
    alert = raised(world.server)
    (ticket,) = actions.open_event_tickets([alert], at=after())
    actions.end_event_tickets([ended(alert, after(minutes=5))], at=after(minutes=5))
    assert actions.open_event_tickets([unsilenced(alert, 90)], at=after(minutes=91)) == []
    assert told(world, ticket).ticket.category == "resolved"


def test_an_alert_that_somebody_closed_leaves_its_ticket_open(world: World) -> None:
    alert = raised(world.server)
    (ticket,) = actions.open_event_tickets([alert], at=after())
    end = replace(ended(alert, after(minutes=5)), reason="closed")
    actions.end_event_tickets([end], at=after(minutes=5))
    found = told(world, ticket)
    assert (found.ticket.state, found.ticket.open) == ("new", True)
    assert "已人工关闭" in found.timeline.told[-1].text


STATES = {"closed": "closed", "resolved": "recovered"}


@pytest.mark.parametrize("ended_as", ["closed", "resolved"])
def test_an_earlier_ticket_that_was_reopened_takes_its_alert_back(
    world: World, ended_as: str
) -> None:
    """Somebody took the second for a double, ended it and went on with the first."""
    alert = raised(world.server)
    (first,) = actions.open_event_tickets([alert], at=after())
    standing = models.Ticket.objects.filter(pk=first)
    standing.update(
        open=False, state="recovered", category="resolved", resolved_at=after(minutes=5)
    )
    (second,) = actions.open_event_tickets([unsilenced(alert, 90)], at=after(minutes=91))
    standing.update(open=True, state="new", category="new", resolved_at=None)
    models.Ticket.objects.filter(pk=second).update(
        open=False, state=STATES[ended_as], category=ended_as, resolved_at=after(minutes=190)
    )
    assert actions.open_event_tickets([unsilenced(alert, 200)], at=after(minutes=201)) == []
    assert models.TicketAlert.objects.get().ticket_id == first
    assert ticket_of(alert.alert_id, 202).id == first
