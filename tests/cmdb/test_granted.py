"""A role that is given over the items of which an expression is true, through the door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.access.conftest import PASSWORD
from tests.cmdb.imports import counts, imported, lines
from tests.cmdb.test_attribute_rights import RESTRICTED, change, keys, with_roles
from tests.cmdb.test_seen_by import seers
from tests.cmdb.test_serving import proposal
from tests.hospital import ApiClient, client_of
from wardround.access import actions as access
from wardround.access import models as people
from wardround.alerts import models as alerts
from wardround.cmdb import models
from wardround.kernel import clock, live
from wardround.kernel.among import Among
from wardround.kernel.live import topics
from wardround.kernel.reach import Reach
from wardround.kernel.types import EVERYWHERE, Scope

DEVICE = "item-type/device"
HOSTS = 'type = host and serial != "OUT"'


def where(expression: str) -> Scope:
    return Scope(where=frozenset({expression}))


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    access.ensure_first_account(user_name="first", password=PASSWORD, at=clock.now())
    return client_of("modeller", "administrator")


@pytest.fixture
def keeper(admin: ApiClient) -> ApiClient:
    """An engineer of hosts."""
    return with_roles("keeper", engineer=where(HOSTS))


def give(admin: ApiClient, account: str, role: str, **scope: Any) -> Any:
    row = people.Account.objects.get(user_name=account)
    return admin.patch(f"/accounts/{row.id}", {"roles": [{"role": role, "scope": scope}]})


def given(admin: ApiClient, account: str) -> dict[str, Any]:
    row = people.Account.objects.get(user_name=account)
    roles = admin.get(f"/accounts/{row.id}").body["roles"]
    return dict(roles[0])


# Given -------------------------------------------------------------------------------------------


def test_it_is_given_shown_and_takes_effect_at_once(
    admin: ApiClient, keeper: ApiClient, hospital: dict[str, UUID]
) -> None:
    assert keys(keeper, sort="key") == ["host-1", "host-2", "spare"]
    done = give(admin, "keeper", "engineer", where=" type = switch ")
    assert done.body["roles"] == [
        {
            "role": "engineer",
            "scope": {
                "everything": False, "systems": [], "organisations": [], "where": "type = switch",
            },
            "problem": "",
        }
    ]  # fmt: skip
    assert keys(keeper) == ["switch-1"]
    assert keeper.get(f"/items/{hospital['host-1']}").status == 404
    line = admin.get("/audit", action="account.change").body["items"][0]
    assert "type = switch" in str(line)


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ({"where": "type = hosst"}, "character 8: “type” can never be “hosst”"),
        ({"where": "nothing = 1"}, "there is no field “nothing”"),
        ({"where": 'password = "tiger"'}, "is a secret"),
        ({"where": 'serial = "SN1"'}, "“serial” is not shown to this role"),
        ({"where": 'access_path = "x" or vendor.serial = "SN1"'}, "not shown to this role"),
        ({"where": "type = host", "everything": True}, "choose one of them"),
        ({"where": ""}, "Say where the role holds"),
    ],
)
def test_what_means_nothing_or_says_too_much_is_refused(
    admin: ApiClient, keeper: ApiClient, scope: dict[str, Any], told: str
) -> None:
    restrict(admin)
    done = give(admin, "keeper", "reader", **scope)
    assert done.status == 422
    (problem,) = done.body["problems"]
    assert (told in problem["message"], problem["row"]) == (True, 1), done.body


def restrict(admin: ApiClient) -> None:
    saved = admin.put(f"/definitions/{DEVICE}", proposal(admin, DEVICE, RESTRICTED))
    assert saved.status == 200, saved.body


def test_nobody_gives_more_than_they_have(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    narrow = with_roles("narrow", administrator=where(HOSTS))
    assert narrow.get("/accounts").status == 200
    assert narrow.post("/accounts", {"user_name": "friend"}).status == 403


# Out ---------------------------------------------------------------------------------------------


def test_what_leaves_the_expression_is_gone_from_every_view_at_once(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    keeper = with_roles("network", reader=where('type in [host, switch] and serial != "OUT"'))
    host = hospital["host-1"]
    raise_alert(host)
    around = f"/items/{hospital['switch-1']}/graph"
    assert shown(keeper, around) == {"host-1", "host-2", "switch-1"}
    assert keeper.get("/alerts").body["total"] == 1
    assert change(admin, host, serial="OUT").status == 200
    assert keys(keeper, sort="key") == ["host-2", "spare", "switch-1"]
    assert keeper.get("/items", q="物理服务器").body["total"] == 1
    assert keeper.get(f"/items/{host}/changes").status == 404
    assert shown(keeper, around) == {"host-2", "switch-1"}
    assert keeper.get("/alerts").body["total"] == 0
    found = keeper.get("/search", q="物理服务器").body["groups"]
    assert ("物理服务器 1" in str(found), "物理服务器 2" in str(found)) == (False, True)


def raise_alert(item: UUID) -> None:
    now = clock.now()
    alerts.Alert.objects.create(
        fingerprint=item, rule="r", severity="warning", item_id=item, started_at=now, last_at=now
    )


def shown(client: ApiClient, path: str) -> set[str]:
    nodes = client.get(path).body["nodes"]
    return {node["key"] for node in nodes if node["id"]}


def test_of_a_system_that_is_reached_alone_only_its_own_parts_are_counted(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    """A system within reach does not open what it stands on, nor how that fares."""
    models.Item.objects.filter(key="host-1").update(condition="down")
    models.Item.objects.filter(key="pacs-db").update(condition="ok")
    alone = with_roles("alone", reader=where("type = business-system or type = database"))
    assert keys(alone, sort="key") == ["lis", "pacs", "pacs-db"]
    parts = alone.get(f"/items/{hospital['pacs']}").body["parts"]
    assert (parts["all"], parts["abnormal"]) == (1, 0)
    assert alone.get("/items", where='"放射科PACS/RIS" in systems', sort="key").body["total"] == 2


def test_an_attribute_is_seen_through_the_grants_that_reach_its_item(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    restrict(admin)
    mixed = with_roles("mixed", reader=EVERYWHERE, engineer=where('serial = "SN1"'))
    own, other = (mixed.get(f"/items/{hospital[key]}").body for key in ("host-1", "host-2"))
    assert (own["attributes"]["serial"], own["restricted"]) == ("SN1", [])
    assert other["restricted"] == ["serial"]
    assert keys(mixed, where="is_set(serial)") == ["host-1"]
    assert len(keys(mixed)) == models.Item.objects.count()


def test_who_sees_it_is_told_with_the_expression(
    admin: ApiClient, keeper: ApiClient, hospital: dict[str, UUID]
) -> None:
    found = seers(admin, hospital["host-1"], through="expression")
    assert {name: each["why"] for name, each in found.items()} == {"keeper": [f"Engineer: {HOSTS}"]}
    assert found["keeper"]["changes"] is True
    assert seers(admin, hospital["switch-1"], through="expression") == {}


# Written -----------------------------------------------------------------------------------------


def test_nobody_writes_an_item_out_of_his_reach(
    keeper: ApiClient, hospital: dict[str, UUID]
) -> None:
    assert change(keeper, hospital["host-1"], serial="IN").status == 200
    done = change(keeper, hospital["host-1"], serial="OUT")
    assert (done.status, done.body["code"]) == (422, "beyond_reach")
    assert keeper.get(f"/items/{hospital['host-1']}").body["attributes"]["serial"] == "IN"
    rows = [
        {"key": "host-2", "attributes": {"serial": "OUT"}},
        {"key": "spare", "attributes": {"serial": "B"}},
    ]
    done = keeper.post("/items/bulk", {"rows": rows, "mode": "each"})
    assert [each["status"] for each in done.body["rows"]] == ["refused", "changed"]
    assert keeper.post("/items/bulk", {"rows": rows, "mode": "all"}).status == 422
    assert models.Item.objects.get(key="host-2").attributes.get("serial") is None


def test_an_import_refuses_the_rows_that_would_leave(
    keeper: ApiClient, hospital: dict[str, UUID]
) -> None:
    rows = [["key", "name", "serial"], ["host-1", "物理服务器 1", "OUT"], ["spare", "备用", "C"]]
    for dry in ("true", "false"):
        run = imported(keeper, [*rows, ["switch-1", "x", "y"]], type="host", dry_run=dry)
        assert counts(run) == (0, 1, 0, 2)
    told = {line["key"]: line["problems"] for line in lines(keeper, run, verdict="refused")}
    assert "out of what you may see" in told["host-1"][0]["message"]


def test_nobody_brings_other_items_into_his_reach(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    """By a name that others' items point to."""
    rooms = with_roles("rooms", engineer=where('department = "放射科" or key = "radiology"'))
    assert keys(rooms, sort="key") == ["pacs", "radiology"]
    other = with_roles("other", engineer=where('department = "检验科" or type = department'))
    radiology = hospital["radiology"]
    version = other.get(f"/items/{radiology}").body["version"]
    done = other.patch(f"/items/{radiology}", {"version": version, "name": "检验科"})
    assert (done.status, done.body["code"]) == (422, "into_reach")
    assert keys(other) == ["radiology"]


