"""A target is tried in a process beside a collector, within limits, and the asker is told."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from tests.collect.pages import Exporter
from tests.collect.test_process import collector as process_of_a_collector
from tests.collect.test_process import eventually
from tests.collect.test_routes import page_target
from tests.hospital import Answer, ApiClient, client_of
from wardround.cmdb.types import Item
from wardround.collect import models, queries, trial_form, trials
from wardround.collect.trial_desk import TrialDesk
from wardround.collect.trial_server import TrialServer
from wardround.collect.types import FoundSample, Reason, TargetCheck
from wardround.history.types import SeriesKey
from wardround.kernel.reach import EVERYTHING

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]

_PROGRAM = """
import django
django.setup()
from wardround.collect import process, trial_desk, trial_server
trial_server.MEMORY = {memory} * 2**20
trial_server.LONGEST = trial_desk.LONGEST = {longest}
trial_desk._ENDED_WITHIN = {longest} + 5
raise SystemExit(process.run())
"""
PROGRAM = _PROGRAM.format(memory=512, longest=200)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """How fast a machine is that also runs everything else is no part of a trial."""
    monkeypatch.setattr(trials, "TAKEN_WITHIN", 120.0)
    monkeypatch.setattr(trials, "TURN_WITHIN", 300.0)
    monkeypatch.setattr(trials, "_ANSWERED_WITHIN", 300.0)


@pytest.fixture
def api() -> ApiClient:
    return client_of("head-nurse-of-machines", "administrator")


@contextmanager
def collector(data: Path, *, program: str = PROGRAM) -> Iterator[subprocess.Popen[bytes]]:
    """A collector that has begun: how long that takes is no part of a trial."""
    with process_of_a_collector(data, program=program) as process:
        eventually(lambda: process.pid in {one.pid for one in queries.collectors(EVERYTHING)})
        yield process


@contextmanager
def page(body: bytes, *, silent: bool = False) -> Iterator[tuple[str, threading.Event]]:
    """A page over HTTP; one that is silent takes the request and never answers."""
    ready, asked, done = threading.Event(), threading.Event(), threading.Event()
    address = []

    async def serve() -> None:
        exporter = Exporter(body=body)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.set()
            exporter.tasks.add(asyncio.current_task())
            if not silent:
                await exporter.serve(reader, writer)
                return
            try:
                await reader.read()
            except (OSError, asyncio.CancelledError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        address.append(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        ready.set()
        await asyncio.to_thread(done.wait)
        server.close()
        await server.wait_closed()
        for task in exporter.tasks:
            if task is not None:
                task.cancel()
        await asyncio.gather(*filter(None, exporter.tasks), return_exceptions=True)

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    ready.wait()
    try:
        yield address[0], asked
    finally:
        done.set()
        thread.join()


def made(api: ApiClient, host: Item, address: str, name: str = "page") -> str:
    wanted = page_target(
        host, address=address, enabled=False, name=name, interval_s=300, timeout_s=200
    )
    one = api.post("/targets", wanted).body
    return f"/targets/{one['id']}/check"


def posted(api: ApiClient, path: str) -> Answer:
    """For a thread, which takes its connection with it."""
    try:
        return api.post(path)
    finally:
        connections.close_all()


def test_a_collector_tries_now_and_nothing_is_stored(
    api: ApiClient, host: Item, tmp_path: Path
) -> None:
    with collector(tmp_path):
        with page(b"load 2\nbad NaN\n") as (address, _):
            path = made(api, host, address)
            result = api.post(path).body
        again = api.post(path).body
    assert (result["up"], result["reason"]) == (True, "ok")
    assert {"metric": "load", "labels": {}, "value": 2, "unit": ""} in result["sample"]
    assert {"metric": "bad", "labels": {}, "value": None, "unit": ""} in result["sample"]
    assert (again["up"], again["reason"]) == (False, "refused")
    assert not models.TrialRow.objects.exists()
    assert not models.TargetStateRow.objects.exists()


@contextmanager
def keyed_page() -> Iterator[tuple[str, list[str]]]:
    """A page, and the tokens that were shown to it."""
    shown: list[str] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown.append(self.headers.get("Authorization", ""))
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", "7")
            self.end_headers()
            self.wfile.write(b"load 2\n")

        def log_message(self, *_: object) -> None:
            """Nothing is told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", shown
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_settings_are_tried_before_they_are_saved(
    api: ApiClient, host: Item, tmp_path: Path
) -> None:
    """Those of a new target, and those that a change would leave, with the secret it has."""
    with collector(tmp_path), keyed_page() as (address, shown):
        patient = {"interval_s": 300, "timeout_s": 200}
        fresh = page_target(host, address=address, parameters={"token": "new"}, **patient)
        tried = api.post("/targets/check", fresh).body
        assert (tried["up"], tried["reason"]) == (True, "ok")
        assert not models.TargetRow.objects.exists()
        stored = {**fresh, "address": "127.0.0.1:9", "parameters": {"token": "t0k"}}
        stored = api.post("/targets", {**stored, "enabled": False}).body
        changed = {**fresh, "parameters": stored["parameters"], "target": stored["id"]}
        tried = api.post("/targets/check", changed).body
        assert (tried["up"], tried["reason"]) == (True, "ok")
    assert shown == ["Bearer new", "Bearer t0k"]
    (row,) = models.TargetRow.objects.all()
    assert (row.address, row.version) == ("127.0.0.1:9", 1)
    assert not models.TrialRow.objects.exists()
    lines = client_of("auditor", "auditor").get("/audit?action=target.try").body["items"]
    assert [line["told"] for line in lines] == [lines[0]["told"]] * 2
    told = {detail["label"]: detail["text"] for detail in lines[0]["told"]}
    assert address in told.values()
    assert "t0k" not in str(lines)


