"""Who can see an item, and why."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.cmdb.test_attribute_rights import DEVICE, RESTRICTED, with_roles
from tests.cmdb.test_serving import proposal
from tests.hospital import HOSPITAL, ApiClient, client_of
from wardround.access import actions as access
from wardround.access import models as people
from wardround.access.types import TokenDraft
from wardround.kernel import clock
from wardround.kernel.types import EVERYWHERE, Scope


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    admin = client_of("modeller", "administrator")
    saved = admin.put(f"/definitions/{DEVICE}", proposal(admin, DEVICE, RESTRICTED))
    assert saved.status == 200, saved.body
    return admin


@pytest.fixture
def staff(hospital: dict[str, UUID]) -> None:
    pacs = Scope(systems=frozenset({hospital["pacs"]}))
    lis = Scope(systems=frozenset({hospital["lis"]}))
    radiology = Scope(organisations=frozenset({hospital["radiology"]}))
    with_roles("pacs-engineer", engineer=pacs, reader=EVERYWHERE)
    with_roles("lis-engineer", engineer=lis)
    with_roles("radiologist", reader=radiology)
    with_roles("screen", wall_screen=EVERYWHERE)


def seers(client: ApiClient, item: UUID, **asked: Any) -> dict[str, Any]:
    answer = client.get(f"/items/{item}/seen-by", **asked)
    assert answer.status == 200, answer.body
    return {each["user_name"]: each for each in answer.body["items"] if not each["token"]}


def test_everybody_who_sees_it_is_told_with_the_reason(
    admin: ApiClient, staff: None, hospital: dict[str, UUID]
) -> None:
    found = seers(admin, hospital["host-1"])
    assert set(found) == {"modeller", "pacs-engineer", "radiologist"}
    assert found["pacs-engineer"]["why"] == ["Engineer: 放射科PACS/RIS", "Reader: Everything"]
    assert found["radiologist"]["why"] == ["Reader: 放射科"]
    assert [each["through"] for each in found["radiologist"]["reasons"]] == ["organisation"]
    assert found["pacs-engineer"]["sees"] == ["Serial number"]
    assert (found["radiologist"]["sees"], found["radiologist"]["misses"]) == (
        [],
        ["Serial number"],
    )
    assert found["modeller"]["sees"] == ["Serial number"]
    assert found["pacs-engineer"]["changes"] is True
    assert found["radiologist"]["changes"] is False


def test_it_says_what_each_of_them_is_shown(
    admin: ApiClient, staff: None, hospital: dict[str, UUID]
) -> None:
    """What is told is what happens: everybody is asked what they see of every item."""
    accounts = {
        name: ApiClient(_token(name), "en")
        for name in ("pacs-engineer", "lis-engineer", "radiologist", "screen")
    }
    for key in ("host-1", "host-2", "spare", "radiology", "pacs", "switch-1"):
        found = seers(admin, hospital[key])
        for name, client in accounts.items():
            answer = client.get(f"/items/{hospital[key]}")
            assert (answer.status == 200) is (name in found), (key, name)
            if answer.status == 200:
                told = bool(found[name]["misses"])
                assert (answer.body["restricted"] == ["serial"]) is told, (key, name)


def _token(user_name: str, permissions: frozenset[str] | None = None, days: int = 1) -> str:
    account = people.Account.objects.get(user_name=user_name)
    draft = TokenDraft("more", permissions, clock.now() + timedelta(days=days))
    return access.issue_token(HOSPITAL, account.id, draft, at=clock.now()).secret


def test_tokens_that_see_it_are_told_and_those_that_do_not_are_not(
    admin: ApiClient, staff: None, hospital: dict[str, UUID]
) -> None:
    people.Token.objects.all().exclude(account__user_name="modeller").delete()
    _token("pacs-engineer", frozenset({"cmdb.read"}))
    _token("radiologist", frozenset({"boards.read"}))
    items = admin.get(f"/items/{hospital['host-1']}/seen-by", token="true").body["items"]
    told = [(each["user_name"], each["token"], each["changes"]) for each in items]
    assert told == [("modeller", "tests", True), ("pacs-engineer", "more", False)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"role": "reader"}, {"pacs-engineer", "radiologist"}),
        ({"through": "organisation"}, {"radiologist"}),
        ({"through": "system"}, {"pacs-engineer"}),
        ({"attribute": "serial"}, {"modeller", "pacs-engineer"}),
        ({"changes": "false"}, {"radiologist"}),
        ({"q": "radiolog"}, {"radiologist"}),
        ({"q": "PACS/RIS"}, {"pacs-engineer"}),
    ],
)
def test_it_is_filtered(
    admin: ApiClient,
    staff: None,
    hospital: dict[str, UUID],
    asked: dict[str, str],
    found: set[str],
) -> None:
    assert set(seers(admin, hospital["host-1"], **asked)) == found


def test_it_is_sorted_and_exported(
    admin: ApiClient, staff: None, hospital: dict[str, UUID]
) -> None:
    path = f"/items/{hospital['host-1']}/seen-by"
    items = admin.get(path, sort="-user_name", token="false").body["items"]
    assert [each["user_name"] for each in items] == ["radiologist", "pacs-engineer", "modeller"]
    body = admin.get(path, format="xlsx", columns="user_name,why,sees", token="false").body
    rows = list(load_workbook(io.BytesIO(body)).active.values)
    assert rows[2] == ("pacs-engineer", "Engineer: 放射科PACS/RIS, Reader: Everything",
                       "Serial number")  # fmt: skip


def test_those_out_of_the_readers_reach_are_not_told(
    admin: ApiClient, staff: None, hospital: dict[str, UUID]
) -> None:
    lis = Scope(systems=frozenset({hospital["lis"]}))
    narrow = client_of("narrow", "administrator", scope=lis)
    assert narrow.get(f"/items/{hospital['host-1']}/seen-by").status == 404
    found = seers(narrow, hospital["switch-1"])
    assert "lis-engineer" in found
    assert "radiologist" not in found
    assert found["pacs-engineer"]["why"] == ["Reader: Everything"]


def test_it_takes_the_right_to_see_accounts(
    admin: ApiClient, staff: None, hospital: dict[str, UUID]
) -> None:
    engineer = client_of("vendor", "vendor-engineer")
    assert engineer.get(f"/items/{hospital['host-1']}/seen-by").status == 403


def test_a_fixed_number_of_statements_whatever_the_number_of_accounts(
    admin: ApiClient, staff: None, hospital: dict[str, UUID]
) -> None:
    path = f"/items/{hospital['host-1']}/seen-by"
    admin.get(path)
    with CaptureQueriesContext(
        connection,
    ) as few:
        admin.get(path)
    for number in range(6):
        pacs = Scope(systems=frozenset({hospital["pacs"]}))
        with_roles(f"more-{number}", engineer=pacs, reader=EVERYWHERE)
    with CaptureQueriesContext(connection) as many:
        assert len(seers(admin, hospital["host-1"])) > 6
    assert len(many) == len(few)
