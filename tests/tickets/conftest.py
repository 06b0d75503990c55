"""A small hospital with tickets: two systems, a server, people on duty, the shipped definitions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.hospital import HOSPITAL
from wardround.access import actions as access
from wardround.access import queries as access_queries
from wardround.access.types import AccountDraft, RoleGiven
from wardround.alerts.rules import fingerprint
from wardround.alerts.signals import AlertRaised, AlertResolved
from wardround.cmdb import models as cmdb
from wardround.kernel.ids import new_id
from wardround.kernel.types import EVERYWHERE, Actor, Scope
from wardround.schema import actions as schema

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
"""Monday, 9:00 in the hospital."""


def after(**parts: float) -> datetime:
    return MONDAY + timedelta(**parts)


def item(key: str, of_type: str, name: str, **columns: object) -> cmdb.Item:
    """An item as the configuration database would hold it."""
    return cmdb.Item.objects.create(
        key=key, type=of_type, name=name, created_at=MONDAY, updated_at=MONDAY, **columns
    )


def person(user_name: str, *roles: str, scope: Scope = EVERYWHERE, **draft: object) -> Actor:
    given = tuple(RoleGiven(role, scope) for role in roles)
    drafted = AccountDraft(user_name=user_name, roles=given, **draft)  # type: ignore[arg-type]
    account = access.create_account(HOSPITAL, drafted, at=MONDAY)
    return access_queries.actor_for(account.id)


@dataclass(frozen=True)
class World:
    """The named things of these tests."""

    lis: UUID
    """Laboratory system, class A."""
    archive: UUID
    """Archive system, class C."""
    server: UUID
    """Serves the laboratory; owned by Wu, serviced by a vendor."""
    printer: UUID
    """Serves the archive; nobody's."""
    wu: Actor
    duty: Actor
    archivist: Actor
    """Sees the archive system only."""
    admin: Actor


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def make_world() -> World:
    schema.import_shipped(HOSPITAL, at=MONDAY, names=["base", "service"])
    vendor = item(
        "vendor",
        "vendor",
        "检信信息有限公司",
        attributes={"service_phone": "400-800-2928", "contact": "梁工"},
    )
    owner = item("person-wu", "person", "吴俊杰")
    lis = item("lis", "business-system", "检验LIS集成系统", importance="A")
    archive = item("archive", "business-system", "档案管理系统", importance="C")
    server = item("srv", "host", "LIS-DB-01", owner=owner, vendor=vendor, systems=[lis.id])
    printer = item("prn", "host", "ARC-01", systems=[archive.id])
    for system in (lis, archive):
        system.systems = [system.id]
        system.save()
    return World(
        lis=lis.id,
        archive=archive.id,
        server=server.id,
        printer=printer.id,
        wu=person("wu", "engineer", display_name="吴俊杰", person_item=owner.id),
        duty=person("duty", "duty-engineer", display_name="值班员"),
        archivist=person("archivist", "engineer", scope=Scope(systems=frozenset({archive.id}))),
        admin=person("admin", "administrator"),
    )


def raised(item_id: UUID, rule: str = "host-down", **parts: object) -> AlertRaised:
    """An alert as monitoring announces it."""
    body: dict[str, object] = {
        "alert_id": new_id(),
        "rule": rule,
        "rule_label_zh": "主机不可达",
        "rule_label_en": "Host unreachable",
        "severity": "critical",
        "item_id": item_id,
        "item_name": "LIS-DB-01",
        "labels": (("instance", "1"),),
        "summary_zh": "LIS-DB-01 已 60 秒无应答",
        "summary_en": "LIS-DB-01 has not answered for 60 s",
        "value": 0.0,
        "at": MONDAY,
    }
    whole: dict[str, Any] = {**body, **parts}
    whole["fingerprint"] = fingerprint(whole["rule"], whole["labels"], item_id)
    return AlertRaised(**whole)


def ended(alert: AlertRaised, at: datetime) -> AlertResolved:
    return AlertResolved(alert.alert_id, at, "recovered")


@pytest.fixture
def committed_world(transactional_db: None) -> World:
    """The same world, committed, for tests with several connections."""
    return make_world()