def test_a_draft_is_sound_and_within_reach_before_anybody_tries_it(
    api: ApiClient, host: Item
) -> None:
    for wrong, field in (
        ({"address": "http:/10.0.0.1"}, "address"),
        ({"address": "http//10.0.0.1:9100"}, "address"),
        ({"address": "https:10.0.0.1"}, "address"),
        ({"template": "zabbix"}, "template"),
        ({"interval_s": 5, "timeout_s": 6}, "timeout_s"),
        ({"item": str(UUID(int=7))}, "item"),
        ({"parameters": {"tokn": "x"}}, "parameters.tokn"),
    ):
        refused = api.post("/targets/check", page_target(host) | wrong)
        assert refused.status == 422, wrong
        assert [problem["field"] for problem in refused.body["problems"]] == [field]
    unknown = page_target(host, target=str(UUID(int=7)))
    assert api.post("/targets/check", unknown).status == 404
    assert not models.TrialRow.objects.exists()


def test_who_asks_holds_nothing_of_the_page(api: ApiClient, host: Item, tmp_path: Path) -> None:
    """The result of a page of 40,000 samples with long labels is short."""
    line = b'page_metric{what="%s",number="%d"} 1\n'
    body = b"".join(line % (b"x" * 200, number) for number in range(40_000))
    with collector(tmp_path), page(body) as (address, _):
        path = made(api, host, address)
        before = psutil.Process().memory_info().rss
        with ThreadPoolExecutor(4) as four:
            answers = list(four.map(lambda _: posted(api, path), range(4)))
        grown = psutil.Process().memory_info().rss - before
    assert [answer.status for answer in answers] == [200] * 4
    assert all(40_000 < answer.body["samples"] < 40_020 for answer in answers)
    assert all(len(answer.body["sample"]) == 200 for answer in answers)
    assert grown < 64 * 2**20


def test_a_page_that_takes_too_much_memory_is_told_and_ends_nothing(
    api: ApiClient, host: Item, tmp_path: Path
) -> None:
    body = b"".join(b'page_metric{number="%d"} 1\n' % number for number in range(150_000))
    small = _PROGRAM.format(memory=24, longest=200)
    with collector(tmp_path, program=small) as process:
        with page(body) as (address, _):
            result = api.post(made(api, host, address)).body
        with page(b"load 2\n") as (address, _):
            assert api.post(made(api, host, address, name="small")).body["up"] is True
        assert process.poll() is None
    assert (result["up"], result["reason"]) == (False, "too_big")
    assert "24 MB" in result["detail"]


