"""What nobody may do to the web process: hold it with half a request, fill it with a body that no
account stands behind, ask for a name that no file can have, open more pages than it can feed.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.hospital import HOSPITAL
from tests.tickets.conftest import World, committed_world
from tests.web.test_live_door import Nurse, hire, page, web
from wardround.access import actions as access

__all__ = ["committed_world"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]

_HASTE = """
from wardround.web import reception
reception.HEAD_SECONDS, reception.BODY_SECONDS, reception.TAKEN_SECONDS = 1.0, 1.0, 4.0
"""
_ASK = b"GET /api/v1/hospital HTTP/1.1\r\nHost: x\r\n"
_SEND = b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
ACCOUNT_STREAMS, STREAMS = 20, 40


@pytest.fixture(scope="module")
def edge(django_db_setup: None) -> Iterator[int]:
    """With more pages for one account than it has connections to the database."""
    with web(_HASTE, WARDROUND_STREAMS=str(STREAMS)) as port:
        yield port


@pytest.fixture
def nurse(committed_world: World) -> Nurse:
    access.give_one_time_password(HOSPITAL, committed_world.admin.id)
    return hire("nurse")


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET", _ASK, _SEND + b"Content-Length: 50\r\n\r\n{"],
    ids=["nothing", "half a line", "half a head", "half a body"],
)
def test_who_sends_half_a_request_is_let_go(edge: int, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", edge), timeout=10) as half:
        half.sendall(sent)
        begun = time.monotonic()
        with half.makefile("rb") as told:
            assert told.read().startswith(b"HTTP/1.1 408 ")
        assert 0.5 < time.monotonic() - begun < 5


def test_a_head_that_trickles_for_ever_ends(edge: int) -> None:
    with socket.create_connection(("127.0.0.1", edge), timeout=10) as slow:
        begun = time.monotonic()
        slow.sendall(_ASK)
        with contextlib.suppress(OSError):
            while time.monotonic() - begun < 8:
                slow.sendall(b"X-A: b\r\n")
                time.sleep(0.1)
        assert time.monotonic() - begun < 5


def test_a_head_has_an_end(edge: int) -> None:
    with socket.create_connection(("127.0.0.1", edge), timeout=10) as long:
        long.sendall(_ASK)
        with contextlib.suppress(OSError):
            for _ in range(500):
                long.sendall(b"X-A: " + b"b" * 1_000 + b"\r\n")
            with long.makefile("rb") as told:
                assert told.readline().startswith(b"HTTP/1.1 431 ")


def test_a_body_that_comes_slowly_is_taken_and_the_connection_waits_for_more(edge: int) -> None:
    body = json.dumps({"user_name": "nobody", "password": "x" * 40}).encode()
    with socket.create_connection(("127.0.0.1", edge), timeout=10) as slow:
        slow.sendall(_SEND + b"Content-Length: %d\r\n\r\n" % len(body))
        for start in range(0, len(body), 16):
            time.sleep(0.3)
            slow.sendall(body[start : start + 16])
        assert _read(slow)[0] == 401
        time.sleep(2.0)
        slow.sendall(_ASK + b"\r\n")
        assert _read(slow)[0] == 200


_DOCUMENT = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"


def _who_reads_little(port: int) -> socket.socket:
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    line.settimeout(60)
    line.connect(("127.0.0.1", port))
    return line


def test_who_takes_nothing_of_an_answer_is_let_go(edge: int) -> None:
    with _who_reads_little(edge) as deaf:
        deaf.sendall(_DOCUMENT * 40)
        gone = select.poll()
        gone.register(deaf, 0)
        assert gone.poll(60_000), "its connection is still open"


def test_who_takes_an_answer_slowly_gets_all_of_it(edge: int) -> None:
    whole = b""
    with _who_reads_little(edge) as slow:
        slow.sendall(
            _DOCUMENT * 3 + _DOCUMENT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        )
        begun = time.monotonic()
        while piece := slow.recv(16 * 1024):
            whole += piece
            if time.monotonic() - begun < 12:
                time.sleep(0.1)
    assert whole.count(b"HTTP/1.1 200 OK") == 4


def _read(line: socket.socket) -> tuple[int, dict[str, Any]]:
    """One answer to its end: a connection hands it over in as many pieces as it likes."""
    answer = http.client.HTTPResponse(line)
    answer.begin()
    return answer.status, json.loads(answer.read() or b"{}")


def _answer(port: int, head: bytes, body: bytes = b"") -> tuple[int, dict[str, Any]]:
    """The answer to what is sent as it is, as far as anybody reads it."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        with contextlib.suppress(OSError):  # refused while it is sent
            line.sendall(head + body)
        return _read(line)


