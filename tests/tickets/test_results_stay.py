"""Clocks are evidence: who met which, what nobody did, and what no later act can change."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.utils import translation

from tests.hospital import HOSPITAL, client_of
from tests.tickets.conftest import World, after, ended, person, raised
from wardround.kernel import clock as present
from wardround.kernel.errors import Forbidden
from wardround.kernel.types import Actor
from wardround.schema import actions as schema
from wardround.schema import queries as definitions
from wardround.schema.drafts import DefinitionDraft
from wardround.tickets import actions, errors, models, queries
from wardround.tickets.types import (
    Line,
    LineKind,
    Move,
    OpenTicket,
    Retarget,
    TicketClock,
    TicketDetail,
    Update,
)
from wardround.worktime.types import Colour, Outcome

MET, MISSED, VOID = Outcome.MET, Outcome.MISSED, Outcome.VOID


def reported(world: World, *, minutes: float = 0, **fields: object) -> UUID:
    report = OpenTicket(type="incident", title="检验结果打印不出", item=world.server, fields=fields)
    return actions.open_ticket(world.duty, report, at=after(minutes=minutes))


def step(actor: Actor, ticket: UUID, name: str, minutes: float, **fields: object) -> None:
    actions.move(actor, ticket, Move(name, fields, comment="因故"), at=after(minutes=minutes))


def look(world: World, ticket: UUID, minutes: float = 0) -> TicketDetail:
    return queries.ticket(world.admin, ticket, at=after(minutes=minutes))


def clocks(world: World, ticket: UUID, minutes: float = 0) -> dict[tuple[str, int], TicketClock]:
    found = look(world, ticket, minutes).ticket.clocks
    return {(clock.name, clock.round): clock for clock in found}


def results(world: World, ticket: UUID) -> dict[str, Outcome | None]:
    return {name: clock.outcome for (name, _), clock in clocks(world, ticket).items()}


def said(world: World, ticket: UUID, kind: LineKind) -> list[str]:
    with translation.override("en"):
        return [line.text for line in look(world, ticket).timeline.told if line.kind is kind]


def change(kind: str, name: str, old: str, new: str) -> None:
    text = definitions.stored(HOSPITAL, kind, name).text
    assert old in text
    draft = DefinitionDraft(kind=kind, name=name, text=text.replace(old, new))
    version = definitions.current_version(kind, name)
    schema.save_definition(HOSPITAL, draft, at=present.now(), base_version=version, consent=True)


# Who met what ------------------------------------------------------------------------------------


def test_on_site_is_met_by_an_arrival_alone(world: World) -> None:
    desk, there = reported(world), reported(world)
    for ticket in (desk, there):
        step(world.wu, ticket, "accept", 5)
        step(world.wu, ticket, "start", 10)
    assert clocks(world, desk, 50)["on_site", 1].colour is Colour.RED
    step(world.wu, there, "arrive", 40)
    for ticket in (desk, there):
        step(world.wu, ticket, "resolve", 50, solution="换驱动")
    assert results(world, there) == {"respond": MET, "on_site": MET, "restore": MET}
    assert results(world, desk) == {"respond": MET, "on_site": VOID, "restore": MET}


def test_who_never_came_is_late_once_the_hour_is_over(world: World) -> None:
    ticket = reported(world)
    step(world.wu, ticket, "accept", 5)
    step(world.wu, ticket, "resolve", 61, solution="换驱动")
    assert results(world, ticket)["on_site"] is MISSED


def test_the_timeline_says_which_act_met_which_clock_and_whose_it_was(world: World) -> None:
    ticket = reported(world)
    step(world.wu, ticket, "accept", 5)
    step(world.duty, ticket, "arrive", 20)
    step(world.wu, ticket, "resolve", 50, solution="换驱动")
    lines = [line for line in look(world, ticket).timeline.told if line.kind is LineKind.CLOCK]
    with translation.override("en"):
        assert [(line.actor.name, line.text) for line in lines] == [
            ("吴俊杰", "Respond: in time (by “Accept”)"),
            ("值班员", "On site: in time (by “Arrive on site”)"),
            ("吴俊杰", "Restore: in time (by “Resolve”)"),
        ]


def test_the_same_trouble_again_asks_for_a_response_again_and_the_first_result_stays(
    world: World,
) -> None:
    first = raised(world.server)
    (ticket,) = actions.open_event_tickets([first], at=after())
    step(world.wu, ticket, "accept", 31)
    step(world.wu, ticket, "resolve", 40, measures="重启")
    again = raised(world.server, at=after(minutes=60))
    actions.open_event_tickets([again], at=after(minutes=60))
    found = clocks(world, ticket, 60)
    assert found["respond", 1].outcome is MISSED
    second = found["respond", 2]
    assert (second.outcome, second.started_at) == (None, after(minutes=60))
    assert second.due_at == after(minutes=90)
    step(world.wu, ticket, "accept", 70)
    assert clocks(world, ticket)["respond", 2].outcome is MET
    assert clocks(world, ticket)["respond", 1].outcome is MISSED
    assert said(world, ticket, LineKind.CLOCK)[-1] == "Respond (round 2): in time (by “Accept”)"


def test_what_recovered_by_itself_credits_nobody_even_when_it_comes_again(world: World) -> None:
    first = raised(world.server)
    (ticket,) = actions.open_event_tickets([first], at=after())
    actions.end_event_tickets([ended(first, after(minutes=3))], at=after(minutes=3))
    assert results(world, ticket) == {"respond": VOID, "on_site": VOID, "restore": MET}
    actions.open_event_tickets([raised(world.server, at=after(minutes=9))], at=after(minutes=9))
    found = clocks(world, ticket, 9)
    assert (found["respond", 1].outcome, found["respond", 2].outcome) == (VOID, None)
    assert said(world, ticket, LineKind.CLOCK)[0] == (
        "Respond: ended before it was due, with nobody having done it (by “Recover”)"
    )


# What is over stays ------------------------------------------------------------------------------


def test_another_kind_of_fault_sets_new_limits_for_what_still_runs_alone(world: World) -> None:
    ticket = reported(world)
    step(world.wu, ticket, "accept", 31)
    before = clocks(world, ticket, 40)["respond", 1]
    assert (before.outcome, before.due_at) == (MISSED, after(minutes=30))
    wanted = Update(fields={"fault_kind": "system_error"})
    actions.update(world.wu, ticket, wanted, at=after(minutes=40))
    found = clocks(world, ticket, 40)
    assert found["respond", 1] == before
    assert found["restore", 1].due_at == after(hours=2)
    assert said(world, ticket, LineKind.FIELD)[-1] == "Level: Level 4 → Level 1"


def test_a_step_that_carries_the_kind_decides_the_level_too(world: World) -> None:
    ticket = reported(world)
    step(world.wu, ticket, "accept", 5, fault_kind="requested_change")
    detail = look(world, ticket, 5)
    assert detail.ticket.level is not None
    assert detail.ticket.level.text("en") == "Level 4"
    assert {clock.name for clock in detail.ticket.clocks} == {"respond", "deliver"}
    assert models.Ticket.objects.get(id=ticket).sla == "requested-change"


def test_what_is_overdue_stays_so_under_a_longer_promise(world: World) -> None:
    ticket = reported(world, fault_kind="system_error")
    step(world.wu, ticket, "accept", 5)
    step(world.wu, ticket, "arrive", 9)
    assert clocks(world, ticket, 121)["restore", 1].colour is Colour.BLACK
    wanted = Update(fields={"fault_kind": "other"})
    actions.update(world.wu, ticket, wanted, at=after(minutes=121))
    late = clocks(world, ticket, 122)["restore", 1]
    assert (late.colour, late.due_at) == (Colour.BLACK, after(hours=2))
    step(world.wu, ticket, "resolve", 130, solution="扩容")
    assert results(world, ticket)["restore"] is MISSED
    assert clocks(world, ticket)["restore", 1].target == timedelta(hours=2)


def test_neither_a_new_title_nor_a_new_matrix_or_policy_touches_a_ticket(world: World) -> None:
    ticket = reported(world)
    step(world.wu, ticket, "accept", 5)
    before = look(world, ticket, 5).ticket
    change("level-matrix", "service-levels", 'ordinary, level: "4"', 'ordinary, level: "1"')
    change("sla-policy", "standard", "within: 30m", "within: 1m")
    actions.update(world.wu, ticket, Update(title="打印机卡纸"), at=after(minutes=6))
    found = look(world, ticket, 6).ticket
    assert (found.level, found.title) == (before.level, "打印机卡纸")
    kept = [(clock.name, clock.target, clock.outcome) for clock in found.clocks]
    assert kept == [(clock.name, clock.target, clock.outcome) for clock in before.clocks]


def test_a_holiday_list_changes_no_result_of_a_ticket_that_is_still_open(world: World) -> None:
    """The response counts working time here, so the list would have made the late one early."""
    change(
        "sla-policy",
        "standard",
        "within: 30m, counted_on: wall",
        "within: 30m, counted_on: calendar",
    )
    ticket = reported(world)
    step(world.wu, ticket, "accept", 45)
    assert results(world, ticket)["respond"] is MISSED
    off = "days_off:\n  - {from: 2026-11-23, to: 2026-11-23}"
    change("holiday-list", "china-2026", "days_off:", off)
    actions.read_clocks_again(at=after(minutes=50))
    found = clocks(world, ticket, 50)
    assert found["respond", 1].outcome is MISSED
    assert found["restore", 1].due_at == after(days=2, hours=9)


def test_limits_are_set_anew_by_those_allowed_alone_with_a_reason_and_both_results_stay(
    world: World,
) -> None:
    ticket = reported(world, fault_kind="system_error")
    step(world.wu, ticket, "accept", 31)
    step(world.wu, ticket, "arrive", 40)
    step(world.wu, ticket, "resolve", 130, solution="按需求改了报表", fault_kind="other")
    assert results(world, ticket) == {"respond": MISSED, "on_site": MET, "restore": MISSED}
    change("sla-policy", "standard", "within: 30m", "within: 40m")
    at = after(minutes=140)
    with pytest.raises(Forbidden):
        actions.retarget(world.wu, ticket, Retarget("不是系统错误"), at=at)
    with pytest.raises(errors.NoText):
        actions.retarget(world.admin, ticket, Retarget(" "), at=at)
    actions.retarget(world.admin, ticket, Retarget("不是系统错误"), at=at)
    assert results(world, ticket) == {"respond": MET, "on_site": MET, "restore": MET}
    (told,) = said(world, ticket, LineKind.RETARGETED)
    assert "Respond too late" in told.splitlines()[1]
    assert "Respond in time" in told.splitlines()[2]
    assert told.splitlines()[3] == "不是系统错误"
    assert len(said(world, ticket, LineKind.CLOCK)) == 3
    step(world.wu, ticket, "reopen", 150)
    assert results(world, ticket)["respond"] is MET


def test_an_alert_that_comes_again_worse_raises_its_ticket(world: World) -> None:
    alert = raised(world.server, severity="warning")
    (ticket,) = actions.open_event_tickets([alert], at=after())
    assert models.Ticket.objects.get(id=ticket).sla == "standard"
    worse = raised(world.server, severity="critical", at=after(minutes=4))
    actions.open_event_tickets([worse], at=after(minutes=4))
    row = models.Ticket.objects.get(id=ticket)
    assert (row.severity, row.impact, row.sla) == ("critical", "high", "system-error")
    assert said(world, ticket, LineKind.FIELD)[0] == "Severity: warning → critical"
    milder = raised(world.server, severity="info", at=after(minutes=5))
    actions.open_event_tickets([milder], at=after(minutes=5))
    assert models.Ticket.objects.get(id=ticket).severity == "critical"


# Small promises ----------------------------------------------------------------------------------


def test_what_a_step_requires_is_asked_anew_each_time_it_is_taken(world: World) -> None:
    ticket = reported(world)
    step(world.wu, ticket, "accept", 5)
    step(world.wu, ticket, "wait_vendor", 6, wait_reason="等备件")
    step(world.wu, ticket, "resume", 7)
    (way,) = [way for way in look(world, ticket).ways if way.name == "wait_vendor"]
    assert (way.again, way.requires) == (True, ("wait_reason",))
    with pytest.raises(errors.FieldsMissing) as refused:
        step(world.wu, ticket, "wait_vendor", 8)
    assert refused.value.field == "fields.wait_reason"
    step(world.wu, ticket, "wait_vendor", 8, wait_reason="等备件")
    assert look(world, ticket).ticket.state == "waiting_vendor"


def test_nobody_gets_a_ticket_who_cannot_work_on_it(world: World) -> None:
    ticket = reported(world)
    reader = person("chen", "reader", display_name="陈护士")
    with pytest.raises(errors.CannotWork) as refused:
        actions.assign(world.duty, ticket, reader.id, at=after(minutes=1))
    assert "陈护士" in str(refused.value)


def test_a_rule_passes_over_who_cannot_work_on_the_ticket(world: World) -> None:
    change(
        "assignment", "service-team", "rules:", "rules:\n  - {name: all, to: role, whom: reader}"
    )
    person("chen", "reader", display_name="陈护士")
    found = look(world, reported(world)).ticket
    assert found.assignee is not None
    assert found.assignee.name == "吴俊杰"


def test_an_item_linked_later_brings_its_owner_and_vendor(world: World) -> None:
    report = OpenTicket(type="incident", title="慢", item=world.archive)
    ticket = actions.open_ticket(world.duty, report, at=after())
    actions.update(world.duty, ticket, Update(item=world.server), at=after(minutes=1))
    (told,) = [line for line in look(world, ticket).timeline.told if line.kind is LineKind.FIELD][
        :1
    ]
    assert told.data["vendor"]["name"] == "检信信息有限公司"
    assert "吴俊杰" in told.text


def test_a_long_timeline_comes_in_pages(world: World) -> None:
    ticket = reported(world)
    for number in range(130):
        actions.comment(world.duty, ticket, f"第 {number} 次观察", at=after(minutes=1))
    desk = client_of("desk", "service-desk")
    body = desk.get(f"/tickets/{ticket}").body
    assert len(body["timeline"]) == 100
    assert body["timeline"][-1]["text"] == "第 129 次观察"
    path = f"/tickets/{ticket}/timeline"
    older = desk.get(f"{path}?cursor={body['timeline_next']}").body
    assert older["next"] is None
    ids = [line["id"] for line in older["items"]] + [line["id"] for line in body["timeline"]]
    assert len(set(ids)) == len(ids) == models.LogLine.objects.filter(ticket=ticket).count()
    assert older["items"][-1]["kind"] == "opened"
    first = desk.get(path, until=after(minutes=1).isoformat()).body["items"]
    assert [line["kind"] for line in first] == ["assigned", "opened"]


# Programs and people at once ---------------------------------------------------------------------


def test_a_report_sent_again_under_its_key_opens_one_ticket(world: World) -> None:
    desk = client_of("desk", "service-desk")
    body = {"type": "incident", "title": "打不开", "item": str(world.server)}
    key = {"Idempotency_Key": "his-4711"}
    first, again = (desk.post("/tickets", body, **key) for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.body["id"] == again.body["id"]
    other = desk.post("/tickets", {**body, "title": "很慢"}, **key)
    assert (other.status, other.body["code"]) == (409, "request_reused")
    assert first.body["number"] in other.body["detail"]
    assert desk.post("/tickets", body).body["id"] != first.body["id"]
    colleague = client_of("colleague", "service-desk")
    assert colleague.post("/tickets", body, **key).body["id"] != first.body["id"]
    assert models.Ticket.objects.count() == 3


ROUNDS = int(os.environ.get("WARDROUND_TEST_ROUNDS", "12"))
"""Of two acts at one moment; a thousand take some minutes a pair."""


def at_once(*acts: Callable[[], object]) -> list[Exception]:
    """Do these in threads of their own, at one moment; what they refused."""
    gate, refused = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait()
            act()
        except errors.ChangedMeanwhile as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def _sound(world: World, ticket: UUID) -> None:
    """The log is in order, every clock reads as a fresh reading of it, and each result is told once
    in the name of who did it.
    """
    lines: Sequence[Line] = queries.ticket(world.admin, ticket, at=present.now()).timeline.told
    moments = [line.at for line in lines]
    assert moments == sorted(moments)
    found = queries.ticket(world.admin, ticket, at=present.now()).ticket.clocks
    told = [line for line in lines if line.kind is LineKind.CLOCK]
    over = [clock for clock in found if clock.stopped_at is not None]
    assert sorted(line.data["clock"]["name"] for line in told) == sorted(
        clock.name for clock in over
    )
    by_moment = {line.at: line.actor.name for line in lines if line.kind is LineKind.STATE}
    for line in told:
        assert line.actor.name == by_moment[line.at]
    row = models.Ticket.objects.get(id=ticket)
    if row.category != "new":
        assert [clock.outcome for clock in over if clock.name == "respond"] == [MET]
    assert row.updated_at == moments[-1]


@pytest.fixture
def course(committed_world: World) -> World:
    return committed_world


def _acts(world: World, ticket: UUID, number: int) -> dict[str, Callable[[], object]]:
    def move(name: str, **fields: object) -> None:
        actions.move(world.wu, ticket, Move(name, fields), at=present.now())

    def edit() -> None:
        wanted = Update(title=f"慢 {number}")
        actions.update(world.duty, ticket, wanted, at=present.now())

    return {
        "accept": lambda: move("accept"),
        "resolve": lambda: move("resolve", solution="好了"),
        "edit": edit,
        "comment": lambda: actions.comment(world.duty, ticket, "看过", at=present.now()),
        "assign": lambda: actions.assign(world.duty, ticket, world.duty.id, at=present.now()),
    }


@pytest.mark.parametrize(
    "acts",
    [("accept", "edit"), ("accept", "comment"), ("accept", "assign"), ("resolve", "edit")],
    ids="+".join,
)
def test_two_people_at_once_leave_no_wrong_clock(course: World, acts: tuple[str, str]) -> None:
    world = course
    for number in range(ROUNDS):
        report = OpenTicket(type="incident", title="慢", item=world.server)
        ticket = actions.open_ticket(world.duty, report, at=present.now())
        if acts[0] == "resolve":
            actions.move(world.wu, ticket, Move("accept"), at=present.now())
        doing = _acts(world, ticket, number)
        assert at_once(*(doing[act] for act in acts)) == []
        _sound(world, ticket)


def test_a_moment_that_was_taken_before_the_lock_counts_after_what_it_waited_for(
    world: World,
) -> None:
    """Who asked earlier and came to the lock later: the clock reads the log up to its last line."""
    ticket = reported(world)
    actions.update(world.duty, ticket, Update(title="慢"), at=after(minutes=10))
    step(world.wu, ticket, "accept", 9)
    actions.update(world.duty, ticket, Update(title="很慢"), at=after(minutes=8))
    found = clocks(world, ticket, 60)["respond", 1]
    assert (found.stopped_at, found.outcome) == (after(minutes=10), MET)


def test_one_key_sent_twice_at_once_opens_one_ticket(course: World) -> None:
    report = OpenTicket(type="incident", title="慢", item=course.server, request="his-1")
    opened: list[UUID] = []
    for _ in range(3):
        refused = at_once(
            *[lambda: opened.append(actions.open_ticket(course.duty, report, at=present.now()))] * 4
        )
        assert refused == []
    assert len(set(opened)) == 1
    assert models.Ticket.objects.count() == 1
