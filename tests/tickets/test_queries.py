"""Reading tickets: what a list holds, what a colour is, and how many statements it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.hospital import HOSPITAL
from tests.tickets.conftest import MONDAY, World, after, raised
from wardround.kernel.reach import EVERYTHING, Reach, reach
from wardround.schema import actions as schema
from wardround.schema import queries as definitions
from wardround.schema.sources import Source
from wardround.tickets import actions, models, permissions, queries
from wardround.tickets.types import Move, OpenTicket, TicketFilter
from wardround.worktime.types import Colour


def statements(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as caught:
        call()
    return len(caught)


def listed(minutes: float = 0, seen: Reach = EVERYTHING, **wanted: object) -> list[str]:
    """Titles of a filtered list, oldest first."""
    filters = TicketFilter(**wanted)  # type: ignore[arg-type]
    page = queries.tickets(seen, filters, at=after(minutes=minutes), sort="opened_at")
    return [one.title for one in page.items]


@pytest.fixture
def day(world: World) -> World:
    """A day's tickets, each in a colour of its own at 9:25."""
    for minute, name in ((0, "yellow"), (-35, "black"), (2, "red"), (15, "green"), (3, "grey")):
        at = after(minutes=minute)
        fields = {"fault_kind": "other"}
        report = OpenTicket("incident", name, item=world.printer, fields=fields)
        ticket = actions.open_ticket(world.duty, report, at=at)
        if name == "grey":
            wait = Move("wait_user", {"wait_reason": "x"})
            actions.move(world.duty, ticket, Move("accept"), at=at)
            actions.move(world.duty, ticket, wait, at=at)
    red = models.Ticket.objects.get(title="red")
    red.yellow_at, red.red_at = after(minutes=10), after(minutes=20)
    red.save()
    return world


def test_a_colour_is_a_comparison_with_now(day: World) -> None:
    for colour in (Colour.BLACK, Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.GREY):
        assert listed(20, colours=(colour,)) == [colour.value]
    assert listed(20, colours=(Colour.NONE,)) == []
    assert len(listed(20, colours=(Colour.BLACK, Colour.GREY))) == 2


def test_what_a_row_shows_is_what_the_filter_finds(day: World) -> None:
    for minutes in (0, 14, 15, 20, 22.5, 29, 30, 31, 46, 60, 600, 6000):
        at = after(minutes=minutes)
        page = queries.tickets(EVERYTHING, TicketFilter(), at=at)
        shown = sorted((one.colour.value, one.title) for one in page.items)
        found = sorted(
            (colour.value, title)
            for colour in Colour
            for title in listed(minutes, colours=(colour,))
        )
        assert shown == found
        counts = queries.colour_counts(EVERYTHING, at=at)
        assert {one: number for one, number in counts.items() if number} == {
            Colour(one): [name for name, _ in shown].count(one) for one, _ in shown
        }


def test_worst_first_and_within_a_colour_what_is_due_first(day: World) -> None:
    page = queries.tickets(EVERYTHING, TicketFilter(), at=after(minutes=20), sort=queries.WORST)
    assert [one.title for one in page.items] == ["black", "red", "yellow", "green", "grey"]
    later = queries.tickets(EVERYTHING, TicketFilter(), at=after(minutes=90), sort=queries.WORST)
    due = [one.due_at for one in later.items if one.due_at]
    assert due == sorted(due)


def test_in_a_colour_the_highest_level_comes_before_what_is_due_first(world: World) -> None:
    for minute, impact in ((0, "low"), (1, "high"), (2, "low"), (3, "high")):
        report = OpenTicket("incident", f"{impact} {minute}", impact=impact, urgency=impact)
        actions.open_ticket(world.duty, report, at=after(minutes=minute))
    page = queries.tickets(EVERYTHING, TicketFilter(), at=after(minutes=4), sort=queries.WORST)
    assert {ticket.colour for ticket in page.items} == {Colour.GREEN}
    assert [ticket.title for ticket in page.items] == ["high 1", "high 3", "low 0", "low 2"]
    assert [ticket.level_place for ticket in page.items] == [1, 1, 3, 3]
    upwards = queries.tickets(EVERYTHING, TicketFilter(), at=after(minutes=4), sort="-colour")
    assert [ticket.title for ticket in upwards.items] == ["low 2", "low 0", "high 3", "high 1"]


