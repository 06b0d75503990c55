"""Items of the hospital that alerts are about."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from wardround.cmdb.models import Item
from wardround.kernel.ids import new_id

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def _item(key: str, name: str, *, type_: str, systems: list[UUID]) -> Item:
    return Item(
        id=new_id(),
        key=key,
        name=name,
        type=type_,
        systems=systems,
        created_at=MORNING,
        updated_at=MORNING,
    )


class World:
    """Two systems, a database server of the first and a switch of both."""

    def __init__(self) -> None:
        his, pacs = new_id(), new_id()
        self.his = _item("his", "HIS", type_="business-system", systems=[his])
        self.pacs = _item("pacs", "PACS", type_="business-system", systems=[pacs])
        self.his.id, self.pacs.id = his, pacs
        self.database = _item("his-db1", "HIS 数据库一", type_="host", systems=[his])
        self.switch = _item("core-1", "核心交换机一", type_="switch", systems=[his, pacs])
        Item.objects.bulk_create([self.his, self.pacs, self.database, self.switch])

    def condition(self, item: Item) -> str:
        return Item.objects.get(pk=item.pk).condition


@pytest.fixture
def world(db: None) -> World:
    return World()
