"""Whoever sees one system reads nothing of another on any way out: every route that is read is
walked from the API's document, as it stands and as a workbook, for what only the other has.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import transaction

from tests.hospital import HOSPITAL, client_of
from tests.web.conftest import NOW, Installation
from tests.web.test_every_filter import GETS, address, filters
from wardround.alerts import actions as alerts
from wardround.alerts.types import Raise, Severity
from wardround.cmdb import actions as cmdb
from wardround.cmdb.types import NewItem, NewRelation
from wardround.collect import actions as collect
from wardround.collect.types import TargetChange
from wardround.kernel.types import Scope
from wardround.schema import actions as schema
from wardround.schema.drafts import DefinitionDraft
from wardround.tickets import actions as tickets
from wardround.tickets.types import OpenTicket

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
MARK = "zorn"
"""In everything that the other system has."""


@pytest.fixture
def _django_db_helper(installation: Installation) -> None:
    """One database set up for the whole module, in place of an empty one for each test."""


def _furnish(installation: Installation) -> tuple[UUID, UUID]:
    """The system that is seen, with the installation's things, and another with marked ones."""
    seen = cmdb.create_item(HOSPITAL, NewItem("business-system", "his", "seen"), at=NOW)
    system = NewItem("business-system", f"{MARK}-system", f"{MARK}-s")
    cmdb.create_item(HOSPITAL, system, at=NOW)
    told = {"serial": f"{MARK}-serial"}
    new = NewItem("host", f"{MARK}-host", f"{MARK}-h", attributes=told)
    host = cmdb.create_item(HOSPITAL, new, at=NOW)
    cmdb.relate(HOSPITAL, NewRelation("runs-on", "seen", "host-1"), at=NOW)
    cmdb.relate(HOSPITAL, NewRelation("runs-on", f"{MARK}-s", f"{MARK}-h"), at=NOW)
    cmdb.relate(HOSPITAL, NewRelation("connects", f"{MARK}-h", "host-1"), at=NOW)
    change = TargetChange(item=host.id, template="linux-machine", address=f"{MARK}.example:9100")
    collect.create_target(HOSPITAL, change, at=NOW)
    down = f"{MARK} down"
    trouble = Raise(
        rule="EndpointDown",
        rule_label_zh="x",
        rule_label_en="x",
        severity=Severity.CRITICAL,
        availability=True,
        item_id=host.id,
        labels=(("of", MARK),),
        summary_zh=down,
        summary_en=down,
        value=0.0,
        unit="",
        at=NOW,
    )
    alerts.raise_alerts(HOSPITAL, [trouble], at=NOW)
    ticket = tickets.open_ticket(
        HOSPITAL, OpenTicket("incident", f"{MARK} title", item=host.id), at=NOW
    )
    tickets.comment(HOSPITAL, ticket, f"{MARK} comment", at=NOW)
    text = f"kind: items\nname: of-{MARK}\nitems:\n- {{key: {MARK}-d, type: host, name: {MARK}}}\n"
    draft = DefinitionDraft(kind="items", name=f"of-{MARK}", text=text)
    schema.save_definition(HOSPITAL, draft, at=NOW)
    return seen.id, host.id


def _texts(content: bytes) -> str:
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "".join(book.read(name).decode(errors="replace") for name in book.namelist())
    return content.decode(errors="replace")


BY_NAME = (
    f"/definitions/items/of-{MARK}",
    f"/definitions/items/of-{MARK}/versions",
    f"/items?q={MARK}",
    f"/items?key={MARK}-h",
    f"/tickets?q={MARK}",
    f"/targets?q={MARK}",
    f"/alerts?q={MARK}",
    f"/relations?q={MARK}",
)


def test_who_sees_one_system_reads_nothing_of_another(installation: Installation) -> None:
    with transaction.atomic():
        point = transaction.savepoint()
        seen, host = _furnish(installation)
        scope = Scope(systems=frozenset({seen}))
        api = client_of("of-his", "administrator", scope=scope, language="zh-hans")
        answers = {
            asked: api._client.get(f"/api/v1{asked}", headers=api._headers)
            for asked in (*_asked(installation, host), *BY_NAME)
        }
        transaction.savepoint_rollback(point)
    telling = {
        asked: text[max(0, text.find(MARK) - 80) :][:160]
        for asked, answer in answers.items()
        if MARK in (text := _texts(answer.content)) and asked not in BY_NAME
    }
    found = [asked for asked in BY_NAME if json.loads(answers[asked].content).get("items")]
    fallen = [asked for asked, answer in answers.items() if answer.status_code >= 500]
    assert (telling, found, fallen) == ({}, [], [])
    assert sum(answer.status_code == 200 for answer in answers.values()) > 50
    assert "host-1" in _texts(answers["/items?"].content)


def _asked(installation: Installation, host: UUID) -> Iterator[str]:
    """Every route, of a thing that is seen and of the item that is not, and as a workbook."""
    books = {path for path, name, _shape in filters() if name == "format"}
    for ids in ({}, {"item_id": host}):
        there = replace(installation, ids={**installation.ids, **ids})
        for path in GETS:
            if path != "/stream" and "{kind}" not in path:
                yield address(path, there)
                if path in books:
                    yield f"{address(path, there)}&format=xlsx"
