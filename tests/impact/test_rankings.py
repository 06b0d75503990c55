"""What is critical and what is fragile, beside a day that is kept, within reach."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cmdb.conftest import AT, base, hospital
from tests.hospital import ApiClient, client_of
from wardround.cmdb.graph import ID
from wardround.impact import days
from wardround.impact.day_cells import DayCells, chosen_day, gained, is_kept, packed, unpacked
from wardround.impact.models import MatrixDay
from wardround.kernel.types import Scope

__all__ = ["base", "hospital"]
PACS = "放射科PACS/RIS"
CELLS = st.dictionaries(
    st.tuples(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16)),
    st.sampled_from([2, 3]),
    max_size=20,
)


def cells_of(said: dict[tuple[bytes, bytes], int]) -> DayCells:
    items = np.array([item for item, _service in said], ID)
    services = np.array([service for _item, service in said], ID)
    return DayCells(services, items, np.array([*said.values()], np.uint8))


@given(CELLS, CELLS)
def test_what_is_kept_is_what_is_read_and_what_is_new_is_not_there(
    then: dict[tuple[bytes, bytes], int], now: dict[tuple[bytes, bytes], int]
) -> None:
    again = unpacked(packed(cells_of(then)))
    assert again.pairs.tolist() == cells_of(then).pairs.tolist()
    assert again.codes.tolist() == [*then.values()]
    assert gained(cells_of(now), again).tolist() == [pair not in then for pair in now]


@given(st.dates(date(2026, 1, 1), date(2029, 1, 1)), st.integers(0, 900))
def test_each_day_is_kept_for_two_months_and_then_mondays(today: date, age: int) -> None:
    day = today - timedelta(days=age)
    assert is_kept(day, today) == (age <= 62 or (age <= 800 and day.weekday() == 0))


def test_the_day_is_the_last_until_then_or_the_first() -> None:
    kept = [date(2026, 3, 2), date(2026, 3, 9)]
    assert chosen_day(kept, date(2026, 3, 8)) == kept[0]
    assert chosen_day(kept, date(2026, 1, 1)) == kept[0]
    assert chosen_day([], date(2026, 1, 1)) is None


@pytest.fixture
def li(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def ranked(client: ApiClient, **filters: Any) -> dict[str, Any]:
    answer = client.get("/impact/rankings", **filters)
    assert answer.status == 200, answer.body
    return {row["name"]: row for row in answer.body["items"]}


@pytest.mark.django_db
@pytest.mark.once
def test_items_by_class_and_services_by_single_points(
    hospital: dict[str, UUID], li: ApiClient
) -> None:
    """PACS is of class A, the laboratory of B: X counts three times four, and three times two."""
    items = ranked(li)
    assert (items["核心交换机 1"]["single"], items["核心交换机 1"]["score"]) == (2, 18)
    assert items["核心交换机 1"]["gained"] is None
    services = ranked(li, of="services")
    assert list(services) == [PACS, "实验室信息化管理系统"]
    assert (services[PACS]["single"], services[PACS]["importance"]) == (4, "A")
    assert list(ranked(li, of="services", importance="B")) == ["实验室信息化管理系统"]
    assert li.get("/impact/rankings", format="xlsx").status == 200


@pytest.mark.django_db
@pytest.mark.once
def test_the_trend_and_the_cells_since_a_day(hospital: dict[str, UUID], li: ApiClient) -> None:
    assert li.get("/impact/matrix/changes", since="2026-03-02").body["day"] is None
    days.keep(at=AT)
    li.post("/items/delete", {"items": [str(hospital[key]) for key in ("pacs-app-2", "if-1")]})
    assert li.get("/impact/days").body == {"days": ["2026-03-02"]}
    pacs = ranked(li, of="services")[PACS]
    assert (pacs["gained"], pacs["lost"]) == (3, 3)
    assert list(ranked(li, of="services", trend="worse")) == [PACS]
    body = li.get("/impact/matrix/changes", since="2026-03-20").body
    assert body["day"] == "2026-03-02"
    came = {(each["item"]["name"], each["then"], each["now"]) for each in body["gained"]}
    assert came == {(name, None, "X") for name in ("PACS 应用 1", "PACS 数据库", "物理服务器 1")}
    went = {(each["item"]["name"], each["deleted"]) for each in body["lost"]}
    assert ("申请单接口", True) in went
    assert MatrixDay.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.once
def test_they_are_cut_to_the_readers_reach(hospital: dict[str, UUID], li: ApiClient) -> None:
    days.keep(at=AT)
    li.post("/items/delete", {"items": [str(hospital["pacs-app-2"])]})
    said = f'name = "{PACS}" or name = "PACS 应用 1"'
    wang = client_of("wang", "reader", scope=Scope(where=frozenset({said})))
    assert list(ranked(wang)) == ["PACS 应用 1"]
    assert ranked(wang, of="services")[PACS]["single"] == 1
    body = wang.get("/impact/matrix/changes", since="2026-03-02").body
    assert [each["item"]["name"] for each in body["gained"]] == ["PACS 应用 1"]
    assert len(body["hidden"]) == len(set(body["hidden"])) > 0
    assert "PACS 数据库" not in str(body)
