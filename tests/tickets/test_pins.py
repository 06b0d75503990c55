"""Tickets whose type, state or promise cannot be read any more: shown, told of, and kept."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.hospital import ApiClient, client_of
from tests.tickets.conftest import MONDAY, World, after, ended, raised
from wardround.kernel import clock
from wardround.kernel.reach import EVERYTHING
from wardround.schema import cache
from wardround.schema.models import Definition, Revision
from wardround.site import upkeep
from wardround.tickets import actions, models, queries

FIELDS = {"fault_kind": "other", "department": "检验科"}


@pytest.fixture
def desk(world: World) -> ApiClient:
    return client_of("desk", "service-desk")


def opened(desk: ApiClient, world: World) -> str:
    body = {"type": "incident", "title": "x", "item": str(world.server), "fields": FIELDS}
    answer = desk.post("/tickets", body)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def lose(kind: str, name: str | None = None) -> None:
    rows = Definition.objects.filter(kind=kind)
    (rows.filter(name=name) if name else rows).delete()
    Revision.objects.update(token=uuid4())
    cache.changed()


def test_one_ticket_whose_type_is_gone_leaves_the_others_as_they_are(
    desk: ApiClient, world: World
) -> None:
    whole, torn = opened(desk, world), opened(desk, world)
    models.Ticket.objects.filter(id=torn).update(type_version=7)
    rows = {row["id"]: row for row in desk.get("/tickets").body["items"]}
    assert (rows[whole]["missing"], rows[whole]["state_label"]) == (None, "New")
    # the type is known still: what it is called is no secret, what it says is not guessed
    assert (rows[torn]["type_label"], rows[torn]["state_label"]) == ("Incident", "new")
    assert rows[torn]["missing"].startswith("Version 7 of the ticket type “incident”")
    assert desk.get("/tickets", type="incident", state="new").body["items"][0]["id"] == torn
    assert desk.get("/boards/information").status == 200


def test_a_state_that_its_type_does_not_have_is_told_by_its_name(
    desk: ApiClient, world: World
) -> None:
    ticket = opened(desk, world)
    models.Ticket.objects.filter(id=ticket).update(state="vanished")
    (row,) = desk.get("/tickets").body["items"]
    assert row["state_label"] == "vanished"
    assert row["missing"] is not None


def test_nothing_of_a_form_is_shown_that_nobody_can_say_is_no_secret(
    desk: ApiClient, world: World
) -> None:
    ticket = opened(desk, world)
    desk.patch(f"/tickets/{ticket}", {"fields": {"department": "药剂科"}, "impact": "high"})
    models.Ticket.objects.filter(id=ticket).update(type_version=7)
    told = desk.get(f"/tickets/{ticket}").body
    assert (told["fields"], told["form"], told["transitions"]) == ({}, [], [])
    assert "药剂科" not in str(told)
    assert any("Impact" in line["text"] for line in told["timeline"])


def test_what_its_type_decides_is_refused_and_all_else_goes_on(
    desk: ApiClient, world: World
) -> None:
    ticket = opened(desk, world)
    models.Ticket.objects.filter(id=ticket).update(type_version=7)
    moved = desk.post(f"/tickets/{ticket}/transitions", {"name": "accept"})
    assert (moved.status, moved.body["code"]) == (409, "ticket_type_missing")
    assert "“Incident” in version 7" in moved.body["detail"]
    assert desk.patch(f"/tickets/{ticket}", {"title": "y"}).status == 409
    assert desk.post(f"/tickets/{ticket}/comments", {"text": "restored soon"}).status == 201
    assert desk.post(f"/tickets/{ticket}/assignee", {"account": None}).status == 200


def test_alerts_go_on_opening_and_ending_tickets(world: World) -> None:
    first = raised(world.server)
    (torn,) = actions.open_event_tickets([first], at=MONDAY)
    models.Ticket.objects.filter(id=torn).update(type_version=7)
    again, other = raised(world.server), raised(world.printer)
    actions.end_event_tickets([ended(first, after(minutes=2))], at=after(minutes=2))
    fresh = actions.open_event_tickets([again, other], at=after(minutes=3))
    assert len(fresh) == 2  # the torn one answers no alert, so the trouble gets a ticket of its own
    row = models.Ticket.objects.get(id=torn)
    assert (row.open, row.log.filter(kind="alert").count()) == (True, 1)
    page = queries.tickets(EVERYTHING, queries.TicketFilter(), at=clock.now())
    assert {ticket.id for ticket in page.items} == {torn, *fresh}


@pytest.mark.parametrize("lost", ["sla-policy", "calendar"])
def test_clocks_stay_when_what_was_promised_cannot_be_read(
    desk: ApiClient, world: World, lost: str
) -> None:
    ticket = opened(desk, world)
    before = instants(ticket)
    lose(lost)
    told = desk.post(f"/tickets/{ticket}/transitions", {"name": "accept"}).body
    assert (told["state"], "clocks stand as they were" in told["missing"]) == ("accepted", True)
    assert (instants(ticket), before != []) == (before, True)
    assert actions.read_clocks_again(at=clock.now()) == 0


def instants(ticket: str) -> list[object]:
    rows = models.Clock.objects.filter(ticket=UUID(ticket)).order_by("place")
    kept = list(rows.values_list("name", "yellow_at", "red_at", "black_at"))
    row = models.Ticket.objects.filter(id=ticket)
    return [*kept, row.values_list("yellow_at", "red_at", "black_at").get()]


def test_doctor_names_what_tickets_follow_in_vain(desk: ApiClient, world: World) -> None:
    torn = [opened(desk, world), opened(desk, world), opened(desk, world)]
    assert {found.name for found in upkeep.examine()} == {"packs", "work"}
    models.Ticket.objects.filter(id__in=torn[1:]).update(type_version=7)
    lose("level-matrix")
    Definition.objects.filter(kind="calendar").update(body="{}")
    told = {found.name: found for found in upkeep.examine()}
    assert told["tickets"].health == told["definitions"].health == "fault"
    assert told["tickets"].text.count("“incident”") == 1
    assert "calendar/hospital" in told["definitions"].text


def test_an_old_form_is_as_good_as_gone_and_named(desk: ApiClient, world: World) -> None:
    opened(desk, world)
    rows = Definition.objects.filter(kind="ticket-type", name="incident")
    rows.update(body='{"name": 7}')
    Revision.objects.update(token=uuid4())
    cache.changed()
    (row,) = desk.get("/tickets").body["items"]
    assert row["missing"] is not None
    refused = desk.post("/tickets", {"type": "incident", "title": "y"})
    assert (refused.status, refused.body["code"]) == (422, "no_such_ticket_type")
