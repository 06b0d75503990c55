"""Tickets of one system and one moment belong together; nothing is said of a cause."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.hospital import client_of
from tests.tickets.conftest import MONDAY, World, after, ended, item, raised
from wardround.kernel import clock
from wardround.kernel.reach import EVERYTHING, reach
from wardround.tickets import actions, permissions, queries
from wardround.tickets.models import StormPlace, Ticket
from wardround.tickets.storms import SPAN, Opened, gathered
from wardround.tickets.types import Storm, TicketFilter

SYSTEMS = [UUID(int=number) for number in range(1, 5)]
TICKETS = [UUID(int=number) for number in range(100, 130)]


@st.composite
def openings(draw: st.DrawFn) -> list[Opened]:
    """New tickets of few systems within half an hour, so that they touch and miss each other."""
    seconds = draw(st.lists(st.integers(0, 1800), min_size=1, max_size=len(TICKETS)))
    touched = st.frozensets(st.sampled_from(SYSTEMS), min_size=1, max_size=3)
    return [
        Opened(ticket, MONDAY + timedelta(seconds=second), draw(touched))
        for ticket, second in zip(TICKETS, seconds, strict=False)
    ]


def parts(places: dict[UUID, UUID], tickets: list[Opened]) -> dict[UUID, list[Opened]]:
    found: dict[UUID, list[Opened]] = {}
    for ticket in tickets:
        found.setdefault(places[ticket.ticket], []).append(ticket)
    return found


def connected(tickets: list[Opened]) -> bool:
    """Whether each is reached from the first by way of systems that both touch."""
    reached, left = set(tickets[0].touches), list(tickets[1:])
    while found := [ticket for ticket in left if ticket.touches & reached]:
        for ticket in found:
            reached |= ticket.touches
            left.remove(ticket)
    return not left


@given(openings(), st.integers(1, 30))
def test_a_storm_is_one_moment_and_hangs_together(tickets: list[Opened], batch: int) -> None:
    places: dict[UUID, UUID] = {}
    for first in range(0, len(tickets), batch):
        before = [
            Opened(ticket.ticket, ticket.at, ticket.touches, places[ticket.ticket])
            for ticket in tickets[:first]
        ]
        places.update(gathered(before, tickets[first : first + batch]))
    assert set(places) == {ticket.ticket for ticket in tickets}
    for storm, held in parts(places, tickets).items():
        moments = [ticket.at for ticket in held]
        assert max(moments) - min(moments) <= SPAN
        assert connected(held)
        assert storm in {ticket.ticket for ticket in held}


@given(openings())
def test_neighbours_in_time_and_system_are_never_apart_without_need(tickets: list[Opened]) -> None:
    """Two storms that touch each other would be longer than a moment if they were one."""
    groups = list(parts(dict(gathered([], tickets)), tickets).values())
    whole = [sorted(ticket.at for ticket in held) for held in groups]
    if max(max(held) for held in whole) - min(min(held) for held in whole) > SPAN:
        return
    for number, held in enumerate(groups):
        for other in groups[number + 1 :]:
            touched = {system for ticket in held for system in ticket.touches}
            assert touched.isdisjoint(system for ticket in other for system in ticket.touches)


def storms() -> tuple[Storm, ...]:
    return queries.storms(EVERYTHING)


def test_what_joins_two_storms_makes_them_one(world: World) -> None:
    """As a storage does that two systems stand on: its databases were heard of first."""
    both = item("san", "host", "SAN-A1", systems=[world.lis, world.archive])
    apart = [
        raised(where, rule=rule)
        for where in (world.server, world.printer)
        for rule in ("read", "write")
    ]
    opened = actions.open_event_tickets(apart, at=after())
    assert storms() == ()
    (last,) = actions.open_event_tickets(
        [raised(both.id, at=after(minutes=2))], at=after(minutes=2)
    )
    (storm,) = storms()
    assert set(storm.tickets) == {*opened, last}
    assert (storm.first_at, storm.last_at) == (MONDAY, after(minutes=2))
    page = queries.tickets(EVERYTHING, TicketFilter(storms=(storm.id,)), at=after(minutes=3))
    assert {ticket.id for ticket in page.items} == set(storm.tickets)


def test_a_storm_stays_one_when_what_joined_it_is_over(world: World) -> None:
    both = item("san", "host", "SAN-A1", systems=[world.lis, world.archive])
    joining = raised(both.id)
    others = [
        raised(where, rule=rule)
        for where in (world.server, world.printer)
        for rule in ("read", "write")
    ]
    actions.open_event_tickets([joining, *others], at=after())
    actions.end_event_tickets([ended(joining, after(minutes=1))], at=after(minutes=1))
    late = raised(world.server, rule="late", at=after(minutes=2))
    actions.open_event_tickets([late], at=after(minutes=2))
    (storm,) = storms()
    assert len(storm.tickets) == 5
    assert not Ticket.objects.get(alert=joining.alert_id).open


def test_the_same_systems_later_are_another_storm(world: World) -> None:
    for start in (0, 20):
        several = [
            raised(world.server, rule=f"{start}-{n}", at=after(minutes=start)) for n in range(3)
        ]
        actions.open_event_tickets(several, at=after(minutes=start))
    assert [len(storm.tickets) for storm in storms()] == [3, 3]


def test_a_reader_sees_the_part_within_his_reach(world: World) -> None:
    both = item("san", "host", "SAN-A1", systems=[world.lis, world.archive])
    here = [raised(world.printer, rule=f"p{n}") for n in range(3)]
    there = [raised(world.server, rule=f"s{n}") for n in range(3)]
    actions.open_event_tickets([raised(both.id), *here, *there], at=after())
    seen = reach(world.archivist, permissions.READ)
    (storm,) = queries.storms(seen)
    assert len(storm.tickets) == 4
    assert set(storm.tickets) == queries.visible(seen, storms()[0].tickets)


def test_workers_at_once_put_what_belongs_together_into_one_storm(committed_world: World) -> None:
    def deliver(number: int) -> int:
        try:
            alert = raised(committed_world.server, rule=f"r{number}")
            return len(actions.open_event_tickets([alert], at=after()))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(deliver, range(12))) == 12
    assert len(set(StormPlace.objects.values_list("storm", flat=True))) == 1


def test_the_board_says_what_belongs_together(world: World) -> None:
    several = [raised(world.server, rule=f"r{n}", at=clock.now()) for n in range(3)]
    opened = actions.open_event_tickets(several, at=clock.now())
    alone = actions.open_event_tickets([raised(world.printer, at=clock.now())], at=clock.now())
    wall = client_of("wall", "wall-screen")
    (storm,) = wall.get("/boards/information", limit=1).body["storms"]
    assert sorted(storm["tickets"]) == sorted(str(each) for each in opened)
    board = wall.get("/boards/information", storm=storm["id"]).body
    assert {row["id"] for row in board["items"]} == set(storm["tickets"])
    assert str(alone[0]) not in storm["tickets"]
    assert sum(board["counts"].values()) == 4
