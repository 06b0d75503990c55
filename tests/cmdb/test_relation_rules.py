"""Relations that follow from equal values, kept in step by whichever way items are written."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM
from tests.cmdb.test_serving import proposal
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, models, ruled
from wardround.cmdb.types import ItemEntry, ItemsDefinition, NewItem, RelationEntry
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Scope

RULE = """\
kind: relation-rule
name: by-serial
label: {zh: 同序列号, en: Of one serial number}
relation: hosted-on
from: {type: switch, attribute: serial}
to: {type: host, attribute: serial}
"""
TWINS = """\
kind: relation-rule
name: twins
label: Twins
relation: linked-with
from: {type: host, attribute: serial}
to: {type: host, attribute: serial}
"""


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("ruler", "administrator")


def say(admin: ApiClient, text: str, name: str = "by-serial", **more: Any) -> Any:
    saved = admin.put(f"/definitions/relation-rule/{name}", {"text": text, **more})
    assert saved.status == 200, saved.body
    return saved.body["version"]


def serial(admin: ApiClient, key: str, value: str | None) -> None:
    (item,) = admin.get("/items", key=key).body["items"]
    body = {"version": item["version"], "attributes": {"serial": value}}
    done = admin.patch(f"/items/{item['id']}", body)
    assert done.status == 200, done.body


def kept(rule: str = "by-serial") -> set[tuple[str, str]]:
    rows = models.Relation.objects.filter(origin=f"rule/{rule}")
    return {*rows.values_list("source__key", "target__key")}


def test_equal_values_relate_and_unequal_ones_no_longer(admin: ApiClient) -> None:
    say(admin, RULE)
    assert kept() == set()
    serial(admin, "switch-1", " sn 1")  # as values are compared everywhere
    assert kept() == {("switch-1", "host-1")}
    serial(admin, "host-2", "SN1")
    assert kept() == {("switch-1", "host-1"), ("switch-1", "host-2")}
    serial(admin, "switch-1", "other")
    assert kept() == set()


def test_a_new_rule_relates_what_is_there_and_goes_with_its_relations(admin: ApiClient) -> None:
    serial(admin, "switch-1", "SN1")
    say(admin, RULE)
    assert kept() == {("switch-1", "host-1")}
    assert AuditRecord.objects.filter(action="relation.rule").count() == 1
    lives = admin.get("/definitions/relation-rule/by-serial/dependents").body
    assert [(each["thing"], each["count"]) for each in lives["things"]] == [("relation", 1)]
    refused = admin.delete("/definitions/relation-rule/by-serial")
    assert refused.status == 409
    assert admin.delete("/definitions/relation-rule/by-serial?consent=true").status == 204
    assert kept() == set()
    assert not models.KeptValue.objects.exists()


def test_what_a_rule_keeps_says_so_and_is_not_taken_away_by_hand(admin: ApiClient) -> None:
    say(admin, RULE)
    serial(admin, "switch-1", "SN1")
    (row,) = admin.get("/relations", kind="hosted-on", item=item("switch-1")).body["items"]
    assert row["rule"] == "Of one serial number"
    refused = admin.delete(f"/relations/{row['id']}")
    assert (refused.status, refused.body["code"]) == (409, "relation_kept_by_rule")
    assert "Of one serial number" in refused.body["detail"]
    assert kept() == {("switch-1", "host-1")}
    told = admin.patch(f"/relations/{row['id']}", {"standby": "cold", "switch_minutes": 5})
    assert told.status == 200
    serial(admin, "switch-1", "SN 1")
    assert models.Relation.objects.get(origin="rule/by-serial").switch_minutes == 5


def item(key: str) -> str:
    return str(models.Item.objects.get(key=key).id)


def test_one_drawn_by_hand_stays_as_it_is(admin: ApiClient) -> None:
    say(admin, RULE)
    drawn = {"kind": "hosted-on", "source": "switch-1", "target": "host-1"}
    assert admin.post("/relations", drawn).status == 201
    serial(admin, "switch-1", "SN1")
    serial(admin, "switch-1", "SN2")
    assert kept() == set()
    rows = models.Relation.objects.filter(kind="hosted-on", source__key="switch-1")
    assert list(rows.values_list("target__key", "origin")) == [("host-1", "")]


def test_when_it_is_taken_away_by_hand_the_rule_draws_it(admin: ApiClient) -> None:
    say(admin, RULE)
    drawn = {"kind": "hosted-on", "source": "switch-1", "target": "host-1"}
    made = admin.post("/relations", drawn).body
    serial(admin, "switch-1", "SN1")
    assert admin.delete(f"/relations/{made['id']}").status == 204
    assert kept() == {("switch-1", "host-1")}


def test_a_retired_item_keeps_what_it_had_and_is_looked_at_when_it_comes_back(
    admin: ApiClient, hospital: dict[str, UUID]
) -> None:
    say(admin, RULE)
    serial(admin, "switch-1", "SN1")
    assert admin.post(f"/items/{hospital['host-1']}/retire").status == 200
    serial(admin, "switch-1", "other")
    assert kept() == {("switch-1", "host-1")}
    assert admin.post(f"/items/{hospital['host-1']}/restore").status == 200
    assert kept() == set()


def test_a_definition_of_items_that_lets_go_leaves_it_to_the_rule(admin: ApiClient) -> None:
    say(admin, RULE)
    serial(admin, "switch-1", "SN1")
    relation = RelationEntry(kind="hosted-on", source="switch-1", target="host-1")
    actions.import_items(PLATFORM, [ItemsDefinition(name="d", relations=(relation,))], at=AT)
    assert kept() == set()
    actions.import_items(PLATFORM, [ItemsDefinition(name="d")], at=AT)
    assert kept() == {("switch-1", "host-1")}


def test_ends_that_stand_for_the_same_are_related_once(admin: ApiClient) -> None:
    say(admin, TWINS, "twins")
    serial(admin, "host-2", "SN1")
    assert len(kept("twins")) == 1
    serial(admin, "host-2", "SN1 ")
    assert len(kept("twins")) == 1
    serial(admin, "host-1", None)
    assert kept("twins") == set()


def test_another_name_and_another_attribute(admin: ApiClient) -> None:
    version = say(admin, RULE)
    serial(admin, "switch-1", "SN1")
    other = RULE.replace("by-serial", "by-number")
    version = say(admin, other, "by-number", renamed_from="by-serial", base_version=version)
    assert kept("by-number") == {("switch-1", "host-1")}
    say(admin, other.replace("serial}", "name}"), "by-number", base_version=version)
    assert kept("by-number") == set()
    named = NewItem(type="switch", name=models.Item.objects.get(key="host-1").name, key="sw-9")
    actions.create_item(PLATFORM, named, at=AT)
    assert kept("by-number") == {("sw-9", "host-1")}


@pytest.mark.parametrize(
    ("put", "instead", "path", "word"),
    [
        ("attribute: serial}\nto", "attribute: serail}\nto", "from.attribute", "no attribute"),
        ("hosted-on", "holds", "relation", "does not lead"),
        ("type: switch", "type: host", "relation", "both ends are the same"),
        ("hosted-on", "no-such", "relation", "there is no"),
    ],
)
def test_what_cannot_be_is_refused(
    admin: ApiClient, put: str, instead: str, path: str, word: str
) -> None:
    text = RULE.replace(put, instead)
    checked = admin.post("/definitions/relation-rule/by-serial/check", {"text": text})
    (problem,) = checked.body["problems"]
    assert admin.put("/definitions/relation-rule/by-serial", {"text": text}).status == 422
    assert (problem["path"], word in problem["message"]) == (path, True), problem


def test_a_kind_with_limits_cannot_be_kept_by_a_rule(admin: ApiClient) -> None:
    say(admin, RULE)
    wanted = proposal(admin, "relation-kind/hosted-on", ("gate: and", "gate: and\nmost_targets: 1"))
    refused = admin.put("/definitions/relation-kind/hosted-on", wanted)
    assert refused.status == 422
    assert "limits how many" in refused.body["problems"][0]["message"]


def test_what_some_roles_alone_see_is_not_told_by_relations(admin: ApiClient) -> None:
    say(admin, RULE)
    kept_apart = ("{name: serial,", "{name: serial, seen_by: [engineer],")
    refused = admin.put(
        "/definitions/item-type/device", proposal(admin, "item-type/device", kept_apart)
    )
    assert refused.status == 422
    assert "some roles alone" in refused.body["problems"][0]["message"]


def test_a_value_that_too_many_hold_relates_nothing(
    admin: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ruled, "MOST", 2)
    say(admin, RULE)
    serial(admin, "switch-1", "SN1")
    serial(admin, "host-2", "SN1")
    assert len(kept()) == 2
    actions.create_item(
        PLATFORM, NewItem(type="host", name="h", attributes={"serial": "SN1"}), at=AT
    )
    assert kept() == set()


def test_such_a_value_is_told_with_how_many_would_follow(
    admin: ApiClient, hospital: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the rule when it is checked, as a finding of the items, and as a list under reach."""
    monkeypatch.setattr(ruled, "MOST", 2)
    for key in ("switch-1", "host-1", "host-2"):
        serial(admin, key, "SN 1")
    address = "/definitions/relation-rule/by-serial/check"
    told = [each["message"] for each in admin.post(address, {"text": RULE}).body["advice"]]
    assert told == ["by the values of now it keeps 2 relations"]
    say(admin, RULE)
    assert len(kept()) == 2
    serial(admin, "spare", "sn1")
    assert kept() == set()
    told = [
        each["message"]
        for each in admin.post(address, {"text": RULE.replace("Of one", "Of a")}).body["advice"]
    ]
    assert told[0] == "by the values of now it keeps 0 relations"
    assert told[1].startswith("1 values are too common: by one of them up to 3 relations")
    found = {each["name"]: each for each in admin.get("/data-quality").body["findings"]}
    assert found["common-value"]["count"] == 4
    rows = admin.get("/items", finding="common-value").body["items"]
    assert {row["key"] for row in rows} == {"switch-1", "host-1", "host-2", "spare"}
    (row,) = admin.get("/data-quality/common-values").body["items"]
    assert row == {
        "rule": "by-serial", "rule_label": "Of one serial number", "value": "sn1",
        "sources": 1, "targets": 3, "relations": 3,
    }  # fmt: skip
    assert admin.get("/data-quality/common-values", sort="-relations", format="xlsx").status == 200
    radiology = client_of("li.na", "reader", scope=Scope(systems=frozenset({hospital["lis"]})))
    assert len(radiology.get("/data-quality/common-values").body["items"]) == 1  # host-2 is seen
    applications = Scope(where=frozenset({"type = application"}))
    elsewhere = client_of("zhou", "reader", scope=applications)
    assert elsewhere.get("/data-quality/common-values").body["items"] == []
    assert elsewhere.get("/items", finding="common-value").body["items"] == []


