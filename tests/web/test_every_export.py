"""Every workbook is read by people: each route that gives one is found in the API's document, and
no cell of it holds an id, an inner name, a raw count of bytes or escaped text.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from openpyxl import load_workbook

from tests.hospital import HOSPITAL
from tests.web.conftest import NOW, Installation
from wardround.alerts import actions as alerts
from wardround.alerts.types import Raise, Severity
from wardround.cmdb import actions as cmdb
from wardround.cmdb import merging, ruled
from wardround.cmdb.types import NewItem, NewRelation, Standby
from wardround.collect import actions as collect
from wardround.collect.types import CollectorRow, Reason, State, TargetStanding
from wardround.kernel import clock, wording
from wardround.kernel.ids import new_id
from wardround.tickets import actions as tickets
from wardround.tickets.types import OpenTicket
from wardround.web.api import api

pytestmark = [pytest.mark.django_db, pytest.mark.servers, pytest.mark.once]
DOCUMENT: dict[str, Any] = dict(api.get_openapi_schema())
EXPORTS = sorted(
    path.removeprefix("/api/v1")
    for path, methods in DOCUMENT["paths"].items()
    for parameter in methods.get("get", {}).get("parameters", ())
    if parameter["name"] == "format" and "xlsx" in str(parameter["schema"])
)
ASKED = {
    "/paths/items": "/paths/items?from={system_id}&to={big}",
    "/items/{item_id}/graph/items": "/items/{big}/graph/items",
    "/items/{item_id}/versions": "/items/{document}/versions",
}
"""What is looked at of paths that need more than an id of anything."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-")
_INNER = re.compile(r"[a-z]+(_[a-z]+)+|[a-z]+\.[a-z]+[a-z_.]*")
_ESCAPED = re.compile(r"&(amp|lt|gt|quot|#\d+);|\\u[0-9a-f]{4}|\\n|_x[0-9A-Fa-f]{4}_")
_CODES = {"标识", "种类标识", "编码", "编号", "用户名", "文件", "条件", "恢复条件", "标签", "地址"}
"""Heads of columns that hold what people call by a code, or wrote themselves."""
_RAW = 10 * 2**20
"""No count that is larger stands in a workbook, but digits that somebody typed."""
MEMORY, SERIAL = 68_719_476_736, 123_456_789


@pytest.fixture
def _django_db_helper(installation: Installation) -> None:
    """One database set up for the whole module, in place of an empty one for each test."""