# Definitions -------------------------------------------------------------------------------------


def test_it_follows_new_names(admin: ApiClient, keeper: ApiClient) -> None:
    renamed = ("{name: serial,", "{name: serial_number, renamed_from: serial,")
    identified = ("[serial]", "[serial_number]")
    done = admin.put(f"/definitions/{DEVICE}", proposal(admin, DEVICE, renamed, identified))
    assert done.status == 200, done.body
    assert given(admin, "keeper")["scope"]["where"] == 'type = host and serial_number != "OUT"'
    body = proposal(admin, "item-type/host", ("name: host\n", "name: machine\n"))
    done = admin.put("/definitions/item-type/machine", {**body, "renamed_from": "host"})
    assert done.status == 200, done.body
    assert given(admin, "keeper")["scope"]["where"] == 'type = machine and serial_number != "OUT"'
    assert keys(keeper, sort="key") == ["host-1", "host-2", "spare"]
    (line,) = admin.get("/audit", action="account.respell_grant", limit="1").body["items"]
    assert line["actor"]["name"]


def test_what_it_asks_for_is_not_taken_unseen_and_then_it_reaches_nothing(
    admin: ApiClient, keeper: ApiClient
) -> None:
    other = ("{name: serial,", "{name: other_serial,")
    without = proposal(admin, DEVICE, other, ("[[serial]", "[[other_serial]"))
    told = admin.put(f"/definitions/{DEVICE}", without)
    assert told.status == 409
    assert "1 role given by a condition" in str(told.body)
    assert admin.put(f"/definitions/{DEVICE}", {**without, "consent": True}).status == 200
    assert keeper.get("/items").status == 403
    assert "no field “serial”" in given(admin, "keeper")["problem"] or given(admin, "keeper")[
        "problem"
    ].startswith("A definition has changed")


def test_an_attribute_that_is_kept_from_the_role_later_closes_it(
    admin: ApiClient, keeper: ApiClient, hospital: dict[str, UUID]
) -> None:
    give(admin, "keeper", "reader", where=HOSTS)
    assert len(keys(keeper)) == 3
    restrict(admin)
    assert keys(keeper) == []
    assert keeper.get(f"/items/{hospital['host-1']}").status == 404
    assert "not shown to this role" in given(admin, "keeper")["problem"]


# Heard -------------------------------------------------------------------------------------------


def test_whoever_had_it_on_his_screen_is_told_to_look_again(
    admin: ApiClient,
    keeper: ApiClient,
    hospital: dict[str, UUID],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = list[tuple[Any, ...]]()
    monkeypatch.setattr(live, "publish", lambda *news: told.append(news))
    host = hospital["host-1"]
    for serial, news in (("IN", ("items", host)), ("OUT", ("items",)), ("IN", ("items",))):
        change(admin, host, serial=serial)
        assert told.pop() == news
    reach = Reach(among=frozenset({Among(HOSTS, "engineer", clock.now())}))
    assert topics()["items"].visible(reach, [host, hospital["switch-1"]]) == {host}
