"""Updates of the product leave what the hospital made of its packs, definition by definition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import translation

from tests.hospital import client_of
from tests.schema.conftest import HEAD, TYPES, pack
from tests.schema.test_command import run
from wardround.boards import queries as boards
from wardround.cmdb import actions as cmdb
from wardround.cmdb import queries as cmdb_queries
from wardround.cmdb.types import ItemFilters, NewItem
from wardround.kernel import audit, clock
from wardround.kernel.ids import new_id
from wardround.kernel.models import AuditRecord
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.kernel.types import Scope, system_actor
from wardround.schema import actions, models, queries, sources
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.sources import Source
from wardround.schema.types import Difference
from wardround.site import upkeep
from wardround.tickets.types import TicketFilter

PLATFORM = system_actor("tests")
DEVICE, HOST = TYPES.split("---\n")
Ship = Callable[..., Difference]
"""Starts a version of the product that ships these packs."""

pytestmark = pytest.mark.django_db
ALL = ItemFilters()


@pytest.fixture
def ship(monkeypatch: pytest.MonkeyPatch) -> Ship:
    def shipped(*packs: Source) -> Difference:
        monkeypatch.setattr(sources, "find", lambda _paths: sources.Sources(list(packs)))
        return actions.import_shipped(PLATFORM, at=clock.now())

    return shipped


def types(device: str = DEVICE, host: str = HOST) -> Source:
    return pack({"types/devices.yaml": device + "---\n" + host})


def save(name: str, text: str, version: int | None = 1, **more: str) -> None:
    draft = DefinitionDraft(kind="item-type", name=name, text=text, **more)
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
    actions.import_packs(PLATFORM, [types()], at=clock.now(), consent=True)
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
    assert ship(types(appliance, HOST.replace("extends: device", "extends: appliance"))).empty
    assert AuditRecord.objects.filter(action="pack.refuse").count() == 1
    waiting, problems = queries.waiting_update(["ward"])
    assert waiting == ["ward"]
    assert "device" in problems[0].text()
    told = {found.name: found for found in upkeep.examine()}["packs"]
    assert told.health == "fault"
    assert "ward" in told.text
    assert "device" in told.text


def test_the_doctor_is_content_where_the_packs_are_those_of_this_version(ship: Ship) -> None:
    ship(types())
    assert queries.waiting_update(["ward"]) == ([], [])
    assert {found.name: found.health for found in upkeep.examine()}["packs"] == "ok"
    monkey = types(DEVICE.replace("icon: device", "icon: box"))
    sources.find = lambda _paths: sources.Sources([monkey])  # put back by `ship`
    assert queries.waiting_update([])[0] == ["ward"]
    assert {found.name: found.health for found in upkeep.examine()}["packs"] == "warning"


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


def _on_the_board(reach: Reach, *, days: int = 0) -> int:
    at = clock.now() + timedelta(days=days)
    board = boards.information(reach, TicketFilter(), at=at, limit=1, cursor=None)
    return board.update_losses


def test_what_updates_took_while_they_still_did_is_told_for_a_month(ship: Ship) -> None:
    lost = {"thing": "attribute-value", "label": {"zh": "属性值", "en": "attribute value"}}
    lost |= {"count": 2, "counted": False, "names": []}
    what = [{"kind": "item-type", "name": "host", "lost": [lost]}]
    audit.record(PLATFORM, queries.LOST_BY_UPDATE, subject=("pack", "ward"), what=what)
    ship(types())
    (loss,) = queries.lost_by_updates(clock.now() - timedelta(days=1))
    assert (loss.pack, [str(each) for each in loss.what]) == (
        "ward",
        ["配置项类型“host”（2 个属性值）"],
    )
    (told,) = [each for each in upkeep.examine() if each.name.startswith("update")]
    assert (told.name[:12], told.health) == ("update-ward-", "warning")
    assert "失去：配置项类型“host”（2 个属性值）" in told.text
    assert _on_the_board(EVERYTHING) == 1
    assert _on_the_board(EVERYTHING, days=queries.LOSS_DAYS_TOLD + 1) == 0
    assert _on_the_board(Reach(systems=frozenset({new_id()}))) == 0


WITHOUT = HOST[: HOST.index("attributes:")]
"""The type as a later version of the product ships it: without the attribute `memory`."""


def with_memory(*keys: str) -> None:
    for key in keys:
        new = NewItem(key=key, type="host", name=key, attributes={"memory": 1})
        cmdb.create_item(PLATFORM, new, at=clock.now())


def held() -> list[object]:
    return [dict(item.attributes) for item in cmdb_queries.list_items(EVERYTHING, ALL).items]


def held_back() -> list[tuple[str, str]]:
    return [(held.name, ", ".join(map(str, held.what))) for held in queries.held_back()]


def test_an_update_takes_nothing_from_what_lives_here_and_says_what_waits(
    ship: Ship, caplog: pytest.LogCaptureFixture
) -> None:
    ship(types())
    with_memory("a", "b")
    ship(types(DEVICE, HOST.replace("label: {zh: 服务器", "label: {zh: 主机")))
    assert held_back() == []
    done = ship(types(DEVICE.replace("icon: device", "icon: box"), WITHOUT))
    assert [change.name for change in done.changes if change.content] == ["device"]
    assert queries.item_type("host").icon == "box"
    assert [
        item.attributes["memory"] for item in cmdb_queries.list_items(EVERYTHING, ALL).items
    ] == [
        1,
        1,
    ]
    assert held_back() == [("host", "配置项类型“host”（2 个属性值）")]
    assert "waits, for it would take: 配置项类型“host”（2 个属性值）" in caplog.text
    (told,) = [each for each in upkeep.examine() if each.name.startswith("update")]
    assert (told.name, told.health) == ("update-ward", "warning")
    assert "配置项类型“host”（2 个属性值）" in told.text
    assert _on_the_board(EVERYTHING) == 0  # for nothing is lost
    assert {found.name: found.health for found in upkeep.examine()}["packs"] == "ok"
    with translation.override("en"):
        lines = client_of("auditor-en", "auditor").get("/audit?action=pack.hold_back").body["items"]
        (detail,) = [each for line in lines for each in line["told"] if "lost" in each["label"]]
        assert detail["text"] == "item-type “host” (2 attribute values)"


def test_what_waits_comes_with_a_later_version_that_takes_nothing(ship: Ship) -> None:
    ship(types())
    with_memory("a")
    ship(types(DEVICE, WITHOUT))
    assert len(held_back()) == 1
    (item,) = cmdb_queries.list_items(EVERYTHING, ALL).items
    cmdb.retire_item(PLATFORM, item.id, at=clock.now())
    ship(types(DEVICE.replace("icon: device", "icon: box"), WITHOUT))
    assert held_back() == []
    assert queries.stored(PLATFORM, "item-type", "host").text == WITHOUT


def test_a_person_brings_in_what_waits_and_consents(ship: Ship) -> None:
    ship(types())
    with_memory("a")
    ship(types(DEVICE, WITHOUT))
    with pytest.raises(actions.ConsentNeeded):
        actions.import_packs(PLATFORM, [types(DEVICE, WITHOUT)], at=clock.now())
    assert len(held_back()) == 1
    actions.import_packs(PLATFORM, [types(DEVICE, WITHOUT)], at=clock.now(), consent=True)
    assert held_back() == []
    assert ship(types(DEVICE, WITHOUT)).empty


def test_what_waits_comes_by_consent_and_takes_no_edit_of_the_hospital(ship: Ship) -> None:
    """The pack imported as a whole would put back each definition that the hospital changed."""
    ship(types())
    save("device", DEVICE.replace("icon: device", "icon: box"))
    with_memory("a")
    ship(types(DEVICE, WITHOUT))
    admin = client_of("keeper", "administrator", language="en")
    (waiting,) = admin.get("/packs/updates").body["items"]
    assert (waiting["pack"], waiting["kind"], waiting["name"]) == ("ward", "item-type", "host")
    assert waiting["what"] == ["item-type “host” (1 attribute value)"]
    checked = admin.post("/packs/ward/check-update").body
    assert [(each["name"], each["lost"][0]["count"]) for each in checked["changes"]] == [
        ("host", 1)
    ]
    refused = admin.post("/packs/ward/update")
    assert (refused.status, refused.body["code"]) == (409, "consent_needed")
    assert admin.post("/packs/ward/update?consent=true").status == 200
    assert queries.item_type("device").icon == "box"
    assert queries.stored(PLATFORM, "item-type", "host").text == WITHOUT
    assert admin.get("/packs/updates").body["items"] == held_back() == []
    assert admin.post("/packs/ward/update?consent=true").status == 404
    assert ship(types(DEVICE, WITHOUT)).empty


def test_the_command_line_asks_before_it_takes_what_waits(
    ship: Ship, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    ship(types())
    assert run("update") == 0  # nothing waits
    assert run("update", "ward") == 1
    assert "nothing of such a pack waits" in capsys.readouterr().err
    with_memory("a")
    ship(types(DEVICE, WITHOUT))
    assert run("update", "--json") == 1
    assert "1 attribute value" in capsys.readouterr().err
    assert len(held_back()) == 1
    assert run("update", "ward", "--yes") == 0
    assert held_back() == []


def test_the_shipped_pack_by_hand_counts_what_the_hospital_changed(ship: Ship) -> None:
    ship(types())
    save("device", DEVICE.replace("icon: device", "icon: box"))
    told, problems = actions.check_packs(PLATFORM, [types()])
    assert not problems
    assert [(each.name, each.lost[0].thing) for each in told.lost] == [("device", "definition")]
    with pytest.raises(actions.ConsentNeeded):
        actions.import_packs(PLATFORM, [types()], at=clock.now())


def test_what_waits_is_for_who_sees_the_whole(ship: Ship) -> None:
    ship(types())
    with_memory("a")
    ship(types(DEVICE, WITHOUT))
    assert client_of("nurse", "engineer").get("/packs/updates").status == 403
    part = client_of("of-his", "administrator", scope=Scope(systems=frozenset({new_id()})))
    assert part.get("/packs/updates").status == 403
    assert part.post("/packs/ward/update?consent=true").status == 403


def test_who_saves_what_waits_makes_it_the_hospitals_own(ship: Ship) -> None:
    ship(types())
    with_memory("a")
    ship(types(DEVICE, WITHOUT))
    save("host", HOST.replace("minimum: 0", "minimum: 1"))
    assert held_back() == []
    ship(types(DEVICE.replace("icon: device", "icon: box"), WITHOUT))
    assert held_back() == []
    assert "minimum: 1" in queries.stored(PLATFORM, "item-type", "host").text


def test_what_others_of_the_update_need_is_not_brought_by_halves(ship: Ship) -> None:
    """The new form of one needs what another one gives only in its new form, which waits."""
    ship(types())
    with_memory("a")
    tall = "kind: item-type\nname: tall\nlabel: Tall\nextends: host\nattributes:\n"
    tall += "  - {name: memory, label: Memory, type: text}\n"
    done = ship(types(DEVICE, WITHOUT + "---\n" + tall))
    assert done.empty
    assert queries.waiting_update(["ward"])[0] == ["ward"]
    assert held() == [{"memory": 1}]