def test_pages_follow_one_another_whatever_the_order(day: World) -> None:
    for sort in ("colour", "-colour", "due_at", "-opened_at", "number", None):
        seen: list[UUID] = []
        cursor = None
        while True:
            page = queries.tickets(
                EVERYTHING, TicketFilter(), at=after(minutes=20), limit=2, cursor=cursor, sort=sort
            )
            seen += [one.id for one in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 5


def test_filters_narrow_together(day: World) -> None:
    assert listed(text="yel") == ["yellow"]
    assert listed(text="inc-20261123-000") == ["black", "yellow", "red", "grey", "green"]
    assert listed(categories=("waiting",)) == ["grey"]
    assert listed(states=("waiting_user", "new"), text="gr") == ["grey", "green"]
    assert listed(assignees=(day.duty.id,), unassigned=True) == listed()
    assert listed(unassigned=True) == []
    assert listed(systems=(day.lis,)) == []
    assert len(listed(items=(day.printer,), open=True)) == 5
    assert listed(types=("event",)) == []


def test_a_reach_is_a_condition_in_the_query(day: World) -> None:
    actions.open_event_tickets([raised(day.server)], at=MONDAY)
    archive = reach(day.archivist, permissions.READ)
    assert len(listed(seen=archive)) == 5
    assert len(listed()) == 6
    assert listed(seen=Reach()) == []
    assert sum(queries.colour_counts(archive, at=MONDAY).values()) == 5
    assert set(queries.open_by_system(archive, at=MONDAY)) == {day.archive}
    assert queries.open_by_item(archive, [day.server], {}, at=MONDAY) == {}


def test_boards_get_what_is_open_by_item_and_system(day: World) -> None:
    actions.open_event_tickets([raised(day.server)], at=MONDAY)
    at = after(minutes=20)
    by_system = queries.open_by_system(EVERYTHING, at=at)
    assert (by_system[day.archive].open, by_system[day.archive].worst) == (5, Colour.BLACK)
    assert (by_system[day.lis].open, by_system[day.lis].worst) == (1, Colour.YELLOW)
    (held,) = queries.open_by_item(EVERYTHING, [day.server], {}, at=at)[day.server]
    assert held.assignee is not None
    assert (held.number, held.assignee.name) == ("EVT-20261123-0001", "吴俊杰")


def test_a_list_takes_as_many_statements_for_many_as_for_few(world: World) -> None:
    def look() -> None:
        queries.tickets(EVERYTHING, TicketFilter(), at=after(minutes=1), limit=500)

    actions.open_event_tickets([raised(world.server)], at=MONDAY)
    look()
    few = statements(look)
    alerts = [raised(world.printer, rule=f"r{number}") for number in range(300)]
    actions.open_event_tickets(alerts, at=MONDAY)
    assert statements(look) <= few <= 6


def test_a_detail_and_the_boards_questions_have_budgets(world: World) -> None:
    (ticket,) = actions.open_event_tickets([raised(world.server)], at=MONDAY)
    at = after(minutes=1)
    questions: dict[str, tuple[int, Callable[[], object]]] = {
        "detail": (7, lambda: queries.ticket(world.wu, ticket, at=at)),
        "counts": (2, lambda: queries.colour_counts(EVERYTHING, at=at)),
        "by item": (4, lambda: queries.open_by_item(EVERYTHING, [world.server], {}, at=at)),
        "by system": (2, lambda: queries.open_by_system(EVERYTHING, at=at)),
    }
    taken = {name: statements(call) for name, (_budget, call) in questions.items()}
    assert {
        name: taken[name] for name, (budget, _) in questions.items() if taken[name] > budget
    } == {}


def test_open_tickets_are_counted_from_their_index(world: World) -> None:
    """Among many tickets: over an empty table two plans cost the same and either may be taken."""
    actions.open_event_tickets([raised(world.server)], at=MONDAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_ticket SELECT (jsonb_populate_record(ticket, jsonb_build_object("
            "'id', gen_random_uuid(), 'number', 'T-' || n, 'alert', NULL, 'fingerprint', NULL,"
            "'black_at', now() + n * interval '1 hour'))).*"
            " FROM tickets_ticket AS ticket, generate_series(-20, 3000) AS n"
        )
        cursor.execute("ANALYZE tickets_ticket")
        cursor.execute(
            "EXPLAIN SELECT black_at, red_at, yellow_at, clock FROM tickets_ticket "
            "WHERE open AND black_at <= now()"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "tickets_open_due" in plan


# What a ticket is pinned to ----------------------------------------------------------------------


def changed(**files: tuple[str, str]) -> Source:
    """The shipped service pack with a text replaced in some of its files."""
    source = definitions.exported(HOSPITAL, "service")
    data = dict(source.files)
    for path, (old, new) in files.items():
        (full,) = [one for one in data if one.endswith(f"{path}.yaml")]
        assert old.encode() in data[full]
        data[full] = data[full].replace(old.encode(), new.encode())
    return Source("service", data)


def test_a_ticket_keeps_the_version_of_its_type(world: World) -> None:
    (old,) = actions.open_event_tickets([raised(world.server)], at=MONDAY)
    pack = changed(event=("label: {zh: 待接单, en: New}", "label: {zh: 新建, en: Fresh}"))
    schema.import_packs(HOSPITAL, [pack], at=after(minutes=1))
    (new,) = actions.open_event_tickets([raised(world.printer)], at=after(minutes=2))
    labels = [
        queries.ticket(world.admin, one, at=after(minutes=3)).ticket.state_label.zh
        for one in (old, new)
    ]
    assert labels == ["待接单", "新建"]


def test_a_new_promise_counts_for_what_is_opened_from_then_on(world: World) -> None:
    (open_one, done) = actions.open_event_tickets(
        [raised(world.server), raised(world.server, rule="other")], at=MONDAY
    )
    actions.move(world.wu, done, Move("accept"), at=after(minutes=1))
    actions.move(world.wu, done, Move("resolve", {"measures": "x"}), at=after(minutes=2))
    pack = changed(agreement=("within: 30m", "within: 10m"))
    schema.import_packs(HOSPITAL, [pack], at=after(minutes=3))
    assert actions.read_clocks_again(at=after(minutes=3)) == 0
    (new,) = actions.open_event_tickets([raised(world.server, rule="third")], at=after(minutes=3))

    def respond(ticket: UUID) -> timedelta | None:
        detail = queries.ticket(world.wu, ticket, at=after(minutes=3))
        return detail.ticket.clocks[0].target

    assert respond(open_one) == timedelta(minutes=30)
    assert respond(done) == timedelta(minutes=30)
    assert respond(new) == timedelta(minutes=10)