@pytest.fixture
def busy(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """With something in every state and of every unit; nothing of it stays."""
    with transaction.atomic():
        _work(installation)
        monkeypatch.setattr(ruled, "MOST", 0)  # any value is too common to relate by
        twins = {"kind": "relation-rule", "name": "twins", "label": "同序列号"}
        ends = {key: {"type": "host", "attribute": "serial"} for key in ("from", "to")}
        text = json.dumps({**twins, "relation": "linked-with", **ends})
        saved = installation.api.put("/definitions/relation-rule/twins", {"text": text})
        assert saved.status == 200, saved.body
        yield installation
        transaction.set_rollback(True)


def _work(installation: Installation) -> None:
    at = clock.now()
    attributes = {"memory": MEMORY, "cpu_cores": SERIAL, "serial": "a < b & c"}
    host = NewItem(type="host", name="内存多的主机", key="big", attributes=attributes)
    big = cmdb.create_item(HOSPITAL, host, at=at)
    cmdb.create_item(
        HOSPITAL, NewItem(type="switch", name="接入", attributes={"tier": "access"}), at=at
    )
    between = {"protocol": "HL7 v2", "patient_data": True}
    order = NewItem(type="interface", name="申请单接口", key="if", attributes=between)
    cmdb.create_item(HOSPITAL, order, at=at)
    cmdb.relate(HOSPITAL, NewRelation("provides", "big", "if"), at=at)
    ward = {"network": "10.9.1.0/24", "gateway": "10.9.1.1"}
    network = NewItem(type="subnet", name="病区", attributes=ward)
    system = NewItem(type="business-system", name="检验系统", key="lis")
    installation.ids["system_id"] = cmdb.create_item(HOSPITAL, system, at=at).id
    installation.ids["big"] = big.id
    cmdb.relate(HOSPITAL, NewRelation("runs-on", "lis", "big"), at=at)
    installation.ids["network_id"] = cmdb.create_item(HOSPITAL, network, at=at).id
    line = NewItem(type="network-link", name="专线", key="line")
    cmdb.create_item(HOSPITAL, line, at=at)
    cmdb.relate(HOSPITAL, NewRelation("ends-at", "line", "big"), at=at)
    kept = NewRelation("runs-on", "big", "host-1", group="g", standby=Standby.COLD)
    cmdb.relate(HOSPITAL, kept, at=at)
    twice = cmdb.create_item(HOSPITAL, NewItem(type="host", name="重复的主机"), at=at)
    merging.merge(HOSPITAL, merging.Wanted(big.id, (twice.id,)), at=at)
    standing = TargetStanding(
        installation.target, State.DOWN, Reason.REFUSED, "no one answers", at, 0.5, 3
    )
    collect.record_standings(new_id(), [standing])
    collect.heartbeat(CollectorRow(new_id(), "wr-1", 7, at, at, 3, 1.25, 5 * 2**30, {}))
    for unit, value in (("bytes", 7.5e9), ("ratio", 0.973), ("seconds", 5025.0)):
        alerts.raise_alerts(HOSPITAL, [_raise(big.id, unit, value)], at=at)
    plan = [("应急预案.txt", "停机时先通知检验科".encode())]
    taken = installation.api.upload(f"/items/{installation.item}/documents", file=plan)
    assert taken.status == 201, taken.body
    installation.ids["document"] = UUID(taken.body["document"]["id"])
    urgent = OpenTicket("incident", "检验 <停>", impact="high", urgency="low", item=big.id)
    tickets.open_ticket(HOSPITAL, urgent, at=at)


def _raise(item: UUID, unit: str, value: float) -> Raise:
    return Raise(
        rule=f"Much{unit}", rule_label_zh="太多", rule_label_en="Much", severity=Severity.DISASTER,
        availability=False, item_id=item, labels=(), summary_zh="太多", summary_en="much",
        value=value, unit=unit, at=NOW,
    )  # fmt: skip


def table(installation: Installation, path: str, language: str = "zh-hans") -> list[dict[str, Any]]:
    """The rows of a workbook, by the heads of its columns."""
    asked = f"{path}{'&' if '?' in path else '?'}format=xlsx"
    answer = installation.send("GET", asked, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.content
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


def states() -> set[str]:
    """The inner names of everything that has a word of its own."""
    values: set[object] = {value for _values, value in wording._called}
    return {str(value) for value in values}


def test_exports_are_found() -> None:
    assert {"/items", "/tickets", "/alerts", "/audit", "/collectors"} <= set(EXPORTS)


@pytest.mark.parametrize("path", EXPORTS)
def test_every_workbook_is_in_words(busy: Installation, path: str) -> None:
    rows = table(busy, ASKED.get(path, path).format(**busy.ids))
    assert rows, f"nothing to look at: give {path} something in this test"
    for row in rows:
        for head, value in row.items():
            told = f"{path}, {head}: {value!r}"
            assert re.search("[一-鿿]|CPU|VLAN|SHA-256", head), told
            _check(head, value, told)


def _check(head: str, value: object, told: str) -> None:
    if isinstance(value, str):
        assert not _UUID.search(value), told
        assert not _ESCAPED.search(value), told
        if head.partition(" (")[0] not in _CODES:
            assert value not in states(), told
            assert not _INNER.fullmatch(value), told
    assert not isinstance(value, bool), told
    if isinstance(value, int | float):
        assert abs(value) < _RAW or value == SERIAL, told
    elif isinstance(value, datetime):
        assert "(UTC+08:00)" in head, told


def test_numbers_keep_their_digits_and_units_stand_in_the_head(busy: Installation) -> None:
    row = next(row for row in table(busy, "/items") if row["名称"] == "内存多的主机")
    heads = {head.partition(" (")[0]: head for head in row}
    assert heads["内存"] == "内存 (MiB)"
    assert (row["内存 (MiB)"], row["CPU 核数"], row["序列号"]) == (65536, SERIAL, "a < b & c")
    assert next(row for row in table(busy, "/items") if row["名称"] == "接入")["层级"] == "接入"
    (collector,) = [row for row in table(busy, "/collectors") if row["主机"] == "wr-1"]
    assert collector["磁盘暂存（MiB）"] == 5120
    values = {row["数值"] for row in table(busy, "/alerts")}
    assert {"7.0 GiB", "97.3%", "1:23:45"} <= values
    ticket = next(row for row in table(busy, "/tickets") if row["标题"] == "检验 <停>")
    assert (ticket["影响度"], ticket["紧急度"]) == ("高", "低")
    (relation,) = [row for row in table(busy, "/relations") if row["分组"]]
    assert relation["备用方式"] == "冷备"
    (target,) = table(busy, "/targets")
    assert target["状态"] == "从未应答"


def test_words_are_those_of_the_reader(busy: Installation) -> None:
    told = {row["Condition"] for row in table(busy, "/items", "en")}
    assert {"Down", "Unknown"} <= told <= {"Down", "Unknown", "Critical"}


def test_words_of_two_enumerations_with_one_value_are_told_apart() -> None:
    class Here(Enum):
        DOWN = "down"

    wording.call_values({Here.DOWN: wording.Label("在下", "below")})
    try:
        assert wording.called(State.DOWN) != wording.called(Here.DOWN)
    finally:
        del wording._called[Here, "down"]
