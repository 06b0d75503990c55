"""What waits to be passed on to the memories of a database is seen by whoever asks."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.history.test_hot import rows
from wardround.history import in_memory
from wardround.history.hot import Hot
from wardround.history.in_memory import InMemory

DATABASE = "wardround"
SERIES = np.array([1, 2], np.uint64)


def counts(memory: InMemory) -> list[int]:
    hot, now = memory.hot(DATABASE), int(time.time())
    assert hot is not None
    cells, complete, _ = hot.cells(SERIES, now // 300 * 300 - 600, now // 300 * 300 + 300)
    assert complete
    return [int(count) for count in cells["count"]]


@pytest.mark.parametrize("most", [0, 3, 1_000])
def test_whoever_asks_sees_all_that_was_taken(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_memory, "MOST_WAITING", most)
    memory = InMemory()
    memory.begin(DATABASE, 0)
    now = int(time.time())
    for second in range(20):
        memory.take(DATABASE, rows([(1, now - second, 1.0), (2, now - second, 2.0)]))
        if second == 7:
            assert counts(memory) == [8, 8]
    memory.work_in()
    assert counts(memory) == [20, 20]


def test_where_something_did_not_arrive_the_tables_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = InMemory()
    memory.begin(DATABASE, 0)
    memory.take(DATABASE, rows([(1, int(time.time()), 1.0)]))

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(Hot, "take", broken)
    assert memory.hot(DATABASE) is None
    assert DATABASE not in memory
    assert "a defect" in capsys.readouterr().err
