"""The live stream through its own door: the web process as it runs, and pages that listen to it.

What somebody may hear is taken away while the stream is open, in every way there is.
"""

from __future__ import annotations

import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from tests.hospital import HOSPITAL
from tests.tickets.conftest import MONDAY, World, committed_world, raised
from wardround.access import actions as access
from wardround.access import models
from wardround.access import queries as access_queries
from wardround.access.authentication import COOKIE
from wardround.access.types import AccountDraft, Attempt, RoleDraft, RoleGiven, TokenDraft
from wardround.collect.drivers.platform_address import platform_database
from wardround.kernel import clock
from wardround.kernel.types import EVERYWHERE, Actor, Scope
from wardround.tickets import actions as tickets

__all__ = ["committed_world"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]

_PROGRAM = """
import sys
from wardround.site import serve
{first}
raise SystemExit(serve.run("127.0.0.1", int(sys.argv[1])))
"""
WITHIN = 5.0
"""Seconds after which nothing may be heard that was taken away."""
BREAK = 0.3
"""Seconds in which a frame that is on its way arrives, and an open page begins to listen."""


@contextmanager
def web(first: str = "", **settings_of_it: str) -> Iterator[int]:
    """The web process on the database of the tests, after a line of its own; gives its port."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "wardround.web.settings",
        "WARDROUND_DATABASE_URL": make_conninfo("", **platform_database()),
        "WARDROUND_SECRET_KEY": settings.SECRET_KEY,
        "WARDROUND_SESSION_IDLE_MINUTES": "60",
        "WARDROUND_ROLE": "web",
        **settings_of_it,
    }
    program = _PROGRAM.format(first=first)
    process = subprocess.Popen([sys.executable, "-c", program, str(port)], env=environment)
    try:
        _until(lambda: _listens(port), 60)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(30) in (0, -signal.SIGTERM)
        finally:
            process.kill()
            process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _until(what: Callable[[], object], seconds: float) -> None:
    """Wait for what another process does; there is no event of it to wait for."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "never came true"
        time.sleep(0.02)


@dataclass
class Page:
    """An open page: what its stream says, and whether it is still open."""

    connection: http.client.HTTPConnection
    frames: queue.Queue[tuple[str, dict[str, Any]]] = field(default_factory=queue.Queue)
    over: threading.Event = field(default_factory=threading.Event)

    def listen(self, answer: http.client.HTTPResponse) -> None:
        event = ""
        try:
            for line in answer:
                name, _, rest = line.decode().strip().partition(": ")
                if name == "event":
                    event = rest
                elif name == "data":
                    self.frames.put((event, json.loads(rest)))
        finally:
            self.over.set()

    def said(self, seconds: float = BREAK) -> list[tuple[str, dict[str, Any]]]:
        """What it said by now, without heartbeats."""
        time.sleep(seconds)
        said = []
        while not self.frames.empty():
            event, body = self.frames.get()
            if event != "heartbeat":
                said.append((event, body))
        return said

    def hears(self, ticket: UUID) -> bool:
        """Whether a change of this ticket comes through, and nothing else."""
        tell(ticket)
        said = [(event, body["topic"], body["ids"]) for event, body in self.said()]
        assert said in ([], [("changed", "tickets", [str(ticket)])])
        return bool(said)


def tell(ticket: UUID) -> None:
    """What a process says when the ticket has changed."""
    with connection.cursor() as cursor:
        body = json.dumps({"topic": "tickets", "ids": [str(ticket)]})
        cursor.execute("SELECT pg_notify('wardround_live', %s)", [body])


@contextmanager
def page(port: int, headers: Mapping[str, str]) -> Iterator[Page]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", "/api/v1/stream?topics=tickets,board", headers=dict(headers))
    answer = line.getresponse()
    assert answer.status == 200, answer.read()
    found = Page(line)
    reader = threading.Thread(target=found.listen, args=[answer])
    reader.start()
    try:
        assert found.frames.get(timeout=10)[0] == "hello"
        yield found
    finally:
        if line.sock is not None:
            line.sock.shutdown(socket.SHUT_RDWR)
        reader.join()
        answer.close()
        line.close()


@dataclass(frozen=True)
class Nurse:
    """Somebody who reads tickets, at a browser and with a program."""

    account: UUID
    token: UUID
    session: UUID
    program: dict[str, str]
    browser: dict[str, str]

    @property
    def actor(self) -> Actor:
        return access_queries.actor_for(self.account)


