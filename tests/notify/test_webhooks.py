"""Webhooks: what a program outside is told of changes; a real receiver checks each letter."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.cmdb.conftest import AT, base, hospital
from tests.hospital import ApiClient, client_of
from wardround.kernel import clock
from wardround.kernel.announcements import deliver
from wardround.kernel.types import Scope
from wardround.notify import actions, models, rules, sending, tasks
from wardround.notify.webhook_types import Change, ChangeKind
from wardround.schema.models import Definition

__all__ = ["base", "hospital"]

SECRET = "a-secret-that-nobody-guesses-0815"  # noqa: S105  # of a test


class Portal:
    """The hospital's own portal: keeps what it was sent, and answers as it is told."""

    def __init__(self) -> None:
        self.letters: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.answer = 204
        self.expect: Callable[[str], None] = self._is_ours
        portal = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                head = {name.lower(): value for name, value in self.headers.items()}
                portal.expect(self.path)
                assert head["webhook-signature"] == signed(head, body)
                portal.letters.append((head, json.loads(body)))
                self.send_response(portal.answer)
                self.send_header("location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_told: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def _is_ours(path: str) -> None:
        assert path == "/hook?of=hospital"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook?of=hospital"

    @property
    def changes(self) -> list[tuple[str, str]]:
        return [
            (change["change"], change["item"])
            for _head, letter in self.letters
            for change in letter["data"]["changes"]
        ]


def signed(head: dict[str, str], body: bytes) -> str:
    """As the Standard Webhooks specification says a receiver checks it."""
    said = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    digest = hmac.new(SECRET.encode(), said, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


@pytest.fixture
def portal() -> Iterator[Portal]:
    found = Portal()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    ProcrastinateJob.objects.filter(task_name="kernel.deliver").delete()  # news of before
    return client_of("integrator", "administrator")


def say(admin: ApiClient, portal: Portal, **more: Any) -> Any:
    body = {"kind": "webhook", "name": "portal", "label": "Portal", "url": portal.url}
    text = json.dumps({**body, "secret": SECRET, **more})
    return admin.put("/definitions/webhook/portal", {"text": text})


def change(admin: ApiClient, key: str, **attributes: Any) -> str:
    (item,) = admin.get("/items", key=key).body["items"]
    done = admin.patch(
        f"/items/{item['id']}", {"version": item["version"], "attributes": attributes}
    )
    assert done.status == 200, done.body
    return str(item["id"])


def work() -> None:
    """What a worker does: the news, and then the letters."""
    jobs = ProcrastinateJob.objects.filter(task_name="kernel.deliver").order_by("id")
    for job in jobs:
        if job.args["listener"].startswith("notify."):
            deliver(**job.args)
            deliver(**job.args)  # a worker that died before it said so
    sending.send_what_is_due(clock.now)


def test_a_change_arrives_signed_and_once(admin: ApiClient, portal: Portal) -> None:
    assert say(admin, portal).status == 200
    item = change(admin, "host-1", serial="SN9", password="lion")
    work()
    ((head, letter),) = portal.letters
    (told,) = letter["data"]["changes"]
    assert (told["change"], told["item"], told["type"]) == ("changed", item, "host")
    assert set(told["fields"]) == {"attributes.serial", "attributes.password"}
    assert told["url"] == f"/api/v1/items/{item}"
    assert "lion" not in json.dumps(letter)
    assert "SN9" not in json.dumps(letter)
    (row,) = admin.get("/webhook-deliveries").body["items"]
    assert (row["id"], row["state"], row["status"]) == (head["webhook-id"], "delivered", 204)
    (webhook,) = admin.get("/webhooks").body["items"]
    assert (webhook["state"], webhook["waiting"]) == ("working", 0)
    work()
    assert len(portal.letters) == 1


def test_of_items_nothing_is_asked_where_nobody_listens(admin: ApiClient, portal: Portal) -> None:
    change(admin, "host-1", serial="SN9")
    with CaptureQueriesContext(connection) as asked:
        work()
    assert not [each["sql"] for each in asked if "cmdb_item" in each["sql"]]
    assert say(admin, portal).status == 200
    with CaptureQueriesContext(connection) as asked:
        work()  # the same news again, which somebody listens to by now
    assert [each["sql"] for each in asked if "cmdb_item" in each["sql"]]
    assert len(portal.changes) == 1


def test_only_what_was_asked_for(admin: ApiClient, portal: Portal) -> None:
    assert say(admin, portal, changes=["retired", "created"], types=["device"]).status == 200
    change(admin, "host-1", serial="SN9")
    made = [
        admin.post("/items", {"type": type_name, "name": type_name, "key": type_name}).body["id"]
        for type_name in ("switch", "department")
    ]
    (spare,) = admin.get("/items", key="spare").body["items"]
    assert admin.post(f"/items/{spare['id']}/retire").status == 200
    work()
    assert set(portal.changes) == {("created", made[0]), ("retired", spare["id"])}
    assert made[1] not in {item for _kind, item in portal.changes}


def test_what_fails_is_tried_again_and_waits_in_turn(
    admin: ApiClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(admin, portal)
    portal.answer = 302
    change(admin, "host-1", serial="A")
    change(admin, "host-2", serial="B")
    work()
    assert len(portal.letters) == 1, "a receiver that fails is not hammered"
    (webhook,) = admin.get("/webhooks").body["items"]
    assert (webhook["state"], webhook["waiting"], webhook["trouble"]) == ("failing", 2, "refused")
    portal.answer = 200
    work()
    assert len(portal.letters) == 1, "it rests first"
    later = clock.now() + timedelta(seconds=11)
    sending.send_what_is_due(lambda: later)
    assert len(portal.letters) == 3
    first, second = (head["webhook-id"] for head, _letter in portal.letters[:2])
    assert first == second, "the same letter under the same id"
    (webhook,) = admin.get("/webhooks").body["items"]
    assert (webhook["state"], webhook["waiting"]) == ("working", 0)


def test_who_is_never_there_is_given_up_and_asked_again(admin: ApiClient, portal: Portal) -> None:
    say(admin, portal)
    portal.server.shutdown()
    portal.server.server_close()
    change(admin, "host-1", serial="A")
    work()
    much_later = clock.now() + rules.GIVEN_UP_AFTER + timedelta(hours=2)
    sending.send_what_is_due(lambda: much_later)
    (row,) = admin.get("/webhook-deliveries", state="given-up").body["items"]
    assert (row["trouble"], row["attempts"]) == ("unreachable", 2)
    again = admin.post(f"/webhook-deliveries/{row['id']}/again")
    assert (again.status, again.body["state"]) == (200, "waiting")
    refused = admin.post(f"/webhook-deliveries/{row['id']}/again")
    assert (refused.status, refused.body["code"]) == (409, "delivery_waits")


def test_a_worker_that_dies_lets_go_of_its_letters(admin: ApiClient, portal: Portal) -> None:
    say(admin, portal)
    change(admin, "host-1", serial="A")
    for job in ProcrastinateJob.objects.filter(task_name="kernel.deliver"):
        if job.args["listener"].startswith("notify."):
            deliver(**job.args)
    held = actions.take_due(clock.now())  # and here it is killed
    assert [len(letters) for letters in held.values()] == [1]
    assert sending.send_what_is_due(clock.now) == 0
    later = clock.now() + timedelta(minutes=6)
    assert sending.send_what_is_due(lambda: later) == 1
    assert len(portal.letters) == 1


def test_one_that_never_answers_holds_nobody_up(
    admin: ApiClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wardround.notify.posting.PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        body = {"kind": "webhook", "name": "silent", "label": "Silent", "url": url}
        text = json.dumps({**body, "secret": SECRET})
        assert admin.put("/definitions/webhook/silent", {"text": text}).status == 200
        say(admin, portal)
        change(admin, "host-1", serial="A")
        work()
    assert len(portal.letters) == 1
    states = {row["name"]: row["trouble"] for row in admin.get("/webhooks").body["items"]}
    assert states == {"portal": None, "silent": "silent"}


def test_a_trial_arrives_and_a_renamed_webhook_keeps_its_secret(
    admin: ApiClient, portal: Portal
) -> None:
    say(admin, portal)
    assert SECRET not in "".join(Definition.objects.values_list("body", flat=True))
    text = admin.get("/definitions/webhook/portal").body["text"]
    assert SECRET not in text
    said = {"text": text.replace('"portal"', '"gate"'), "base_version": 1, "renamed_from": "portal"}
    renamed = admin.put("/definitions/webhook/gate", said)
    assert renamed.status == 200, renamed.body
    tried = admin.post("/webhooks/gate/trial")
    assert tried.status == 200, tried.body
    sending.send_what_is_due(clock.now)
    ((head, letter),) = portal.letters
    assert (head["webhook-id"], letter["type"]) == (tried.body["id"], "ping")
    assert admin.post("/webhooks/portal/trial").status == 404


def test_what_waits_for_one_that_is_retired_never_leaves(admin: ApiClient, portal: Portal) -> None:
    say(admin, portal)
    change(admin, "host-1", serial="A")
    for job in ProcrastinateJob.objects.filter(task_name="kernel.deliver"):
        if job.args["listener"].startswith("notify."):
            deliver(**job.args)
    refused = admin.delete("/definitions/webhook/portal")
    assert refused.status == 409, "a letter waits"
    assert admin.delete("/definitions/webhook/portal?consent=true").status == 204
    assert sending.send_what_is_due(clock.now) == 0
    (row,) = admin.get("/webhook-deliveries").body["items"]
    assert (row["state"], row["trouble"]) == ("given-up", "out-of-force")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"url": "http://me:pass@portal.example/"}, "password"),
        ({"url": "ftp://portal.example/"}, ""),
        ({"url": "http://portal.example:99999/"}, "address"),
        ({"secret": "short"}, ""),
        ({"changes": []}, ""),
        ({"types": ["no-such-type"]}, "no-such-type"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    admin: ApiClient, portal: Portal, more: dict[str, Any], told: str
) -> None:
    refused = say(admin, portal, **more)
    assert refused.status == 422, refused.body
    assert told in json.dumps(refused.body, ensure_ascii=False)
    assert SECRET not in json.dumps(refused.body)


def test_who_sees_some_items_alone_neither_makes_one_nor_reads_letters(
    admin: ApiClient, portal: Portal, hospital: dict[str, UUID]
) -> None:
    narrow = client_of("of-lis", "administrator", scope=Scope(systems=frozenset({hospital["lis"]})))
    assert say(narrow, portal).status in {403, 422}
    assert say(admin, portal).status == 200
    change(admin, "host-1", serial="A")
    work()
    (row,) = admin.get("/webhook-deliveries").body["items"]
    assert narrow.get("/webhooks").body["items"] == []
    assert narrow.get("/webhook-deliveries").body["total"] == 0
    assert narrow.get(f"/webhook-deliveries/{row['id']}").status == 404
    assert narrow.post("/webhooks/portal/trial").status == 404


def test_more_than_the_budget_waits_for_nobody(
    admin: ApiClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_WAITING", 2)
    say(admin, portal)
    for second in range(3):
        told = Change(ChangeKind.CREATED, UUID(int=second), "host", (), AT)
        assert actions.tell([told], at=AT + timedelta(seconds=second)) == 1
    rows = models.Delivery.objects.order_by("made_at").values_list("state", "trouble")
    assert list(rows) == [("given-up", "too-many"), ("waiting", ""), ("waiting", "")]
    assert actions.forget(before=AT + tasks.KEPT) == 1


CHANGES = st.builds(
    Change,
    st.sampled_from(ChangeKind),
    st.uuids(),
    st.sampled_from(["host", "switch"]),
    st.lists(st.sampled_from(["name", "attributes.serial"]), max_size=2, unique=True).map(tuple),
    st.just(AT),
)


@given(st.lists(CHANGES, max_size=1_200, unique_by=lambda change: change.item))
def test_letters_say_every_change_once_and_have_ids_of_their_own(changes: list[Change]) -> None:
    letters = list(rules.letters("portal", changes))
    told = [each for _id, body, _n in letters for each in json.loads(body)["data"]["changes"]]
    assert [each["item"] for each in told] == [str(change.item) for change in changes]
    assert [count for _id, _body, count in letters] == [
        min(rules.MOST_CHANGES, len(changes) - first)
        for first in range(0, len(changes), rules.MOST_CHANGES)
    ]
    assert len({id_ for id_, _body, _n in letters}) == len(letters)
    assert letters == list(rules.letters("portal", changes))
    others = {id_ for id_, _body, _n in rules.letters("other", changes)}
    assert others.isdisjoint(id_ for id_, _body, _n in letters)


def test_pauses_grow_up_to_an_hour() -> None:
    pauses = [(rules.resumed_at(n, AT) - AT).total_seconds() for n in range(1, 14)]
    assert pauses[:4] == [10, 20, 40, 80]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 3_600


def test_what_waits_is_looked_at_every_ten_seconds() -> None:
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons["notify.send_letters"] == "* * * * * */10"
