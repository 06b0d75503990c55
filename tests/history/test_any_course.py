"""Whatever comes, in whatever order: the store answers as a list of all samples would."""

from __future__ import annotations

import math
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    rule,
    run_state_machine_as_test,
)

from tests.history.batches import batch, ms
from wardround.history import actions, queries, rules, server
from wardround.history.engine import engine
from wardround.history.errors import BatchChanged, HistoryUnavailable
from wardround.history.types import (
    Aggregate,
    FleetQuery,
    Kind,
    RangeQuery,
    SampleBatch,
    SeriesKey,
)
from wardround.kernel import clock
from wardround.kernel.ids import new_id

pytestmark = pytest.mark.servers

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ITEMS = [UUID(int=i) for i in (1, 2)]
KEYS = [
    SeriesKey(metric, item, kind=kind)
    for metric, kind in (("level", Kind.GAUGE), ("grown", Kind.COUNTER))
    for item in ITEMS
]
VALUES = st.one_of(
    st.integers(0, 40).map(lambda quarters: quarters / 4),
    st.sampled_from([math.nan, -0.0, 2.0**60, 2.0**-40, 1e300]),
)
POINTS = st.lists(
    st.tuples(
        st.integers(0, len(KEYS) - 1),
        st.integers(-3 * 240, 16),  # quarters of a minute
        VALUES,
    ),
    min_size=1,
    max_size=12,
)
Points = list[tuple[int, int, float]]


