"""Updates that come twice, are withdrawn, or bring back what one before had dropped."""

from __future__ import annotations

import pytest

from tests.hospital import client_of
from tests.schema.conftest import pack
from tests.schema.test_departures import (
    DEVICE,
    HOST,
    PLATFORM,
    WITHOUT,
    Ship,
    held_back,
    save,
    ship,
    types,
    with_memory,
)
from wardround.cmdb import actions as cmdb
from wardround.cmdb import models as models_of_items
from wardround.cmdb.types import NewItem
from wardround.kernel import clock
from wardround.kernel.models import AuditRecord
from wardround.schema import actions, models, queries

__all__ = ["ship"]  # the fixture

pytestmark = pytest.mark.django_db
BOX = DEVICE.replace("icon: device", "icon: box")


def text(name: str) -> str:
    return queries.stored(PLATFORM, "item-type", name).text


def lines() -> int:
    return AuditRecord.objects.filter(action="pack.hold_back").count()


def test_what_the_product_brings_back_is_the_products(ship: Ship) -> None:
    ship(types())
    with_memory("a")
    ship(pack({"types/devices.yaml": DEVICE}))
    assert text("host") == HOST  # something lives by it
    newer = HOST.replace("minimum: 0", "minimum: 1")
    ship(types(DEVICE, newer))
    assert text("host") == newer
    # nor is it told that the hospital had changed it
    told, _problems = actions.check_packs(PLATFORM, [types(DEVICE, newer)])
    assert told.lost == ()


def test_what_the_product_drops_goes_once_nothing_lives_by_it(ship: Ship) -> None:
    ship(types())
    with_memory("a")
    ship(pack({"types/devices.yaml": DEVICE}))
    models_of_items.Item.objects.all().delete()
    ship(pack({"types/devices.yaml": BOX}))
    assert set(queries.item_types()) == {"device"}


def test_what_the_hospital_changed_stays_though_dropped_and_brought_back(ship: Ship) -> None:
    ship(types())
    ours = HOST.replace("minimum: 0", "minimum: -7")
    save("host", ours)
    with_memory("a")
    ship(pack({"types/devices.yaml": DEVICE}))
    assert text("host") == ours
    ship(types(BOX, HOST))
    assert text("host") == ours
    assert queries.item_type("host").icon == "box"


def test_an_update_that_is_withdrawn_waits_no_more_and_waits_again(ship: Ship) -> None:
    ship(types())
    with_memory("a")
    ship(types(DEVICE, WITHOUT))
    assert len(held_back()) == 1
    ship(types())
    assert (held_back(), text("host")) == ([], HOST)
    assert not models.Departure.objects.exists()
    ship(types(DEVICE, WITHOUT))
    assert (len(held_back()), lines()) == (1, 2)


def test_a_second_start_tells_nothing_again(ship: Ship) -> None:
    ship(types())
    with_memory("a")
    ship(types(DEVICE, WITHOUT))
    assert ship(types(DEVICE, WITHOUT)).empty
    assert (len(held_back()), lines()) == (1, 1)


def test_two_that_wait_and_depend_on_one_another(ship: Ship) -> None:
    """Both lose an attribute, and the second is told by what the first inherits to it."""
    tall = "kind: item-type\nname: tall\nlabel: Tall\nextends: host\nattributes:\n"
    wide = tall + "  - {name: width, label: Width, type: number}\n"
    narrow = tall + "  - {name: depth, label: Depth, type: number}\n"
    ship(types(DEVICE, HOST + "---\n" + wide))
    with_memory("a")
    new = NewItem(key="t", type="tall", name="t", attributes={"width": 1, "memory": 2})
    cmdb.create_item(PLATFORM, new, at=clock.now())
    done = ship(types(BOX, WITHOUT + "---\n" + narrow))
    assert [change.name for change in done.changes if change.content] == ["device"]
    assert sorted(name for name, _what in held_back()) == ["host", "tall"]
    # the hospital keeps one of them; the other is taken alone
    save("host", HOST.replace("minimum: 0", "minimum: 1"))
    assert [name for name, _what in held_back()] == ["tall"]
    actions.take_update(PLATFORM, ["ward"], at=clock.now(), consent=True)
    assert text("tall") == narrow
    assert "minimum: 1" in text("host")
    assert held_back() == []


def test_who_saves_what_waits_as_it_is_keeps_it_for_good(ship: Ship) -> None:
    """As the page of definitions and doctor say."""
    ship(types())
    with_memory("a")
    ship(types(DEVICE, WITHOUT))
    admin = client_of("keeper", "administrator")
    body = {"text": HOST, "base_version": 1}
    assert admin.put("/definitions/item-type/host", body).status == 200
    assert admin.get("/packs/updates").body["items"] == held_back() == []
    assert queries.stored(PLATFORM, "item-type", "host").version == 1
    assert AuditRecord.objects.filter(action="definition.save").count() == 1
    ship(types(BOX, WITHOUT))
    assert (held_back(), text("host")) == ([], HOST)
    assert queries.item_type("host").icon == "box"
    # once more changes nothing
    assert admin.put("/definitions/item-type/host", body).status == 200
    assert AuditRecord.objects.filter(action="definition.save").count() == 1


def test_who_retires_or_renames_what_waits_is_left_alone(ship: Ship) -> None:
    ship(types())
    with_memory("a")
    ship(types(DEVICE, WITHOUT))
    save("server", HOST.replace("name: host", "name: server"), renamed_from="host")
    assert held_back() == []
    ship(types(BOX, WITHOUT))
    assert set(queries.item_types()) == {"device", "server"}
    assert held_back() == []


def test_a_fresh_installation_has_nothing_that_waits(ship: Ship) -> None:
    ship(types(DEVICE, WITHOUT))
    assert (held_back(), text("host")) == ([], WITHOUT)
    assert not models.Departure.objects.exists()
