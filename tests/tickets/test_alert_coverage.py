"""Which alerts rows take: against a brute force over every alert, and through the door."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hospital import HOSPITAL, ApiClient, client_of
from tests.tickets.conftest import MONDAY, World
from wardround.schema import actions as schema
from wardround.schema import sources
from wardround.schema.kinds import read
from wardround.schema.sources import Source
from wardround.tickets import queries
from wardround.tickets.alert_coverage import Sorting, Trouble, left_by, never_hit
from wardround.tickets.alert_tickets import AlertCondition, AlertFacts

LINEAGES = {"device": ("device",), "host": ("host", "device"), "person": ("person",)}
SEVERITIES = ("info", "warning", "critical", "disaster")
RULES = ("Full", "Down", "Else")

conditions = st.fixed_dictionaries(
    {},
    optional={
        "rule": st.lists(st.sampled_from(RULES[:2]), min_size=1, max_size=2, unique=True),
        "severity": st.lists(st.sampled_from(SEVERITIES), min_size=1, unique=True),
        "item_type": st.lists(st.sampled_from(sorted(LINEAGES)), min_size=1, unique=True),
        "importance": st.lists(st.sampled_from(["A", "B", "C", "none"]), min_size=1, unique=True),
        "labels": st.dictionaries(
            st.sampled_from(["m", "n"]),
            st.lists(st.sampled_from(["x", "y"]), min_size=1, unique=True),
            min_size=1,
        ),
    },
).map(lambda body: read(AlertCondition, body))


def every_alert() -> list[AlertFacts]:
    values = ("x", "y", "z", None)
    return [
        AlertFacts(rule, how, line, importance, {k: v for k, v in (("m", m), ("n", n)) if v})
        for rule, how, line, importance, m, n in product(
            RULES, SEVERITIES, [*LINEAGES.values(), ()], ["A", "B", "C", None], values, values
        )
    ]


ALERTS = every_alert()


@settings(deadline=None)
@given(st.lists(conditions, max_size=5), conditions)
def test_a_row_is_never_hit_if_and_only_if_no_alert_gets_to_it(
    earlier: list[AlertCondition], row: AlertCondition
) -> None:
    got_to = any(
        row.fits(alert) and not any(before.fits(alert) for before in earlier) for alert in ALERTS
    )
    assert never_hit(earlier, row, LINEAGES) is not got_to


def lineages(parents: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {name: (name, *([parents[name]] if parents[name] else [])) for name in parents}


WORLDS = st.fixed_dictionaries(
    {
        "rows": st.lists(conditions, max_size=4),
        "severities": st.tuples(*[st.sampled_from(SEVERITIES)] * len(RULES)),
        "m": st.tuples(*[st.sampled_from(["x", "y", ""])] * len(RULES)),
        "host": st.sampled_from(["device", "person", ""]),
    }
)


def sorting(world: dict[str, Any]) -> Sorting:
    troubles = {
        rule: Trouble(rule, how, {"m": label} if label else {})
        for rule, how, label in zip(RULES, world["severities"], world["m"], strict=True)
    }
    kin = lineages({"device": "", "person": "", "host": world["host"]})
    return Sorting(world["rows"], troubles, kin)


def takes(known: Sorting, alert: AlertFacts, of_type: str) -> bool:
    """By the rows, one after another: what the rule makes of an alert on an item of this type."""
    trouble = known.troubles[alert.rule]
    line = tuple(known.lineages.get(of_type, ()))
    facts = replace(
        alert, severity=trouble.severity, lineage=line, labels={**alert.labels, **trouble.labels}
    )
    return any(row.fits(facts) for row in known.rows)


@settings(deadline=None)
@given(WORLDS, WORLDS)
def test_what_no_row_takes_any_more_is_found_rule_by_rule(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    now, then = sorting(before), sorting(after)
    values = ("x", "y", "z", None)
    expected = {
        rule
        for rule, of_type, importance, m, n in product(
            RULES, [*now.lineages, ""], ["A", "B", "C", None], values, values
        )
        for alert in [
            AlertFacts(rule, "", (), importance, {k: v for k, v in (("m", m), ("n", n)) if v})
        ]
        if takes(now, alert, of_type) and not takes(then, alert, of_type)
    }
    assert left_by(now, then) == sorted(expected)


# Through the door --------------------------------------------------------------------------------

RULE_SET = """\
kind: alert-rules
name: own-rules
label: Own
groups:
  - name: own
    rules:
      - alert: DiskFull
        expr: disk_free < 1
        labels: {severity: critical, storage_team: one}
        annotations: {summary: full}
      - alert: DiskSlow
        expr: disk_busy > 1
        labels: {severity: info}
        annotations: {summary: slow}
