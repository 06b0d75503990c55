"""The base model installed, and a small part of the hospital in it.

PACS runs on two application servers (either is enough) and a database, on one host; the
laboratory system has a host of its own; both hosts hang on one switch.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from wardround.cmdb import actions, queries
from wardround.cmdb.types import Importance, ItemEntry, ItemsDefinition, RelationEntry, Standby
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import Actor, ActorKind, Grant, Scope, system_actor
from wardround.schema import actions as schema_actions
from wardround.schema import sources

HERE = Path(__file__).parent
SEVERAL_CONNECTIONS = {
    "test_held_graph", "test_imports_that_take_time", "test_in_turn", "test_search_migration",
    "test_unique",
}  # fmt: skip


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """What one connection asks is answered alike by every PostgreSQL (ADR 0129)."""
    for item in items:
        if item.path.parent == HERE and item.path.stem not in SEVERAL_CONNECTIONS:
            item.add_marker(pytest.mark.once)


AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLATFORM = system_actor("platform")

ITEMS = (
    ItemEntry(key="radiology", type="department", name="放射科"),
    ItemEntry(
        key="v-imaging", type="vendor", name="影联", attributes={"service_phone": "400-800-5650"}
    ),
    ItemEntry(key="zhou", type="person", name="周海涛", attributes={"mobile": "13800137843"}),
    ItemEntry(
        key="pacs",
        type="business-system",
        name="放射科PACS/RIS",
        importance=Importance.A,
        owner="zhou",
        vendor="v-imaging",
        attributes={"department": "radiology", "access_path": "http://pacs.hospital.example/"},
    ),
    ItemEntry(
        key="lis", type="business-system", name="实验室信息化管理系统", importance=Importance.B
    ),
    ItemEntry(key="pacs-app-1", type="application", name="PACS 应用 1"),
    ItemEntry(key="pacs-app-2", type="application", name="PACS 应用 2"),
    ItemEntry(key="pacs-db", type="database", name="PACS 数据库", attributes={"engine": "oracle"}),
    ItemEntry(
        key="host-1",
        type="host",
        name="物理服务器 1",
        attributes={"serial": "SN1", "password": "tiger"},
    ),
    ItemEntry(key="host-2", type="host", name="物理服务器 2"),
    ItemEntry(key="switch-1", type="switch", name="核心交换机 1"),
    ItemEntry(key="if-1", type="interface", name="申请单接口"),
    ItemEntry(key="spare", type="host", name="备用服务器"),
)
RELATIONS = (
    RelationEntry(
        kind="uses", source="pacs", target="pacs-app-1", group="web", need=1, standby=Standby.HOT
    ),
    RelationEntry(
        kind="uses", source="pacs", target="pacs-app-2", group="web", need=1, standby=Standby.HOT
    ),
    RelationEntry(kind="uses", source="pacs-app-1", target="pacs-db"),
    RelationEntry(kind="runs-on", source="pacs-db", target="host-1"),
    RelationEntry(kind="runs-on", source="lis", target="host-2"),
    RelationEntry(kind="connects", source="host-1", target="switch-1"),
    RelationEntry(kind="connects", source="host-2", target="switch-1"),
    RelationEntry(kind="provides", source="lis", target="if-1"),
    RelationEntry(kind="consumes", source="pacs", target="if-1"),
    RelationEntry(kind="maintains", source="zhou", target="pacs"),
)


@pytest.fixture
def base(db: None) -> None:
    """The shipped base pack."""
    found = sources.find([sources.shipped_folder() / "base"])
    schema_actions.import_packs(PLATFORM, found.packs, at=AT)


@pytest.fixture
def hospital(base: None) -> dict[str, UUID]:
    """The items by key."""
    actions.import_items(
        PLATFORM, [ItemsDefinition(name="ward", items=ITEMS, relations=RELATIONS)], at=AT
    )
    return {key: ref.id for key, ref in queries.items_by_key([one.key for one in ITEMS]).items()}


def person(scope: Scope, *permissions: str) -> Actor:
    """Somebody who may do this within `scope`."""
    granted = frozenset(permissions or ("cmdb.read", "cmdb.write"))
    return Actor(PLATFORM.id, "somebody", ActorKind.PERSON, (Grant(granted, scope),), "en")


def seen_by(actor: Actor) -> Reach:
    """How far somebody reads items."""
    return reach(actor, "cmdb.read")
