"""An act on several tickets counts once, at a moment at which each was free for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hospital import ApiClient, client_of
from tests.tickets.conftest import World, person
from tests.tickets.test_many import ACCEPT, asked, lines, opened, states
from wardround.kernel import clock
from wardround.kernel.types import Actor
from wardround.tickets import actions, models
from wardround.tickets.actions import many
from wardround.tickets.types import Accept, ActedOn, ActOnMany, Comment, LineKind, Move


@pytest.fixture
def taker(world: World) -> ApiClient:
    return client_of("taker", "engineer")


def test_sent_again_under_its_key_nothing_is_done_twice(world: World, taker: ApiClient) -> None:
    several = opened(world, 3)
    key = {"Idempotency_Key": "phone-1"}
    said = {"kind": "comment", "text": "已通知厂商"}
    first = asked(taker, several[:2], said, **key)
    again = asked(taker, several, said, **key)
    assert first["done"] == [str(id_) for id_ in several[:2]]
    assert again["done"] == [str(id_) for id_ in several]
    assert [len(lines(ticket, LineKind.COMMENT)) for ticket in several] == [1, 1, 1]
    other = asked(taker, several[:1], {"kind": "comment", "text": "别的"}, **key)
    assert other["done"] == []
    assert "phone-1" in other["refused"][0]["why"]
    colleague = client_of("colleague", "engineer")
    assert asked(colleague, several, said, **key)["refused"] == []
    assert [len(lines(ticket, LineKind.COMMENT)) for ticket in several] == [2, 2, 2]


def test_what_was_refused_is_tried_again_under_the_same_key(world: World, taker: ApiClient) -> None:
    (ticket,) = opened(world, 1)
    key = {"Idempotency_Key": "phone-2"}
    resume = {"kind": "step", "name": "resume"}
    assert asked(taker, [ticket], resume, **key)["done"] == []
    waiting = Move("wait_vendor", {"wait_reason": "备件"})
    actions.move(world.admin, ticket, Move("start"), at=clock.now())
    actions.move(world.admin, ticket, waiting, at=clock.now())
    assert asked(taker, [ticket], resume, **key)["done"] == [str(ticket)]
    actions.move(world.admin, ticket, waiting, at=clock.now())
    assert asked(taker, [ticket], resume, **key)["done"] == [str(ticket)]
    assert states([ticket]) == ["waiting_vendor"], "it was done once"


def test_a_trouble_of_the_store_takes_no_answer_away(
    world: World, taker: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deadlock, say, befalls the second of three."""
    several = opened(world, 3)

    def moved(actor: Actor, ticket: UUID, wanted: Move, *, at: datetime) -> None:
        if ticket == several[1]:
            raise DatabaseError("deadlock detected")
        actions.move(actor, ticket, wanted, at=at)

    monkeypatch.setattr(many, "move", moved)
    body = asked(taker, several, ACCEPT)
    assert body["done"] == [str(several[0]), str(several[2])]
    assert "deadlock" not in body["refused"][0]["why"]
    assert states(several) == ["accepted", "new", "accepted"]


ACTS = st.sampled_from([Accept(), Move("start"), Move("wait_vendor"), Comment("看"), Comment(" ")])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.tuples(ACTS, st.sets(st.integers(0, 3), min_size=1)), max_size=6))
def test_whatever_is_done_in_whatever_order(
    world: World, plan: list[tuple[Accept | Move | Comment, set[int]]]
) -> None:
    """Every ticket is either done or refused, has one line for each that was done, and of its
    response one result, at the moment of the step that gave it.
    """
    with transaction.atomic():
        several = opened(world, 4)
        done: dict[UUID, int] = dict.fromkeys(several, 0)
        for act, places in plan:
            tickets = tuple(several[place] for place in sorted(places))
            found = actions.act_on_many(world.admin, ActOnMany(tickets, act))
            assert {*found.done, *(refused.ticket for refused in found.refused)} == {*tickets}
            assert len(found.done) + len(found.refused) == len(tickets)
            for ticket in found.done:
                done[ticket] += 1
        for ticket, number in done.items():
            told = [*lines(ticket, LineKind.STATE), *lines(ticket, LineKind.COMMENT)]
            assert len(told) == number
            responses = response_of(ticket)
            assert len(responses) <= 1
            if lines(ticket, LineKind.STATE):
                assert responses == [lines(ticket, LineKind.STATE)[0].at]
        transaction.set_rollback(True)


