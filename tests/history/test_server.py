"""The embedded server's process: crashes, freezes, second starts, full disks, strangers."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.utils import translation

from tests.history.batches import NOON, batch, every
from wardround.history import actions, queries, server
from wardround.history.engine import Engine
from wardround.history.errors import CannotStart, HistoryFull, HistoryTooSlow, HistoryUnavailable
from wardround.history.types import Aggregate, RangeQuery, SampleBatch, SeriesKey
from wardround.kernel.errors import WardroundError
from wardround.kernel.ids import new_id

pytestmark = pytest.mark.servers


def english(error: WardroundError) -> str:
    with translation.override("en"):
        return str(error)


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[server.RunningServer]:
    """A server of the test's own, set up, which the room speaks to."""
    with server.start(tmp_path / "history") as started:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", started.url)
        actions.migrate()
        yield started


def restarted(folder: Path, old: server.RunningServer) -> server.RunningServer:
    password = urlsplit(old.url).password or ""
    return server.start(folder, old.port, password=password)


def count(key: SeriesKey, *, aggregate: Aggregate = Aggregate.COUNT, minutes: int = 60) -> float:
    """The samples of one hour from NOON, by the store that the step chooses."""
    query = RangeQuery(
        key.metric,
        (key.item,),
        NOON,
        NOON + timedelta(hours=1),
        timedelta(minutes=minutes),
        aggregate,
    )
    found = queries.samples(query, now=NOON + timedelta(hours=2)).series
    return float(sum(one.value.sum() for one in found))


@pytest.mark.parametrize("_round", range(int(os.environ.get("WARDROUND_TEST_KILLS", "3"))))
def test_kill_9_under_load_loses_nothing_acknowledged_and_doubles_nothing(
    _round: int, tmp_path: Path, running: server.RunningServer
) -> None:
    """Four writers, each sending a batch until it is taken, while the server is killed."""
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    stop = threading.Event()
    first_taken = threading.Semaphore(0)
    numbers = itertools.count()

    def write() -> int:
        acknowledged = 0
        while not stop.is_set():
            i = next(numbers)
            one = batch({key: every(0.001, [float(i)] * 500, start=NOON)})
            acknowledged += until_taken(one)
            first_taken.release()
        return acknowledged

    def until_taken(one: SampleBatch) -> int:
        while True:
            try:
                return actions.append(one, at=NOON).accepted
            except HistoryUnavailable:
                time.sleep(0.02)  # what a collector does; there is no event to wait for

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write) for _ in range(4)]
        for _ in range(20):
            assert first_taken.acquire(timeout=30)
        running.kill()
        again = restarted(tmp_path / "history", running)
        try:
            for _ in range(20):
                assert first_taken.acquire(timeout=30)
            stop.set()
            acknowledged = sum(writer.result(30) for writer in writers)
            assert acknowledged > 0
            # Seven minutes divide no roll-up: these are the samples; then the two roll-ups.
            assert [count(key, minutes=m) for m in (7, 5, 60)] == [acknowledged] * 3
        finally:
            stop.set()
            again.stop()


def test_a_frozen_server_is_a_clear_error_in_time_and_answers_again_after(
    running: server.RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    one = batch({key: every(1, [1.0] * 10, start=NOON)})
    actions.append(batch({key: [(NOON, 1.0)]}), at=NOON)
    assert count(key) == 1
    monkeypatch.setenv("WARDROUND_HISTORY_TIMEOUT", "1")
    os.kill(running.process.pid, signal.SIGSTOP)
    try:
        for question in (lambda: actions.append(one, at=NOON), lambda: count(key)):
            with pytest.raises(HistoryUnavailable) as caught:
                question()
            assert caught.value.status == 503
            assert "no answer in time" in english(caught.value)
    finally:
        os.kill(running.process.pid, signal.SIGCONT)
    monkeypatch.delenv("WARDROUND_HISTORY_TIMEOUT")
    assert actions.append(one, at=NOON).accepted == 10
    assert count(key) == 11


def test_no_server_is_a_clear_error(running: server.RunningServer) -> None:
    running.stop()
    with pytest.raises(HistoryUnavailable) as caught:
        count(SeriesKey("m", new_id()))
    assert "no connection" in english(caught.value)


def test_a_store_that_was_never_set_up_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server.start(tmp_path) as fresh:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", fresh.url)
        with pytest.raises(HistoryUnavailable) as caught:
            count(SeriesKey("m", new_id()))
        assert "not been set up" in english(caught.value)


def test_a_question_that_takes_too_long_is_stopped(running: server.RunningServer) -> None:
    impatient = Engine(running.url, seconds=1)
    with pytest.raises((HistoryTooSlow, HistoryUnavailable)):
        impatient.rows("SELECT sum(sipHash64(number)) FROM numbers(100000000000)")
    assert running.process.poll() is None


def test_a_second_start_on_the_folder_names_the_first(
    tmp_path: Path, running: server.RunningServer
) -> None:
    with pytest.raises(CannotStart) as caught:
        server.start(tmp_path / "history")
    assert f"another history server (pid {running.process.pid})" in str(caught.value)
    assert queries.answers()


def test_a_taken_port_is_said_in_plain_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"port {port} on 127.0.0.1 cannot be used"):
            server.start(tmp_path, port)