def test_of_a_strangers_body_no_more_is_read_than_a_sign_in_needs(edge: int) -> None:
    promised = b"Content-Length: 100000000000\r\n\r\n"
    status, told = _answer(edge, _SEND + b"Accept-Language: zh\r\n" + promised)
    assert (status, told["code"], told["field"]) == (413, "too_large", "body")
    assert "0.0625 MB" in told["detail"]
    piece = b"2000\r\n" + b" " * 0x2000 + b"\r\n"
    status, told = _answer(edge, _SEND + b"Transfer-Encoding: chunked\r\n\r\n", piece * 100)
    assert (status, told["code"]) == (413, "too_large")
    forged = b"Cookie: wardround_session=mine\r\nContent-Length: 100000\r\n\r\n"
    assert _answer(edge, _SEND + forged)[0] == 413


def test_who_has_signed_in_may_send_more(edge: int, nurse: Nurse) -> None:
    known = f"Authorization: {nurse.program['Authorization']}\r\n".encode()
    head = b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + known
    body = json.dumps({"type": "incident", "title": "x", "description": "y" * 200_000}).encode()
    status, told = _answer(edge, head + b"Content-Length: %d\r\n\r\n" % len(body), body)
    assert (status, told["code"]) != (413, "too_large")
    assert status < 500
    status, told = _answer(edge, head + b"Content-Length: 9000000\r\n\r\n")
    assert (status, told["code"]) == (413, "too_large")
    assert "8 MB" in told["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/%00", 200),
        ("/" + "a" * 5_000, 200),
        ("/" + "a/" * 3_000, 200),
        ("/..%2f..%2fetc%2fpasswd", 200),
        ("/assets/%ff%fe", 200),
        ("/api/v1/%00", 404),
        ("/api/v1/items/%00", 404),
        ("/api/v1/definitions/item-type/%00", 404),
        ("/api/v1/definitions/item-type/" + "a" * 5_000, 404),
        ("/api/v1/packs/" + "%00" * 50, 404),
    ],
)
def test_no_address_makes_a_server_error(edge: int, nurse: Nurse, path: str, status: int) -> None:
    line = http.client.HTTPConnection("127.0.0.1", edge, timeout=10)
    line.request("GET", path, headers=nurse.program)
    answer = line.getresponse()
    body = answer.read()
    assert answer.status in {status, 404, 405, 422} if status == 404 else answer.status == status
    assert b"root:" not in body
    line.close()


def _get(port: int, path: str, nurse: Nurse) -> tuple[int, dict[str, Any]]:
    head = f"Authorization: {nurse.program['Authorization']}\r\nAccept-Language: zh\r\n\r\n"
    return _answer(port, f"GET /api/v1{path} HTTP/1.1\r\nHost: x\r\n{head}".encode())


def _part(port: int, nurse: Nurse) -> tuple[bool, str]:
    parts = _get(port, "/health", nurse)[1]["parts"]
    (found,) = [(part["ok"], part["text"]) for part in parts if part["name"] == "web"]
    return found


def test_open_pages_have_a_budget_and_hold_no_connection_to_the_database(
    edge: int, nurse: Nurse
) -> None:
    doctor, third = hire("doctor"), hire("third")
    with ExitStack() as opened:
        for reader in (nurse, doctor):
            for _ in range(ACCOUNT_STREAMS):
                opened.enter_context(page(edge, reader.program))
            if reader is nurse:
                status, told = _get(edge, "/stream?topics=tickets", nurse)
                assert (status, told["code"]) == (429, "too_many_streams")
                assert str(ACCOUNT_STREAMS) in told["detail"]
                assert _part(edge, nurse)[0]
        status, told = _get(edge, "/stream?topics=tickets", third)
        assert (status, told["code"]) == (503, "streams_used_up")
        assert _get(edge, "/tickets", third)[0] == 200
        assert _part(edge, third) == (
            False,
            f"实时页面 {STREAMS}/{STREAMS}；数据库连接占用 0/16，0 个请求在等待",
        )
    deadline = time.monotonic() + 10
    while not _part(edge, third)[0]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with page(edge, third.program):
        pass