def test_what_a_rule_would_keep_is_counted_as_it_is_kept(admin: ApiClient) -> None:
    for key, value in (("switch-1", "a"), ("host-1", "a"), ("host-2", "A "), ("spare", "b")):
        serial(admin, key, value)
    for name, text in (("by-serial", RULE), ("twins", TWINS)):
        told = admin.post(f"/definitions/relation-rule/{name}/check", {"text": text}).body
        say(admin, text, name)
        made = len(kept(name))
        assert made > 0
        assert told["advice"][0]["message"] == f"by the values of now it keeps {made} relations"


def test_history_tells_it_at_both_ends(admin: ApiClient, hospital: dict[str, UUID]) -> None:
    say(admin, RULE)
    serial(admin, "switch-1", "SN1")
    changes = admin.get(f"/items/{hospital['host-1']}/changes").body["items"]
    assert changes[0]["field"] == "relation.hosted-on"


def test_at_random_it_is_what_equal_values_say(admin: ApiClient) -> None:
    say(admin, RULE)
    say(admin, TWINS, "twins")
    dice = random.Random(11)  # noqa: S311  # a test
    keys = {f"{kind}-r{number}": kind for kind in ("switch", "host") for number in range(5)}
    for _turn in range(40):
        some = dice.sample(sorted(keys), dice.randint(1, 4))
        entries = tuple(
            ItemEntry(
                key=key,
                type=keys[key],
                name=key,
                attributes={"serial": dice.choice(["a", "A ", "b", "c", None])},
            )
            for key in some
        )
        actions.import_items(PLATFORM, [ItemsDefinition(name="dice", items=entries)], at=AT)
        _compare()


