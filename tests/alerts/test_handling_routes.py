"""Handling alerts over HTTP: each role, one alert and several, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.alerts.conftest import MORNING, World
from tests.alerts.test_actions import DETECTION, disk
from tests.hospital import ApiClient, client_of
from wardround.access.builtin_roles import BUILT_IN
from wardround.alerts import actions
from wardround.alerts.permissions import HANDLE, READ
from wardround.kernel import clock
from wardround.kernel.types import Scope


@pytest.fixture
def alerts(world: World) -> list[str]:
    """Two of the switch, one of the database; none was seen since the morning."""
    values = [disk(world.switch, "/a"), disk(world.switch, "/b"), disk(world.database)]
    return [str(one) for one in actions.raise_alerts(DETECTION, values, at=MORNING)]


def soon(hours: float = 1) -> str:
    return (clock.now() + timedelta(hours=hours)).isoformat()


@pytest.mark.parametrize("role", [role.name for role in BUILT_IN])
def test_each_role(alerts: list[str], role: str) -> None:
    allowed = next(known.permissions for known in BUILT_IN if known.name == role)
    client = client_of(f"p-{role}", role)
    one = f"/alerts/{alerts[0]}"
    statuses = [
        client.post(f"{one}/acknowledgement", {"note": "在看"}).status,
        client.post(f"{one}/silence", {"until": soon(), "reason": "换盘"}).status,
        client.delete(f"{one}/silence").status,
        client.post("/alerts/acts", {"alerts": alerts[1:2], "act": "acknowledge"}).status,
        client.post(f"{one}/closing", {"reason": "误报"}).status,
    ]
    assert statuses == ([200, 200, 204, 200, 200] if HANDLE in allowed else [403] * 5)
    shown = client.get(one)
    assert shown.status == (200 if READ in allowed else 403)
    if shown.status == 200:
        assert shown.body["may_handle"] == (HANDLE in allowed)


def test_who_handles_alerts() -> None:
    holders = {role.name for role in BUILT_IN if HANDLE in role.permissions}
    assert holders == {"administrator", "duty-engineer", "engineer"}


def test_a_silence_shows_itself_and_is_found(api: ApiClient, alerts: list[str]) -> None:
    until = soon(2)
    shown = api.post(f"/alerts/{alerts[0]}/silence", {"until": until, "reason": "换盘"}).body
    assert shown["state"] == "open"
    assert shown["silence"]["reason"] == "换盘"
    assert shown["silence"]["by"]["name"]

    def found(**parameters: object) -> list[str]:
        return [one["id"] for one in api.get("/alerts", **parameters).body["items"]]

    assert found(silenced="true") == [alerts[0]]
    assert alerts[0] not in found(silenced="false", state="open")
    assert found(acknowledged="true") == []
    api.post(f"/alerts/{alerts[2]}/acknowledgement", {})
    assert found(acknowledged="true") == [alerts[2]]
    api.post(f"/alerts/{alerts[1]}/closing", {"reason": "误报"})
    assert found(state="closed") == [alerts[1]]
    assert found(state="resolved") == []
    assert found(same_as=alerts[1]) == [alerts[1]]


def test_its_timeline_in_the_readers_language(api: ApiClient, alerts: list[str]) -> None:
    one = f"/alerts/{alerts[0]}"
    api.post(f"{one}/acknowledgement", {"note": "在看"})
    api.post(f"{one}/silence", {"until": soon(), "reason": "换盘"})
    api.delete(f"{one}/silence")
    chinese = client_of("wang", "administrator", language="zh-CN").get(f"{one}/timeline")
    assert [line["kind"] for line in chinese.body["items"]] == [
        "lifted",
        "silenced",
        "acknowledged",
        "began",
    ]
    assert chinese.body["items"][1]["text"] == "换盘"
    assert chinese.body["items"][1]["told"].startswith("静默到 ")
    assert chinese.body["items"][3]["actor"] is None
    told = client_of("auditor", "auditor", language="zh-CN").get("/audit", action="alert.silence")
    assert told.body["items"][0]["action_label"] == "静默告警"


def test_each_of_several_answers_for_itself(world: World, alerts: list[str]) -> None:
    pacs = client_of("li", "engineer", scope=Scope(systems=frozenset({world.pacs.id})))
    answer = pacs.post(
        "/alerts/acts",
        {"alerts": [*alerts, str(uuid4())], "act": "silence", "until": soon(), "reason": "切换"},
    )
    assert answer.status == 200, answer.body
    assert answer.body["done"] == alerts[:2]
    assert [refused["code"] for refused in answer.body["refused"]] == ["unknown_alert"] * 2
    lifted = pacs.post("/alerts/acts", {"alerts": alerts[:2], "act": "lift"})
    assert lifted.body == {"done": alerts[:2], "refused": []}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("silence", {"reason": "x"}, "until"),
        ("silence", {"until": "2026-03-02T09:00:00Z", "reason": "x"}, "until"),
        ("silence", {"until": "2199-03-02T09:00:00Z", "reason": "x"}, "until"),
        ("silence", {"until": "2199-03-02T09:00:00Z", "reason": " "}, "reason"),
        ("closing", {}, "reason"),
        ("closing", {"reason": "x" * 1001}, "reason"),
        ("acknowledgement", {"colour": "red"}, "colour"),
    ],
)
def test_what_is_missing_is_named(
    api: ApiClient, alerts: list[str], path: str, body: dict[str, str], field: str
) -> None:
    answer = api.post(f"/alerts/{alerts[0]}/{path}", body)
    assert answer.status == 422, answer.body
    assert field in str(answer.body)
    assert api.get(f"/alerts/{alerts[0]}").body["silence"] is None


@pytest.mark.parametrize("count", [0, 201])
def test_at_most_so_many_at_once(api: ApiClient, count: int) -> None:
    ids = [str(uuid4()) for _ in range(count)]
    answer = api.post("/alerts/acts", {"alerts": ids, "act": "acknowledge"})
    assert answer.status == 422
    assert "alerts" in str(answer.body)


def test_what_holds_is_not_closed(api: ApiClient, world: World) -> None:
    now = clock.now()
    (fresh,) = actions.raise_alerts(DETECTION, [disk(world.database, "/n", at=now)], at=now)
    answer = api.post(f"/alerts/{fresh}/closing", {"reason": "误报"})
    assert (answer.status, answer.body["code"]) == (409, "still_holds")
