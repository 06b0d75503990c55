"""A whole small installation for the tests of the edge, set up once and rolled back at the end.

Setting it up takes longer than most of these tests, and each leaves it as it was: every request
runs inside a savepoint of its own that is taken back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from tests.history.batches import batch
from tests.history.conftest import _migrated, history_url
from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.alerts import actions as alerts
from wardround.alerts.types import Raise, Severity
from wardround.cmdb import actions as cmdb
from wardround.cmdb import import_actions as imports
from wardround.cmdb.import_types import NewImport
from wardround.cmdb.types import NewItem, NewRelation
from wardround.collect import actions as collect
from wardround.collect.types import TargetChange
from wardround.history import actions as history
from wardround.history.types import Kind, SeriesKey
from wardround.notify import actions as notify
from wardround.notify.models import Delivery
from wardround.notify.types import Change, ChangeKind
from wardround.schema.actions import import_shipped
from wardround.tickets import actions as tickets
from wardround.tickets.types import OpenTicket

__all__ = ["_migrated", "history_url"]  # the one history store of the run

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Installation:
    """Ids of one thing of each kind, and the administrator's program."""

    api: ApiClient
    item: UUID
    relation: UUID
    target: UUID
    alert: UUID
    ticket: UUID
    account: UUID
    ids: dict[str, UUID | int]
    """By the name that a path gives it."""

    def send(self, method: str, path: str, **more: Any) -> Any:
        """One request and its answer; nothing of it stays."""
        with transaction.atomic():
            before = transaction.savepoint()
            try:
                address, _, query = path.partition("?")
                return self.api._client.generic(
                    method,
                    address if address.startswith("/api") else f"/api/v1{address}",
                    QUERY_STRING=query,
                    headers={**self.api._headers, **more.pop("headers", {})},
                    **more,
                )
            finally:
                transaction.savepoint_rollback(before)


def _raise(item: UUID) -> Raise:
    return Raise(
        rule="EndpointDown",
        rule_label_zh="主机不可达",
        rule_label_en="Host unreachable",
        severity=Severity.CRITICAL,
        availability=True,
        item_id=item,
        labels=(("instance", "1"),),
        summary_zh="主机无应答",
        summary_en="The host does not answer",
        value=0.0,
        unit="",
        at=NOW,
    )


def _told_program(api: ApiClient, item: UUID) -> UUID:
    """A letter about an item to the hospital's portal."""
    body = {"kind": "webhook", "name": "portal", "label": "Portal"}
    more = {"url": "http://portal.example/", "secret": "nobody-guesses-this-secret"}
    text = json.dumps({**body, **more})
    saved = api.put("/definitions/webhook/portal", {"text": text})
    assert saved.status == 200, saved.body
    notify.tell([Change(ChangeKind.CREATED, item, "host", (), NOW)], at=NOW)
    return Delivery.objects.get().id


@pytest.fixture(scope="module")
def installation(
    django_db_setup: None, django_db_blocker: Any, history_url: str, _migrated: None
) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as environment, django_db_blocker.unblock():
        environment.setenv("WARDROUND_HISTORY_URL", history_url)
        with transaction.atomic():
            yield _furnished()
            transaction.set_rollback(True)


def _furnished() -> Installation:
    import_shipped(HOSPITAL, at=NOW, names=("base", "service", "monitors"))
    api = client_of("head-nurse-of-machines", "administrator")
    item = cmdb.create_item(HOSPITAL, NewItem(type="host", name="主机", key="host-1"), at=NOW)
    other = cmdb.create_item(HOSPITAL, NewItem(type="switch", name="交换机", key="sw-1"), at=NOW)
    ward = {"network": "10.9.1.0/24"}
    network = cmdb.create_item(
        HOSPITAL, NewItem(type="subnet", name="病区", attributes=ward), at=NOW
    )
    system = cmdb.create_item(HOSPITAL, NewItem(type="business-system", name="挂号系统"), at=NOW)
    relation = cmdb.relate(HOSPITAL, NewRelation("connects", "host-1", "sw-1"), at=NOW)
    target = collect.create_target(
        HOSPITAL, TargetChange(item=item.id, template="linux-machine"), at=NOW
    )
    (alert,) = alerts.raise_alerts(HOSPITAL, [_raise(item.id)], at=NOW)
    ticket = tickets.open_ticket(HOSPITAL, OpenTicket("incident", "打印机缺纸"), at=NOW)
    key = SeriesKey("node_load1", item.id, (("device", "sda"),), Kind.GAUGE, "", target.id)
    points = [(NOW - timedelta(minutes=one), float(one)) for one in range(9, 0, -1)]
    history.append(batch({key: points}), at=NOW)
    rows = "编号,名称,类型\nhost-1,主机一号,host\nhost-2,主机二号,hots\n"
    file = NewImport("台账.csv", rows.encode(), dry_run=True)
    run = imports.take_in(HOSPITAL, file, at=NOW, defer=lambda _id: None)
    imports.work(run.id, at=NOW)
    letter = _told_program(api, item.id)
    scenario = api.post("/impact/scenarios", {"name": "换主机", "failed": [str(item.id)]})
    assert scenario.status == 201, scenario.body
    account = api.get("/session").body["account"]["id"]
    return Installation(
        api, item.id, relation.id, target.id, alert, ticket, UUID(account),
        {"item_id": item.id, "relation_id": relation.id, "target_id": target.id,
         "alert_id": alert, "ticket_id": ticket, "account_id": UUID(account),
         "other_id": other.id, "import_id": run.id, "delivery_id": letter,
         "network_id": network.id, "system_id": system.id, "number": 1,
         "scenario_id": UUID(scenario.body["id"])},
    )  # fmt: skip
