"""What ends soon is found, and an alert tells it ahead of time: once, and only while it holds."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.cmdb.conftest import AT, base, hospital
from tests.cmdb.test_serving import proposal
from tests.hospital import ApiClient, client_of
from wardround.alerts import actions, notices
from wardround.alerts.models import Alert
from wardround.cmdb.models import Item
from wardround.kernel import clock
from wardround.kernel.ids import new_id

__all__ = ["base", "hospital"]

TODAY = clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date()


# The rule -----------------------------------------------------------------------------------------

NOTICES = st.lists(st.integers(1, 400), min_size=1, max_size=5, unique=True).map(
    lambda days: tuple(sorted(days, reverse=True))
)


@given(NOTICES, st.integers(-500, 500))
def test_notice_grows_as_the_end_comes_near(days: tuple[int, ...], left: int) -> None:
    step, later = notices.step_of(days, left), notices.step_of(days, left - 1)
    if step is None:
        assert left > days[0]
        return
    assert step == notices.ENDED if left < 0 else left <= step
    assert not any(left <= other < step for other in days if left >= 0)
    assert later is not None
    assert later <= step
    ranks = ["info", "warning", "critical"]
    assert ranks.index(notices.severity_of(days, later)) >= ranks.index(
        notices.severity_of(days, step)
    )


@pytest.mark.parametrize(
    ("left", "step", "severity"),
    [
        (91, None, None), (90, 90, "info"), (31, 90, "info"), (30, 30, "warning"),
        (0, 7, "warning"), (-1, 0, "critical"),
    ],
)  # fmt: skip
def test_the_steps(left: int, step: int | None, severity: str | None) -> None:
    assert notices.step_of((90, 30, 7), left) == step
    if step is not None:
        assert notices.severity_of((90, 30, 7), step) == severity


# Through the door ---------------------------------------------------------------------------------


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


@pytest.fixture
def contract(admin: ApiClient) -> str:
    """A contract that ends in 60 days."""
    body = {"type": "contract", "name": "PACS 维保", "key": "c-1"}
    made = admin.post("/items", {**body, "attributes": {"ends_on": day(60)}})
    assert made.status == 201, made.body
    return str(made.body["id"])


def day(left: int) -> str:
    return (TODAY + timedelta(days=left)).isoformat()


def at(left_days: int = 0) -> datetime:
    """Noon in the hospital, so many days from now."""
    noon = datetime.combine(TODAY, time(12), ZoneInfo("Asia/Shanghai"))
    return noon + timedelta(days=left_days)


def ends(admin: ApiClient, item: object, **attributes: Any) -> None:
    version = admin.get(f"/items/{item}").body["version"]
    done = admin.patch(f"/items/{item}", {"version": version, "attributes": attributes})
    assert done.status == 200, done.body


def found(client: ApiClient) -> set[str]:
    rows = client.get("/items", finding="expiring").body["items"]
    (told,) = [
        each["count"]
        for each in client.get("/data-quality").body["findings"]
        if each["name"] == "expiring"
    ]
    assert told == len(rows)
    return {row["key"] for row in rows}


def told(client: ApiClient, state: str = "open") -> list[tuple[str, str]]:
    rows = client.get("/alerts", state=state, rule="wardround.expiry").body["items"]
    return [(row["severity"], row["summary"]) for row in rows]


def test_what_ends_within_its_notice_is_found(
    admin: ApiClient, contract: str, hospital: dict[str, UUID]
) -> None:
    assert found(admin) == {"c-1"}
    ends(admin, hospital["host-1"], warranty_ends_on=day(-400))
    ends(admin, hospital["host-2"], warranty_ends_on=day(91))
    ends(admin, contract, ends_on=day(90))
    assert found(admin) == {"c-1", "host-1"}
    admin.post(f"/items/{hospital['host-1']}/retire")
    assert found(admin) == {"c-1"}


def test_an_alert_tells_ahead_once_and_with_each_notice(
    admin: ApiClient, contract: str, hospital: dict[str, UUID]
) -> None:
    assert len(actions.follow_dates(at=at())) == 1
    assert actions.follow_dates(at=at()) == ()
    assert told(admin) == [("info", f"Ends on: {day(60)}, in 90 days at most")]
    assert told(client_of("wu", "reader", language="zh-hans"))[0][1] == (
        f"到期日期：{day(60)}，不足 90 天"
    )
    assert actions.follow_dates(at=at(29)) == ()
    assert len(actions.follow_dates(at=at(30))) == 1
    assert len(actions.follow_dates(at=at(61))) == 1
    assert told(admin) == [("critical", f"Ends on: {day(60)} has passed")]
    assert len({*Alert.objects.values_list("fingerprint", flat=True)}) == 1
    assert len(told(admin, "resolved")) == 2
    assert Item.objects.get(id=contract).condition == "unknown"
    actions.follow_dates(at=at(91))
    assert told(admin) == []


def test_it_ends_when_the_date_moves_or_the_item_goes(
    admin: ApiClient, contract: str, hospital: dict[str, UUID]
) -> None:
    ends(admin, hospital["host-1"], warranty_ends_on=day(5))
    actions.follow_dates(at=at())
    assert len(told(admin)) == 2
    ends(admin, contract, ends_on=day(425))
    actions.follow_dates(at=at())
    assert [severity for severity, _ in told(admin)] == ["warning"]
    admin.post(f"/items/{hospital['host-1']}/retire")
    actions.follow_dates(at=at())
    assert told(admin) == []
    (row,) = Alert.objects.filter(item_id=contract)
    lines = admin.get(f"/alerts/{row.id}/timeline").body
    assert "the date was moved" in str(lines)


def test_a_notice_that_somebody_closed_is_not_given_again(admin: ApiClient, contract: str) -> None:
    (alert,) = actions.follow_dates(at=at())
    Alert.objects.filter(id=alert).update(
        last_at=clock.now() - timedelta(days=1), started_at=clock.now() - timedelta(days=1)
    )
    closed = admin.post(f"/alerts/{alert}/closing", {"reason": "不再续签"})
    assert closed.status == 200, closed.body
    assert actions.follow_dates(at=at()) == ()
    assert len(actions.follow_dates(at=at(35))) == 1


def test_a_kept_date_is_told_to_nobody_and_found_by_who_sees_it(
    admin: ApiClient, contract: str, hospital: dict[str, UUID]
) -> None:
    actions.follow_dates(at=at())
    path = "item-type/contract"
    change = ("{name: ends_on,", "{name: ends_on, seen_by: [engineer],")
    saved = admin.put(f"/definitions/{path}", proposal(admin, path, change))
    assert saved.status == 200, saved.body
    actions.follow_dates(at=at())
    assert told(admin) == []
    assert found(admin) == {"c-1"}
    assert found(client_of("dir", "director")) == set()


def test_what_is_no_notice_is_refused(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    path = "item-type/contract"
    for key, wrong in (
        ("{name: ends_on,", "[7d, 1w]"),
        ("{name: signed_on,", "[36h]"),
        ("{name: number,", "[30d]"),
    ):
        change = ("expires: [90d, 30d, 7d]", "filter: true"), (key, f"{key} expires: {wrong},")
        answer = admin.put(f"/definitions/{path}", proposal(admin, path, *change))
        assert answer.status == 422
        assert "expires" in str(answer.body["problems"])
    right = ("{name: signed_on,", "{name: signed_on, expires: [7d, 30d],")
    assert admin.put(f"/definitions/{path}", proposal(admin, path, right)).status == 200


def test_a_fixed_number_of_statements(admin: ApiClient, contract: str) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            actions.follow_dates(at=at())
        return len(captured)

    first = asked()
    Item.objects.bulk_create(
        Item(
            id=new_id(), key=f"m-{number}", type="contract", name=f"m{number}",
            attributes={"ends_on": day(number)}, created_at=AT, updated_at=AT,
        )
        for number in range(50)
    )  # fmt: skip
    assert asked() <= first
    assert Alert.objects.filter(ended_at=None).count() == 51
