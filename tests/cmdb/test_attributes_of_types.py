"""Attributes taken out of a living type, or given another name: counted, told, carried."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import ApiClient, client_of
from wardround.cmdb import actions, models, rules
from wardround.cmdb.types import NewItem
from wardround.kernel import secrets
from wardround.schema import actions as schema
from wardround.schema.sources import Source
from wardround.schema.types import AttributeType, ItemAttribute, ItemType, with_inherited

ROBOT = """\
kind: item-type
name: robot
label: {zh: 机器人, en: Robot}
layer: hardware
attributes:
  - {name: battery, label: {zh: 电池, en: Battery}, type: number, unit: Wh}
  - {name: code, label: {zh: 口令, en: Code}, type: secret}
"""
COOK = """\
kind: item-type
name: cook
label: {zh: 送餐机器人, en: Meal robot}
extends: robot
"""
BATTERY = ROBOT.splitlines(keepends=True)[5]
CODE = ROBOT.splitlines(keepends=True)[6]


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("head-nurse-of-machines", "administrator")


@pytest.fixture
def robots(admin: ApiClient) -> dict[str, UUID]:
    """Of a type of the hospital's own, and of one that extends it."""
    assert admin.put("/definitions/item-type/robot", {"text": ROBOT}).status == 200
    assert admin.put("/definitions/item-type/cook", {"text": COOK}).status == 200
    kept = {"battery": 900, "code": "TIGER"}
    return {
        key: actions.create_item(
            PLATFORM, NewItem(type=its_type, name=key, key=key, attributes=kept), at=AT
        ).id
        for key, its_type in (("r-1", "robot"), ("c-1", "cook"))
    }


def save(admin: ApiClient, text: str, version: int = 1, **more: object) -> tuple[int, dict]:  # type: ignore[type-arg]
    body = {"text": text, "base_version": version, **more}
    answer = admin.put("/definitions/item-type/robot", body)
    return answer.status, answer.body


def test_an_attribute_that_items_hold_is_taken_out_with_consent_alone(
    admin: ApiClient, robots: dict[str, UUID]
) -> None:
    without = ROBOT.replace(BATTERY, "")
    body = {"text": without, "base_version": 1}
    asked = admin.post("/definitions/item-type/robot/check", body).body
    (change,) = asked["changes"]
    assert change["lost"] == [{"thing": "attribute-value", "label": "attribute value", "count": 2}]
    assert (asked["needs_consent"], asked["lost"]) == (True, "2 attribute values")
    status, refused = save(admin, without)
    assert (status, refused["code"]) == (409, "consent_needed")
    assert refused["problems"] == [
        {"field": "item-type robot", "message": "2 attribute values", "row": None}
    ]
    assert admin.get(f"/items/{robots['r-1']}").body["attributes"]["battery"] == 900
    assert save(admin, without, consent=True)[0] == 200
    assert "battery" not in admin.get(f"/items/{robots['r-1']}").body["attributes"]


def test_an_import_counts_them_too(admin: ApiClient, robots: dict[str, UUID]) -> None:
    head = b'pack: own\nversion: "1"\nlabel: X\nrequires: [base]\n'
    texts = {"a.yaml": ROBOT.replace(CODE, "").encode(), "b.yaml": COOK.encode()}
    source = Source("own", {"pack.yaml": head, **texts})
    difference, problems = schema.check_packs(PLATFORM, [source])
    assert problems == []
    (lost,) = difference.lost
    assert [(each.thing, each.count) for each in lost.lost] == [("attribute-value", 2)]
    with pytest.raises(schema.ConsentNeeded):
        schema.import_packs(PLATFORM, [source], at=AT)


