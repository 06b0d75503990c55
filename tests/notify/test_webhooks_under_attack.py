"""Webhooks: receivers that mean harm, and readers who must not hear of what they may not see."""

from __future__ import annotations

import json
import socket
import time
from uuid import UUID

import pytest

from tests.cmdb.conftest import base, hospital
from tests.hospital import HOSPITAL, ApiClient
from tests.notify.test_webhooks import SECRET, Portal, admin, change, portal, say, work
from wardround.access import actions as access
from wardround.access.types import AccountDraft, RoleDraft, RoleGiven, TokenDraft
from wardround.kernel import clock
from wardround.kernel.types import EVERYWHERE, Scope
from wardround.notify import actions, posting, rules, sending
from wardround.notify.webhook_types import Change, ChangeKind

__all__ = ["admin", "base", "hospital", "portal"]


def hired(user_name: str, **scopes: Scope) -> ApiClient:
    """Somebody with several roles, each as far as it goes."""
    given = tuple(RoleGiven(role, scope) for role, scope in scopes.items())
    draft = AccountDraft(user_name=user_name, roles=given)
    account = access.create_account(HOSPITAL, draft, at=clock.now())
    token = access.issue_token(HOSPITAL, account.id, TokenDraft("tests"), at=clock.now())
    return ApiClient(token.secret)


def test_who_looks_after_webhooks_reads_no_letter_of_items_out_of_his_reach(
    admin: ApiClient, portal: Portal, hospital: dict[str, UUID]
) -> None:
    draft = RoleDraft(name="postmaster", permissions=frozenset({"notify.webhooks"}))
    access.create_role(HOSPITAL, draft)
    of_lis = Scope(systems=frozenset({hospital["lis"]}))
    readers = [
        hired("of-lis", postmaster=EVERYWHERE, reader=of_lis),
        hired("of-words", postmaster=EVERYWHERE, reader=Scope(where=frozenset({'key = "lis"'}))),
        hired("of-nothing", postmaster=EVERYWHERE),
    ]
    assert say(admin, portal).status == 200
    item = change(admin, "host-1", serial="A")
    work()
    (row,) = admin.get("/webhook-deliveries").body["items"]
    for reader in readers:
        assert reader.get(f"/items/{item}").status in {403, 404}
        assert reader.get("/webhook-deliveries").body["total"] == 0
        assert reader.get(f"/webhook-deliveries/{row['id']}").status == 404
        assert reader.post(f"/webhook-deliveries/{row['id']}/again").status == 404
        assert reader.post("/webhooks/portal/trial").status == 404
    both = hired("of-both", postmaster=EVERYWHERE, reader=EVERYWHERE)
    assert item in both.get(f"/webhook-deliveries/{row['id']}").body["body"]


def test_what_is_deleted_and_restored_is_told_even_if_it_was_out_of_use(
    admin: ApiClient, portal: Portal, hospital: dict[str, UUID]
) -> None:
    spare, switch = str(hospital["spare"]), str(hospital["switch-1"])
    assert admin.post(f"/items/{spare}/retire").status == 200
    assert say(admin, portal, types=["device"]).status == 200
    work()
    assert admin.delete(f"/items/{spare}").status == 204
    assert admin.delete(f"/items/{switch}").status == 204
    work()
    told = {(kind, item) for kind, item in portal.changes if item in {spare, switch}}
    assert told >= {("deleted", spare), ("retired", switch), ("deleted", switch)}
    assert admin.post("/recycle-bin/restore", {"items": [spare, switch]}).status == 200
    work()
    assert {("restored", spare), ("restored", switch)} <= set(portal.changes)
    once = [each for each in portal.changes if each[0] in {"deleted", "restored"}]
    assert len(once) == 4, "each is told once"


def test_one_that_reads_nothing_holds_nobody_up(
    admin: ApiClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large letter that stays in our buffer: closing politely would wait until it is read."""
    monkeypatch.setattr(posting, "PATIENCE", 3.0)
    wall = socket.socket()
    wall.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    wall.bind(("127.0.0.1", 0))
    wall.listen(5)
    address = f"http://127.0.0.1:{wall.getsockname()[1]}/"
    for name, url, kind in (("wall", address, "changed"), ("portal", portal.url, "created")):
        body = {"kind": "webhook", "name": name, "label": name, "url": url, "secret": SECRET}
        text = json.dumps({**body, "changes": [kind]})
        assert admin.put(f"/definitions/webhook/{name}", {"text": text}).status == 200
    fields = tuple(f"attributes.{'x' * 60}{number}" for number in range(300))
    now = clock.now()
    changes = [
        Change(ChangeKind.CHANGED, UUID(int=number), "host", fields, now)
        for number in range(rules.MOST_CHANGES)
    ]
    small = Change(ChangeKind.CREATED, UUID(int=1), "host", (), now)
    assert actions.tell([small, *changes], at=now) == 2
    began = time.monotonic()
    with wall:
        assert sending.send_what_is_due(clock.now) == 1
        assert time.monotonic() - began < 30
    states = {row["name"]: row["trouble"] for row in admin.get("/webhooks").body["items"]}
    assert states == {"portal": None, "wall": "silent"}
    assert len(portal.letters) == 1


def test_one_that_takes_its_time_does_not_hold_back_what_others_could_take(
    admin: ApiClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It always answers, so that it never rests; a round is as long as the slowest in it."""
    slow = Portal()
    slow.expect = lambda _path: time.sleep(0.4)
    monkeypatch.setattr(sending, "_MOST_ROUNDS", 1)
    for name, url in (("slow", slow.url), ("portal", portal.url)):
        body = {"kind": "webhook", "name": name, "label": name, "url": url, "secret": SECRET}
        text = json.dumps(body)
        assert admin.put(f"/definitions/webhook/{name}", {"text": text}).status == 200
    now = clock.now()
    for number in range(60):
        told = Change(ChangeKind.CREATED, UUID(int=number), "host", (), now)
        assert actions.tell([told], at=now) == 2
    sending.send_what_is_due(clock.now)
    slow.server.shutdown()
    slow.server.server_close()
    assert 0 < len(slow.letters) < len(portal.letters)


def test_an_address_in_chinese_is_reached(
    admin: ApiClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused by the receiver's own look at the path, until it is sent as RFC 3986 says."""
    address = portal.url.replace("/hook?of=hospital", "/接收?of=医院&done=100%25")
    seen: list[str] = []
    portal.expect = seen.append
    assert say(admin, portal, url=address).status == 200
    change(admin, "host-1", serial="A")
    work()
    assert seen == ["/%E6%8E%A5%E6%94%B6?of=%E5%8C%BB%E9%99%A2&done=100%25"]
    (webhook,) = admin.get("/webhooks").body["items"]
    assert (webhook["state"], webhook["waiting"]) == ("working", 0)