def test_a_page_that_never_ends_is_given_up(api: ApiClient, host: Item, tmp_path: Path) -> None:
    short = _PROGRAM.format(memory=512, longest=1)
    with collector(tmp_path, program=short), page(b"", silent=True) as (address, _):
        result = api.post(made(api, host, address)).body
    assert (result["up"], result["reason"]) == (False, "timeout")


def test_without_a_collector_it_says_so(
    api: ApiClient, host: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "TAKEN_WITHIN", 0.1)
    answer = api.post(made(api, host, "127.0.0.1:1"))
    assert (answer.status, answer.body["code"]) == (503, "no_collector_tries")
    assert not models.TrialRow.objects.exists()


def test_too_many_at_once_are_refused_in_words(api: ApiClient, host: Item) -> None:
    path = made(api, host, "127.0.0.1:1")
    for asker in range(trials.MOST_WAITING):
        trials._ask(UUID(int=asker), UUID(int=1), [])
    answer = api.post(path)
    assert (answer.status, answer.body["code"]) == (429, "too_many_trials")
    models.TrialRow.objects.all().delete()


def test_one_person_has_a_few_waiting_and_leaves_room_to_others(api: ApiClient, host: Item) -> None:
    path = made(api, host, "127.0.0.1:1")
    me = UUID(api.get("/session").body["account"]["id"])
    for _ in range(trials.MOST_OF_A_PERSON):
        trials._ask(me, UUID(int=1), [])
    answer = api.post(path)
    assert (answer.status, answer.body["code"]) == (429, "too_many_own_trials")
    assert trials._ask(UUID(int=2), UUID(int=1), [])
    models.TrialRow.objects.all().delete()


def test_whoever_has_the_fewest_under_way_comes_next(db: None) -> None:
    many, few = UUID(int=1), UUID(int=2)
    asked = [trials._ask(asker, UUID(int=9), []) for asker in (many, many, many, few, few)]
    taken = [trials.take() for _ in range(5)]
    order = [asked.index(trial.id) for trial in taken if trial is not None]
    assert order == [0, 3, 1, 4, 2]
    trials.give_back(asked[:2])
    trials.answer(asked[2], "")
    again = trials.take()
    assert again is not None
    assert again.id == asked[0]
    models.TrialRow.objects.all().delete()


def test_whose_turn_does_not_come_is_told(
    api: ApiClient, host: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "TAKEN_WITHIN", 0.0)
    monkeypatch.setattr(trials, "TURN_WITHIN", 0.1)
    path = made(api, host, "127.0.0.1:1")
    others = trials._ask(UUID(int=1), UUID(int=1), [])
    assert trials.take() is not None
    answer = api.post(path)
    assert (answer.status, answer.body["code"]) == (429, "trial_not_reached")
    assert [row.id for row in models.TrialRow.objects.all()] == [others]
    models.TrialRow.objects.all().delete()


def test_a_collector_that_dies_in_a_trial_is_told(
    api: ApiClient, host: Item, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "_ANSWERED_WITHIN", 0.5)
    with collector(tmp_path) as process, page(b"", silent=True) as (address, hit):
        path = made(api, host, address)
        with ThreadPoolExecutor(1) as one:
            asked = one.submit(posted, api, path)
            hit.wait(60)
            beside = psutil.Process(process.pid).children(recursive=True)
            process.kill()
            process.wait()
            answer = asked.result()
        assert (answer.status, answer.body["code"]) == (503, "trial_broken")
        _, alive = psutil.wait_procs(beside, timeout=30)
        assert not alive  # what tried for it has ended with it


