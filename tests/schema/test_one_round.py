"""Mistakes of shape and of reference in one text are told in one round; refusals say what to do."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.access import actions as access
from wardround.access.types import AccountDraft, RoleDraft, RoleGiven, TokenDraft
from wardround.kernel import clock
from wardround.kernel.types import EVERYWHERE
from wardround.schema import actions, refusals
from wardround.schema.errors import BadDefinition
from wardround.schema.problems import Problem
from wardround.schema.pruning import rest_of
from wardround.schema.types import Dependent, Label

PUMP = """\
kind: item-type
name: pump
label: {zh: 泵, en: Pump}
layer: hardwear
attributes:
  - {name: a, label: A, type: txet}
  - {name: b, label: B, type: reference, to: hots}
  - {label: C, type: text}
  - {name: d, label: D, type: reference, to: [host, swich]}
"""


@pytest.fixture
def admin(db: None) -> ApiClient:
    actions.import_shipped(HOSPITAL, at=clock.now(), names=("base",))
    return client_of("head-of-definitions", "administrator")


def told(admin: ApiClient, kind: str, name: str, text: str) -> dict[str, tuple[int, Any]]:
    answer = admin.post(f"/definitions/{kind}/{name}/check", {"text": text}).body["problems"]
    return {each["path"]: (each["line"], each["suggestion"]) for each in answer}


def test_shapes_and_references_are_told_together_each_at_its_place(admin: ApiClient) -> None:
    assert told(admin, "item-type", "pump", PUMP) == {
        "attributes[0].type": (6, "text"),
        "attributes[2]": (8, None),
        "layer": (4, "hardware"),
        "attributes[1].to[0]": (7, "host"),
        "attributes[3].to[1]": (9, "switch"),
    }


def test_beside_an_unknown_key_everything_else_is_checked(admin: ApiClient) -> None:
    text = (
        "kind: item-type\nname: pump\nlabel: P\nlayer: hardware\nicno: server\n"
        "attributes:\n  - {name: a, label: A, type: number, unit: Kw}\n"
        "  - {name: a, label: B, type: text, serch: true}\n"
    )
    assert set(told(admin, "item-type", "pump", text)) == {
        "icno",
        "attributes[1].serch",
        "attributes[0].unit",
        "attributes[1].name",
    }


bodies = st.recursive(
    st.integers(0, 9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4)
    ),
    max_leaves=20,
)


def _leaves(body: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], int]]:
    if isinstance(body, int):
        return [(path, body)]
    steps = body.items() if isinstance(body, dict) else enumerate(body)
    return [leaf for step, inner in steps for leaf in _leaves(inner, (*path, step))]


@given(st.dictionaries(st.sampled_from("abcd"), bodies, min_size=1))
def test_what_is_left_is_found_in_the_whole_again(body: dict[str, Any]) -> None:
    """Odd numbers are wrong: the others are left, and each is told at its own place."""
    wrong = [Problem(path, "odd") for path, number in _leaves(body) if number % 2]
    rest = rest_of(body, lambda left: left, wrong)
    assert rest is not None
    back = [(rest.in_whole(Problem(path, "")).path, number) for path, number in _leaves(rest.value)]
    assert back == [leaf for leaf in _leaves(body) if not leaf[1] % 2]


def test_what_cannot_be_read_without_its_mistakes_is_left_alone() -> None:
    def never(_body: object) -> object:
        raise BadDefinition(Problem(("a",), "still"))

    assert rest_of({"a": 1}, never, [Problem(("a",), "x")]) is None
    assert rest_of({"a": 1}, never, [Problem((), "x")]) is None


# Refusals ----------------------------------------------------------------------------------------


def test_a_retirement_that_is_refused_says_so_itself(admin: ApiClient) -> None:
    refused = admin.delete("/definitions/layer/hardware?base_version=1")
    assert (refused.status, refused.body["code"]) == (422, "definition_needed")
    assert "cannot be retired" in refused.body["title"]


@pytest.mark.parametrize(
    ("name", "version", "said"),
    [
        ("host", None, "already (version 1). Say with “base_version”"),
        ("host", 7, "Somebody else changed this definition meanwhile (it is at version 1)"),
        ("never", 3, "The definition you edited (version 3) is not there any more"),
    ],
)
def test_each_way_of_being_late_has_its_own_words(
    admin: ApiClient, name: str, version: int | None, said: str
) -> None:
    text = f"kind: item-type\nname: {name}\nlabel: x\nlayer: hardware\n"
    body = {"text": text, "base_version": version}
    refused = admin.put(f"/definitions/item-type/{name}", body)
    assert (refused.status, refused.body["code"]) == (409, "stale_definition")
    assert said in refused.body["title"] + refused.body.get("detail", "")


def test_a_name_that_is_a_number_and_a_list_for_a_secret(admin: ApiClient) -> None:
    text = "kind: item-type\nname: 123\nlabel: x\nlayer: hardware\n"
    answer = admin.post("/definitions/item-type/123/check", {"text": text}).body["problems"]
    assert [each["message"] for each in answer] == [
        "found 123, expected a text; put it in quotes if it is one"
    ]
    items = (
        "kind: items\nname: x\nitems:\n"
        "  - {key: h, type: host, name: H, attributes: {password: [TIGER, b]}}\n"
    )
    (problem,) = admin.post("/definitions/items/x/check", {"text": items}).body["problems"]
    assert problem["path"] == "items[0].attributes.password"
    assert problem["message"] == "expected one text, found a list or a group of values"


def test_a_role_that_gives_more_than_its_writer_has_is_told_before_it_is_saved(
    admin: ApiClient,
) -> None:
    may = frozenset({"schema.read", "schema.edit", "cmdb.read", "collect.read", "access.manage"})
    access.create_role(HOSPITAL, RoleDraft("definer", "定义", "Definer", may))
    draft = AccountDraft(user_name="definer", roles=(RoleGiven("definer", EVERYWHERE),))
    account = access.create_account(HOSPITAL, draft, at=clock.now())
    token = access.issue_token(HOSPITAL, account.id, TokenDraft("t"), at=clock.now())
    who = ApiClient(token.secret)
    text = "kind: role\nname: ward\nlabel: x\npermissions: [cmdb.read, tickets.read]\n"
    (problem,) = who.post("/definitions/role/ward/check", {"text": text}).body["problems"]
    assert problem["path"] == "permissions"
    assert problem["message"].endswith("cannot give or take them: tickets.read")
    assert admin.post("/definitions/role/ward/check", {"text": text}).body["problems"] == []


def test_a_holiday_list_that_calendars_count_by_goes_with_consent_alone(admin: ApiClient) -> None:
    actions.import_shipped(HOSPITAL, at=clock.now(), names=("service",))
    path = "/definitions/holiday-list/china-2026"
    refused = admin.delete(f"{path}?base_version=1")
    assert (refused.status, refused.body["code"]) == (409, "consent_needed")
    told = admin.post(f"{path}/check-retirement").body
    assert told["lost"] == "1 calendar (hospital)"
    assert admin.delete(f"{path}?base_version=1&consent=true").status == 204


def test_of_many_that_are_lost_the_first_are_named() -> None:
    named = Dependent("calendar", Label("工作日历", "calendar"), 7, names=tuple("gfedcba"))
    items = Dependent("item", Label("配置项", "item"), 2)
    with translation.override("en"):
        told = refusals.counted([named, items])
        assert told == "7 calendars (g, f, e, d, c, …), 2 items"
        assert refusals.counted([named, named])[:13] == "14 calendars "