def _compare() -> None:
    rows = models.Item.objects.filter(retired_at=None, type__in=("switch", "host"))
    held = {
        item.key: (item.type, str(item.attributes.get("serial") or "").casefold().strip())
        for item in rows
    }
    alike = {
        (first, second)
        for first, (type_, value) in held.items()
        for second, (other, same) in held.items()
        if value and value == same and first != second and other == "host"
    }
    in_use = {
        rule: {pair for pair in kept(rule) if {*pair} <= held.keys()}
        for rule in ("by-serial", "twins")
    }
    assert in_use["by-serial"] == {pair for pair in alike if held[pair[0]][0] == "switch"}
    twins = {frozenset(pair) for pair in alike if held[pair[0]][0] == "host"}
    assert {frozenset(pair) for pair in in_use["twins"]} == twins
    assert len(in_use["twins"]) == len(twins)


def test_a_rule_that_would_relate_too_many_is_refused_by_whichever_way(
    admin: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ruled, "MOST", 9)
    monkeypatch.setattr(ruled, "MOST_OF_A_RULE", 8)
    for key in ("host-2", "spare", "switch-1"):
        serial(admin, key, "SN1")
    refused = admin.put("/definitions/relation-rule/twins", {"text": TWINS})  # 3 × 3 pairs
    assert refused.status == 422
    assert "“Twins” would relate more than 8 pairs" in str(refused.body)
    assert not models.KeptValue.objects.exists()
    serial(admin, "spare", "other")
    say(admin, TWINS, "twins")
    row = {"key": "spare", "attributes": {"serial": "SN1"}}
    refused = admin.post("/items/bulk", {"rows": [row]})
    assert (refused.status, "more than 8 pairs" in str(refused.body)) == (422, True)
    assert len(kept("twins")) == 1
