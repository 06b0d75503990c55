"""Messages of interfaces: from an engine's page to the list, the map and their own page.

One engine speaks for two interfaces: its counters begin again in between, and there is a gap. A
third interface has a target that never gave anything, and nobody counts the fourth.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest

from tests.collect.pages import exporter
from tests.collect.targets import target
from tests.history.batches import batch
from tests.hospital import HOSPITAL, ApiClient
from wardround.cmdb import actions as cmdb
from wardround.cmdb import interfaces, message_counts
from wardround.cmdb.interface_types import InterfaceFilters
from wardround.cmdb.message_counts import Measured
from wardround.cmdb.types import Item, NewItem, NewRelation
from wardround.collect import actions
from wardround.collect.runner import check_once
from wardround.collect.types import CollectedBatch, TargetChange
from wardround.history import actions as history_actions
from wardround.history import queries as queries_of_history
from wardround.kernel import clock
from wardround.kernel.reach import reach
from wardround.kernel.types import EVERYWHERE, Actor, ActorKind, Grant

pytestmark = [pytest.mark.django_db, pytest.mark.servers]

MINUTE = timedelta(minutes=1)


def page(sent: int, failed: int, queued: int, passed_on: int) -> bytes:
    return (
        "# TYPE messages_sent_total counter\n"
        f"messages_sent_total {sent}\n"
        f'messages_sent_total{{item="if-results"}} {passed_on}\n'
        "# TYPE messages_failed_total counter\n"
        f"messages_failed_total {failed}\n"
        f"messages_queued {queued}\n"
    ).encode()


@pytest.fixture
def house(packs: None, history: None) -> Mapping[str, Item]:
    made = {
        key: cmdb.create_item(HOSPITAL, NewItem(type=type_name, name=name, key=key), at=clock.now())
        for key, type_name, name in (
            ("if-orders", "interface", "申请单接口"),
            ("if-results", "interface", "结果接口"),
            ("if-silent", "interface", "医保接口"),
            ("if-none", "interface", "病案接口"),
            ("lis", "business-system", "检验系统"),
            ("his", "business-system", "HIS"),
        )
    }
    for key in ("if-orders", "if-results", "if-none"):
        for kind, system in (("provides", "lis"), ("consumes", "his")):
            cmdb.relate(HOSPITAL, NewRelation(kind, system, key), at=clock.now())
    for key, named in (("if-orders", ["if-results"]), ("if-silent", [])):
        change = TargetChange(
            item=made[key].id,
            template="interface-messages",
            address="127.0.0.1:9",
            parameters={"items": named},
        )
        actions.create_target(HOSPITAL, change, at=clock.now())
    return made


async def scraped(house: Mapping[str, Item], bodies: list[bytes]) -> list[CollectedBatch]:
    async with exporter() as engine_page:
        spec = replace(
            target("interface-messages", engine_page.address),
            item=house["if-orders"].id,
            items_by_key={"if-results": house["if-results"].id},
        )
        found = []
        for body in bodies:
            engine_page.body = body
            found.append(await check_once(spec))
        return found


def keep(house: Mapping[str, Item], at: datetime) -> None:
    """Six pages: the last five within the hour, one before; the counter begins again at 30."""
    bodies = [
        page(1000, 5, 0, 40), page(1100, 5, 0, 50), page(1160, 6, 3, 60),
        page(30, 0, 9, 61), page(90, 0, 9, 71), page(100, 2, 4, 71),
    ]  # fmt: skip
    minutes = (62, 58, 50, 20, 5, 1)
    for ago, found in zip(minutes, asyncio.run(scraped(house, bodies)), strict=True):
        assert (found.up, found.detail) == (True, "")
        points = {
            key: [(at - ago * MINUTE, value)]
            for key, value in zip(found.keys, found.values.tolist(), strict=True)
        }
        history_actions.append(batch(points), at=at)


def rows(client: ApiClient, **asked: Any) -> dict[str, Any]:
    answer = client.get("/interfaces", **asked)
    assert answer.status == 200, answer.body
    return {row["key"]: row["messages"] for row in answer.body["items"]}


def test_messages_are_counted_where_they_are_measured(
    house: Mapping[str, Item], api: ApiClient
) -> None:
    keep(house, clock.now())
    found = rows(api)
    assert {key: told["measured"] for key, told in found.items()} == {
        "if-orders": "yes", "if-results": "yes", "if-silent": "silent", "if-none": "no",
    }  # fmt: skip
    orders, results = found["if-orders"], found["if-results"]
    grown = 100 + 60 + 30 + 60 + 10  # the fall to 30 is a new beginning; the gap loses nothing
    assert orders["hour"] | {"since": ""} == {
        "since": "", "messages": grown, "sent": grown, "received": None, "failed": 3,
    }  # fmt: skip
    assert (orders["queued"], orders["last_at"] is not None) == (4, True)
    assert (results["hour"]["sent"], results["hour"]["failed"], results["queued"]) == (
        31,
        None,
        None,
    )
    for key in ("if-silent", "if-none"):
        told = found[key]
        assert {told["hour"][name] for name in ("messages", "sent", "failed")} == {None}
        assert (told["queued"], told["last_at"]) == (None, None)


def test_the_page_of_one_tells_hour_and_day_in_parts(
    house: Mapping[str, Item], api: ApiClient
) -> None:
    keep(house, clock.now())
    told = api.get(f"/interfaces/{house['if-orders'].id}/messages").body
    assert told["counts"]["hour"]["sent"] == 260
    assert told["day"]["sent"] == 260
    assert sum(part["sent"] for part in told["slices"]) == 260
    assert {part["received"] for part in told["slices"]} == {None}
    since = datetime.fromisoformat(told["day"]["since"])
    assert clock.now() - since < timedelta(hours=2)  # nothing was measured before
    none = api.get(f"/interfaces/{house['if-none'].id}/messages").body
    assert (none["counts"]["measured"], none["slices"], none["day"]["sent"]) == ("no", [], None)


def test_they_are_sorted_filtered_and_exported(house: Mapping[str, Item], api: ApiClient) -> None:
    keep(house, clock.now())
    assert list(rows(api, sort="-messages"))[:2] == ["if-orders", "if-results"]
    assert list(rows(api, sort="messages"))[:2] == ["if-results", "if-orders"]
    first = api.get("/interfaces", sort="-failed", limit=1).body
    assert first["items"][0]["key"] == "if-orders"
    rest = api.get("/interfaces", sort="-failed", limit=10, cursor=first["next"]).body
    assert (len(rest["items"]), rest["next"], rest["total"]) == (3, None, 4)
    assert api.get("/interfaces", sort="-failed", cursor="x").status == 422
    assert set(rows(api, measured="no")) == {"if-none"}
    assert set(rows(api, measured=["silent", "no"])) == {"if-none", "if-silent"}
    wanted = "key,measured,messages,queued"
    book = api.get("/interfaces", format="xlsx", columns=wanted, sort="-messages")
    sheet = openpyxl.load_workbook(io.BytesIO(book.body)).active
    assert sheet is not None
    table = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in table][:2] == ["if-orders", "if-results"]
    assert table[0][2:] == [260, 4]
    assert {row[2] for row in table[2:]} == {None}


def test_the_map_sums_what_passes_and_says_what_is_not_counted(
    house: Mapping[str, Item], api: ApiClient
) -> None:
    keep(house, clock.now())
    found = api.get("/interface-map").body
    (way,) = found["ways"]
    told = {name: way[name] for name in ("messages", "failed", "measured")}
    assert told == {"messages": 291, "failed": 3, "measured": 2}
    assert (found["unmeasured"], way["fare"]["all"]) == (1, 3)


def test_who_may_not_read_values_is_told_of_none(house: Mapping[str, Item]) -> None:
    """Neither that something is counted nor that nothing is."""
    keep(house, clock.now())
    grants = (Grant(frozenset({"cmdb.read"}), EVERYWHERE),)
    blind = Actor(HOSPITAL.id, "li.na", ActorKind.PERSON, grants, "en")
    counts = message_counts.counts_for(blind, clock.now())
    seen = reach(blind, "cmdb.read")
    page = interfaces.list_interfaces(seen, InterfaceFilters(), counts=counts)
    assert {each.messages for each in page.interfaces} == {None}
    assert len(page.interfaces) == 4
    asked = InterfaceFilters(measured=(Measured.NO, Measured.YES, Measured.SILENT))
    assert interfaces.list_interfaces(seen, asked, counts=counts).total == 0
    assert message_counts.day_of(blind, house["if-orders"].id, clock.now()) is None


def test_a_page_asks_the_history_twice_however_many_there_are(
    house: Mapping[str, Item], api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(house, clock.now())
    asked: list[str] = []
    for name in ("samples_of", "latest"):
        true = getattr(queries_of_history, name)

        def counted(*args: Any, _name: str = name, _true: Any = true, **more: Any) -> Any:
            asked.append(_name)
            return _true(*args, **more)

        monkeypatch.setattr(queries_of_history, name, counted)
    rows(api)
    assert sorted(asked) == ["latest", "samples_of"]
    asked.clear()
    rows(api, sort="-messages", measured="yes")
    assert sorted(asked) == ["latest", "samples_of"]


def test_without_the_history_the_list_stands_and_says_so(
    house: Mapping[str, Item], api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDROUND_HISTORY_URL", "http://u:p@127.0.0.1:9/none")
    assert {key: told["measured"] for key, told in rows(api).items()} == {
        "if-orders": "unknown", "if-results": "unknown", "if-silent": "unknown", "if-none": "no",
    }  # fmt: skip
    assert api.get("/interfaces", sort="-messages").status == 503
