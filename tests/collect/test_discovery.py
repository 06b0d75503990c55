"""What collectors find of a machine enters the configuration database as rows of a source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.hospital import client_of
from wardround.cmdb import actions, import_actions, item_sources
from wardround.cmdb.models import ImportRun, Item, SourceRecord
from wardround.cmdb.types import ItemEntry, ItemsDefinition
from wardround.collect import discovery
from wardround.collect.drivers.machine_facts import read_facts
from wardround.collect.models import SnapshotRow, TargetRow
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import system_actor
from wardround.schema import actions as schema

pytestmark = [pytest.mark.django_db, pytest.mark.once]
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ACTOR = system_actor("discovery")
FACTS = {"hostname": "his-app-1", "system": "Kylin V10", "cores": 16, "memory": 68719476736,
         "serial": "To be filled by O.E.M.", "model": "R740"}  # fmt: skip


@pytest.fixture
def machine(db: None) -> Item:
    schema.import_shipped(ACTOR, at=AT, names=["base"])
    entry = ItemEntry(key="host-1", type="host", name="物理服务器 1", attributes={"cpu_cores": 8})
    actions.import_items(ACTOR, [ItemsDefinition(name="some", items=(entry,))], at=AT)
    item = Item.objects.get(key="host-1")
    target = TargetRow.objects.create(
        name="", item=item, template="linux-machine", interval_s=5, timeout_s=4,
        asked_at=AT, created_at=AT, updated_at=AT,
    )  # fmt: skip
    SnapshotRow.objects.create(item=item, target=target, name="machine", at=AT, rows=[FACTS])
    return item


def told(at: datetime) -> bool:
    waiting: list[UUID] = []
    new = discovery.tell(ACTOR, at=at, defer=waiting.append)
    for import_id in waiting:
        import_actions.work(import_id, at=at)
    return new


def test_what_is_empty_is_filled_and_what_people_wrote_is_proposed_only(machine: Item) -> None:
    assert told(AT)
    machine.refresh_from_db()
    assert machine.attributes == {"cpu_cores": 8, "memory": 68719476736, "model": "R740"}
    run = ImportRun.objects.get()
    assert (run.state, run.changed, run.proposed) == ("done", 1, 1)
    client = client_of("li", "administrator")
    (line,) = client.get(f"/imports/{run.id}/rows").body["items"]
    assert [(each["field"], each["new"]) for each in line["proposed"]] == [
        ("attributes.cpu_cores", 16)
    ]
    sources = item_sources.of_item(EVERYTHING, machine.id)
    assert {each.field: each.source for each in sources.values}["attributes.memory"] == "discovery"
    assert [each.own for each in sources.known_to] == [""], "says nothing to people"
    kept = SourceRecord.objects.values_list("own", flat=True)
    assert list(kept) == [f"machine/{TargetRow.objects.get().id}"]


def test_the_same_is_told_once_a_day_and_again_when_it_was_taken_back(machine: Item) -> None:
    assert [told(AT), told(AT + timedelta(hours=1)), told(AT + timedelta(days=1))] == [
        True, False, True,
    ]  # fmt: skip
    SnapshotRow.objects.update(rows=[{**FACTS, "memory": 1}])
    assert told(AT + timedelta(days=1, hours=1))


def test_a_source_that_is_staged_waits_for_a_person(machine: Item) -> None:
    client = client_of("li", "administrator")
    old: Any = client.get("/definitions/source/discovery").body
    text = old["text"] + "staged: true\n"
    body = {"text": text, "base_version": old["version"]}
    assert client.put("/definitions/source/discovery", body).status == 200
    assert told(AT)
    machine.refresh_from_db()
    assert machine.attributes == {"cpu_cores": 8}
    assert ImportRun.objects.get().state == "checked"


def test_a_machine_says_what_it_is() -> None:
    (table,) = read_facts(None)  # type: ignore[arg-type]  # it gives no metric
    (facts,) = table.rows
    assert facts["hostname"]
    assert facts["cores"] >= 1
    assert facts["memory"] > 2**20