"""
ROWS = """\
kind: alert-ticket
name: own
label: Own
order: 10
rows:
  - {name: full, when: {rule: DiskFull, labels: {storage_team: one}}, type: event}
"""


@pytest.fixture
def admin(world: World) -> ApiClient:
    head = b'pack: rules\nversion: "1"\nlabel: X\nrequires: [base]\n'
    source = Source("rules", {"pack.yaml": head, "a.yaml": RULE_SET.encode()})
    schema.import_packs(HOSPITAL, [source], at=MONDAY)
    return client_of("head-of-desk", "administrator")


def check(admin: ApiClient, text: str, name: str = "own", version: int | None = None) -> Any:
    body = {"text": text, "base_version": version}
    return admin.post(f"/definitions/alert-ticket/{name}/check", body).body


def test_the_only_row_goes_with_consent_alone_and_doctor_says_what_is_left(
    admin: ApiClient,
) -> None:
    assert queries.left_alone() == ()
    path = "/definitions/alert-ticket/service-desk"
    refused = admin.delete(f"{path}?base_version=1")
    assert (refused.status, refused.body["code"]) == (409, "consent_needed")
    assert "2 kinds of alert that no row takes any more" in refused.body["detail"]
    assert admin.delete(f"{path}?base_version=1&consent=true").status == 204
    assert queries.left_alone() == ("DiskFull", "DiskSlow")


def test_a_row_narrowed_leaves_what_it_took_and_one_of_the_same_reach_nothing(
    admin: ApiClient,
) -> None:
    path = "/definitions/alert-ticket/service-desk"
    text = admin.get(path).body["text"]
    narrow = text.replace("{name: every-alert,", "{name: bad, when: {severity: critical},")
    told = check(admin, narrow, "service-desk", 1)
    assert (told["problems"], told["needs_consent"]) == ([], True)
    assert told["lost"] == "1 kind of alert that no row takes any more"
    same = text.replace("{name: every-alert,", "{name: all-of-them,")
    assert check(admin, same, "service-desk", 1)["needs_consent"] is False


ONLY_BAD = """\
kind: alert-ticket
name: service-desk
label: Desk
order: 1000
rows:
  - {name: bad, when: {severity: critical}, type: event}
  - {name: ours, when: {labels: {storage_team: one}}, type: event}
  - {name: devices, when: {item_type: device, severity: info}, type: event}
