"""Several samples of one series at one moment: one rule for the last, wherever they are kept."""

from __future__ import annotations

import math
import sys
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.history.batches import batch
from wardround.history import actions, queries, rules, server
from wardround.history.types import Aggregate, FleetQuery, RangeQuery, SeriesKey
from wardround.kernel import clock
from wardround.kernel.ids import new_id

pytestmark = pytest.mark.servers
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
VALUES = (1.5, -3.0, 1 / 3, 7.0)


@pytest.mark.parametrize("store", ["our own", "a ClickHouse"])
def test_the_last_of_one_moment_is_the_greatest_in_every_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    if store != "our own":
        command = (sys.executable, "-m", "tests.history.plain_clickhouse")
        monkeypatch.setattr(server, "_COMMAND", command)
    begin = clock.now().replace(minute=0, second=0, microsecond=0) - 3 * HOUR
    before, moment, after = begin + MINUTE, begin + 2 * MINUTE, begin + 62 * MINUTE
    keys = [SeriesKey("m", new_id()) for _ in permutations(VALUES)]
    with server.start(tmp_path / "history") as running:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", running.url)
        actions.migrate()
        actions.append(batch({key: [(before, 0.25)] for key in keys}))
        for values in zip(*permutations(VALUES), strict=True):
            sent = {key: [(moment, v)] for key, v in zip(keys, values, strict=True)}
            actions.append(batch(sent))
        actions.append(batch({key: [(moment, math.nan), (after, 8.0)] for key in keys}))
        asked = [
            RangeQuery("m", (), begin, begin + 2 * HOUR, step, aggregate)
            for step in (MINUTE, 5 * MINUTE, HOUR)
            for aggregate in (Aggregate.LAST, Aggregate.RATE)
        ]
        fleet = FleetQuery("m", Aggregate.LAST, begin, begin + HOUR)

        def answers() -> list[Any]:
            found = [
                [(series.at.tolist(), series.value.tolist()) for series in answer.series]
                for answer in queries.samples_of(asked)
            ]
            return [*found, {row.value for row in queries.fleet(fleet)}]

        for narrow in (rules.NARROW_SAMPLES, 0):
            monkeypatch.setattr(rules, "NARROW_SAMPLES", narrow)
            _proved(answers(), len(keys))
        while actions.roll_up(at=clock.now()):
            pass
        _proved(answers(), len(keys))
        monkeypatch.setattr(rules, "NARROW_SAMPLES", 500_000)
        running.stop()
    with server.start(tmp_path / "history") as again:
        monkeypatch.setenv("WARDROUND_HISTORY_URL", again.url)
        _proved(answers(), len(keys))


def _proved(answers: list[Any], series: int) -> None:
    minutes, rates, fives, _, hours, _, fleet = answers
    for answer in (minutes, rates, fives, hours):
        assert len(answer) == series
        assert all(found == answer[0] for found in answer)
    assert [found[1] for found in (minutes[0], fives[0], hours[0])] == [
        [0.25, 7.0, 8.0], [7.0, 8.0], [7.0, 8.0],
    ]  # fmt: skip
    assert rates[0][1] == pytest.approx([(-3.0 - 0.0) / 60, 1.0 / 3600])
    assert fleet == {7.0}