def response_of(ticket: UUID) -> list[datetime]:
    """The moments at which the response of a ticket was over."""
    told = lines(ticket, LineKind.CLOCK)
    return [line.at for line in told if line.data["clock"]["name"] == "respond"]


@pytest.mark.django_db(transaction=True)
def test_the_moment_comes_after_the_lock(committed_world: World) -> None:
    """Somebody held the second ticket meanwhile and changed nothing: its response is not told from
    before, when nobody could have done it, nor from when the first was accepted.
    """
    several = opened(committed_world, 2)
    found: list[ActedOn] = []
    me = committed_world.admin

    def accept() -> None:
        try:
            found.append(actions.act_on_many(me, ActOnMany(tuple(several), Accept())))
        finally:
            connection.close()

    accepting = threading.Thread(target=accept)
    with transaction.atomic():
        models.Ticket.objects.select_for_update().get(id=several[1])
        accepting.start()
        until(lambda: states(several)[0] == "accepted")
        until(somebody_waits)
        released = clock.now()
    accepting.join()
    assert found == [ActedOn(tuple(several), ())]
    first, second = (response_of(ticket) for ticket in several)
    assert len(first) == len(second) == 1
    assert first[0] < released <= second[0]
    for ticket in several:
        (step,) = lines(ticket, LineKind.STATE)
        assert response_of(ticket) == [step.at]
        stopped = models.Clock.objects.get(ticket=ticket, name="respond").stopped_at
        assert stopped == step.at


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def until(there: Callable[[], bool]) -> None:
    end = clock.now() + timedelta(seconds=20)
    while not there():
        assert clock.now() < end, "waited in vain"


@pytest.mark.django_db(transaction=True)
def test_two_people_accept_a_storm_at_once(committed_world: World) -> None:
    """Each ticket is one person's, credited once, and the other hears whose state it is in."""
    several = opened(committed_world, 12)
    people = [person(f"p{n}", "engineer") for n in range(2)]
    gate = threading.Barrier(2)

    def accept(actor: Actor, tickets: list[UUID]) -> ActedOn:
        try:
            gate.wait()
            return actions.act_on_many(actor, ActOnMany(tuple(tickets), Accept()))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(accept, people, [several, several[::-1]])
    assert {*first.done, *second.done} == {*several}
    assert not {*first.done} & {*second.done}
    assert {refused.ticket for refused in first.refused} == {*second.done}
    owners = dict(models.Ticket.objects.filter(id__in=several).values_list("id", "assignee"))
    for actor, found in zip(people, (first, second), strict=True):
        assert all(owners[ticket] == actor.id for ticket in found.done)
        assert all("EVT-" in refused.why for refused in found.refused)
    assert all(len(response_of(ticket)) == 1 for ticket in several)


@pytest.mark.django_db(transaction=True)
def test_the_same_request_twice_at_once_is_done_once(committed_world: World) -> None:
    several = opened(committed_world, 6)
    gate = threading.Barrier(2)
    wanted = ActOnMany(tuple(several), Comment("已通知厂商"), "tab-1")

    def comment(_number: int) -> ActedOn:
        try:
            gate.wait()
            return actions.act_on_many(committed_world.admin, wanted)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(comment, range(2)))
    assert both == [ActedOn(tuple(several), ())] * 2
    assert all(len(lines(ticket, LineKind.COMMENT)) == 1 for ticket in several)
