"""Updates of the product leave what the hospital made of its packs, definition by definition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from tests.hospital import client_of
from tests.schema.conftest import HEAD, TYPES, pack
from wardround.boards import queries as boards
from wardround.cmdb import actions as cmdb
from wardround.cmdb.types import NewItem
from wardround.kernel import audit, clock
from wardround.kernel.ids import new_id
from wardround.kernel.models import AuditRecord
from wardround.kernel.reach import EVERYTHING, Reach
from wardround.kernel.types import system_actor
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


def _on_the_board(reach: Reach, *, after: timedelta = timedelta()) -> int:
    at = clock.now() + after
    board = boards.information(reach, TicketFilter(), at=at, limit=1, cursor=None)
    return board.update_losses


def test_what_an_update_takes_from_items_is_told_and_not_only_done(
    ship: Ship, caplog: pytest.LogCaptureFixture
) -> None:
    ship(types())
    for key, memory in (("a", 1), ("b", 2), ("c", None)):
        values = {} if memory is None else {"memory": memory}
        cmdb.create_item(
            PLATFORM, NewItem(key=key, type="host", name=key, attributes=values), at=clock.now()
        )
    ship(types(DEVICE, HOST.replace("label: {zh: 服务器", "label: {zh: 主机")))
    assert queries.lost_by_updates(clock.now() - timedelta(days=1)) == []
    assert not [each for each in upkeep.examine() if each.name.startswith("update")]
    without = HOST[: HOST.index("attributes:")]
    ship(types(DEVICE, without))
    (loss,) = queries.lost_by_updates(clock.now() - timedelta(days=1))
    assert loss.pack == "ward"
    assert [str(each) for each in loss.what] == ["配置项类型“host”（2 个属性值）"]
    (told,) = [each for each in upkeep.examine() if each.name.startswith("update")]
    assert (told.name[:12], told.health) == ("update-ward-", "warning")
    assert "失去：配置项类型“host”（2 个属性值）" in told.text
    assert "took away: 配置项类型“host”（2 个属性值）" in caplog.text
    assert queries.lost_by_updates(clock.now() + timedelta(seconds=1)) == []
    assert _on_the_board(EVERYTHING) == 1
    assert _on_the_board(EVERYTHING, after=timedelta(days=queries.LOSS_DAYS_TOLD + 1)) == 0
    assert _on_the_board(Reach(systems=frozenset({new_id()}))) == 0
    ship(types(DEVICE, without))
    assert len(queries.lost_by_updates(clock.now() - timedelta(days=1))) == 1


def item_with_memory(key: str) -> None:
    cmdb.create_item(
        PLATFORM,
        NewItem(key=key, type="host", name=key, attributes={"memory": 1}),
        at=clock.now(),
    )


def lose_memory(ship: Ship, monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """Bring the attribute, fill it in one item more, and ship a version without it at a moment."""
    ship(types())
    item_with_memory(f"host-{at:%d%H%M}")
    with monkeypatch.context() as then:
        then.setattr(clock, "now", lambda: at)
        ship(types(DEVICE, HOST[: HOST.index("attributes:")]))


def test_each_update_is_told_by_itself_in_the_language_of_who_reads(
    ship: Ship, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now().replace(microsecond=0)
    moments = [now - timedelta(hours=2), now - timedelta(hours=1)]
    for moment in moments:
        lose_memory(ship, monkeypatch, moment)
    found = [each for each in upkeep.examine() if each.name.startswith("update")]
    assert [each.name for each in found] == [
        f"update-ward-{timezone.localtime(moment):%Y%m%d-%H%M%S}" for moment in moments[::-1]
    ]
    with translation.override("en"):
        assert "took away: item-type “host” (2 attribute values)." in found[0].text
        assert "took away: item-type “host” (1 attribute value)." in found[1].text
        lines = client_of("auditor-en", "auditor").get("/audit?action=pack.lose").body["items"]
        assert [
            detail["text"]
            for line in lines
            for detail in line["told"]
            if detail["label"] == "What was lost"
        ] == ["item-type “host” (2 attribute values)", "item-type “host” (1 attribute value)"]
    with translation.override("zh-hans"):
        assert "失去：配置项类型“host”（2 个属性值）" in found[0].text


def test_an_update_is_told_for_thirty_days_of_the_hospital(
    ship: Ship, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At half past midnight in China it is the day before by Greenwich."""
    assert str(timezone.get_default_timezone()) == "Asia/Shanghai"
    done = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)  # 2 March, half past midnight
    lose_memory(ship, monkeypatch, done)

    def told(at: datetime) -> list[str]:
        with monkeypatch.context() as then:
            then.setattr(clock, "now", lambda: at)
            return [each.text for each in upkeep.examine() if each.name.startswith("update")]

    (text,) = told(done)
    assert "2026-03-02" in text
    last = datetime(2026, 4, 1, 15, 59, tzinfo=UTC)  # the end of 1 April
    assert len(told(last)) == 1
    assert told(last + timedelta(minutes=1)) == []


def test_a_line_that_an_older_version_wrote_is_told_as_it_stands(db: None) -> None:
    audit.record(PLATFORM, "pack.lose", subject=("pack", "ward"), what="item-type host: 2 个属性值")
    (told,) = [each for each in upkeep.examine() if each.name.startswith("update")]
    assert "item-type host: 2 个属性值" in told.text
