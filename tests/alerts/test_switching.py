"""Switching a rule off: what is said before is what becomes of its open alerts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, connections

from tests.alerts.conftest import World
from tests.alerts.test_from_scrapes import DISK_LOW, install, install_templates
from tests.alerts.test_silence import LATE, NO_DATA, Targets
from tests.hospital import ApiClient, client_of
from wardround.alerts.models import Alert
from wardround.detection import actions
from wardround.kernel.models import AuditRecord

ENDING = "1 open alert, 3 targets that a rule watches no longer"
pytestmark = pytest.mark.servers


@pytest.fixture
def hospital(transactional_db: None) -> Iterator[World]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # no model's table: not flushed
    install(DISK_LOW, NO_DATA)
    install_templates("wardround", "test")
    yield World()
    connections.close_all()


@pytest.fixture
def admin(hospital: World) -> ApiClient:
    return client_of("chief", "administrator")


def test_its_open_alerts_end_as_was_said(hospital: World, admin: ApiClient) -> None:
    Targets(hospital)
    actions.judge_silence(at=LATE)
    assert Alert.objects.filter(ended_at=None, rule="NoData").count() == 1
    told = admin.post("/alert-rules/NoData/check-switch", {"enabled": False})
    assert told.body == {"ending": ENDING, "needs_consent": True, "problems": []}
    off = {"enabled": False, "reason": "机房搬迁"}
    assert admin.post("/alert-rules/NoData/switch", off).body["code"] == "consent_needed"
    assert admin.get("/alert-rules/NoData").body["enabled"] is True

    switched = admin.post("/alert-rules/NoData/switch", {**off, "consent": True})
    assert switched.status == 200, switched.body
    assert (switched.body["enabled"], switched.body["switched_because"]) == (False, "机房搬迁")
    actions.judge_silence(at=LATE + timedelta(seconds=10))
    assert list(Alert.objects.values_list("end_reason", flat=True)) == ["rule_removed"]
    actions.judge_silence(at=LATE + timedelta(minutes=5))
    assert Alert.objects.count() == 1
    assert [row["name"] for row in admin.get("/alert-rules", enabled="false").body["items"]] == [
        "NoData"
    ]

    on = admin.post("/alert-rules/NoData/switch", {"enabled": True, "reason": "搬迁完成"})
    assert (on.body["enabled"], on.body["switched_because"]) == (True, "搬迁完成")
    actions.judge_silence(at=LATE + timedelta(minutes=6))
    assert Alert.objects.filter(ended_at=None).count() == 1


def test_it_is_a_version_of_its_definition_and_a_line_of_the_audit(
    hospital: World, admin: ApiClient
) -> None:
    address = f"/definitions/alert-rules/{admin.get('/alert-rules/DiskLow').body['rule_set']}"
    before = admin.get(address).body["version"]
    off = {"enabled": False, "reason": "误报"}
    assert admin.post("/alert-rules/DiskLow/switch", off).status == 200
    assert admin.post("/alert-rules/DiskLow/switch", off).status == 200  # it is off already
    assert admin.get(address).body["version"] == before + 1
    line = AuditRecord.objects.get(action="definition.save")
    assert (line.actor_name, line.detail["reason"]) == ("chief (tests)", "误报")
    assert line.detail["set"] == "DiskLow: enabled = false"
    told = client_of("zhang", "administrator", language="zh-CN").get(
        "/audit", action="definition.save"
    )
    assert {"label": "原因", "text": "误报"} in told.body["items"][0]["told"]
    assert admin.get("/alert-rules/NoData").body["enabled"] is True


@pytest.mark.parametrize("role", ["duty-engineer", "engineer", "reader"])
def test_only_who_edits_definitions_switches(hospital: World, role: str) -> None:
    client = client_of("p", role)
    off = {"enabled": False, "reason": "误报"}
    assert client.post("/alert-rules/DiskLow/switch", off).status == 403
    assert client.post("/alert-rules/DiskLow/check-switch", {"enabled": False}).status == 403


def test_what_is_missing(admin: ApiClient) -> None:
    no_reason = admin.post("/alert-rules/DiskLow/switch", {"enabled": False, "reason": " "})
    assert (no_reason.status, no_reason.body["field"]) == (422, "reason")
    for path in ("switch", "check-switch"):
        body = {"enabled": False, **({"reason": "x"} if path == "switch" else {})}
        assert admin.post(f"/alert-rules/Unheard/{path}", body).status == 404
    assert admin.get("/alert-rules/Unheard").status == 404
