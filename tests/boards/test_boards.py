"""What the boards show, to whom, and how many statements each takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.hospital import HOSPITAL, ApiClient, client_of
from tests.tickets.conftest import MONDAY, World, after, item, raised
from wardround.alerts import actions as alerts
from wardround.alerts.types import Raise, Severity
from wardround.boards import queries
from wardround.cmdb import models as cmdb
from wardround.cmdb.types import Condition, ItemFilters
from wardround.kernel import clock
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Scope
from wardround.tickets import actions as tickets
from wardround.tickets import models as ticket_models
from wardround.tickets.types import Move, OpenTicket, TicketFilter
from wardround.worktime.types import Colour


def wrong(item_id: UUID, condition: str) -> None:
    cmdb.Item.objects.filter(id=item_id).update(condition=condition, condition_since=MONDAY)


def fire(item_id: UUID) -> None:
    """A critical alert through its own door, and its ticket as the worker opens it."""
    (alert,) = alerts.raise_alerts(
        HOSPITAL,
        [
            Raise(
                rule="host-down",
                rule_label_zh="主机不可达",
                rule_label_en="Host unreachable",
                severity=Severity.CRITICAL,
                availability=False,
                item_id=item_id,
                labels=(),
                summary_zh="无应答",
                summary_en="No answer",
                value=None,
                unit="",
                at=clock.now(),
            )
        ],
        at=clock.now(),
    )
    tickets.open_event_tickets([raised(item_id, alert_id=alert)], at=after(minutes=1))


@pytest.fixture
def wall(world: World) -> ApiClient:
    """A wall screen: it may look at boards and at nothing else."""
    return client_of("wall", "wall-screen")


def test_the_information_board(world: World, wall: ApiClient) -> None:
    now = clock.now()
    for rule in ("a", "b"):
        tickets.open_event_tickets([raised(world.server, rule=rule, at=now)], at=now)
    board = wall.get("/boards/information").body
    assert [one["number"][-4:] for one in board["items"]] == ["0001", "0002"]
    assert board["counts"] == {"black": 0, "red": 0, "yellow": 0, "green": 2, "grey": 0}
    assert board["next"] is None
    assert board["as_of"].endswith("Z")
    assert wall.get("/tickets").status == 403


def test_a_resolved_ticket_leaves_the_board(world: World) -> None:
    (ticket,) = tickets.open_event_tickets([raised(world.server)], at=MONDAY)
    tickets.move(world.wu, ticket, Move("accept"), at=after(minutes=1))
    wanted = Move("resolve", {"measures": "x"})
    tickets.move(world.wu, ticket, wanted, at=after(minutes=2))
    board = queries.information(
        EVERYTHING, TicketFilter(), at=after(minutes=3), limit=10, cursor=None
    )
    assert board.tickets == ()
    assert not any(board.counts[colour] for colour in Colour if colour is not Colour.NONE)


def test_the_information_board_in_pages(world: World, wall: ApiClient) -> None:
    now = clock.now()
    several = [raised(world.server, rule=f"r{number}", at=now) for number in range(5)]
    tickets.open_event_tickets(several, at=now)
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        board = wall.get("/boards/information", limit=2, **cursor).body
        seen += [one["id"] for one in board["items"]]
        if board["next"] is None:
            break
        cursor = {"cursor": board["next"]}
    assert len(set(seen)) == len(seen) == 5


def test_the_status_board_by_node(world: World, wall: ApiClient) -> None:
    wrong(world.printer, "warning")
    fire(world.server)
    board = wall.get("/boards/status").body
    names = [(one["item"]["name"], one["condition"]) for one in board["items"]]
    assert names == [("LIS-DB-01", "critical"), ("ARC-01", "warning")]
    node = board["items"][0]
    assert (node["item"]["type"], node["item"]["layer"]) == ("host", "hardware")
    assert [(one["severity"], one["summary"]) for one in node["alerts"]] == [
        ("critical", "No answer")
    ]
    assert node["tickets"][0]["assignee"]["name"] == "吴俊杰"
    assert node["systems"][0]["name"] == "检验LIS集成系统"
    assert (board["counts"]["critical"], board["counts"]["warning"]) == (1, 1)
    assert [
        one["item"]["name"] for one in wall.get("/boards/status", condition="warning").body["items"]
    ] == ["ARC-01"]


def test_the_systems_board(world: World, wall: ApiClient) -> None:
    fire(world.server)
    wrong(world.lis, "warning")
    lis, archive = wall.get("/boards/systems").body["items"]
    assert (lis["name"], lis["importance"], lis["condition"]) == (
        "检验LIS集成系统",
        "A",
        "warning",
    )
    assert (lis["open_alerts"], lis["open_tickets"], lis["worst_colour"]) == (1, 1, "black")
    assert lis["parts"] == {"all": 1, "abnormal": 1, "unknown": 0, "worst": "critical"}
    assert archive["parts"] == {"all": 1, "abnormal": 0, "unknown": 1, "worst": "unknown"}
    assert (archive["open_tickets"], archive["worst_colour"]) == (0, "none")
    only = wall.get("/boards/systems", importance="C").body["items"]
    assert [one["name"] for one in only] == ["档案管理系统"]


def test_a_system_that_nothing_measures_is_as_its_parts_on_every_page(
    world: World, wall: ApiClient
) -> None:
    """The archive, of class C, has a part that is down; the LIS, of class A, one that is well."""
    wrong(world.printer, "down")
    wrong(world.server, "ok")
    archive, lis = wall.get("/boards/systems").body["items"]
    desk = client_of("reader", "engineer")
    for system, name, worst in ((archive, "档案管理系统", "down"), (lis, "检验LIS集成系统", "ok")):
        assert (system["name"], system["condition"]) == (name, "unknown")
        assert system["parts"]["worst"] == worst
        assert desk.get(f"/items/{system['id']}").body["parts"] == system["parts"]
        listed = desk.get("/items", id=system["id"]).body["items"]
        assert [row["parts"] for row in listed] == [system["parts"]]
    assert desk.get(f"/items/{world.server}").body["parts"] is None


def test_a_board_shows_what_its_reader_may_see(world: World) -> None:
    wrong(world.server, "down")
    tickets.open_event_tickets([raised(world.server)], at=MONDAY)
    narrow = client_of("narrow", "wall-screen", scope=Scope(systems=frozenset({world.archive})))
    assert narrow.get("/boards/information").body["items"] == []
    status = narrow.get("/boards/status").body
    assert (status["items"], status["counts"]["down"]) == ([], 0)
    names = [one["name"] for one in narrow.get("/boards/systems").body["items"]]
    assert names == ["档案管理系统"]


@pytest.mark.parametrize("path", ["information", "status", "systems"])
def test_a_bad_parameter_is_named(wall: ApiClient, path: str) -> None:
    answer = wall.get(f"/boards/{path}", mood="bad")
    assert answer.status == 422
    assert "mood" in str(answer.body)


def test_no_board_without_its_permission(world: World) -> None:
    desk = client_of("nobody")
    for path in ("information", "status", "systems"):
        assert desk.get(f"/boards/{path}").status == 403


def test_boards_take_a_fixed_number_of_statements(world: World) -> None:
    at = after(minutes=20)
    boards: dict[str, tuple[int, Callable[[], object]]] = {
        "information": (
            8,
            lambda: queries.information(EVERYTHING, TicketFilter(), at=at, limit=500, cursor=None),
        ),
        "status": (
            11,
            lambda: queries.status(EVERYTHING, ItemFilters(), at=at, limit=500, cursor=None),
        ),
        "systems": (9, lambda: queries.systems(EVERYTHING, at=at)),
    }

    def taken() -> dict[str, int]:
        counts = {}
        for name, (_budget, look) in boards.items():
            look()
            with CaptureQueriesContext(connection) as caught:
                look()
            counts[name] = len(caught)
        return counts

    fire(world.server)
    few = taken()
    for number in range(40):
        node = item(f"n{number}", "host", f"N{number}", systems=[world.archive])
        fire(node.id)
    many = taken()
    assert {name: many[name] for name in boards if many[name] > boards[name][0]} == {}
    assert many == few


def test_a_node_shows_with_its_alert_the_ticket_that_took_it_in(world: World) -> None:
    """Also when the ticket itself is about another item by now, or about none."""
    wrong(world.server, "critical")
    fire(world.server)
    other = OpenTicket("incident", "报告打印不出", item=world.server)
    reported = tickets.open_ticket(world.duty, other, at=after())
    taking = ticket_models.Ticket.objects.exclude(id=reported).get()
    for about in (world.printer, None, world.server):
        ticket_models.Ticket.objects.filter(id=taking.id).update(item=about)
        board = queries.status(EVERYTHING, ItemFilters(), at=after(), limit=9, cursor=None)
        (node,) = board.nodes
        alerts_of = {ticket.id: ticket.alerts for ticket in node.tickets}
        assert alerts_of == {taking.id: tuple(alert.id for alert in node.alerts), reported: ()}


def test_conditions_are_those_of_the_whole_scope(world: World) -> None:
    wrong(world.server, "down")
    board = queries.status(EVERYTHING, ItemFilters(), at=MONDAY, limit=1, cursor=None)
    assert board.counts[Condition.DOWN] == 1
