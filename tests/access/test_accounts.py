"""Managing people: lists, creation, roles with scopes, and what nobody may do."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from tests.access.conftest import Browser, Clock, Hire, audited
from wardround.kernel.types import Scope

pytestmark = pytest.mark.django_db
Come = Callable[..., Browser]
EVERYTHING = {"everything": True, "systems": [], "organisations": []}


def given(role: str, **scope: object) -> dict[str, object]:
    return {"role": role, "scope": scope or EVERYTHING}


def test_an_account_is_made_gets_a_password_and_comes_in(admin: Browser, moment: Clock) -> None:
    system = str(uuid4())
    body = {
        "user_name": "Wang.Fang",
        "display_name": "王芳",
        "email": "wang.fang@hospital.example",
        "phone": "+86 138-0013-8000",
        "language": "en",
        "roles": [given("vendor-engineer", systems=[system])],
    }
    made = admin("POST", "/accounts", body)
    assert made.status == 201, made.body
    assert made.body == {
        "id": made.body["id"],
        "user_name": "wang.fang",
        "display_name": "王芳",
        "email": "wang.fang@hospital.example",
        "phone": "+86 138 0013 8000",
        "language": "en",
        "theme": "system",
        "active": True,
        "person_item": None,
        "roles": [
            {
                "role": "vendor-engineer",
                "scope": {
                    "everything": False,
                    "systems": [system],
                    "organisations": [],
                    "where": "",
                },
                "problem": "",
            }
        ],
        "created_at": "2026-11-23T08:00:00Z",
        "must_change_password": False,
        "second_factor": False,
        "locked_until": None,
        "last_seen_at": None,
    }
    assert Browser().sign_in("wang.fang", "").status == 401
    password = admin("POST", f"/accounts/{made.body['id']}/password").body["password"]
    assert Browser().sign_in("wang.fang", password).status == 200
    (line,) = audited("account.create")[-1:]
    assert line["detail"]["roles"][0]["systems"] == [system]
    assert password not in str(audited("account.one_time_password"))


def test_a_change_touches_only_what_it_names(admin: Browser, hire: Hire) -> None:
    person = str(uuid4())
    account = hire("zhang", "engineer", display_name="张伟", email="z@h.example")
    before = admin("GET", f"/accounts/{account}").body
    changed = admin("PATCH", f"/accounts/{account}", {"phone": "8001", "person_item": person}).body
    assert changed == {**before, "phone": "8001", "person_item": person}
    cleared = admin("PATCH", f"/accounts/{account}", {"person_item": None}).body
    assert cleared == {**before, "phone": "8001"}
    assert admin("GET", f"/accounts/{account}").body == cleared


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "user_name"),
        ({"user_name": "has blank"}, "user_name"),
        ({"user_name": ""}, "user_name"),
        ({"user_name": "a\0"}, "user_name"),
        ({"user_name": "x", "email": "nowhere"}, "email"),
        ({"user_name": "x", "phone": "call me"}, "phone"),
        ({"user_name": "x", "language": "fr"}, "language"),
        ({"user_name": "x", "password": "secret"}, "password"),
        ({"user_name": "x", "roles": [given("chief")]}, "roles"),
        ({"user_name": "x", "roles": [{"role": "reader", "scope": {}}]}, "roles"),
        ({"user_name": "x", "person_item": "seven"}, "person_item"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(
    admin: Browser, body: dict[str, Any], field: str
) -> None:
    answer = admin("POST", "/accounts", body)
    assert answer.status == 422
    assert answer.body["problems"][0]["field"] == field
    assert len(admin("GET", "/accounts").body["items"]) == 1


@pytest.mark.parametrize("field", ["user_name", "person_item"])
def test_names_and_persons_have_one_account(admin: Browser, hire: Hire, field: str) -> None:
    person = uuid4()
    hire("zhang", "reader", person_item=person)
    taken = {"user_name": "ZHANG", "person_item": str(person)}
    body = {"user_name": "li", field: taken[field]}
    answer = admin("POST", "/accounts", body)
    assert (answer.status, answer.code, answer.body["field"]) == (409, "name_taken", field)


class TestNobodyTakesMoreThanTheyHave:
    """A desk lead manages accounts but is no administrator."""

    @pytest.fixture
    def lead(self, admin: Browser, signed_in: Come) -> Browser:
        admin(
            "POST", "/roles", {"name": "desk-lead", "permissions": ["access.manage", "access.read"]}
        )
        return signed_in("lead", "desk-lead", "reader")

    def test_not_by_giving_it_to_themselves(self, lead: Browser) -> None:
        me = lead("GET", "/session").body["account"]["id"]
        roles = [given("desk-lead"), given("reader"), given("administrator")]
        answer = lead("PATCH", f"/accounts/{me}", {"roles": roles})
        assert (answer.status, answer.code) == (403, "more_than_you_have")
        assert len(lead("GET", f"/accounts/{me}").body["roles"]) == 2

    def test_not_by_a_new_account(self, lead: Browser) -> None:
        body: dict[str, Any] = {"user_name": "puppet", "roles": [given("administrator")]}
        assert lead("POST", "/accounts", body).code == "more_than_you_have"
        body["roles"] = [given("reader")]
        assert lead("POST", "/accounts", body).status == 201

    def test_not_by_taking_over_an_administrator(self, lead: Browser, hire: Hire) -> None:
        boss = hire("boss", "administrator")
        for method, path, body in [
            ("POST", f"/accounts/{boss}/password", None),
            ("DELETE", f"/accounts/{boss}/totp", None),
            ("PATCH", f"/accounts/{boss}", {"active": False}),
        ]:
            assert lead(method, path, body).code == "more_than_you_have"
        assert Browser().sign_in("boss").status == 200

    def test_not_by_widening_a_role(self, admin: Browser, lead: Browser) -> None:
        (role,) = [one for one in lead("GET", "/roles").body["items"] if one["name"] == "desk-lead"]
        more = {"permissions": [*role["permissions"], "access.audit"]}
        assert lead("PATCH", f"/roles/{role['id']}", more).code == "more_than_you_have"
        assert admin("PATCH", f"/roles/{role['id']}", more).status == 200


def test_managing_in_one_system_is_not_managing_accounts(admin: Browser, signed_in: Come) -> None:
    admin("POST", "/roles", {"name": "local", "permissions": ["access.manage", "access.read"]})
    browser = signed_in("lead", "local", scope=Scope(systems=frozenset({uuid4()})))
    assert browser("POST", "/accounts", {"user_name": "x"}).code == "forbidden"
    assert browser("POST", "/roles", {"name": "mine", "permissions": []}).code == "forbidden"


def test_the_last_administrator_stays(admin: Browser, hire: Hire) -> None:
    me = admin("GET", "/session").body["account"]["id"]
    bodies: list[dict[str, Any]] = [
        {"active": False},
        {"roles": []},
        {"roles": [given("reader")]},
    ]
    for body in bodies:
        answer = admin("PATCH", f"/accounts/{me}", body)
        assert (answer.status, answer.code) == (409, "last_administrator")
    assert admin("GET", "/accounts").status == 200
    hire("second", "administrator")
    assert admin("PATCH", f"/accounts/{me}", {"active": False}).status == 200


def test_readers_of_the_list_see_people_but_not_their_locks(
    admin: Browser, hire: Hire, signed_in: Come
) -> None:
    account = hire("zhang", "engineer", phone="8001")
    seen = signed_in("li", "engineer")("GET", f"/accounts/{account}").body
    whole = admin("GET", f"/accounts/{account}").body
    hidden = {"must_change_password", "second_factor", "locked_until", "last_seen_at"}
    assert {key for key in seen if seen[key] is None} >= hidden
    assert {key: seen[key] for key in seen.keys() - hidden} == {
        key: whole[key] for key in whole.keys() - hidden
    }


class TestList:
    @pytest.fixture(autouse=True)
    def people(self, admin: Browser, hire: Hire) -> None:
        for n in range(7):
            hire(f"nurse-{n}", "reader", display_name=f"护士{n}")
        hire("zhang", "engineer", phone="8001", active=False)

    def names(self, browser: Browser, query: str) -> list[str]:
        answer = browser("GET", f"/accounts?{query}")
        assert answer.status == 200, answer.body
        return [one["user_name"] for one in answer.body["items"]]

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("active=false", ["zhang"]),
            ("role=engineer&role=administrator", ["admin", "zhang"]),
            ("q=护士3", ["nurse-3"]),
            ("q=8001", ["zhang"]),
            ("q=%25", []),
            ("sort=-user_name&limit=2", ["zhang", "nurse-6"]),
        ],
    )
    def test_filters(self, admin: Browser, query: str, names: list[str]) -> None:
        assert self.names(admin, query) == names

    def test_pages_hold_everybody_once(self, admin: Browser) -> None:
        seen, cursor = [], ""
        while True:
            page = admin("GET", f"/accounts?limit=2{cursor}").body
            seen += [one["user_name"] for one in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert seen == ["admin", *(f"nurse-{n}" for n in range(7)), "zhang"]

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("sort=password", "sort"),
            ("limit=0", "limit"),
            ("limit=501", "limit"),
            ("cursor=!!", "cursor"),
            ("colour=red", "colour"),
            ("q=a%00b", "q"),
            ("format=pdf", "format"),
            ("format=xlsx&columns=password", "columns"),
        ],
    )
    def test_a_wrong_parameter_is_named(self, admin: Browser, query: str, field: str) -> None:
        answer = admin("GET", f"/accounts?{query}")
        assert (answer.status, answer.body["field"]) == (422, field)

    def test_the_workbook_holds_the_filtered_list(self, admin: Browser) -> None:
        answer = admin("GET", "/accounts?role=reader&format=xlsx&columns=user_name,roles&limit=2")
        book = load_workbook(io.BytesIO(answer.response.content))
        rows = list(book.worksheets[0].values)
        assert rows[0] == ("User name", "Roles")
        assert rows[1:] == [(f"nurse-{n}", "Reader") for n in range(7)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_new_account_reads_what_its_hospital_does(
    admin: Browser, settings: Any, language: str
) -> None:
    settings.LANGUAGE_CODE = language
    made = admin("POST", "/accounts", {"user_name": "newcomer"})
    assert (made.status, made.body["language"]) == (201, language)
