"""An installation with the shipped monitors, and a host to monitor."""

from __future__ import annotations

import pytest

from tests.history.conftest import _migrated, history, history_url
from tests.hospital import HOSPITAL
from wardround.cmdb import actions as cmdb
from wardround.cmdb.types import Item, NewItem
from wardround.kernel import clock
from wardround.schema.actions import import_shipped

__all__ = ["_migrated", "history", "history_url"]  # the one history store of the run


@pytest.fixture
def packs(db: None) -> None:
    import_shipped(HOSPITAL, at=clock.now(), names=("base", "monitors"))


@pytest.fixture
def host(packs: None) -> Item:
    new = NewItem(type="host", name="HIS 数据库主机 1", key="his-db-host-1")
    return cmdb.create_item(HOSPITAL, new, at=clock.now())