def test_an_attribute_that_nobody_holds_or_that_is_still_inherited_goes_freely(
    admin: ApiClient, robots: dict[str, UUID]
) -> None:
    extra = "  - {name: wheels, label: {zh: 轮, en: Wheels}, type: number}\n"
    assert save(admin, ROBOT + extra)[0] == 200
    assert save(admin, ROBOT, 2)[0] == 200
    own = COOK + "attributes:\n" + BATTERY
    put = "/definitions/item-type/cook"
    assert admin.put(put, {"text": own, "base_version": 1}).status == 200
    assert admin.put(put, {"text": COOK, "base_version": 2}).status == 200
    assert models.Item.objects.get(key="c-1").attributes["battery"] == 900


def test_a_renamed_attribute_takes_its_values_along_sealed_ones_too(
    admin: ApiClient, robots: dict[str, UUID]
) -> None:
    text = ROBOT.replace("{name: battery,", "{name: capacity, renamed_from: battery,")
    text = text.replace("{name: code,", "{name: pin, renamed_from: code,")
    assert save(admin, text)[0] == 200
    for key in ("r-1", "c-1"):
        held = models.Item.objects.get(key=key).attributes
        assert (held["capacity"], secrets.unseal(held["pin"])) == (900, "TIGER")
        assert held.keys() == {"capacity", "pin"}
        shown = admin.get(f"/items/{robots[key]}").body
        assert (shown["attributes"]["capacity"], shown["version"]) == (900, 3)
    again = text.replace("en: Robot", "en: Robots")
    assert save(admin, again, 2)[0] == 200
    assert models.Item.objects.get(key="r-1").attributes["capacity"] == 900


def test_a_former_name_may_not_be_that_of_another_attribute(
    admin: ApiClient, robots: dict[str, UUID]
) -> None:
    text = ROBOT.replace("{name: code,", "{name: code, renamed_from: battery,")
    status, refused = save(admin, text)
    assert status == 422
    (problem,) = refused["problems"]
    assert problem["field"].endswith("attributes[1].renamed_from")


# The rule, against every type seen whole ---------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c"])


def of_type(name: str, extends: str | None, attributes: dict[str, str]) -> ItemType:
    return ItemType(
        name=name,
        label=name,  # type: ignore[arg-type]  # as packs write it
        layer="hardware",
        extends=extends,
        attributes=tuple(
            ItemAttribute(
                name=each,
                label=each,  # type: ignore[arg-type]
                type=AttributeType.TEXT,
                renamed_from=former or None,
            )
            for each, former in attributes.items()
        ),
    )


@st.composite
def types(draw: st.DrawFn) -> dict[str, ItemType]:
    """A type, one below it, one below that; of each any attributes."""
    line = ("device", "host", "blade")
    held = [draw(st.dictionaries(NAMES, st.sampled_from(["", "", "x"]))) for _ in line]
    parents = (None, "device", draw(st.sampled_from(["device", "host"])))
    return {
        name: of_type(name, parent, attributes)
        for name, parent, attributes in zip(line, parents, held, strict=True)
    }


def names_of(item_type: ItemType, every: dict[str, ItemType]) -> set[str]:
    return {attribute.name for attribute in with_inherited(item_type, every).attributes}


def formers_of(item_type: ItemType, every: dict[str, ItemType]) -> set[str]:
    whole = with_inherited(item_type, every).attributes
    return {attribute.renamed_from for attribute in whole if attribute.renamed_from}


@given(before=types(), after=types())
def test_what_is_lost_is_what_no_item_may_hold_any_more(
    before: dict[str, ItemType], after: dict[str, ItemType]
) -> None:
    lost = rules.attributes_lost(before, after, {})
    assert lost == {
        (name, attribute)
        for name in before
        for attribute in names_of(before[name], before)
        - names_of(after[name], after)
        - formers_of(after[name], after)
    }
    told = rules.losing_types(lost, before, ["device", "host"])
    assert {each for several in told.values() for each in several} == lost
    renamed = rules.attributes_renamed(before, after, {})
    assert not lost & renamed.keys()
    for (name, old), new in renamed.items():
        assert old in names_of(before[name], before) - names_of(after[name], after)
        assert new in names_of(after[name], after) - names_of(before[name], before)
