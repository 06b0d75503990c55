"""An attribute that some roles alone see: kept from everybody else on every way, item by item."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from tests.cmdb.conftest import AT, PLATFORM
from tests.cmdb.imports import imported, lines
from tests.cmdb.test_serving import proposal
from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.access import actions as access
from wardround.access import queries as people
from wardround.access.types import AccountDraft, RoleGiven, TokenDraft
from wardround.cmdb import actions
from wardround.cmdb.types import ItemEntry, ItemsDefinition
from wardround.kernel import clock
from wardround.kernel.errors import BadInput
from wardround.kernel.types import EVERYWHERE, Scope
from wardround.schema import actions as schema
from wardround.schema.sources import Source

DEVICE = "item-type/device"
RESTRICTED = ("{name: serial,", "{name: serial, seen_by: [engineer], filter: true,")
UNIQUE = ("{name: serial,", "{name: serial, unique: true,")
HEAD = b'pack: more\nversion: "1"\nlabel: More\nrequires: [base]\n'


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    """Who has restricted the serial numbers of devices, and given each host one."""
    admin = client_of("modeller", "administrator")
    saved = admin.put(f"/definitions/{DEVICE}", proposal(admin, DEVICE, RESTRICTED))
    assert saved.status == 200, saved.body
    set_serial(admin, hospital, "host-2", "LIS-7")
    set_serial(admin, hospital, "spare", "AAA-0")
    return admin


def with_roles(user_name: str, **scopes: Scope) -> ApiClient:
    """Somebody who has each role in a scope of its own."""
    given = tuple(RoleGiven(role.replace("_", "-"), scope) for role, scope in scopes.items())
    draft = AccountDraft(user_name=user_name, roles=given)
    account = access.create_account(HOSPITAL, draft, at=clock.now())
    token = access.issue_token(HOSPITAL, account.id, TokenDraft("tests"), at=clock.now())
    return ApiClient(token.secret, "en")


@pytest.fixture
def mixed(admin: ApiClient, hospital: dict[str, UUID]) -> ApiClient:
    """An engineer of PACS alone, who reads everything."""
    pacs = Scope(systems=frozenset({hospital["pacs"]}))
    return with_roles("mixed", engineer=pacs, reader=EVERYWHERE)


def set_serial(admin: ApiClient, hospital: dict[str, UUID], key: str, value: str | None) -> None:
    done = change(admin, hospital[key], serial=value)
    assert done.status == 200, done.body


def change(client: ApiClient, item: UUID, **attributes: Any) -> Any:
    version = client.get(f"/items/{item}").body["version"]
    return client.patch(f"/items/{item}", {"version": version, "attributes": attributes})


def keys(client: ApiClient, **filters: str) -> list[str]:
    answer = client.get("/items", **filters)
    assert answer.status == 200, answer.body
    return [item["key"] for item in answer.body["items"]]


# Seen --------------------------------------------------------------------------------------------


def test_on_each_item_those_grants_count_that_reach_it(
    mixed: ApiClient, hospital: dict[str, UUID]
) -> None:
    own, other = (mixed.get(f"/items/{hospital[key]}").body for key in ("host-1", "host-2"))
    assert own["attributes"]["serial"] == "SN1"
    assert own["restricted"] == []
    assert "serial" not in other["attributes"]
    assert other["restricted"] == ["serial"]


def test_the_administrator_sees_it_and_whoever_has_the_role_nowhere_does_not(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    assert admin.get(f"/items/{hospital['host-2']}").body["attributes"]["serial"] == "LIS-7"
    director = client_of("director", "director")
    assert director.get(f"/items/{hospital['host-2']}").body["restricted"] == ["serial"]


def test_a_token_sees_no_more_than_its_owner_and_no_more_than_it_may(
    mixed: ApiClient, hospital: dict[str, UUID]
) -> None:
    account = people.account_by_user_name("mixed").id
    draft = TokenDraft("narrow", permissions=frozenset({"cmdb.read"}))
    narrow = ApiClient(access.issue_token(HOSPITAL, account, draft, at=clock.now()).secret, "en")
    assert narrow.get(f"/items/{hospital['host-1']}").body["attributes"]["serial"] == "SN1"
    assert narrow.get(f"/items/{hospital['host-2']}").body["restricted"] == ["serial"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "SN1"}, []),  # by words nobody finds what some roles alone see
        ({"q": "LIS-7"}, []),
        ({"attribute.serial": "SN1"}, ["host-1"]),
        ({"attribute.serial": "LIS-7"}, []),
        ({"attribute.serial": "nobody has it"}, []),
        ({"where": 'serial = "LIS-7"'}, []),
        ({"where": 'starts_with(serial, "S")'}, ["host-1"]),
        ({"where": "is_set(serial)"}, ["host-1"]),
        ({"where": 'type = host and not (serial = "AAA-0")'}, ["host-1", "host-2", "spare"]),
    ],
)
def test_no_filter_finds_what_is_kept(
    mixed: ApiClient, asked: dict[str, str], found: list[str]
) -> None:
    assert sorted(keys(mixed, **asked)) == found


def test_without_a_value_are_those_alone_of_which_that_is_seen(
    mixed: ApiClient, admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    set_serial(admin, hospital, "host-1", None)
    assert keys(mixed, type="host", **{"attribute.serial": ""}) == ["host-1"]


def test_order_and_cursor_do_not_tell(
    mixed: ApiClient, admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    order = {"type": "host", "sort": "attribute.serial"}
    before = mixed.get("/items", **order, limit="1").body
    assert keys(admin, **order) == ["spare", "host-2", "host-1"]
    all_before = keys(mixed, **order)
    set_serial(admin, hospital, "spare", "ZZZ-9")
    set_serial(admin, hospital, "host-2", "AAA-0")
    after = mixed.get("/items", **order, limit="1").body
    assert keys(mixed, **order) == all_before
    assert after["next"] == before["next"]


def test_a_workbook_says_that_it_is_restricted(mixed: ApiClient) -> None:
    columns = "key,attributes.serial"
    body = mixed.get("/items", type="host", format="xlsx", columns=columns).body
    rows = list(load_workbook(io.BytesIO(body)).active.values)[1:]
    assert dict(rows) == {
        "host-1": "SN1",
        "host-2": "(restricted)",
        "spare": "(restricted)",
    }


def test_the_history_says_that_it_changed_and_not_from_what_to_what(
    mixed: ApiClient, admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    set_serial(admin, hospital, "host-2", "LIS-8")
    told = mixed.get(f"/items/{hospital['host-2']}/changes").body["items"][0]
    assert (told["field"], told["old"], told["new"]) == ("attributes.serial", None, None)
    assert told["restricted"] is True
    told = admin.get(f"/items/{hospital['host-2']}/changes").body["items"][0]
    assert (told["old"], told["new"], told["restricted"]) == ("LIS-7", "LIS-8", False)


def test_what_was_kept_stays_kept_when_the_attribute_is_no_more(
    mixed: ApiClient, admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    line = next(
        each
        for each in admin.get(f"/definitions/{DEVICE}").body["text"].splitlines(keepends=True)
        if "name: serial," in each
    )
    gone = proposal(admin, DEVICE, (line, ""), ("[serial], ", ""))
    saved = admin.put(f"/definitions/{DEVICE}", {**gone, "consent": True})
    assert saved.status == 200, saved.body
    told = mixed.get(f"/items/{hospital['host-2']}/changes").body["items"]
    assert [each["restricted"] for each in told if each["field"] == "attributes.serial"]
    assert "LIS-7" not in str(told)


def test_what_no_longer_fits_is_told_to_those_who_see_it(
    mixed: ApiClient, admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    set_serial(admin, hospital, "host-2", None)
    needed = proposal(admin, DEVICE, ("{name: serial,", "{name: serial, required: true,"))
    saved = admin.put(f"/definitions/{DEVICE}", {**needed, "consent": True})
    assert saved.status == 200, saved.body
    assert "host-2" in keys(admin, unfit="true")
    assert "host-2" not in keys(mixed, unfit="true")
    assert mixed.get(f"/items/{hospital['host-2']}").body["unfit"] == {}


# Changed -----------------------------------------------------------------------------------------


@pytest.fixture
def writer(admin: ApiClient) -> ApiClient:
    """May write every item, and is no engineer."""
    role = {"name": "keeper", "permissions": ["cmdb.read", "cmdb.write"]}
    assert admin.post("/roles", role).status == 201
    return with_roles("writer", keeper=EVERYWHERE)


def serial_of(admin: ApiClient, hospital: dict[str, UUID], key: str) -> Any:
    return admin.get(f"/items/{hospital[key]}").body["attributes"].get("serial")


def test_whoever_does_not_see_it_leaves_it_as_it_is(
    writer: ApiClient, admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    assert change(writer, hospital["host-2"], model="R750").status == 200
    assert change(writer, hospital["host-2"], serial="(restricted)").status == 200
    assert change(writer, hospital["host-2"], serial="（受限）").status == 200
    assert serial_of(admin, hospital, "host-2") == "LIS-7"


@pytest.mark.parametrize("value", ["X", None, "LIS-7"])
def test_whoever_does_not_see_it_cannot_change_it(
    writer: ApiClient, admin: ApiClient, hospital: dict[str, UUID], value: str | None
) -> None:
    refused = change(writer, hospital["host-2"], serial=value)
    assert refused.status == 422
    assert refused.body["problems"][0]["field"] == "attributes.serial"
    assert "may not see" in refused.body["problems"][0]["message"]
    bulk = writer.post(
        "/items/bulk", {"rows": [{"key": "host-2", "attributes": {"serial": value}}]}
    )
    assert bulk.status == 422
    assert serial_of(admin, hospital, "host-2") == "LIS-7"


def test_nobody_is_asked_for_what_he_may_not_see(writer: ApiClient, admin: ApiClient) -> None:
    needed = proposal(admin, DEVICE, ("{name: serial,", "{name: serial, required: true,"))
    saved = admin.put(f"/definitions/{DEVICE}", {**needed, "consent": True})
    assert saved.status == 200, saved.body
    made = writer.post("/items", {"type": "host", "name": "新服务器", "key": "fresh"})
    assert made.status == 201, made.body
    assert keys(admin, unfit="true", key="fresh") == ["fresh"]


def test_a_file_leaves_it_and_does_not_find_by_it(
    writer: ApiClient, admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    run = imported(writer, [["编号", "型号", "序列号"], ["host-2", "R750", "(restricted)"]],
                   type="host")  # fmt: skip
    assert run["changed"] == 1
    assert serial_of(admin, hospital, "host-2") == "LIS-7"
    run = imported(writer, [["名称", "序列号"], ["物理服务器 9", "LIS-7"]], type="host")
    (line,) = lines(writer, run)
    assert line["verdict"] == "refused"
    assert "物理服务器 2" not in str(line)


def test_rows_of_a_file_tell_no_values_to_those_who_do_not_see_them(
    writer: ApiClient, admin: ApiClient
) -> None:
    run = imported(
        admin,
        [["编号", "名称", "序列号"], ["host-2", "", "LIS-9"], ["host-1", "", "x" * 9_000]],
        type="host",
    )
    assert run["changed"] >= 1
    assert "LIS-9" in str(lines(admin, run))
    told = lines(writer, run)
    assert "(restricted)" in str(told)
    assert "LIS-" not in str(told)
    assert "xxx" not in str(told)


def test_a_duplicate_of_what_is_not_seen_is_taken_and_not_by_what(
    mixed: ApiClient, admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    saved = admin.put(f"/definitions/{DEVICE}", proposal(admin, DEVICE, UNIQUE))
    assert saved.status == 200, saved.body
    refused = change(mixed, hospital["host-1"], serial="lis-7")
    assert refused.status == 422
    assert "another item" in refused.body["problems"][0]["message"]
    assert "物理服务器 2" not in str(refused.body)


def test_bringing_back_what_has_a_value_twice_does_not_tell_it(
    writer: ApiClient, admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    saved = admin.put(f"/definitions/{DEVICE}", proposal(admin, DEVICE, UNIQUE))
    assert saved.status == 200, saved.body
    assert admin.post(f"/items/{hospital['spare']}/retire").status == 200
    set_serial(admin, hospital, "host-2", "AAA-0")
    refused = writer.post(f"/items/{hospital['spare']}/restore")
    assert refused.status == 422
    assert "AAA-0" not in str(refused.body)
    assert "may not see" in refused.body["problems"][0]["message"]


# Definitions -------------------------------------------------------------------------------------


def test_a_role_that_is_not_there_is_refused_and_one_that_is_renamed_is_followed(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    wrong = proposal(admin, DEVICE, ("seen_by: [engineer]", "seen_by: [enginer]"))
    checked = admin.post(f"/definitions/{DEVICE}/check", wrong).body
    assert "enginer" in str(checked["problems"])
    role = {"name": "stock", "permissions": ["cmdb.read"]}
    made = admin.post("/roles", role)
    assert made.status == 201
    chief = AccountDraft(user_name="chief", roles=(RoleGiven("administrator", EVERYWHERE),))
    access.give_one_time_password(HOSPITAL, access.create_account(HOSPITAL, chief, at=AT).id)
    stock = proposal(admin, DEVICE, ("seen_by: [engineer]", "seen_by: [stock]"))
    assert admin.put(f"/definitions/{DEVICE}", stock).status == 200
    of_stock = with_roles("of-stock", stock=EVERYWHERE)
    assert serial_of(of_stock, hospital, "host-2") == "LIS-7"
    assert admin.delete(f"/roles/{made.body['id']}").status == 409
    renamed = admin.patch(f"/roles/{made.body['id']}", {"name": "stores"})
    assert renamed.status == 200, renamed.body
    assert "seen_by: [stores]" in admin.get(f"/definitions/{DEVICE}").body["text"]
    assert serial_of(of_stock, hospital, "host-2") == "LIS-7"


def test_who_does_not_see_it_cannot_open_it_to_himself(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    may = ["cmdb.read", "cmdb.write", "collect.read", "schema.read", "schema.edit"]
    assert admin.post("/roles", {"name": "modelling", "permissions": may}).status == 201
    modeller = with_roles("modelling-person", modelling=EVERYWHERE)
    for opened in ("", "seen_by: [modelling],", "seen_by: [engineer, modelling],"):
        wanted = proposal(modeller, DEVICE, ("seen_by: [engineer],", opened))
        refused = modeller.put(f"/definitions/{DEVICE}", wanted)
        assert refused.status in (409, 422), refused.body
        assert "may not see" in str(refused.body)
    assert modeller.get(f"/items/{hospital['host-2']}").body["restricted"] == ["serial"]
    narrower = proposal(modeller, DEVICE, ("{name: model,", "{name: model, seen_by: [engineer],"))
    assert modeller.put(f"/definitions/{DEVICE}", narrower).status == 200


def test_items_in_a_definition_are_read_by_those_alone_who_see_all_that_it_says(
    mixed: ApiClient, admin: ApiClient
) -> None:
    text = """kind: items
name: told
items:
  - {key: told-1, type: host, name: 已说明, attributes: {serial: TOLD-1}}
"""
    schema.import_packs(
        PLATFORM, [Source("more", {"pack.yaml": HEAD, "told.yaml": text.encode()})], at=AT
    )
    assert "TOLD-1" in admin.get("/definitions/items/told").body["text"]
    assert mixed.get("/definitions/items/told").status == 404
    assert "told" not in [each["name"] for each in mixed.get("/definitions").body["items"]]


def test_a_definition_cannot_write_what_its_importer_does_not_see(
    writer: ApiClient, hospital: dict[str, UUID]
) -> None:
    actor = people.actor_for(people.account_by_user_name("writer").id)
    entry = ItemEntry(key="host-2", type="host", name="物理服务器 2", attributes={"serial": "X"})
    with pytest.raises(BadInput) as refused:
        actions.import_items(actor, [ItemsDefinition(name="w", items=(entry,))], at=AT)
    (problem,) = refused.value.problems
    assert (problem.field, problem.row) == ("attributes.serial", 1)
