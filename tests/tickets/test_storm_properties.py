"""What ADR 0135 says of storms, held against any course of events: late deliveries, trickles, two
troubles at one moment, readers who see a part.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hospital import client_of
from tests.tickets.conftest import MONDAY, World, after, item, raised
from tests.tickets.test_alert_tickets import FAULT, ROWS, bring
from tests.tickets.test_written_meanwhile import while_written
from wardround.kernel import clock
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Scope
from wardround.tickets import actions, queries
from wardround.tickets.models import StormPlace, Ticket
from wardround.tickets.storms import SPAN, Opened, gathered
from wardround.tickets.types import OpenTicket

SYSTEMS = [UUID(int=number) for number in range(1, 7)]


@st.composite
def courses(draw: st.DrawFn, longest: int) -> list[list[Opened]]:
    """Tickets of some minutes as deliveries bring them: several at a time, late ones too."""
    moments = draw(st.lists(st.integers(0, longest), min_size=2, max_size=24))
    touched = st.frozensets(st.sampled_from(SYSTEMS), min_size=1, max_size=3)
    tickets = [
        Opened(UUID(int=100 + number), MONDAY + timedelta(seconds=second), draw(touched))
        for number, second in enumerate(moments)
    ]
    cuts = draw(st.sets(st.integers(1, len(tickets) - 1), max_size=8))
    edges = [0, *sorted(cuts), len(tickets)]
    return [tickets[first:last] for first, last in pairwise(edges)]


def places_after(course: Iterable[list[Opened]]) -> list[dict[UUID, UUID]]:
    """In which storm each ticket is after each delivery."""
    places: dict[UUID, UUID] = {}
    known: list[Opened] = []
    told = []
    for delivery in course:
        before = [Opened(t.ticket, t.at, t.touches, places[t.ticket]) for t in known]
        places = {**places, **gathered(before, delivery)}
        known += delivery
        told.append(places)
    return told


def together(places: Mapping[UUID, UUID]) -> set[frozenset[UUID]]:
    return {
        frozenset(ticket for ticket, storm in places.items() if storm == wanted)
        for wanted in places.values()
    }


@given(courses(longest=1800))
def test_what_was_put_together_stays_together(course: list[list[Opened]]) -> None:
    """A storm grows and joins another; it never falls apart and never lets go of a ticket."""
    told = places_after(course)
    for before, later in pairwise(told):
        assert before.keys() <= later.keys()
        for held in together(before):
            assert len({later[ticket] for ticket in held}) == 1


@given(courses(longest=int(SPAN.total_seconds())), st.randoms(use_true_random=False))
def test_within_one_moment_the_order_of_delivery_says_nothing(
    course: list[list[Opened]], shuffled: random.Random
) -> None:
    tickets = [ticket for delivery in course for ticket in delivery]
    mixed = shuffled.sample(tickets, len(tickets))
    one_by_one = places_after([[ticket] for ticket in mixed])[-1]
    at_once = dict(gathered([], tickets))
    assert together(places_after(course)[-1]) == together(one_by_one) == together(at_once)
    for held in together(at_once):
        touched = {s for t in tickets if t.ticket in held for s in t.touches}
        others = {s for t in tickets if t.ticket not in held for s in t.touches}
        assert touched.isdisjoint(others), "what touches is one within a moment"


@given(st.integers(1, 90), st.integers(1, 300))
def test_a_storm_that_trickles_is_cut_into_moments(number: int, every: int) -> None:
    """One alert each so many seconds, for however long: no storm grows for hours."""
    course = [
        [Opened(UUID(int=n), MONDAY + timedelta(seconds=n * every), frozenset(SYSTEMS[:1]))]
        for n in range(1, number + 1)
    ]
    most = SPAN // timedelta(seconds=every) + 1
    sizes = [len(held) for held in together(places_after(course)[-1])]
    assert sum(sizes) == number
    assert max(sizes) == min(most, number)
    assert len(sizes) == -(-number // most)


@pytest.mark.django_db
def test_two_troubles_at_one_moment_are_two_storms(world: World) -> None:
    both = [
        raised(where, rule=f"rule {n}", severity=severity)
        for n, severity in enumerate(("warning", "critical", "disaster"))
        for where in (world.server, world.printer)
    ]
    actions.open_event_tickets(both, at=after())
    client = client_of("watcher", "engineer")
    board = client.get("/boards/information", limit=500).body
    found = [set(storm["tickets"]) for storm in board["storms"]]
    systems = {row["id"]: {ref["id"] for ref in row["systems"]} for row in board["items"]}
    assert [len(held) for held in found] == [3, 3]
    for held in found:
        assert len({frozenset(systems[ticket]) for ticket in held}) == 1


@pytest.mark.django_db
def test_tickets_that_people_open_are_in_no_storm(world: World) -> None:
    alerts = [raised(world.server, rule=f"rule {n}", at=clock.now()) for n in range(3)]
    opened = actions.open_event_tickets(alerts, at=clock.now())
    report = OpenTicket(type="incident", title="打不开", item=world.server)
    by_hand = actions.open_ticket(world.duty, report, at=clock.now())
    places = set(StormPlace.objects.values_list("ticket", flat=True))
    assert places == set(opened)
    assert by_hand not in places


@pytest.mark.django_db
def test_a_reader_of_a_part_learns_nothing_of_the_rest(world: World) -> None:
    """Neither how many there are, nor over how long, nor by asking for the storm itself."""
    both = item("san", "host", "SAN-A1", systems=[world.lis, world.archive])
    hidden = [raised(world.server, rule=f"s{n}", at=after(seconds=n)) for n in range(5)]
    joining = raised(both.id, at=after(seconds=30))
    seen = [raised(world.printer, rule=f"p{n}", at=after(seconds=60 + n)) for n in range(2)]
    late = [raised(world.server, rule=f"late{n}", at=after(seconds=200)) for n in range(5)]
    actions.open_event_tickets([*hidden, joining, *seen, *late], at=after(minutes=4))
    part = client_of("part", "engineer", scope=Scope(systems=frozenset({world.archive})))
    board = part.get("/boards/information", limit=500).body
    (storm,) = board["storms"]
    own = Ticket.objects.filter(systems__contains=[world.archive])
    assert set(storm["tickets"]) == {str(id_) for id_ in own.values_list("id", flat=True)}
    assert len(storm["tickets"]) == 3
    assert [storm["first_at"], storm["last_at"]] == [
        moment.isoformat().replace("+00:00", "Z")
        for moment in (after(seconds=30), after(seconds=61))
    ]
    assert sum(board["counts"].values()) == 3
    for path in ("/boards/information", "/tickets"):
        rows = part.get(path, storm=storm["id"], limit=500).body["items"]
        assert {row["id"] for row in rows} == set(storm["tickets"])
        assert {ref["id"] for row in rows for ref in row["systems"]} == {str(world.archive)}
    other = client_of("other", "engineer", scope=Scope(systems=frozenset({world.lis})))
    (elsewhere,) = other.get("/boards/information", limit=500).body["storms"]
    assert len(elsewhere["tickets"]) == 11


@pytest.mark.django_db
def test_less_than_three_within_reach_is_no_storm_to_the_reader(world: World) -> None:
    both = item("san", "host", "SAN-A1", systems=[world.lis, world.archive])
    hidden = [raised(world.server, rule=f"s{n}") for n in range(5)]
    actions.open_event_tickets([raised(both.id), *hidden, raised(world.printer)], at=after())
    part = client_of("part", "engineer", scope=Scope(systems=frozenset({world.archive})))
    assert part.get("/boards/information").body["storms"] == []
    assert len(client_of("all", "engineer").get("/boards/information").body["storms"]) == 1


@pytest.mark.django_db(transaction=True)
def test_types_of_ticket_with_numbers_of_their_own_still_take_turns(
    committed_world: World,
) -> None:
    """Numbers of one series are given in turn, which hides a missing lock. These have two."""
    bring(FAULT, ROWS)
    device = raised(committed_world.server)
    other = raised(committed_world.lis)
    while_written(
        lambda: actions.open_event_tickets([device], at=after()),
        lambda: actions.open_event_tickets([other], at=after()),
    )
    prefixes = {number.split("-")[0] for number in Ticket.objects.values_list("number", flat=True)}
    assert prefixes == {"FLT", "EVT"}
    assert len(set(StormPlace.objects.values_list("storm", flat=True))) == 1


@pytest.mark.django_db
def test_five_hundred_tickets_of_one_moment_are_one_storm(world: World) -> None:
    alerts = [raised(world.server, rule=f"rule {n}", at=after(seconds=n / 5)) for n in range(500)]
    for first in range(0, 500, 60):
        actions.open_event_tickets(alerts[first : first + 60], at=after(minutes=3))
    (storm,) = queries.storms(EVERYTHING)
    assert len(storm.tickets) == 500