def test_a_folder_that_cannot_be_written_is_said_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="cannot be written"):
        server.start(tmp_path / "file" / "history")


def test_without_a_password_it_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(server.PASSWORD, raising=False)
    assert server.run(tmp_path, port=0) == 2
    assert server.PASSWORD in capsys.readouterr().err


def test_it_ends_when_the_process_that_launched_it_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from wardround.history import server\n"
        "started = server.start(pathlib.Path(sys.argv[1]))\n"
        "print(started.process.pid, flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as launcher:
        assert launcher.stdout is not None
        ended = os.pidfd_open(int(launcher.stdout.readline()))
        launcher.kill()
    assert select.select([ended], [], [], 60)[0] == [ended]
    os.close(ended)
    server.start(tmp_path).stop()


def test_a_clean_stop_finishes_what_runs(running: server.RunningServer) -> None:
    asked = Engine(running.url)
    asked.rows("SELECT 1")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(
            asked.rows, "SELECT sleepEachRow(0.2) FROM numbers(5) SETTINGS max_block_size = 1"
        )
        wait_until_asked(running)
        assert running.stop() == 0
        assert len(answer.result(10)) == 5


def wait_until_asked(running: server.RunningServer) -> None:
    """Until another connection sees the slow question among those that run."""
    watcher = Engine(running.url)
    while not watcher.rows(
        "SELECT 1 FROM system.processes "
        "WHERE query LIKE '%sleepEachRow(0.2)%' AND query NOT LIKE '%processes%'"
    ):
        time.sleep(0.01)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs root, to mount a small disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this machine does not let a container mount a disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_a_clear_error_and_nothing_stored_is_lost(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    with server.start(small_disk / "history") as small:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", small.url)
        actions.migrate()
        taken = actions.append(batch({key: every(0.01, [1.0] * 1000, start=NOON)}), at=NOON)
        filler = small_disk / "filler"
        fill(filler)
        values = [float(hash((i, "noise"))) for i in range(200_000)]
        other = SeriesKey(key.metric, new_id())
        with pytest.raises(HistoryFull):
            actions.append(batch({other: every(0.01, values, start=NOON)}), at=NOON)
        assert count(key) == taken.accepted
        filler.unlink()
        other = SeriesKey(key.metric, new_id())
        assert actions.append(batch({other: [(NOON, 1.0)]}), at=NOON).accepted == 1


def test_a_disk_that_fills_between_promise_and_insert_loses_nothing(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second batch waits in the log for its insert when the last byte goes."""
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    with server.start(small_disk / "history") as small:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", small.url)
        actions.migrate()
        actions.append(batch({key: [(NOON, 1.0)]}), at=NOON)
        assert count(key) == 1
        noise = [float(hash((i, "noise"))) for i in range(20_000)]
        actions.append(batch({key: every(0.01, noise, start=NOON)}), at=NOON)
        filler = small_disk / "filler"
        fill(filler)
        until_tried(small)
        filler.unlink()
        assert actions.append(batch({key: [(NOON, 2.0)]}), at=NOON).accepted == 1
        assert count(key) == 20_002
        small.kill()
    with server.start(small_disk / "history") as again:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", again.url)
        assert count(key) == 20_002


def until_tried(running: server.RunningServer) -> None:
    """Until what waited was inserted with the room that is kept for it, or could not be."""
    deadline = time.monotonic() + 30
    while True:
        figures = json.loads(Engine(running.url).send("/figures", b""))
        if figures["failing"] or not figures["waiting_rows"]:
            return
        assert time.monotonic() < deadline
        time.sleep(0.05)


def fill(filler: Path) -> None:
    """Leave no byte free."""
    with filler.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(b"\0" * 4096)
        except OSError:
            pass


class Raw:
    """The protocol without its driver."""

    def __init__(self, running: server.RunningServer) -> None:
        address = urlsplit(running.url)
        self.password = address.password or ""
        self.connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)

    def ask(
        self, body: bytes = b"", headers: dict[str, str] | None = None, **parameters: str
    ) -> tuple[int, str | None, bytes]:
        signed = {"X-ClickHouse-User": "wardround", "X-ClickHouse-Key": self.password}
        self.connection.request(
            "POST", "/?" + urlencode(parameters), body, signed | (headers or {})
        )
        response = self.connection.getresponse()
        return response.status, response.headers["X-ClickHouse-Exception-Code"], response.read()


@pytest.fixture
def raw(running: server.RunningServer) -> Iterator[Raw]:
    one = Raw(running)
    yield one
    one.connection.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-ClickHouse-Key": "wrong"},
        {"X-ClickHouse-Key": ""},
        {"X-ClickHouse-User": "default"},
        {"X-ClickHouse-Key": "p\u00e4sswort"},
    ],
)
def test_nobody_reads_without_the_password(raw: Raw, headers: dict[str, str]) -> None:
    assert raw.ask(b"SELECT 1", headers)[:2] == (403, "516")


def test_ping_needs_no_password(raw: Raw) -> None:
    raw.connection.request("GET", "/ping")
    assert raw.connection.getresponse().read() == b"Ok.\n"


def test_the_engine_listens_on_loopback_alone(running: server.RunningServer) -> None:
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    port = f"{running.port:04X}"
    assert f"0100007F:{port}" in listening
    assert f"00000000:{port}" not in listening


def test_a_wrong_statement_answers_with_the_engines_code(raw: Raw) -> None:
    status, code, body = raw.ask(b"SELEC 1")
    assert (status, code) == (400, "62")
    assert b"Syntax error" in body
    assert raw.ask(b"SELECT 1", max_threads="many")[0] in {400, 500}
    assert raw.ask(b"SELECT 1")[::2] == (200, b"1\n")


def test_a_setting_counts_for_its_own_request_only(raw: Raw) -> None:
    question = b"SELECT getSetting('max_threads')"
    assert raw.ask(question, max_threads="7")[2] == b"7\n"
    assert raw.ask(question)[2] != b"7\n"


def test_parameters_formats_and_chunks(raw: Raw) -> None:
    assert raw.ask(b"SELECT {x:UInt8} + 1", param_x="41")[2] == b"42\n"
    assert raw.ask(b"SELECT 1 AS a FORMAT JSONEachRow")[2] == b'{"a":1}\n'
    assert raw.ask(b"SELECT 1 AS a", default_format="JSONEachRow")[2] == b'{"a":1}\n'
    raw.ask(b"CREATE TABLE t (a UInt8, b String) ENGINE = Memory")
    raw.connection.request(
        "POST",
        "/?" + urlencode({"query": "INSERT INTO t (a, b) FORMAT CSV"}),
        iter([b"1,one\n", b"2,", b"two\n"]),
        {"X-ClickHouse-User": "wardround", "X-ClickHouse-Key": raw.password},
        encode_chunked=True,
    )
    response = raw.connection.getresponse()
    assert (response.status, response.read()) == (200, b"")
    assert raw.ask(b"SELECT * FROM t ORDER BY a")[2] == b"1\tone\n2\ttwo\n"
    assert raw.ask(b"INSERT INTO t VALUES (3, 'FORMAT CSV')")[0] == 200
    assert raw.ask(b"SELECT b FROM t WHERE a = 3")[2] == b"FORMAT CSV\n"


def test_a_body_too_large_is_refused_before_it_is_read(raw: Raw) -> None:
    assert raw.ask(b"", {"Content-Length": str(10**12)})[0] == 413