"""


@pytest.fixture
def narrow(admin: ApiClient) -> ApiClient:
    body = {"text": ONLY_BAD, "base_version": 1, "consent": True}
    saved = admin.put("/definitions/alert-ticket/service-desk", body)
    assert saved.status == 200, saved.body
    return admin


@pytest.mark.parametrize(
    ("kind", "name", "edits", "lost"),
    [
        # Rows take it for its label still, until that goes too.
        ("alert-rules", "own-rules", {"critical, ": "warning, "}, False),
        ("alert-rules", "own-rules", {"critical, storage_team: one": "warning"}, True),
        ("alert-rules", "own-rules", {"critical, storage_team: one": "critical"}, False),
        ("alert-rules", "own-rules", {"severity: info": "severity: warning"}, True),
        ("alert-rules", "own-rules", {"severity: info": "severity: critical"}, False),
        ("item-type", "host", {"extends: device\n": "layer: hardware\n"}, True),
    ],
)
def test_a_rule_or_a_type_that_leaves_every_row_is_a_loss_as_a_row_is(
    narrow: ApiClient, kind: str, name: str, edits: dict[str, str], *, lost: bool
) -> None:
    path = f"/definitions/{kind}/{name}"
    stored = narrow.get(path).body
    text = stored["text"]
    for old, new in edits.items():
        assert old in text
        text = text.replace(old, new)
    body = {"text": text, "base_version": stored["version"]}
    told = narrow.post(f"{path}/check", body).body
    assert [each["message"] for each in told["problems"]] == []
    assert ("kind of alert that no row takes" in (told["lost"] or "")) is lost
    saved = narrow.put(path, body)
    assert (saved.status, saved.body.get("code")) == (
        (409, "consent_needed") if lost else (200, None)
    )
    assert narrow.put(path, {**body, "consent": True}).status == 200 if lost else True


def test_rows_and_rules_that_change_in_one_import_lose_no_alert_untold(narrow: ApiClient) -> None:
    (service,) = sources.find([sources.shipped_folder() / "service"]).packs
    files = {
        **service.files,
        "tickets/alert-tickets.yaml": ONLY_BAD.replace("critical", "warning").encode(),
    }
    head = b'pack: rules\nversion: "2"\nlabel: X\nrequires: [base]\n'
    rules = RULE_SET.replace("critical, storage_team: one", "disaster")
    both = [
        Source("service", files),
        Source("rules", {"pack.yaml": head, "a.yaml": rules.encode()}),
    ]
    difference, problems = schema.check_packs(HOSPITAL, both)
    assert problems == []
    lost = [(change.kind, each.count) for change in difference.changes for each in change.lost]
    assert lost == [("alert-rules", 1)]


TOGETHER = """\
rows:
  - {name: a, when: {severity: [info, warning]}, type: null}
  - {name: b, when: {severity: [critical, disaster]}, type: null}
"""


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (
            ("e_team: one", "e_taem: one"),
            ("rows[0].when.labels.storage_taem", "no alert has a label", "storage_team"),
        ),
        (("DiskFull", "DiskFul"), ("rows[0].when.rule", "there is no alert rule", "DiskFull")),
        (
            ("rows:\n", "rows:\n  - {name: full, when: {severity: disaster}, type: event}\n"),
            ("rows[1].name", "two rows are called", None),
        ),
        (
            ("rows:\n", TOGETHER),
            ("rows[2]", "this row never decides: rows before it together", None),
        ),
    ],
)
def test_mistakes_of_rows(admin: ApiClient, edit: tuple[str, str], told: tuple[str, ...]) -> None:
    assert check(admin, ROWS)["problems"] == []
    (problem,) = check(admin, ROWS.replace(*edit))["problems"]
    path, message, meant = told
    assert problem["path"] == path
    assert problem["message"].startswith(message)
    assert problem["suggestion"] == meant


def test_units_and_icons_are_refused_in_the_same_round_as_other_mistakes(admin: ApiClient) -> None:
    text = (
        "kind: item-type\nname: pump\nlabel: X\nlayer: hardwear\nicon: sever\nattributes:\n"
        "  - {name: power, label: P, type: number, unit: Kw}\n"
        "  - {name: speed, label: P, type: number, unit: Gbti/s}\n"
        "  - {name: sheets, label: P, type: number, unit: 张}\n"
        "  - {name: rate, label: P, type: number, unit: mL/h}\n"
    )
    told = admin.post("/definitions/item-type/pump/check", {"text": text}).body["problems"]
    assert {(each["path"], each["suggestion"]) for each in told} == {
        ("layer", "hardware"),
        ("icon", "server"),
        ("attributes[0].unit", "kW"),
        ("attributes[1].unit", "Gbps"),
    }
