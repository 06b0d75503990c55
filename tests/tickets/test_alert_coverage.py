"""Which alerts rows take: against a brute force over every alert, and through the door."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hospital import HOSPITAL, ApiClient, client_of
from tests.tickets.conftest import MONDAY, World
from wardround.schema import actions as schema
from wardround.schema.kinds import read
from wardround.schema.sources import Source
from wardround.tickets import queries
from wardround.tickets.alert_coverage import left_by, never_hit
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


@given(st.lists(conditions, max_size=5), conditions)
def test_a_row_is_never_hit_if_and_only_if_no_alert_gets_to_it(
    earlier: list[AlertCondition], row: AlertCondition
) -> None:
    got_to = any(
        row.fits(alert) and not any(before.fits(alert) for before in earlier) for alert in ALERTS
    )
    assert never_hit(earlier, row, LINEAGES) is not got_to


@given(st.lists(conditions, max_size=4), st.lists(conditions, max_size=4))
def test_what_no_row_takes_any_more_is_found_rule_by_rule(
    before: list[AlertCondition], after: list[AlertCondition]
) -> None:
    troubles = [("Full", "warning"), ("Down", "critical"), ("Else", "info")]
    expected = {
        alert.rule
        for alert in ALERTS
        if (alert.rule, alert.severity) in troubles
        and any(row.fits(alert) for row in before)
        and not any(row.fits(alert) for row in after)
    }
    assert left_by(before, after, troubles, LINEAGES) == sorted(expected)


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
