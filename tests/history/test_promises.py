"""What was acknowledged comes into the tables, whatever becomes of what came beside it."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.history.batches import NOON, batch, every
from wardround.history import actions, queries, server
from wardround.history.blocks import Rows, pack, unpack
from wardround.history.commit_log import CommitLog, Record
from wardround.history.engine import engine
from wardround.history.errors import HistoryFailed
from wardround.history.types import Aggregate, RangeQuery, SeriesKey
from wardround.kernel.ids import new_id

HOUR = timedelta(hours=1)


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[server.RunningServer]:
    with server.start(tmp_path / "history") as started:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", started.url)
        actions.migrate()
        yield started


def bring(samples: int) -> SeriesKey:
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    actions.append(batch({key: every(1, [0.5] * samples, start=NOON)}), at=NOON + HOUR)
    return key


def count(key: SeriesKey) -> float:
    query = RangeQuery(key.metric, (key.item,), NOON, NOON + HOUR, HOUR, Aggregate.COUNT)
    found = queries.samples(query, now=NOON + HOUR).series
    return float(sum(series.value.sum() for series in found))


def rows(number: int, samples: int) -> bytes:
    """Samples of a series that nobody described, as they travel."""
    at = round(NOON.timestamp() * 1000) + np.arange(samples)
    digits, code = np.full(samples, 5), np.ones(samples, np.int8)
    return pack(Rows(np.full(samples, number, np.uint64), at, digits, code))


@pytest.mark.servers
def test_tables_that_are_gone_keep_the_rows_of_no_other_database_out(
    running: server.RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both come within the second that becomes one insert; those that are gone come first."""
    store = engine()
    monkeypatch.setenv("WARDROUND_HISTORY_URL", running.url + "_other")
    actions.migrate()
    other = engine()
    for place in (store, other):
        place.send("/samples", rows(1, 1), token=str(new_id()))
        place.columns("SELECT 1")
    store.command("DROP TABLE wardround_other.samples SYNC", use_database=False)
    store.send("/samples", rows(2, 5), token=str(new_id()))  # at once an insert of its own
    other.send("/samples", rows(3, 30), token=str(new_id()))
    store.send("/samples", rows(3, 10), token=str(new_id()))
    found = store.columns("SELECT series, count() AS samples FROM samples GROUP BY series")
    assert dict(zip(*(found[name].tolist() for name in ("series", "samples")), strict=True)) == {
        1: 1, 2: 5, 3: 10,
    }  # fmt: skip
    told = json.loads(store.send("/figures", b""))
    assert (told["set_aside_rows"], told["waiting_rows"], told["failing"]) == (30, 0, 0)


@pytest.mark.servers
@pytest.mark.usefixtures("running")
def test_a_name_that_no_log_holds_is_refused_and_the_next_batch_is_taken() -> None:
    count(bring(1))
    with pytest.raises(HistoryFailed):
        engine().send("/samples", pack(unpack(b"")), token="长" * 7_000)
    assert count(bring(10)) == 10


def test_a_file_whose_end_cannot_be_cut_off_is_inserted_up_to_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails after the first write: what was acknowledged before is still handed on."""

    def fails(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    log = CommitLog(tmp_path / "log")
    first, second, third = (Record("wardround", name, bytes(25)) for name in "abc")
    log.append([first])
    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", fails)
        patched.setattr(os, "ftruncate", fails)
        with pytest.raises(OSError, match="Input/output"):
            log.append([second])
    log.append([third])
    assert [file.records for file in log.seal()] == [[first], [third]]
