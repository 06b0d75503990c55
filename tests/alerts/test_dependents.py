"""Rules that stop to watch: the targets they watched and the alerts they end are counted before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.alerts.conftest import MORNING, World
from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.alerts.models import Alert
from wardround.cmdb.models import Item
from wardround.collect.models import TargetRow
from wardround.kernel.ids import new_id
from wardround.schema import actions as schema

POSTGRES = "/definitions/alert-rules/postgresql"
EXTRA = """\
kind: alert-rules
name: extra
label: Extra
groups:
  - name: all
    rules:
      - {alert: Silent, expr: up == 0, annotations: {summary: silent}}
      - {alert: Odd, expr: pg_connections_used_ratio > 0.5, annotations: {summary: odd}}
"""
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(world: World) -> ApiClient:
    """Two PostgreSQL targets, one of which is paused, and a Linux machine."""
    schema.import_shipped(HOSPITAL, at=MORNING, names=["base", "monitors"])
    target(world.database, "postgresql")
    target(world.database, "postgresql", enabled=False)
    target(world.switch, "linux-machine")
    return client_of("watcher", "administrator")


def target(item: Item, template: str, *, enabled: bool = True) -> TargetRow:
    return TargetRow.objects.create(
        name=f"{template}-{new_id()}",
        item=item,
        template=template,
        interval_s=15,
        timeout_s=5,
        enabled=enabled,
        created_at=MORNING,
        updated_at=MORNING,
        asked_at=MORNING,
    )


def alert(rule: str, of: TargetRow) -> None:
    Alert.objects.create(
        fingerprint=new_id(),
        rule=rule,
        rule_label_zh=rule,
        rule_label_en=rule,
        severity="warning",
        item_id=of.item_id,
        item_name="x",
        target_id=of.id,
        summary_zh="x",
        summary_en="x",
        started_at=MORNING,
        last_at=MORNING,
    )


def lost(answer: Mapping[str, Any]) -> dict[str, int]:
    assert answer["problems"] == []
    return {each["thing"]: each["count"] for change in answer["changes"] for each in change["lost"]}


def test_rules_that_go_are_counted_in_the_targets_they_watch(admin: ApiClient) -> None:
    told = admin.post(f"{POSTGRES}/check-retirement").body
    assert (lost(told), told["lost"]) == ({"target": 1}, "1 target that a rule watches no longer")
    refused = admin.delete(f"{POSTGRES}?base_version=1")
    assert (refused.status, refused.body["code"]) == (409, "consent_needed")
    assert admin.delete(f"{POSTGRES}?base_version=1&consent=true").status == 204


def test_one_rule_switched_off_and_one_for_fewer_templates_count(admin: ApiClient) -> None:
    text = admin.get(POSTGRES).body["text"]
    off = text.replace(
        "- alert: PostgresDeadlocks\n", "- alert: PostgresDeadlocks\n        enabled: false\n"
    )
    assert off != text
    assert lost(admin.post(f"{POSTGRES}/check", {"text": off, "base_version": 1}).body) == {
        "target": 1
    }
    same = text.replace("Database unavailable", "Database away")
    assert lost(admin.post(f"{POSTGRES}/check", {"text": same, "base_version": 1}).body) == {}


def test_alerts_of_targets_that_the_rule_is_no_longer_for_are_counted(
    admin: ApiClient, world: World
) -> None:
    path = "/definitions/alert-rules/extra"
    assert admin.put(path, {"text": EXTRA}).status == 200
    for row in TargetRow.objects.filter(enabled=True):
        alert("Silent", row)
    narrowed = EXTRA.replace("label: Extra\n", "label: Extra\ntemplate: postgresql\n")
    wanted = {"text": narrowed, "base_version": 1}
    checked = admin.post(f"{path}/check", wanted).body
    # the machine is watched no longer by the rule over `up`, and its alert ends
    assert lost(checked) == {"alert": 1, "target": 1}
    assert admin.put(path, wanted).status == 409
    assert admin.put(path, {**wanted, "consent": True}).status == 200
    wider = {"text": EXTRA, "base_version": 2}
    assert lost(admin.post(f"{path}/check", wider).body) == {}
    gone = admin.post(f"{path}/check-retirement").body
    assert lost(gone) == {"alert": 2, "target": 1}


TEMPLATE = """\
kind: monitor-template
name: {name}
label: Pump
driver: prometheus
groups:
  - name: main
    metrics:
      pump_flow: {{label: Flow}}
      pump_air: {{label: Air}}
