"""One search over tickets and accounts, through the door; items are tried in `tests/cmdb`."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.hospital import ApiClient, client_of
from tests.tickets.conftest import MONDAY, World, after, raised
from wardround.access import actions as access
from wardround.access.types import AccountDraft
from wardround.kernel import clock
from wardround.kernel.types import Scope, system_actor
from wardround.tickets import actions as tickets
from wardround.tickets.types import Move, OpenTicket

PLATFORM = system_actor("platform")


def hits(client: ApiClient, q: str, group: str, **more: Any) -> list[tuple[str, str]]:
    answer = client.get("/search", q=q, **more)
    assert answer.status == 200, answer.body
    named = {each["name"]: each for each in answer.body["groups"]}
    return [(hit["name"], hit["match"]) for hit in named.get(group, {"items": []})["items"]]


@pytest.fixture
def admin(world: World) -> ApiClient:
    return client_of("finder", "administrator")


def test_a_ticket_is_found_by_number_and_title_closed_ones_too(
    world: World, admin: ApiClient
) -> None:
    (ticket,) = tickets.open_event_tickets([raised(world.server)], at=MONDAY)
    tickets.move(world.wu, ticket, Move("accept"), at=after(minutes=1))
    tickets.move(world.wu, ticket, Move("resolve", {"measures": "x"}), at=after(minutes=2))
    row = admin.get(f"/tickets/{ticket}").body
    number, title = row["number"], row["title"]
    whole = f"{number} {title}"
    assert hits(admin, number, "tickets") == [(whole, "exact")]
    assert hits(admin, f"！{number[-4:]}", "tickets") == [(whole, "part")]
    assert hits(admin, title, "tickets") == [(whole, "exact")]
    assert hits(admin, number, "tickets", scope="items") == []
    wall = client_of("wall", "wall-screen")
    assert hits(wall, number, "tickets") == []
    elsewhere = client_of("far", "engineer", scope=Scope(systems=frozenset({ticket})))
    assert hits(elsewhere, number, "tickets") == hits(elsewhere, title, "tickets") == []


def test_a_ticket_is_found_as_its_title_sounds(world: World, admin: ApiClient) -> None:
    opened = tickets.open_ticket(
        world.wu, OpenTicket(type="incident", title="门诊打印机卡纸"), at=clock.now()
    )
    number = admin.get(f"/tickets/{opened}").body["number"]
    whole = f"{number} 门诊打印机卡纸"
    assert hits(admin, "dayinji", "tickets") == [(whole, "sound")]
    assert hits(admin, "mzdyj", "tickets") == [(whole, "sound")]
    assert hits(admin, "门诊打印鸡", "tickets") == [(whole, "alike")]


def test_an_account_is_found_by_those_who_may_read_accounts(world: World, admin: ApiClient) -> None:
    draft = AccountDraft(user_name="chen.jing", display_name="陈静", phone="+86 139 0000 1111")
    access.create_account(PLATFORM, draft, at=clock.now())
    for q in ("陈静", "chenjing", "cj", "chen.jing", "139-0000-1111", "@陈静"):
        assert "陈静" in [name for name, _match in hits(admin, q, "accounts")], q
    wall = client_of("wall", "wall-screen")
    assert hits(wall, "陈静", "accounts") == []
    narrow = client_of("narrow", "administrator", scope=Scope(systems=frozenset({uuid4()})))
    assert hits(narrow, "陈静", "accounts") == []
