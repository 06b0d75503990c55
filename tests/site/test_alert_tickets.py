"""What `doctor` says of alerts that find no row of their ticket."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import translation

from tests.hospital import HOSPITAL
from wardround.schema import actions as schema
from wardround.schema import cache
from wardround.schema.sources import Source
from wardround.site import alert_tickets

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HEAD = b'pack: own\nversion: "1"\nlabel: X\nrequires: [base]\n'
RULE = """\
      - alert: Rule{number}
        expr: disk_free < 1
        labels: {{severity: {severity}}}
        annotations: {{summary: full}}
"""


def bring(severities: list[str]) -> None:
    rules = "".join(
        RULE.format(number=number, severity=severity) for number, severity in enumerate(severities)
    )
    text = f"kind: alert-rules\nname: own\nlabel: X\ngroups:\n  - name: own\n    rules:\n{rules}"
    rows = "kind: alert-ticket\nname: own\nlabel: X\norder: 1\nrows:\n"
    rows += "  - {name: bad, when: {severity: critical}, type: null}\n"
    files = {"pack.yaml": HEAD, "a.yaml": text.encode(), "b.yaml": rows.encode()}
    schema.import_packs(HOSPITAL, [Source("own", files)], at=NOW, consent=True)


def told(language: str) -> str:
    with translation.override(language):
        return alert_tickets.examine().text


def test_rules_whose_alerts_no_row_takes_are_named_the_first_of_them(db: None) -> None:
    schema.import_shipped(HOSPITAL, at=NOW, names=["base"])
    bring(["critical"] * 2)
    assert alert_tickets.examine().health == "ok"
    assert told("en") == "Every alert finds the row of its ticket."
    bring(["critical", "warning", "info"])
    assert alert_tickets.examine().health == "warning"
    assert told("en") == (
        "No row of “alert-ticket” takes some alerts of 2 rules, which open no ticket: "
        "Rule1, Rule2; see docs/tickets.md."
    )
    assert told("zh-hans") == (
        "有 2 条规则的部分告警不符合“告警转单”的任何一行，不会建工单：Rule1, Rule2；"
        "见 docs/tickets.md。"
    )
    bring(["info"] * 6)
    assert "of 6 rules, which open no ticket: Rule0, Rule1, Rule2, Rule3, Rule4, …;" in told("en")


@pytest.mark.django_db(transaction=True)
def test_stores_that_are_not_made_yet_are_no_defect() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE schema_definition RENAME TO schema_elsewhere")
    cache._shared.clear()  # what a test before it has read
    try:
        assert alert_tickets.examine().health == "warning"
        assert told("en").startswith("The alert rules cannot be read now")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE schema_elsewhere RENAME TO schema_definition")
