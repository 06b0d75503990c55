"""Every route of the platform, by everybody: no sign-in, no way in; no permission, no answer.

The routes are walked from the one API object, so that a route added tomorrow is tested tomorrow.
Allowed calls go out with nothing in them, to things that do not exist: they may be refused in any
orderly way, but never fall over.
"""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from tests.access.conftest import OWNER
from tests.hospital import ApiClient
from wardround.access import actions
from wardround.access.builtin_roles import BUILT_IN, BuiltInRole
from wardround.access.types import AccountDraft, RoleGiven, TokenDraft
from wardround.kernel import clock
from wardround.kernel.permissions import PUBLIC, SIGNED_IN, Permission, permissions
from wardround.kernel.types import EVERYWHERE
from wardround.web.api import routes

pytestmark = pytest.mark.django_db
NOBODY_HAS_THIS = UUID("01890000-0000-7000-8000-000000000000")
_STREAMS = {"/stream"}
"""Answers that never end are opened by tests of their own."""

Route = tuple[str, str, Permission]
ROUTES = [route for route in routes() if route[1] not in _STREAMS]


def name(value: BuiltInRole | Route) -> str:
    return value.name if isinstance(value, BuiltInRole) else f"{value[0]} {value[1]}"


def address(path: str) -> str:
    """The path with ids of nothing in it."""
    return re.sub(r"{[^}]*}", str(NOBODY_HAS_THIS), re.sub(r"{int:[^}]*}", "1", path))


def call(client: ApiClient, route: Route) -> tuple[int, str]:
    method, path, _needs = route
    answer = (
        client.get(address(path)) if method == "GET" else client._send(method, address(path), None)
    )
    code = answer.body.get("code", "") if isinstance(answer.body, dict) else ""
    return answer.status, code


def test_there_are_routes_and_each_needs_something_known() -> None:
    known = {*permissions(), PUBLIC, SIGNED_IN}
    assert len(ROUTES) > 60
    assert [route for route in ROUTES if route[2] not in known] == []


def test_only_these_are_open_to_everybody() -> None:
    assert {f"{method} {path}" for method, path, needs in ROUTES if needs is PUBLIC} == {
        "GET /health",
        "GET /hospital",
        "POST /session",
        "POST /session/wall",
    }


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_without_sign_in(db: None, route: Route) -> None:
    status, code = call(ApiClient(None), route)
    if route[2] is PUBLIC:
        assert is_orderly(status)
    else:
        assert (status, code) == (401, "sign_in_needed")


@pytest.mark.parametrize("role", BUILT_IN, ids=name)
def test_with_every_built_in_role(db: None, role: BuiltInRole) -> None:
    client = client_with(role)
    wrong = [
        (name(route), status, code)
        for route in ROUTES
        for status, code in [call(client, route)]
        if not as_it_should_be(role, route, status, code)
    ]
    assert wrong == []


def client_with(role: BuiltInRole) -> ApiClient:
    """A program of somebody who has only this role, everywhere."""
    draft = AccountDraft(user_name=role.name, roles=(RoleGiven(role.name, EVERYWHERE),))
    account = actions.create_account(OWNER, draft, at=clock.now())
    token = actions.issue_token(OWNER, account.id, TokenDraft("tests"), at=clock.now())
    return ApiClient(token.secret)


def as_it_should_be(role: BuiltInRole, route: Route, status: int, code: str) -> bool:
    needs = route[2]
    if needs in {PUBLIC, SIGNED_IN} or needs in role.permissions:
        return code != "forbidden" and is_orderly(status)
    return (status, code) == (403, "forbidden")


def is_orderly(status: int) -> bool:
    """Not fallen over. History does not run in this test, so 503 says the truth."""
    return status < 500 or status == 503


def test_no_role_but_the_administrators_holds_everything() -> None:
    whole = {role.name for role in BUILT_IN if role.permissions == set(permissions())}
    assert whole == {"administrator"}
