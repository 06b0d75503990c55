"""One request acts on several tickets: with each by itself, once, at its own moment, and with words
for each that is refused.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from tests.hospital import ApiClient, client_of
from tests.tickets.conftest import World, person, raised
from tests.tickets.test_alert_tickets import FAULT, ROWS, bring
from wardround.kernel import clock
from wardround.kernel.types import Scope
from wardround.tickets import actions, models, queries
from wardround.tickets.types import (
    ActOnMany,
    Assign,
    LineKind,
    Move,
    OpenTicket,
)

UNKNOWN = UUID(int=1)
ACCEPT = {"kind": "accept"}


def opened(world: World, number: int, where: str = "server") -> list[UUID]:
    """Tickets of a storm that has just begun."""
    at = clock.now()
    alerts = [raised(getattr(world, where), rule=f"rule {n}", at=at) for n in range(number)]
    return actions.open_event_tickets(alerts, at=at)


def asked(client: ApiClient, tickets: list[UUID], act: dict[str, Any], **headers: str) -> Any:
    answer = client.post(
        "/tickets/acts", {"tickets": [str(id_) for id_ in tickets], "act": act}, **headers
    )
    assert answer.status == 200, answer.body
    return answer.body


def offered(client: ApiClient, tickets: list[UUID]) -> Any:
    answer = client.post("/tickets/offers", {"tickets": [str(id_) for id_ in tickets]})
    assert answer.status == 200
    return answer.body


def states(tickets: list[UUID]) -> list[str]:
    found = dict(models.Ticket.objects.filter(id__in=tickets).values_list("id", "state"))
    return [found[ticket] for ticket in tickets]


def lines(ticket: UUID, kind: LineKind) -> list[models.LogLine]:
    return list(models.LogLine.objects.filter(ticket=ticket, kind=kind).order_by("at", "id"))


@pytest.fixture
def taker(world: World) -> ApiClient:
    return client_of("taker", "engineer")


# Each by itself ----------------------------------------------------------------------------------


def test_each_is_accepted_and_each_refusal_says_why(world: World, taker: ApiClient) -> None:
    several = opened(world, 4)
    actions.move(world.admin, several[0], Move("accept"), at=clock.now())
    body = asked(taker, [*several, several[1], UNKNOWN], ACCEPT)
    assert body["done"] == [str(id_) for id_ in several[1:]]
    taken, missing = body["refused"]
    assert taken["ticket"] == str(several[0])
    assert "EVT" in taken["why"]
    assert missing["ticket"] == str(UNKNOWN)
    assert set(states(several)) == {"accepted"}
    rows = models.Ticket.objects.filter(id__in=several[1:])
    assert len(set(rows.values_list("assignee", flat=True))) == 1


def test_each_has_its_own_audit_line(world: World, taker: ApiClient) -> None:
    several = opened(world, 3)
    asked(taker, several, {"kind": "comment", "text": "同一原因，已通知厂商"})
    keeper = client_of("keeper", "administrator")
    told = keeper.get("/audit", action="ticket.comment").body["items"]
    assert {line["subject_id"] for line in told} == {str(id_) for id_ in several}


def test_a_step_goes_with_what_each_type_has(world: World, taker: ApiClient) -> None:
    """An incident has no `measures`, an event has no `solution`: each gets its own."""
    events = opened(world, 2)
    report = OpenTicket(type="incident", title="打不开", item=world.server)
    incident = actions.open_ticket(world.duty, report, at=clock.now())
    everything = [*events, incident]
    asked(taker, everything, ACCEPT)
    asked(taker, everything, {"kind": "step", "name": "start"})
    nothing = asked(taker, everything, {"kind": "step", "name": "resolve"})
    assert nothing["done"] == []
    words = [refused["why"] for refused in nothing["refused"]]
    assert words == ["What was done: a value is needed"] * 2 + ["Solution: a value is needed"]
    said = {"measures": "已重启", "solution": "已重启"}
    step = {"kind": "step", "name": "resolve", "fields": said, "comment": "同一原因"}
    assert asked(taker, everything, step)["refused"] == []
    assert states(everything) == ["resolved"] * 3
    values = dict(models.Ticket.objects.filter(id__in=everything).values_list("type", "fields"))
    assert values["event"]["measures"] == values["incident"]["solution"] == "已重启"
    assert "solution" not in values["event"]
    for ticket in everything:
        assert lines(ticket, LineKind.STATE)[-1].text == "同一原因"


def test_given_to_somebody_who_may_not_work_on_all(world: World) -> None:
    here, there = opened(world, 2, "printer"), opened(world, 2, "server")
    giver = client_of("giver", "service-desk")
    body = asked(giver, [*here, *there], {"kind": "assign", "account": str(world.archivist.id)})
    assert body["done"] == [str(id_) for id_ in here]
    assert [refused["ticket"] for refused in body["refused"]] == [str(id_) for id_ in there]
    assert asked(giver, here, {"kind": "assign", "account": None})["refused"] == []
    assert set(models.Ticket.objects.filter(id__in=here).values_list("assignee")) == {(None,)}


# Permission and reach ----------------------------------------------------------------------------


def test_out_of_reach_is_told_like_what_is_not_there(world: World) -> None:
    (here,), (there,) = opened(world, 1, "printer"), opened(world, 1, "server")
    part = client_of("part", "engineer", scope=Scope(systems=frozenset({world.archive})))
    tickets = [here, there, UNKNOWN]
    assert offered(part, tickets)["accept"] == [str(here)]
    body = asked(part, tickets, ACCEPT)
    assert body["done"] == [str(here)]
    first, second = body["refused"]
    assert first["why"] == second["why"]
    assert states([there]) == ["new"]


def test_each_act_needs_its_own_permission(world: World) -> None:
    several = opened(world, 2)
    acts = [
        ACCEPT,
        {"kind": "step", "name": "start"},
        {"kind": "comment", "text": "看到了"},
        {"kind": "assign", "account": str(world.wu.id)},
    ]
    looker = client_of("looker", "reader")
    for act in acts:
        body = {"tickets": [str(id_) for id_ in several], "act": act}
        answer = looker.post("/tickets/acts", body)
        assert (answer.status, answer.body["code"]) == (403, "forbidden"), act
    nothing = offered(looker, several)
    assert nothing == {"accept": [], "assign": [], "comment": [], "ways": []}
    assert states(several) == ["new", "new"]
    assert not models.LogLine.objects.filter(kind=LineKind.COMMENT).exists()


def test_to_take_them_oneself_is_work_and_to_give_them_away_is_not(world: World) -> None:
    several = opened(world, 2)
    me = person("me", "engineer")
    assert actions.act_on_many(me, ActOnMany(tuple(several), Assign(me.id))).refused == ()
    assigned = models.Ticket.objects.filter(id__in=several).values_list("assignee", flat=True)
    assert set(assigned) == {me.id}


# What is offered ---------------------------------------------------------------------------------


def test_what_is_offered_is_what_would_be_done(world: World, taker: ApiClient) -> None:
    several = opened(world, 3)
    actions.move(world.admin, several[0], Move("accept"), at=clock.now())
    actions.move(world.admin, several[1], Move("start"), at=clock.now())
    found = offered(taker, several)
    assert found["accept"] == [str(several[2])]
    ways = {way["name"]: way for way in found["ways"]}
    assert sorted(found["ways"], key=lambda way: -len(way["tickets"])) == found["ways"]
    assert ways["start"]["tickets"] == [str(several[0]), str(several[2])]
    assert [field["name"] for field in ways["resolve"]["fields"]] == ["measures"]
    assert "accept" not in ways, "it is offered as accepting"
    assert "recover" not in ways, "the platform's own"
    for name, way in ways.items():
        sent = {"kind": "step", "name": name, "comment": "说明"}
        sent["fields"] = {field["name"]: "说明" for field in way["fields"]}  # type: ignore[assignment]
        with transaction.atomic():
            assert asked(taker, several, sent)["done"] == way["tickets"], name
            transaction.set_rollback(True)


def test_what_is_offered_takes_one_look(world: World, django_assert_max_num_queries: Any) -> None:
    me = person("me", "engineer")
    for number in (2, 30):
        tickets = opened(world, number)
        queries.offered(me, tickets, at=clock.now())
        with django_assert_max_num_queries(1):
            queries.offered(me, tickets, at=clock.now())


def test_so_many_and_no_more(world: World, taker: ApiClient) -> None:
    for path, rest in (("/tickets/acts", {"act": ACCEPT}), ("/tickets/offers", {})):
        for number in (0, 201):
            body = {"tickets": [str(UUID(int=n + 1)) for n in range(number)], **rest}
            assert taker.post(path, body).status == 422
    unknown = taker.post("/tickets/acts", {"tickets": [str(UNKNOWN)], "act": {"kind": "burn"}})
    assert unknown.status == 422
    assert "accept" in str(unknown.body["problems"])


def test_a_type_that_is_taken_by_no_step_says_so(world: World, taker: ApiClient) -> None:
    bring(FAULT, ROWS)
    (ticket,) = opened(world, 1)
    assert offered(taker, [ticket])["accept"] == []
    body = asked(taker, [ticket], ACCEPT)
    assert "FLT-" in body["refused"][0]["why"]