"""
PUMPS = """\
kind: alert-rules
name: pumps
label: Pumps
template: [old-pump, new-pump]
groups:
  - name: all
    rules:
      - {alert: PumpAir, expr: pump_air > 0, annotations: {summary: air}}
      - {alert: PumpFlow, expr: pump_flow < 1, enabled: false, annotations: {summary: slow}}
"""


def test_a_metric_that_a_template_has_no_more_is_counted_in_what_rules_watch(
    admin: ApiClient, world: World
) -> None:
    """The other template has it still, so that the rule itself stays sound."""
    for name in ("old-pump", "new-pump"):
        saved = admin.put(
            f"/definitions/monitor-template/{name}", {"text": TEMPLATE.format(name=name)}
        )
        assert saved.status == 200, saved.body
    target(world.database, "old-pump")
    assert admin.put("/definitions/alert-rules/pumps", {"text": PUMPS}).status == 200
    path, text = "/definitions/monitor-template/old-pump", TEMPLATE.format(name="old-pump")
    asked = {"text": text.replace("pump_air: {label: Air}", ""), "base_version": 1}
    told = admin.post(f"{path}/check", asked).body
    assert lost(told) == {"watched-target": 1}
    assert told["lost"] == "1 target that a rule watches no longer"
    assert admin.put(path, asked).body["code"] == "consent_needed"
    renamed = {**asked, "text": asked["text"].replace("old-pump", "first-pump")}
    under = admin.post(
        "/definitions/monitor-template/first-pump/check", {**renamed, "renamed_from": "old-pump"}
    ).body
    assert lost(under) == {"watched-target": 1}
    unasked = {"text": text.replace("pump_flow: {label: Flow}", ""), "base_version": 1}
    assert lost(admin.post(f"{path}/check", unasked).body) == {}


def test_a_page_from_which_a_name_is_taken_is_counted_in_what_rules_watch(
    admin: ApiClient, world: World
) -> None:
    """A template that declares no metric takes its pages as they are, as far as it says."""
    page = "kind: monitor-template\nname: {}\nlabel: Pump\ndriver: prometheus\n"
    page += "groups: [{{name: all}}]\n"
    for name in ("old-pump", "new-pump"):
        text = page.format(name)
        assert admin.put(f"/definitions/monitor-template/{name}", {"text": text}).status == 200
    target(world.database, "old-pump")
    assert admin.put("/definitions/alert-rules/pumps", {"text": PUMPS}).status == 200
    path = "/definitions/monitor-template/old-pump"
    for naming, counted in (("keep: [pump_f.*]", 1), ("drop: [pump_a.*]", 1), ("drop: [x]", 0)):
        text = f"{page.format('old-pump')}naming: {{{naming}}}\n"
        told = admin.post(f"{path}/check", {"text": text, "base_version": 1}).body
        assert lost(told) == ({"watched-target": counted} if counted else {})


def test_a_driver_that_reads_by_itself_gives_nothing_undeclared(
    admin: ApiClient, world: World
) -> None:
    """Without its metrics a template reads nothing: that is no page which may have any."""
    definition = admin.get("/definitions/monitor-template/postgresql").body
    bare = "kind: monitor-template\nname: {}\nlabel: x\ndriver: postgresql\n"
    bare += "groups: [{{name: instance}}]\n"
    asked = {"text": bare.format("postgresql"), "base_version": definition["version"]}
    told = admin.post("/definitions/monitor-template/postgresql/check", asked).body
    messages = " ".join(problem["message"] for problem in told["problems"])
    assert "no monitor template declares the metric “pg_connections_used_ratio”" in messages
    # nor does it let a mistyped metric pass
    assert (
        admin.put("/definitions/monitor-template/bare", {"text": bare.format("bare")}).status == 200
    )
    text = EXTRA.replace("label: Extra", "label: Extra\ntemplate: [bare]")
    (problem,) = admin.put("/definitions/alert-rules/extra", {"text": text}).body["problems"]
    assert "declares the metric “pg_connections_used_ratio”" in problem["message"]
