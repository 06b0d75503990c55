"""A defect of ours, or of who writes, must not stop the store unseen."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from tests.history.batches import NOON, batch, every
from wardround.history import actions, queries, server
from wardround.history.blocks import COUNTED, Rows, pack
from wardround.history.engine import engine
from wardround.history.errors import HistoryFailed
from wardround.history.types import Aggregate, RangeQuery, SeriesKey
from wardround.kernel.ids import new_id

pytestmark = pytest.mark.servers

HOUR = timedelta(hours=1)


@pytest.fixture
def stumbling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[None]:
    place, times = request.param
    command = (sys.executable, "-m", "tests.history.stumbling")
    monkeypatch.setattr(server, "_COMMAND", command)
    monkeypatch.setenv("STUMBLES_AT", place)
    monkeypatch.setenv("STUMBLES", str(times))
    with server.start(tmp_path / "history") as started:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", started.url)
        actions.migrate()
        yield


def figures() -> dict[str, float]:
    told: dict[str, float] = json.loads(engine().send("/figures", b""))
    return told


def bring(samples: int) -> SeriesKey:
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    actions.append(batch({key: every(1, [0.5] * samples, start=NOON)}), at=NOON + HOUR)
    return key


def count(key: SeriesKey) -> float:
    query = RangeQuery(key.metric, (key.item,), NOON, NOON + HOUR, HOUR, Aggregate.COUNT)
    found = queries.samples(query, now=NOON + HOUR).series
    return float(sum(series.value.sum() for series in found))


def in_tables(key: SeriesKey) -> int:
    ids = "SELECT id FROM series WHERE metric = {m:String}"
    text = f"SELECT count() FROM samples WHERE series IN ({ids})"  # noqa: S608
    return int(engine().rows(text, {"m": key.metric})[0][0])


def until(wanted: int, name: str) -> None:
    deadline = time.monotonic() + 60
    while figures()[name] != wanted:
        assert time.monotonic() < deadline, f"{name} never became {wanted}"
        time.sleep(0.02)


@pytest.mark.parametrize("stumbling", [("order", 9), ("insert", 2), ("memory", 1)], indirect=True)
@pytest.mark.usefixtures("stumbling")
def test_what_was_promised_comes_into_the_tables_when_the_defect_has_passed() -> None:
    first = bring(1000)
    until(0, "waiting_rows")
    assert count(first) == in_tables(first) == 1000
    assert count(bring(10)) == 10


@pytest.mark.parametrize("stumbling", [("insert", 3)], indirect=True)
@pytest.mark.usefixtures("stumbling")
def test_what_a_defect_keeps_out_is_set_aside_and_told_and_the_next_rows_come() -> None:
    bring(1000)
    until(1000, "set_aside_rows")
    assert figures()["waiting_rows"] == 0
    assert count(bring(10)) == 10


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("at", "code"), [(-(10**17), 2), (10**17, 2), (2**32 * 1000, 2), (0, 13), (0, COUNTED + 13)]
)
def test_rows_that_cannot_be_samples_are_not_promised(at: int, code: int) -> None:
    moment = round(NOON.timestamp() * 1000)
    rows = Rows(
        np.array([7, 7], np.uint64),
        np.array([moment, at], np.int64),
        np.array([5, 5], np.int64),
        np.array([2, code], np.int8),
    )
    with pytest.raises(HistoryFailed):
        engine().send("/samples", pack(rows), token=str(new_id()))
    assert count(bring(10)) == 10


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("path", "name"),
    [("/hot", "since"), ("/window", "until"), ("/window", "limit"), ("/closing", "until")],
)
@pytest.mark.parametrize("text", ["a", "", "9" * 30])
def test_a_number_that_is_none_is_refused_at_the_stores_door(
    path: str, name: str, text: str
) -> None:
    count(bring(1))
    with pytest.raises(HistoryFailed):
        engine().send(path, b"", **{name: text})


class _Old(BaseHTTPRequestHandler):
    """Answers as Debian's ClickHouse of 2018 does (seen): its code stands in the text alone."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        text = b"Code: 47, e.displayText() = DB::Exception: Unknown identifier: readonly"
        self.send_response(404)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_a_store_that_refuses_in_words_alone_is_not_called_unreachable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with HTTPServer(("127.0.0.1", 0), _Old) as old:
        threading.Thread(target=old.serve_forever, daemon=True).start()
        url = f"http://default:@127.0.0.1:{old.server_port}/wardround"
        monkeypatch.setenv("WARDROUND_HISTORY_URL", url)
        with pytest.raises(HistoryFailed) as refused:
            actions.migrate()
        old.shutdown()
    assert "47" in str(refused.value)


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    "name",
    ["it's", "two\nlines\r", "a\ttab", "back\\slash", "['a','b']", "nul\0", "温度", "long" * 42],
)
def test_whatever_a_series_is_called_it_can_be_asked_for(name: str) -> None:
    key = SeriesKey(f"{name}{new_id().hex}", new_id(), (("name", name),))
    actions.append(batch({key: every(1, [0.5] * 3, start=NOON)}), at=NOON + HOUR)
    assert count(key) == 3
    (listed,) = queries.series(key.item)
    assert listed.key == key
