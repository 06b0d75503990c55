"""The base model installed, and a small part of the hospital in it.

PACS runs on two application servers (either is enough) and a database, on one host; the
laboratory system has a host of its own; both hosts hang on one switch.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from wardround.cmdb import actions, queries
from wardround.cmdb.types import ItemEntry, ItemsDefinition, RelationEntry
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import Actor, ActorKind, Grant, Scope, system_actor
from wardround.schema import actions as schema_actions
from wardround.schema import sources

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLATFORM = system_actor("platform")

ITEMS = (
    ItemEntry("radiology", "department", "放射科"),
    ItemEntry("v-imaging", "vendor", "影联", attributes={"service_phone": "400-800-5650"}),
    ItemEntry("zhou", "person", "周海涛", attributes={"mobile": "13800137843"}),
    ItemEntry(
        "pacs",
        "business-system",
        "放射科PACS/RIS",
        importance="A",
        owner="zhou",
        vendor="v-imaging",
        attributes={"department": "radiology", "access_path": "http://pacs.hospital.example/"},
    ),
    ItemEntry("lis", "business-system", "实验室信息化管理系统", importance="B"),
    ItemEntry("pacs-app-1", "application", "PACS 应用 1"),
    ItemEntry("pacs-app-2", "application", "PACS 应用 2"),
    ItemEntry("pacs-db", "database", "PACS 数据库", attributes={"engine": "oracle"}),
    ItemEntry("host-1", "host", "物理服务器 1", attributes={"serial": "SN1", "password": "tiger"}),
    ItemEntry("host-2", "host", "物理服务器 2"),
    ItemEntry("switch-1", "switch", "核心交换机 1"),
    ItemEntry("if-1", "interface", "申请单接口"),
    ItemEntry("spare", "host", "备用服务器"),
)
RELATIONS = (
    RelationEntry("uses", "pacs", "pacs-app-1", group="web", need=1, standby="hot"),
    RelationEntry("uses", "pacs", "pacs-app-2", group="web", need=1, standby="hot"),
    RelationEntry("uses", "pacs-app-1", "pacs-db"),
    RelationEntry("runs-on", "pacs-db", "host-1"),
    RelationEntry("runs-on", "lis", "host-2"),
    RelationEntry("connects", "host-1", "switch-1"),
    RelationEntry("connects", "host-2", "switch-1"),
    RelationEntry("provides", "lis", "if-1"),
    RelationEntry("consumes", "pacs", "if-1"),
    RelationEntry("maintains", "zhou", "pacs"),
)


@pytest.fixture
def base(db: None) -> None:
    """The shipped base pack."""
    found = sources.find([sources.shipped_folder() / "base"])
    schema_actions.import_packs(PLATFORM, found.packs, at=AT)


@pytest.fixture
def hospital(base: None) -> dict[str, UUID]:
    """The items by key."""
    actions.import_items(PLATFORM, [ItemsDefinition("ward", ITEMS, RELATIONS)], at=AT)
    return {key: ref.id for key, ref in queries.items_by_key([one.key for one in ITEMS]).items()}


def person(scope: Scope, *permissions: str) -> Actor:
    """Somebody who may do this within `scope`."""
    granted = frozenset(permissions or ("cmdb.read", "cmdb.write"))
    return Actor(PLATFORM.id, "somebody", ActorKind.PERSON, (Grant(granted, scope),), "en")


def seen_by(actor: Actor) -> Reach:
    """How far somebody reads items."""
    return reach(actor, "cmdb.read")