def test_what_a_collector_takes_and_cannot_end_another_takes(
    api: ApiClient, host: Item, tmp_path: Path
) -> None:
    with page(b"", silent=True) as (address, hit):
        path = made(api, host, address)
        with ThreadPoolExecutor(1) as one:
            with collector(tmp_path / "a") as first:
                asked = one.submit(posted, api, path)
                hit.wait(60)
                first.send_signal(signal.SIGTERM)
                assert first.wait(30) == 0
            eventually(lambda: models.TrialRow.objects.filter(taken_at=None).exists())
            short = _PROGRAM.format(memory=512, longest=1)
            with collector(tmp_path / "b", program=short):
                assert asked.result().body["reason"] == "timeout"


@pytest.mark.parametrize("looks", ["before", "meanwhile"])
def test_a_desk_takes_nothing_again_that_it_gave_back(
    api: ApiClient, host: Item, looks: str
) -> None:
    """It hears of what it gives back as any other desk does."""
    target = UUID(made(api, host, "127.0.0.1:1").split("/")[2])
    trials._ask(UUID(int=1), target, [])
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    async def course(database: ThreadPoolExecutor) -> None:
        desk = TrialDesk(TrialServer(ours), database)
        looking = asyncio.create_task(desk.look())
        if looks == "before":
            await looking
        else:
            await asyncio.sleep(0)
        await desk.close()
        await asyncio.gather(looking, desk.look())

    with theirs, ThreadPoolExecutor(1) as database:
        asyncio.run(course(database))
        database.submit(connections.close_all).result()
    assert [row.taken_at for row in models.TrialRow.objects.all()] == [None]
    models.TrialRow.objects.all().delete()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_trial_process_that_is_gone_or_stands_is_begun_anew(
    api: ApiClient, host: Item, tmp_path: Path, how: signal.Signals
) -> None:
    quick = PROGRAM.replace("_ENDED_WITHIN = 200 + 5", "_ENDED_WITHIN = 15")
    with collector(tmp_path, program=quick) as process, page(b"load 2\n") as (address, _):
        path = made(api, host, address)
        assert api.post(path).body["up"] is True
        for _ in range(2):  # the second one was begun by other means
            (beside,) = psutil.Process(process.pid).children()
            os.kill(beside.pid, how)
            eventually(lambda: api.post(path).body["up"] is True)
            assert [child.pid for child in psutil.Process(process.pid).children()] != [beside.pid]
        assert process.poll() is None
        (last,) = psutil.Process(process.pid).children()
        process.kill()
        last.wait(30)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
SAMPLES = st.builds(
    FoundSample,
    st.builds(
        SeriesKey,
        TEXTS,
        st.uuids(),
        st.lists(st.tuples(TEXTS, TEXTS), max_size=5).map(lambda pairs: tuple(sorted(pairs))),
        unit=TEXTS,
    ),
    st.floats(allow_nan=False),
)
CHECKS = st.builds(
    TargetCheck,
    up=st.booleans(),
    reason=st.sampled_from(Reason),
    detail=st.text(max_size=500),
    at=st.datetimes(timezones=st.just(UTC)),
    seconds=st.floats(0, 100),
    samples=st.integers(0, 10**6),
    sample=st.lists(SAMPLES, max_size=20).map(tuple),
    tables=st.lists(TEXTS, max_size=3).map(tuple),
)


@given(CHECKS)
def test_a_result_comes_as_it_went(check: TargetCheck) -> None:
    assert trial_form.read(trial_form.told(check)) == check


@pytest.mark.parametrize("length", [10, 4_000, 60_000])
def test_a_result_is_never_longer_than_it_may_be(length: int) -> None:
    key = SeriesKey("m", UUID(int=1), (("l", "\U0001f3e5" * length),))
    at = datetime(2026, 11, 28, tzinfo=UTC)
    whole = TargetCheck(True, Reason.OK, "", at, 0.1, 200, (FoundSample(key, 1.0),) * 200, ())  # noqa: FBT003
    text = trial_form.told(whole)
    assert len(text) <= trial_form.MOST_BYTES
    assert trial_form.read(text).samples == 200
