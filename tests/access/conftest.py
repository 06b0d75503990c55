"""The people of the hospital who come to the door, and the browsers they come with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from psycopg import sql

from wardround.access import actions, keys
from wardround.access.models import Account
from wardround.access.types import AccountDraft, RoleGiven
from wardround.kernel import clock
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import EVERYWHERE, Scope, system_actor

PASSWORD = "Ward-Round-2026"  # noqa: S105  # opens nothing outside these tests
_HASHED = keys.hashed_password(PASSWORD)
OWNER = system_actor("tests")


@dataclass
class Answer:
    status: int
    body: Any
    response: Any

    @property
    def code(self) -> str:
        return str(self.body["code"])


class Browser:
    """A browser: keeps cookies and sends the form token back, as the interface does."""

    def __init__(self, *, bearer: str | None = None, address: str = "10.0.0.1") -> None:
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR=address)
        self.bearer = bearer
        self.form_token = True

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        sent = {"Accept-Language": "en", **headers}
        if self.bearer:
            sent["Authorization"] = f"Bearer {self.bearer}"
        token = self.client.cookies.get("csrftoken")
        if token is not None and self.form_token:
            sent["X-CSRFToken"] = token.value
        response = self.client.generic(
            method,
            f"/api/v1{path}",
            data=b"" if body is None else _json(body),
            content_type="application/json",
            headers=sent,
        )
        is_json = response.content and "json" in response.headers.get("Content-Type", "")
        return Answer(response.status_code, response.json() if is_json else None, response)

    def sign_in(self, user_name: str, password: str = PASSWORD, **more: str) -> Answer:
        return self("POST", "/session", {"user_name": user_name, "password": password, **more})


def _json(body: object) -> bytes:
    return json.dumps(body, default=str).encode()


class Clock:
    """The platform's clock, set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time stands still until a test moves it."""
    hand = Clock()
    monkeypatch.setattr(clock, "now", hand)
    return hand


Hire = Callable[..., UUID]


@pytest.fixture
def hire(db: None) -> Hire:
    """Make an account that can sign in: `hire("zhang", "engineer", scope=...)`."""

    def make(user_name: str, *roles: str, scope: Scope = EVERYWHERE, **more: Any) -> UUID:
        given = tuple(RoleGiven(role, scope) for role in roles)
        draft = AccountDraft(user_name=user_name, roles=given, **more)
        account = actions.create_account(OWNER, draft, at=clock.now())
        _set_password(account.id)
        return account.id

    return make


def _set_password(account: UUID) -> None:
    Account.objects.filter(id=account).update(password=_HASHED)


@pytest.fixture
def admin(hire: Hire) -> Browser:
    """The administrator's browser, signed in."""
    hire("admin", "administrator", display_name="管理员")
    browser = Browser()
    assert browser.sign_in("admin").status == 200
    return browser


@pytest.fixture
def signed_in(hire: Hire) -> Callable[..., Browser]:
    """A browser of somebody with these roles, signed in."""

    def come(user_name: str, *roles: str, scope: Scope = EVERYWHERE) -> Browser:
        hire(user_name, *roles, scope=scope)
        browser = Browser()
        assert browser.sign_in(user_name).status == 200
        return browser

    return come


def audited(action: str) -> list[dict[str, Any]]:
    """The audit lines of an action, oldest first."""
    found = AuditRecord.objects.filter(action=action).order_by("id")
    return [dict(row) for row in found.values()]


@pytest.fixture
def everything_stored(db: None) -> Callable[[], str]:
    """All text in all of this room's tables and the audit chain, to look for what must not be."""

    def dump() -> str:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_name LIKE 'access_%' OR table_name LIKE 'kernel_%'"
            )
            tables = [row[0] for row in cursor.fetchall()]
            parts = []
            for table in tables:
                cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
                parts += [row[0] for row in cursor.fetchall()]
        return "\n".join(parts)

    return dump
