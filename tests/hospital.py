"""The one named hospital of the tests: its people, and how they come to the API's door."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import declared
from wardround.access import actions
from wardround.access.types import AccountDraft, RoleGiven, TokenDraft
from wardround.kernel import clock
from wardround.kernel.types import EVERYWHERE, Scope, system_actor

HOSPITAL = system_actor("hospital")


@dataclass(frozen=True)
class Answer:
    """What came back: status, parsed body (JSON) or raw bytes."""

    status: int
    body: Any
    headers: Any


class ApiClient:
    """A program with one person's token; `with_language` asks in another language."""

    def __init__(self, token: str | None, language: str = "en") -> None:
        self._client = Client()
        self._headers = {"Accept-Language": language}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **parameters: Any) -> Answer:
        response = self._client.get(f"/api/v1{path}", parameters, headers=self._headers)
        declared.require("GET", path, response.status_code)
        return _answer(response)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        """`headers` beside the usual ones, with `_` for `-`."""
        return self._send("POST", path, body, **headers)

    def patch(self, path: str, body: object) -> Answer:
        return self._send("PATCH", path, body)

    def put(self, path: str, body: object) -> Answer:
        return self._send("PUT", path, body)

    def delete(self, path: str, body: object = None) -> Answer:
        return self._send("DELETE", path, body)

    def upload(self, path: str, **files: list[tuple[str, bytes]]) -> Answer:
        """Send files, by field, each with its name."""
        data = {
            field: [SimpleUploadedFile(name, content) for name, content in named]
            for field, named in files.items()
        }
        return _answer(self._client.post(f"/api/v1{path}", data, headers=self._headers))

    def _send(self, method: str, path: str, body: object, **headers: str) -> Answer:
        data = b"" if body is None else json.dumps(body, default=str).encode()
        response = self._client.generic(
            method,
            f"/api/v1{path}",
            data=data,
            content_type="application/json",
            headers={
                **self._headers,
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        declared.require(method, path, response.status_code)
        return _answer(response)


def _answer(response: Any) -> Answer:
    kind = response.headers.get("Content-Type", "")
    body = response.json() if "json" in kind and response.content else response.content
    return Answer(response.status_code, body, response.headers)


def client_of(
    user_name: str, *roles: str, scope: Scope = EVERYWHERE, language: str = "en"
) -> ApiClient:
    """Hire somebody with these roles and give their program a token."""
    given = tuple(RoleGiven(role, scope) for role in roles)
    account = actions.create_account(
        HOSPITAL, AccountDraft(user_name=user_name, roles=given), at=clock.now()
    )
    draft = TokenDraft(name="tests", expires_at=clock.now() + timedelta(days=1))
    token = actions.issue_token(HOSPITAL, account.id, draft, at=clock.now())
    return ApiClient(token.secret, language)
