"""Updates of the product leave what the hospital made of its packs, definition by definition."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.schema.conftest import HEAD, TYPES, pack
from wardround.cmdb import actions as cmdb
from wardround.cmdb.types import NewItem
from wardround.kernel import clock
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import system_actor
from wardround.schema import actions, models, queries, sources
from wardround.schema.drafts import Draft
from wardround.schema.sources import Source
from wardround.schema.types import Difference

PLATFORM = system_actor("tests")
DEVICE, HOST = TYPES.split("---\n")
Ship = Callable[..., Difference]
"""Starts a version of the product that ships these packs."""

pytestmark = pytest.mark.django_db


@pytest.fixture
def ship(monkeypatch: pytest.MonkeyPatch) -> Ship:
    def shipped(*packs: Source) -> Difference:
        monkeypatch.setattr(sources, "find", lambda _paths: sources.Sources(list(packs)))
        return actions.import_shipped(PLATFORM, at=clock.now())

    return shipped


def types(device: str = DEVICE, host: str = HOST) -> Source:
    return pack({"types/devices.yaml": device + "---\n" + host})


def save(name: str, text: str, version: int | None = 1, **more: str) -> None:
    draft = Draft(kind="item-type", name=name, text=text, **more)
    actions.save_definition(PLATFORM, draft, at=clock.now(), base_version=version)


def test_a_changed_definition_stays_and_the_others_are_updated(ship: Ship) -> None:
    ship(types())
    ours = HOST.replace("# inherits", "# ours: inherits").replace("minimum: 0", "minimum: 7")
    save("host", ours)
    done = ship(
        types(DEVICE.replace("icon: device", "icon: box"), HOST.replace("unit: B", "unit: GB"))
    )
    assert [one.name for one in done.changes] == ["device"]
    assert queries.item_type("device").icon == "box"
    assert queries.stored(PLATFORM, "item-type", "host").text == ours
    file = queries.exported(PLATFORM, "ward").files["types/devices.yaml"].decode()
    assert file == DEVICE.replace("icon: device", "icon: box") + "---\n" + ours
    assert ship(
        types(DEVICE.replace("icon: device", "icon: box"), HOST.replace("unit: B", "unit: GB"))
    ).empty


def test_a_retired_definition_stays_away(ship: Ship) -> None:
    ship(types())
    actions.retire_definition(PLATFORM, "item-type", "host", at=clock.now())
    ship(types(DEVICE.replace("icon: device", "icon: box")))
    assert set(queries.item_types()) == {"device"}
    assert queries.item_type("device").icon == "box"


def test_a_renamed_definition_does_not_come_back_under_its_old_name(ship: Ship) -> None:
    ship(types())
    save("server", HOST.replace("name: host", "name: server"), renamed_from="host")
    ship(types(DEVICE.replace("icon: device", "icon: box")))
    assert set(queries.item_types()) == {"device", "server"}
    assert queries.item_type("server").icon == "box"


def test_what_the_product_drops_stays_while_anything_lives_by_it(ship: Ship) -> None:
    more = "kind: item-type\nname: rack\nlabel: Rack\nextends: device\n"
    ship(types(host=HOST + "---\n" + more))
    cmdb.create_item(PLATFORM, NewItem(type="host", name="H"), at=clock.now())
    done = ship(pack({"types/devices.yaml": DEVICE}))
    assert [(one.change, one.name) for one in done.changes if one.content] == [("removed", "rack")]
    assert set(queries.item_types()) == {"device", "host"}
    assert ship(pack({"types/devices.yaml": DEVICE.replace("icon: device", "icon: box")})).changes
    assert queries.item_type("host").icon == "box"


def test_a_definition_that_moves_to_another_shipped_pack_takes_the_change_along(ship: Ship) -> None:
    ship(types())
    ours = HOST.replace("minimum: 0", "minimum: 7")
    save("host", ours)
    head = HEAD.replace("pack: ward", "pack: more") + "requires: [ward]\n"
    more = Source("more", {"pack.yaml": head.encode(), "hosts.yaml": HOST.encode()})
    ship(pack({"types/devices.yaml": DEVICE}), more)
    stored = queries.stored(PLATFORM, "item-type", "host")
    assert (stored.pack, stored.text) == ("more", ours)


def test_the_shipped_pack_imported_by_hand_takes_the_products_definitions_again(ship: Ship) -> None:
    ship(types())
    save("host", HOST.replace("minimum: 0", "minimum: 7"))
    assert models.Departure.objects.count() == 1
    actions.import_packs(PLATFORM, [types()], at=clock.now())
    assert queries.stored(PLATFORM, "item-type", "host").text == HOST
    assert not models.Departure.objects.exists()


def test_an_update_that_does_not_go_together_with_ours_is_left_and_told(ship: Ship) -> None:
    ship(types())
    save("host", HOST.replace("minimum: 0", "minimum: 7"))
    appliance = DEVICE.replace("name: device", "name: appliance")
    done = ship(types(appliance, HOST.replace("extends: device", "extends: appliance")))
    assert done.empty
    assert set(queries.item_types()) == {"device", "host"}
    line = AuditRecord.objects.get(action="pack.refuse")
    assert "device" in line.detail["problems"]


def test_a_removed_pack_stays_away_until_somebody_imports_it(ship: Ship) -> None:
    ship(types())
    actions.remove_pack(PLATFORM, "ward", at=clock.now())
    assert queries.item_types() == {}
    assert queries.installed_packs(PLATFORM) == []
    assert ship(types(DEVICE.replace("icon: device", "icon: box"))).empty
    assert queries.stored(PLATFORM, "item-type", "host").retired_by == "tests"
    actions.import_packs(PLATFORM, [types()], at=clock.now())
    assert queries.current_version("item-type", "host") == 2
    assert ship(types(DEVICE.replace("icon: device", "icon: box"))).changes
