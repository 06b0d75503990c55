"""A rule is switched by two at once, with whatever words, while alerts are silenced or closed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from tests.alerts.conftest import World
from tests.alerts.test_handling import LI
from tests.alerts.test_silence import LATE, Targets
from tests.alerts.test_switching import admin, hospital
from tests.hospital import ApiClient, client_of
from wardround.alerts import actions as alerts
from wardround.alerts.models import ActLine, Alert, Silence
from wardround.alerts.types import Act, Wanted
from wardround.detection import actions
from wardround.kernel import clock
from wardround.kernel.models import AuditRecord

__all__ = ["admin", "hospital"]
pytestmark = pytest.mark.servers


@pytest.mark.parametrize(
    "reason",
    [
        "a\tb",
        "第一行\n第二行\r\n- alert: Evil",
        "a\x0bb\x0cc\x85d\u2028e\u2029f",
        "a \" b \\ c ' d",
        "# not a remark: x, {y: [z]}",
        "&a *b !c |d >e %f @g `h",
        "---",
        "true",
        "~",
        "\ufffe\uffff😀",
        "长" * 500,
        "100% %(name)s {{ item }}",
        "\x1c\x1d\x1e\x1f x",
    ],
)
def test_whatever_the_reason_says_it_is_kept(
    hospital: World, admin: ApiClient, reason: str
) -> None:
    for on in (False, True):
        answer = admin.post("/alert-rules/DiskLow/switch", {"enabled": on, "reason": reason})
        assert answer.status == 200, answer.body
        assert answer.body["enabled"] is on
        shown = answer.body["switched_because"]
        again = admin.get("/alert-rules/DiskLow").body["switched_because"]
        assert shown == again
        assert [row["name"] for row in admin.get("/alert-rules").body["items"]] == [
            "DiskLow",
            "NoData",
        ]
    line = AuditRecord.objects.filter(action="definition.save").order_by("-id").first()
    assert line is not None
    assert line.detail["reason"] == shown


def test_of_two_who_switch_at_once_one_is_told(hospital: World, admin: ApiClient) -> None:
    clients = [admin, *(client_of(f"chief{n}", "administrator") for n in range(3))]

    def switch(number: int) -> int:
        try:
            off = {"enabled": False, "reason": f"因为 {number}"}
            return clients[number].post("/alert-rules/DiskLow/switch", off).status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(switch, range(4)))
    assert set(found) <= {200, 409}
    assert 200 in found
    assert AuditRecord.objects.filter(action="definition.save").count() == 1
    assert admin.get("/alert-rules/DiskLow").body["enabled"] is False


def test_a_silence_outlives_its_rule_being_off(hospital: World, admin: ApiClient) -> None:
    Targets(hospital)
    actions.judge_silence(at=LATE)
    first = Alert.objects.get(rule="NoData")
    until = clock.now() + timedelta(hours=1)
    alerts.handle(LI, first.id, Wanted(Act.SILENCE, "搬迁", until))
    off = {"enabled": False, "reason": "机房搬迁", "consent": True}
    assert admin.post("/alert-rules/NoData/switch", off).status == 200
    actions.judge_silence(at=LATE + timedelta(seconds=10))
    assert not Alert.objects.filter(ended_at=None).exists()
    assert admin.post("/alert-rules/NoData/switch", {"enabled": True, "reason": "完"}).status == 200
    actions.judge_silence(at=LATE + timedelta(minutes=6))
    second = Alert.objects.get(ended_at=None)
    assert ActLine.objects.filter(alert=second, kind="held").count() == 1
    assert Silence.objects.filter(ended_at=None).count() == 1
    alerts.handle(LI, second.id, Wanted(Act.LIFT))


def test_what_was_closed_stays_so_while_its_rule_is_off(hospital: World, admin: ApiClient) -> None:
    Targets(hospital)
    actions.judge_silence(at=LATE)
    first = Alert.objects.get(rule="NoData")
    alerts.handle(LI, first.id, Wanted(Act.CLOSE, "搬走"))
    off = {"enabled": False, "reason": "机房搬迁", "consent": True}
    assert admin.post("/alert-rules/NoData/switch", off).status == 200
    for minute in (1, 2):
        actions.judge_silence(at=clock.now() + timedelta(minutes=minute))
    assert not Alert.objects.filter(ended_at=None).exists()
    assert admin.post("/alert-rules/NoData/switch", {"enabled": True, "reason": "完"}).status == 200
    actions.judge_silence(at=clock.now() + timedelta(minutes=6))
    assert Alert.objects.filter(ended_at=None, rule="NoData").count() == 1
