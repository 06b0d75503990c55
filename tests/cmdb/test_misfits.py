"""Values that a changed type no longer takes: counted and named first, then shown and found."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cmdb.conftest import AT, PLATFORM, person, seen_by
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, queries
from wardround.cmdb.types import ItemFilters, NewItem, NewRelation
from wardround.kernel.types import Scope
from wardround.schema import actions as schema
from wardround.schema.sources import Source

PROBE = """\
kind: item-type
name: probe
label: {zh: 探头, en: Probe}
layer: hardware
attributes:
  - {name: note, label: {zh: 备注, en: Note}, type: text, filter: true}
  - {name: mode, label: {zh: 方式, en: Mode}, type: choice, choices: [a, b]}
  - {name: size, label: {zh: 大小, en: Size}, type: number, maximum: 10}
  - {name: peer, label: {zh: 对端, en: Peer}, type: reference, to: [business-system, contract]}
  - {name: pin, label: {zh: 口令, en: Pin}, type: secret}
"""
HEAD = b'pack: probes\nversion: "1"\nlabel: {zh: x, en: x}\nrequires: [base]\n'
EDITS = {
    "type": ("type: text", "type: number", "note"),
    "choices": ("choices: [a, b]", "choices: [a, c]", "mode"),
    "maximum": ("maximum: 10", "maximum: 7", "size"),
    "minimum": ("maximum: 10", "minimum: 9, maximum: 10", "size"),
    "to": ("to: [business-system, contract]", "to: contract", "peer"),
}


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("head-of-probes", "administrator")


def put(admin: ApiClient, text: str, **more: object) -> Any:
    return admin.put("/definitions/item-type/probe", {"text": text, **more})


@pytest.fixture
def probes(admin: ApiClient) -> dict[str, UUID]:
    """One whose values would not fit after any edit, and one that says nothing."""
    assert put(admin, PROBE).status == 200
    full = {"note": "n0", "mode": "b", "size": 8, "peer": "pacs", "pin": "TIGER"}
    return {
        key: actions.create_item(
            PLATFORM, NewItem(type="probe", name=key, key=key, attributes=values), at=AT
        ).id
        for key, values in (("full", full), ("bare", {}))
    }


def found(admin: ApiClient, **more: object) -> list[str]:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return [row["key"] for row in admin.get(f"/items?type=probe&unfit=true{query}").body["items"]]


@pytest.mark.parametrize(("old", "new", "name"), EDITS.values(), ids=EDITS)
def test_values_that_no_longer_fit_are_counted_named_shown_and_found(
    admin: ApiClient, probes: dict[str, UUID], old: str, new: str, name: str
) -> None:
    text = PROBE.replace(old, new)
    body = {"text": text, "base_version": 1}
    told = admin.post("/definitions/item-type/probe/check", body).body
    assert told["problems"] == []
    lost = f"1 attribute value that no longer fits ({name})"
    assert (told["needs_consent"], told["lost"]) == (True, lost)
    refused = put(admin, text, base_version=1)
    assert refused.status == 409
    assert refused.body["problems"][0]["message"] == lost
    assert found(admin) == []

    before = admin.get(f"/items/{probes['full']}").body
    assert before["unfit"] == {}
    assert put(admin, text, base_version=1, consent=True).status == 200
    shown = admin.get(f"/items/{probes['full']}").body
    assert shown["attributes"] == before["attributes"]
    assert list(shown["unfit"]) == [name]
    assert shown["unfit"][name]
    assert found(admin) == ["full"]
    # Once they do not fit, another change of the type does not count them again.
    again = text.replace("en: Probe", "en: Probes")
    assert put(admin, again, base_version=2).status == 200
    # Put back, everything fits again.
    assert put(admin, PROBE, base_version=3).status == 200
    assert found(admin) == []


def test_what_is_required_from_now_on_is_counted_where_it_lacks(
    admin: ApiClient, probes: dict[str, UUID]
) -> None:
    text = PROBE.replace("type: text,", "type: text, required: true,")
    told = admin.post("/definitions/item-type/probe/check", {"text": text, "base_version": 1}).body
    assert told["lost"] == "1 attribute value that no longer fits (note)"
    extra = PROBE + "  - {name: rack, label: Rack, type: text, required: true}\n"
    told = admin.post("/definitions/item-type/probe/check", {"text": extra, "base_version": 1}).body
    assert told["lost"] == "2 attribute values that no longer fit (rack)"
    assert put(admin, text, base_version=1, consent=True).status == 200
    assert list(admin.get(f"/items/{probes['bare']}").body["unfit"]) == ["note"]
    assert found(admin) == ["bare"]


def test_what_takes_more_than_before_needs_no_consent(
    admin: ApiClient, probes: dict[str, UUID]
) -> None:
    wider = PROBE.replace("choices: [a, b]", "choices: [b, c, a]").replace("maximum: 10", "unit: m")
    wider = wider.replace(", to: [business-system, contract]", "")
    assert put(admin, wider, base_version=1).status == 200


def test_an_import_and_an_inherited_attribute_count_them_too(
    admin: ApiClient, probes: dict[str, UUID]
) -> None:
    heir = "kind: item-type\nname: sonde\nlabel: Sonde\nextends: probe\n"
    assert admin.put("/definitions/item-type/sonde", {"text": heir}).status == 200
    new = NewItem(type="sonde", name="s", key="s", attributes={"note": "n1"})
    actions.create_item(PLATFORM, new, at=AT)
    text = PROBE.replace("type: text", "type: number").replace("maximum: 10", "maximum: 7")
    files = {"pack.yaml": HEAD, "a.yaml": text.encode(), "b.yaml": heir.encode()}
    source = Source("probes", files)
    assert admin.delete("/packs/own?consent=true").status in (200, 204)
    difference, problems = schema.check_packs(PLATFORM, [source])
    assert problems == []
    told = [each for change in difference.lost for each in change.lost]
    assert [(each.thing, each.count, each.names) for each in told] == [
        ("misfit", 3, ("note", "size"))
    ]
    with pytest.raises(schema.ConsentNeeded):
        schema.import_packs(PLATFORM, [source], at=AT)


def test_what_points_out_of_reach_does_not_tell_its_type(
    admin: ApiClient, probes: dict[str, UUID], hospital: dict[str, UUID]
) -> None:
    actions.relate(PLATFORM, NewRelation("uses", "lis", "full"), at=AT)
    text = PROBE.replace("to: [business-system, contract]", "to: contract")
    assert put(admin, text, base_version=1, consent=True).status == 200
    reader = seen_by(person(Scope(systems=frozenset({hospital["lis"]}))))
    assert queries.item(reader, probes["full"]).unfit == {}
    filters = ItemFilters(types=("probe",), unfit=True)
    assert queries.list_items(reader, filters).items == ()
