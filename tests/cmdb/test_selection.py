"""Lists over HTTP, narrowed and sorted by what the types' definitions mark for it."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions
from wardround.cmdb.types import ItemEntry, ItemsDefinition
from wardround.kernel.types import Scope
from wardround.schema import actions as schema_actions
from wardround.schema.sources import Source

MODEL = """
kind: item-type
name: meter
label: Meter
layer: hardware
attributes:
  - {name: maker, label: Maker, type: choice, choices: [ABB, Siemens], list: true, filter: true}
  - {name: volts, label: Volts, type: number, filter: true}
  - {name: checked_on, label: Checked on, type: date, filter: true}
  - {name: sealed, label: Sealed, type: boolean, filter: true}
  - {name: place, label: Place, type: reference, to: location, filter: true}
  - {name: remark, label: Remark, type: text}
  - {name: code, label: Code, type: secret}
---
kind: item-type
name: smart-meter
label: Smart meter
extends: meter
---
kind: item-type
name: sign
label: Sign
layer: hardware
attributes:
  - {name: place, label: Place, type: text, filter: true}
  - {name: volts, label: Volts, type: text}
"""
HEAD = b'pack: meters\nversion: "1"\nlabel: Meters\nrequires: [base]\n'


def meter(key: str, of_type: str = "meter", **attributes: Any) -> ItemEntry:
    return ItemEntry(key=key, type=of_type, name=f"表 {key}", attributes=attributes)


METERS = (
    ItemEntry(key="north", type="machine-room", name="北机房"),
    ItemEntry(key="south", type="machine-room", name="南机房"),
    meter("m1", maker="ABB", volts=220, checked_on="2026-01-10", sealed=True, place="south"),
    meter("m2", maker="Siemens", volts=1000, checked_on="2026-05-02", sealed=False, place="north"),
    meter("m3", "smart-meter", maker="ABB", volts=24, checked_on="2025-12-31", code="x"),
    meter("m4"),
    ItemEntry(key="s1", type="sign", name="出口", attributes={"place": "门厅", "volts": "12"}),
)


@pytest.fixture
def meters(base: None) -> ApiClient:
    pack = Source("meters", {"pack.yaml": HEAD, "model.yaml": MODEL.encode()})
    schema_actions.import_packs(PLATFORM, [pack], at=AT)
    actions.import_items(PLATFORM, [ItemsDefinition(name="meters", items=METERS)], at=AT)
    return client_of("li", "administrator")


def keys(client: ApiClient, **parameters: Any) -> list[str]:
    answer = client.get("/items", **parameters)
    assert answer.status == 200, answer.body
    assert answer.body["total"] == len(answer.body["items"])
    return [one["key"] for one in answer.body["items"]]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"attribute.maker": "ABB"}, ["m1", "m3"]),
        ({"attribute.maker": ["ABB", "Siemens"]}, ["m1", "m2", "m3"]),
        ({"attribute.maker": "ABB", "type": "smart-meter"}, ["m3"]),
        ({"attribute.maker": ""}, ["m4"]),
        ({"attribute.maker": ["", "Siemens"]}, ["m2", "m4"]),
        ({"attribute.volts": "220"}, ["m1"]),
        ({"attribute.volts": "100..1000"}, ["m1", "m2"]),
        ({"attribute.volts": "..24"}, ["m3"]),
        ({"attribute.volts": "221.."}, ["m2"]),
        ({"attribute.checked_on": "2026-01-01..2026-03-31"}, ["m1"]),
        ({"attribute.sealed": "true"}, ["m1"]),
        ({"attribute.sealed": "false"}, ["m2"]),
        ({"attribute.place": "门厅"}, ["s1"]),
        ({"attribute.maker": "ABB", "attribute.sealed": "false"}, []),
    ],
)
def test_a_list_is_narrowed_by_attributes(
    meters: ApiClient, wanted: dict[str, Any], found: list[str]
) -> None:
    assert keys(meters, **wanted) == found


def test_a_reference_narrows_by_the_item_it_names(meters: ApiClient) -> None:
    north = meters.get("/items", key="north").body["items"][0]["id"]
    assert keys(meters, **{"attribute.place": north}) == ["m2"]


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("attribute.volts", ["m3", "m1", "m2", "m4"]),
        ("-attribute.volts", ["m2", "m1", "m3", "m4"]),
        ("attribute.checked_on", ["m3", "m1", "m2", "m4"]),
        ("attribute.maker", ["m1", "m3", "m2", "m4"]),
        ("attribute.place", ["m2", "m1", "m3", "m4"]),
        ("-attribute.place", ["m1", "m2", "m3", "m4"]),
        ("attribute.sealed", ["m2", "m1", "m3", "m4"]),
    ],
)
def test_a_list_is_sorted_by_any_attribute_page_by_page(
    meters: ApiClient, sort: str, found: list[str]
) -> None:
    """Empty ones come last; a reference counts by the name of what it points to."""
    seen, cursor = [], None
    for _page in range(len(found)):
        more = {"cursor": cursor} if cursor else {}
        page = meters.get("/items", type="meter", sort=sort, limit=1, **more).body
        seen += [one["key"] for one in page["items"]]
        cursor = page["next"]
    assert (seen, cursor) == (found, None)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"attribute.maker": "Simens"}, "attribute.maker"),
        ({"attribute.makr": "ABB"}, "attribute.makr"),
        ({"attribute.remark": "x"}, "attribute.remark"),
        ({"attribute.code": "x"}, "attribute.code"),
        ({"attribute.volts": "much"}, "attribute.volts"),
        ({"attribute.volts": "1..many"}, "attribute.volts"),
        ({"attribute.maker": "ABB", "type": "machine-room"}, "attribute.maker"),
        ({"attribut.maker": "ABB"}, "attribut.maker"),
        ({"sort": "attribute.nothing"}, "sort"),
        ({"sort": "attribute.code", "type": "meter"}, "sort"),
    ],
)
def test_what_no_list_can_be_narrowed_or_sorted_by_is_told(
    meters: ApiClient, wanted: dict[str, str], field: str
) -> None:
    answer = meters.get("/items", **wanted)
    assert answer.status == 422, answer.body
    problems = [one["field"] for one in answer.body.get("problems") or ()]
    assert field in [*problems, answer.body.get("field")]


def rows_of(answer: Any) -> list[tuple[Any, ...]]:
    sheet = load_workbook(io.BytesIO(answer.body)).active
    assert sheet is not None
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_an_export_is_narrowed_and_sorted_alike_and_may_hold_any_attribute(
    meters: ApiClient,
) -> None:
    wanted = {"attribute.maker": "ABB", "sort": "-attribute.volts", "format": "xlsx"}
    usual = rows_of(meters.get("/items", type="meter", **wanted))
    assert "Maker" in usual[0]
    assert "Remark" not in usual[0]
    assert [row[0] for row in usual[1:]] == ["m1", "m3"]
    columns = "key,attributes.place,attributes.volts,attributes.remark"
    chosen = rows_of(meters.get("/items", type="meter", columns=columns, **wanted))
    assert chosen == [
        ("Key", "Place", "Volts", "Remark"),
        ("m1", "南机房", 220, None),
        ("m3", None, 24, None),
    ]


def test_the_declaration_tells_how_lists_use_an_attribute(meters: ApiClient, db: None) -> None:
    types = {one["name"]: one for one in meters.get("/item-types").body["items"]}
    told = {
        one["name"]: (one["list"], one["filter"], one["search"], one["scope"])
        for one in types["smart-meter"]["attributes"]
    }
    assert told["maker"] == (True, True, False, False)
    assert told["remark"] == (False, False, False, False)


def test_scopes_hold_under_every_filter(meters: ApiClient, base: None) -> None:
    outsider = client_of("wang", "engineer", scope=Scope(systems=frozenset({UUID(int=1)})))
    assert keys(outsider, **{"attribute.maker": "ABB"}) == []