_PASSWORD = "Ward-Round-2026"  # noqa: S105  # opens nothing outside these tests


def hire(user_name: str, role: str = "reader") -> Nurse:
    draft = AccountDraft(user_name=user_name, roles=(RoleGiven(role, EVERYWHERE),))
    account = access.create_account(HOSPITAL, draft, at=clock.now()).id
    wanted = TokenDraft("page", expires_at=clock.now() + timedelta(days=1))
    made = access.issue_token(HOSPITAL, account, wanted, at=clock.now())
    once = Attempt(user_name, access.give_one_time_password(HOSPITAL, account))
    actor = access_queries.actor_for(account)
    signed_in = access.change_password(actor, once, _PASSWORD, at=clock.now())
    return Nurse(
        account,
        made.token.id,
        signed_in.session.id,
        {"Authorization": f"Bearer {made.secret}"},
        {"Cookie": f"{COOKIE}={signed_in.key}"},
    )


def give(nurse: Nurse, *roles: RoleGiven) -> None:
    access.change_account(HOSPITAL, nurse.account, AccountDraft(roles=roles), at=clock.now())


@pytest.fixture(scope="module")
def edge(django_db_setup: None) -> Iterator[int]:
    with web() as port:
        yield port


def _expire_token(nurse: Nurse) -> None:
    models.Token.objects.filter(id=nurse.token).update(expires_at=clock.now())


def _end_by_the_clock(nurse: Nurse) -> None:
    models.Session.objects.filter(id=nurse.session).update(ends_at=clock.now())


def _leave_idle(nurse: Nurse) -> None:
    long_ago = clock.now() - timedelta(minutes=61)
    models.Session.objects.filter(id=nurse.session).update(last_seen_at=long_ago)


def _switch_off(nurse: Nurse) -> None:
    access.change_account(HOSPITAL, nurse.account, AccountDraft(active=False), at=clock.now())


def _change_password(nurse: Nurse) -> None:
    attempt = Attempt(access_queries.accounts([nurse.account])[nurse.account].user_name, _PASSWORD)
    access.change_password(nurse.actor, attempt, "Another-Round-2026", at=clock.now())


_ENDS: dict[str, tuple[str, Callable[[Nurse], object]]] = {
    "signed out": ("browser", lambda nurse: access.sign_out(nurse.actor, nurse.session)),
    "ended elsewhere": ("browser", lambda nurse: access.end_session(nurse.actor, nurse.session)),
    "over by the clock": ("browser", _end_by_the_clock),
    "idle": ("browser", _leave_idle),
    "switched off at a browser": ("browser", _switch_off),
    "switched off with a program": ("program", _switch_off),
    "password replaced": ("browser", _change_password),
    "password taken": (
        "browser",
        lambda nurse: access.give_one_time_password(HOSPITAL, nurse.account),
    ),
    "token revoked": (
        "program",
        lambda nurse: access.revoke_token(nurse.actor, nurse.token, at=clock.now()),
    ),
    "token expired": ("program", _expire_token),
}


def test_a_stream_ends_with_what_opened_it(committed_world: World, edge: int) -> None:
    (ticket,) = tickets.open_event_tickets([raised(committed_world.server)], at=MONDAY)
    access.give_one_time_password(HOSPITAL, committed_world.admin.id)
    nurses = {way: hire(f"nurse-{number}") for number, way in enumerate(_ENDS)}
    stays = hire("stays")
    with ExitStack() as open_pages:
        pages = {
            way: open_pages.enter_context(page(edge, getattr(nurses[way], by)))
            for way, (by, _) in _ENDS.items()
        }
        beside = [open_pages.enter_context(page(edge, by)) for by in (stays.program, stays.browser)]
        tell(ticket)
        time.sleep(BREAK)
        for listening in (*pages.values(), *beside):
            assert [event for event, _ in listening.said(0)] == ["changed"]
        for way, (_, lose) in _ENDS.items():
            lose(nurses[way])
        deadline = time.monotonic() + WITHIN
        ended = [
            way
            for way, listening in pages.items()
            if listening.over.wait(max(0.0, deadline - time.monotonic()))
        ]
        assert ended == list(_ENDS)
        assert {listening.said(0)[-1][0] for listening in pages.values()} == {"ended"}
        tell(ticket)
        time.sleep(BREAK)
        for listening in beside:
            assert [event for event, _ in listening.said(0)] == ["changed"]
            assert not listening.over.is_set()