class Course(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="wardround-course-"))
        self.server = server.start(self.folder)
        self.password = urlsplit(self.server.url).password or ""
        os.environ["WARDROUND_HISTORY_URL"] = self.server.url
        actions.migrate()
        self.now = clock.now().replace(microsecond=0)
        self.sent: list[tuple[UUID, Points]] = []
        self.model: dict[SeriesKey, list[tuple[int, float]]] = defaultdict(list)

    def teardown(self) -> None:
        self.server.kill()
        shutil.rmtree(self.folder)

    def batch(self, points: Points, batch_id: UUID) -> SampleBatch:
        by_key: dict[SeriesKey, list[tuple[datetime, float]]] = {}
        for number, quarters, value in points:
            by_key.setdefault(KEYS[number], []).append((self.now + quarters * MINUTE / 4, value))
        return batch(by_key, batch_id=batch_id)

    @rule(points=POINTS)
    def bring(self, points: Points) -> None:
        self._bring(points, new_id())
        self._expect(points)

    def _bring(self, points: Points, batch_id: UUID) -> None:
        report = actions.append(self.batch(points, batch_id))
        assert (report.accepted, report.refused) == (len(points), {})
        self.sent.append((batch_id, points))

    def _expect(self, points: Points) -> None:
        for number, quarters, value in points:
            self.model[KEYS[number]].append((ms(self.now + quarters * MINUTE / 4), value))

    @rule(
        brought=st.lists(POINTS, min_size=2, max_size=8),
        after=st.sampled_from([0, 0.002, 0.01, 0.03, 0.1, 1.0]),
    )
    def crash_under_writers(self, brought: list[Points], after: float) -> None:
        """Each goes on until it is acknowledged, as a spool does."""

        def write(points: Points) -> None:
            batch_id = new_id()
            for _ in range(200):
                try:
                    return self._bring(points, batch_id)
                except HistoryUnavailable:
                    time.sleep(0.1)
            raise AssertionError("never taken")

        with ThreadPoolExecutor(4) as writers:
            written = [writers.submit(write, points) for points in brought]
            time.sleep(after)
            self.crash()
            for done in written:
                done.result()
        for points in brought:
            self._expect(points)

    @rule(which=st.integers(0, 10**6))
    def repeat(self, which: int) -> None:
        if self.sent:
            batch_id, points = self.sent[which % len(self.sent)]
            assert actions.append(self.batch(points, batch_id)).accepted == len(points)

    @rule(which=st.integers(0, 10**6), points=POINTS)
    def bring_something_else_under_a_name(self, which: int, points: Points) -> None:
        if self.sent:
            batch_id, before = self.sent[which % len(self.sent)]
            with pytest.raises(BatchChanged):
                actions.append(self.batch([*points, *before], batch_id))

    @rule()
    def crash(self) -> None:
        self.server.kill()
        self._again()

    @rule()
    def stop(self) -> None:
        assert self.server.stop() == 0
        self._again()

    def _again(self) -> None:
        self.server = server.start(self.folder, self.server.port, password=self.password)

    @rule(ahead=st.sampled_from([-90, -20, -5, 0, 3, 10, 70]))
    def roll_up(self, ahead: int) -> None:
        """Ahead of the clock only where writers hear of it."""
        ahead = ahead if engine().embedded else min(ahead, 0)
        actions.roll_up(at=self.now + ahead * MINUTE)

    @rule(
        step=st.sampled_from([1, 5, 10, 60]),
        narrow=st.booleans(),
        since=st.integers(-190, 0),
        length=st.integers(1, 200),
    )
    def ask(self, *, step: int, narrow: bool, since: int, length: int) -> None:
        begin = self.now + since * MINUTE
        before, rules.NARROW_SAMPLES = rules.NARROW_SAMPLES, 500_000 if narrow else 0
        asked = [
            RangeQuery(
                metric, tuple(ITEMS), begin, begin + length * MINUTE, step * MINUTE, aggregate
            )
            for metric in ("level", "grown")
            for aggregate in (Aggregate.COUNT, Aggregate.MIN, Aggregate.MAX, Aggregate.LAST)
        ]
        try:
            answers = queries.samples_of(asked)
        finally:
            rules.NARROW_SAMPLES = before
        for query, answer in zip(asked, answers, strict=True):
            assert answer.step is not None
            found = {
                s.key: dict(zip(s.at.tolist(), s.value.tolist(), strict=True))
                for s in answer.series
            }
            assert found == self._stepped(query, answer.step), query

    def _stepped(self, query: RangeQuery, step: timedelta) -> dict[SeriesKey, dict[int, float]]:
        since, until = rules.whole_steps(query.since, query.until, step)
        width = step // timedelta(milliseconds=1)
        out: dict[SeriesKey, dict[int, float]] = {}
        for key, samples in self.model.items():
            if key.metric != query.metric:
                continue
            steps: dict[int, list[tuple[int, float]]] = defaultdict(list)
            for at, value in samples:
                if since <= at < until and not math.isnan(value):
                    steps[at // width * width].append((at, value))
            if steps:
                out[key] = {at: _one(query.aggregate, found) for at, found in steps.items()}
        return out

    @rule()
    def ask_for_every_bit(self) -> None:
        for key in KEYS:
            query = RangeQuery(key.metric, (key.item,), self.now - 4 * HOUR, self.now + HOUR)
            found = [
                pair
                for series in queries.samples(query).series
                for pair in zip(series.at.tolist(), series.value.tolist(), strict=True)
            ]
            assert sorted(map(repr, found)) == sorted(map(repr, self.model[key]))

    @rule()
    def ask_for_the_newest(self) -> None:
        oldest = rules.whole_steps(clock.now() - HOUR, clock.now(), 5 * MINUTE)[0]
        found = {x.key: (ms(x.at), x.value) for x in queries.latest(["level", "grown"])}
        wanted = {
            key: max(newest)
            for key, samples in self.model.items()
            if (newest := [s for s in samples if s[0] >= oldest and not math.isnan(s[1])])
        }
        assert found == wanted

    @rule(length=st.sampled_from([15, 30, 60]))
    def rank(self, length: int) -> None:
        query = FleetQuery("level", Aggregate.MAX, self.now - length * MINUTE, self.now)
        found = {row.key: row.value for row in queries.fleet(query)}
        width = 5 * MINUTE if length >= 20 else timedelta(milliseconds=1)
        since, until = rules.whole_steps(query.since, query.until, width)
        wanted = {
            key: max(inside)
            for key, samples in self.model.items()
            if key.metric == "level"
            and (inside := [v for at, v in samples if since <= at < until and not math.isnan(v)])
        }
        assert found == wanted


def _one(aggregate: Aggregate, samples: list[tuple[int, float]]) -> float:
    values = [value for _, value in samples]
    if aggregate is Aggregate.COUNT:
        return float(len(values))
    if aggregate is Aggregate.LAST:
        return max(samples)[1]
    return min(values) if aggregate is Aggregate.MIN else max(values)


@pytest.mark.parametrize(
    "served_by", ["wardround.history.server", "tests.history.plain_clickhouse"]
)
def test_any_course(monkeypatch: pytest.MonkeyPatch, served_by: str) -> None:
    """By our own server, or by a ClickHouse of one's own."""
    monkeypatch.setenv("WARDROUND_HISTORY_URL", "")
    monkeypatch.setattr(server, "_COMMAND", (sys.executable, "-m", served_by))
    run_state_machine_as_test(
        Course,
        settings=settings(
            max_examples=int(os.environ.get("WARDROUND_TEST_COURSES", "1")),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
