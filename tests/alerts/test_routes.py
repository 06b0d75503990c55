"""Alerts over HTTP: what is asked, what comes back, and who sees what."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.alerts.conftest import MORNING, World
from tests.alerts.test_actions import DETECTION, LATER, disk, over
from tests.hospital import ApiClient, client_of
from wardround.alerts import actions
from wardround.alerts.types import Severity
from wardround.kernel.types import Scope, system_actor
from wardround.schema.actions import import_packs
from wardround.schema.sources import Source


@pytest.fixture
def alerts(world: World) -> list[str]:
    """One of the database (open), one of the switch (open, critical), one that is over."""
    over_now = disk(world.database, "/old")
    values = [
        disk(world.database),
        disk(world.switch, "/s", severity=Severity.CRITICAL, at=LATER),
        over_now,
    ]
    ids = actions.raise_alerts(DETECTION, values, at=MORNING)
    actions.resolve_alerts(DETECTION, [over(over_now)], at=LATER)
    return [str(one) for one in ids]


def test_an_alert_in_full(api: ApiClient, world: World, alerts: list[str]) -> None:
    answer = api.get(f"/alerts/{alerts[0]}")
    assert answer.status == 200
    assert answer.body == {
        "id": alerts[0],
        "rule": "DiskLow",
        "rule_label": "Disk low",
        "severity": "warning",
        "availability": False,
        "item": {"id": str(world.database.id), "name": "HIS 数据库一", "type": "host"},
        "labels": {"mountpoint": "/"},
        "summary": "/ has 5 % left",
        "description": "",
        "runbook_url": "",
        "value": 0.05,
        "unit": "ratio",
        "state": "open",
        "started_at": "2026-03-02T08:00:00Z",
        "ended_at": None,
        "end_reason": "",
        "last_at": "2026-03-02T08:00:00Z",
        "systems": [{"id": str(world.his.id), "name": "HIS"}],
        "acknowledged": None,
        "silence": None,
        "may_handle": True,
    }


def test_the_runbook_of_its_rule_is_linked(api: ApiClient, alerts: list[str]) -> None:
    address = "https://wiki.example/disk#full"
    texts = {"summary": "x", "runbook_url": address}
    rule = {"alert": "DiskLow", "expr": "up == 0", "annotations": texts}
    body = {"kind": "alert-rules", "name": "t", "groups": [{"name": "g", "rules": [rule]}]}
    head = b'pack: test\nversion: "1"\nlabel: test\n'
    files = {"pack.yaml": head, "rules.yaml": json.dumps(body).encode()}
    import_packs(system_actor("tests"), [Source("test", files)], at=MORNING, consent=True)
    assert api.get(f"/alerts/{alerts[0]}").body["runbook_url"] == address
    assert api.get("/alert-rules").body["items"][0]["runbook_url"] == address


def test_in_the_readers_language(db: None, alerts: list[str]) -> None:
    chinese = client_of("wang", "administrator", language="zh-CN")
    assert chinese.get(f"/alerts/{alerts[0]}").body["rule_label"] == "磁盘空间不足"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, [2, 1, 0]),
        ({"state": "open"}, [1, 0]),
        ({"state": "resolved"}, [2]),
        ({"state": ["open", "resolved"]}, [2, 1, 0]),
        ({"severity": "critical"}, [1]),
        ({"severity": ["critical", "warning"], "state": "open"}, [1, 0]),
        ({"q": "/old"}, [2]),
        ({"q": "核心 left"}, [1]),
        ({"since": "2026-03-02T08:01:00Z"}, [1]),
        ({"sort": "severity"}, [1, 0, 2]),
        ({"sort": "-started_at"}, [1, 0, 2]),
        ({"limit": 2}, [2, 1]),
    ],
)
def test_filters(
    api: ApiClient, alerts: list[str], parameters: dict[str, object], expected: list[int]
) -> None:
    answer = api.get("/alerts", **parameters)
    assert answer.status == 200, answer.body
    assert [alerts.index(one["id"]) for one in answer.body["items"]] == expected


def test_by_item_and_system(api: ApiClient, world: World, alerts: list[str]) -> None:
    by_item = api.get("/alerts", item=[str(world.switch.id)]).body["items"]
    assert [one["id"] for one in by_item] == [alerts[1]]
    by_system = api.get("/alerts", system=[str(world.pacs.id)]).body["items"]
    assert [one["id"] for one in by_system] == [alerts[1]]


def test_pages_follow_each_other(api: ApiClient, alerts: list[str]) -> None:
    first = api.get("/alerts", limit=2, sort="severity").body
    second = api.get("/alerts", limit=2, sort="severity", cursor=first["next"]).body
    assert [one["id"] for one in [*first["items"], *second["items"]]] == [
        alerts[1],
        alerts[0],
        alerts[2],
    ]
    assert (first["total"], second["next"]) == (3, None)


def test_a_scope_hides_what_lies_outside(world: World, alerts: list[str]) -> None:
    pacs_only = client_of("li", "engineer", scope=Scope(systems=frozenset({world.pacs.id})))
    answer = pacs_only.get("/alerts")
    assert answer.status == 200, answer.body
    (seen,) = answer.body["items"]
    assert seen["id"] == alerts[1]
    assert seen["systems"] == [{"id": str(world.pacs.id), "name": "PACS"}]
    assert answer.body["total"] == 1
    assert pacs_only.get(f"/alerts/{alerts[0]}").status == 404


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"state": "shut"}, "state"),
        ({"severity": "bad"}, "severity"),
        ({"item": "x"}, "item"),
        ({"sort": "colour"}, "sort"),
        ({"cursor": "%%%"}, "cursor"),
        ({"limit": 0}, "limit"),
        ({"limit": 501}, "limit"),
        ({"since": "yesterday"}, "since"),
        ({"colour": "red"}, "colour"),
        ({"format": "pdf"}, "format"),
        ({"format": "xlsx", "columns": "colour"}, "columns"),
    ],
)
def test_bad_input_is_named(api: ApiClient, parameters: dict[str, object], field: str) -> None:
    answer = api.get("/alerts", **parameters)
    assert answer.status == 422
    assert field in str(answer.body)


def test_what_is_not_there(api: ApiClient) -> None:
    assert api.get(f"/alerts/{uuid4()}").status == 404


def test_nobody_without_sign_in(db: None) -> None:
    assert ApiClient(None).get("/alerts").status == 401


def test_a_workbook(api: ApiClient, alerts: list[str]) -> None:
    answer = api.get("/alerts", format="xlsx", columns="item,summary,labels", state="open")
    sheet = load_workbook(io.BytesIO(answer.body)).active
    assert sheet is not None
    assert list(sheet.iter_rows(values_only=True)) == [
        ("Item", "Summary", "Labels"),
        ("核心交换机一", "/s has 5 % left", "mountpoint=/s"),
        ("HIS 数据库一", "/ has 5 % left", "mountpoint=/"),
    ]


def test_the_number_of_queries_does_not_grow(api: ApiClient, world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert api.get("/alerts").status == 200
        return len(seen)

    actions.raise_alerts(DETECTION, [disk(world.database)], at=MORNING)
    few = queries()
    later = LATER + timedelta(hours=1)
    many = [disk(world.switch, f"/{number}") for number in range(40)]
    actions.raise_alerts(DETECTION, many, at=later)
    assert queries() <= few


def test_what_is_wrong_outside_of_a_filter_is_counted(world: World, alerts: list[str]) -> None:
    """As far as the reader sees: the one of the other system is no news to him."""
    everybody = client_of("wang", "engineer")
    pacs_only = client_of("li", "engineer", scope=Scope(systems=frozenset({world.pacs.id})))

    def hidden(client: ApiClient, **asked: object) -> object:
        return client.get("/alerts", **asked).body["abnormal_hidden"]

    assert hidden(everybody) == hidden(everybody, state="open") == 0
    assert hidden(everybody, severity="info") == hidden(everybody, q="nothing") == 2
    assert hidden(everybody, state="open", severity="critical") == 1
    assert hidden(everybody, state="resolved") == 2
    assert hidden(pacs_only, state="resolved") == 1
    assert hidden(pacs_only, severity="critical") == 0
    first = everybody.get("/alerts", limit=1).body
    assert hidden(everybody, limit=1, cursor=first["next"]) is None