def test_a_wall_goes_dark_with_the_token_that_opened_it(committed_world: World, edge: int) -> None:
    nurse = hire("wall", "wall-screen")
    bearer = nurse.program["Authorization"].removeprefix("Bearer ")
    wall = access.open_wall(bearer, address="", program="", at=clock.now())
    with page(edge, {"Cookie": f"{COOKIE}={wall.key}"}) as listening:
        access.revoke_token(nurse.actor, nurse.token, at=clock.now())
        assert listening.over.wait(WITHIN)


def test_a_stream_narrows_and_widens_with_the_grants_of_its_reader(
    committed_world: World, edge: int
) -> None:
    world = committed_world
    access.give_one_time_password(HOSPITAL, world.admin.id)  # somebody must be left to manage
    (far,) = tickets.open_event_tickets([raised(world.server)], at=MONDAY)
    (near,) = tickets.open_event_tickets([raised(world.printer)], at=MONDAY)
    role = access.create_role(
        HOSPITAL, RoleDraft(name="watcher", permissions=frozenset({"tickets.read"}))
    )
    for number, by in enumerate(("browser", "program")):
        nurse = hire(f"nurse-{number}")
        with page(edge, getattr(nurse, by)) as listening:

            def follows(listening: Page = listening) -> bool:
                """The page was told to load everything again, and nothing else."""
                told = [(event, body["topic"]) for event, body in listening.said()]
                assert told in ([], [("changed", "*")])
                return bool(told)

            assert (listening.hears(far), listening.hears(near)) == (True, True)
            give(nurse, RoleGiven("reader", Scope(systems=frozenset({world.archive}))))
            _until(follows, WITHIN)
            assert (listening.hears(far), listening.hears(near)) == (False, True)
            give(nurse)
            _until(follows, WITHIN)
            assert (listening.hears(far), listening.hears(near)) == (False, False)
            give(nurse, RoleGiven("watcher", EVERYWHERE))
            _until(follows, WITHIN)
            assert (listening.hears(far), listening.hears(near)) == (True, True)
            access.change_role(
                HOSPITAL, role.id, RoleDraft(permissions=frozenset({"cmdb.read"})), at=clock.now()
            )
            _until(follows, WITHIN)
            assert (listening.hears(far), listening.hears(near)) == (False, False)
            assert not listening.over.is_set()
        access.change_role(
            HOSPITAL, role.id, RoleDraft(permissions=frozenset({"tickets.read"})), at=clock.now()
        )


def test_nothing_is_told_while_nobody_can_say_who_may_hear_it(
    committed_world: World, edge: int
) -> None:
    (ticket,) = tickets.open_event_tickets([raised(committed_world.server)], at=MONDAY)
    nurse = hire("nurse")
    with page(edge, nurse.browser) as listening:
        assert listening.hears(ticket)
        with psycopg.connect(**platform_database()) as holding:
            holding.execute("LOCK TABLE access_session IN ACCESS EXCLUSIVE MODE")
            time.sleep(WITHIN)
            assert not listening.hears(ticket)
            assert not listening.over.is_set()
        _until(lambda: [body["topic"] for _, body in listening.said()] == ["*"], WITHIN)
        assert listening.hears(ticket)


def test_the_first_page_of_a_process_misses_nothing(committed_world: World) -> None:
    (ticket,) = tickets.open_event_tickets([raised(committed_world.server)], at=MONDAY)
    nurse = hire("nurse")
    with web() as port, page(port, nurse.browser) as listening:
        assert listening.hears(ticket)


_DEAF_AT_FIRST = """
import time, psycopg
hearing, tried = psycopg.AsyncConnection.connect, []
async def deaf(**where):
    tried.append(time.monotonic())
    if tried[-1] - tried[0] < 3:
        raise psycopg.OperationalError("not yet")
    return await hearing(**where)
psycopg.AsyncConnection.connect = deaf
"""


def test_a_page_greeted_while_the_database_is_not_heard_loads_all_when_it_is(
    committed_world: World,
) -> None:
    (ticket,) = tickets.open_event_tickets([raised(committed_world.server)], at=MONDAY)
    nurse = hire("nurse")
    with web(_DEAF_AT_FIRST) as port, page(port, nurse.browser) as listening:
        assert not listening.hears(ticket)
        _until(lambda: [body["topic"] for _, body in listening.said()] == ["*"], 2 * WITHIN)
        assert listening.hears(ticket)
