"""Rhythm, isolation and patience of the runner."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.collect.pages import exporter
from tests.collect.scrapes import TARGET, layout
from tests.collect.targets import target
from wardround.collect import rules
from wardround.collect.drivers import registry
from wardround.collect.drivers.driver import DriverKind, Equipment
from wardround.collect.errors import TargetFailed
from wardround.collect.exposition_types import NO_TIME
from wardround.collect.runner import Runner
from wardround.collect.schedule import Schedule
from wardround.collect.scrape import TargetScrape
from wardround.collect.types import (
    SHARDS,
    Collected,
    CollectedBatch,
    Reason,
    ScrapeGroup,
    TargetSpec,
)
from wardround.kernel import clock as system
from wardround.kernel.ids import new_id


class Taken:
    """A sink that remembers, and lets a test wait for what it wants to see."""

    def __init__(self) -> None:
        self.batches: list[CollectedBatch] = []
        self._news = asyncio.Condition()

    async def __call__(self, batch: CollectedBatch) -> bool:
        async with self._news:
            self.batches.append(batch)
            self._news.notify_all()
        return True

    async def until(self, enough: Callable[[list[CollectedBatch]], bool]) -> None:
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: enough(self.batches))


def run(story: Callable[[Runner, Taken], Coroutine[Any, Any, None]]) -> Taken:
    async def whole() -> Taken:
        taken = Taken()
        with ThreadPoolExecutor(1) as database:
            runner = Runner(taken, database=database, threads=4)
            try:
                await story(runner, taken)
            finally:
                await runner.close()
        return taken

    return asyncio.run(whole())


def test_slow_target_delays_no_other() -> None:
    async def story(runner: Runner, taken: Taken) -> None:
        async with exporter() as quick, exporter(silent=True) as slow:
            good = target("prometheus", quick.address, interval=1, timeout=1)
            bad = [target("prometheus", slow.address, interval=1, timeout=1) for _ in range(20)]
            await runner.replace([good, *bad])
            await taken.until(lambda seen: sum(one.target == good.id for one in seen) >= 4)
            times = [one.at.timestamp() for one in taken.batches if one.target == good.id]
            gaps = [later - earlier for earlier, later in pairwise(times)]
            assert all(0.7 < gap < 1.6 for gap in gaps), gaps
            await taken.until(lambda seen: {one.id for one in bad} <= {one.target for one in seen})
            assert {one.reason for one in taken.batches if one.target != good.id} == {
                Reason.TIMEOUT
            }

    run(story)


def test_changed_targets_begin_anew_and_others_go_on() -> None:
    async def story(runner: Runner, taken: Taken) -> None:
        async with exporter() as one:
            kept = target("prometheus", one.address, interval=1, timeout=1)
            changed = target("prometheus", "127.0.0.1:1", interval=1, timeout=1)
            await runner.replace([kept, changed])
            task = runner._tasks[kept.id]
            await taken.until(lambda seen: any(b.target == changed.id for b in seen))
            await runner.replace([kept, replace(changed, address=one.address)])
            assert runner._tasks[kept.id] is task
            await taken.until(lambda seen: any(b.target == changed.id and b.up for b in seen))
            await runner.replace([kept])
            assert runner.targets == {kept.id}
            await runner.stop()
            count = len(taken.batches)
            await asyncio.sleep(1.2)
            assert len(taken.batches) == count

    run(story)


class Clock:
    """A clock that a test sets."""

    def __init__(self, at: float = 1_700_000_000.0) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


class Scripted:
    """A driver that does as it is told: raises what it finds in its list, or answers nothing."""

    def __init__(self, outcomes: list[Exception | None]) -> None:
        self.outcomes = outcomes
        self.asked = 0
        self.closed = 0

    async def collect(self, group: ScrapeGroup) -> Collected:
        import numpy as np  # noqa: PLC0415

        self.asked += 1
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        return Collected(layout(0), np.zeros(0))

    async def close(self) -> None:
        self.closed += 1


def follow(
    outcomes: list[Exception | None],
    *,
    ticks: int,
    monkeypatch: pytest.MonkeyPatch,
    of: TargetSpec | None = None,
) -> tuple[Scripted, list[CollectedBatch]]:
    """So many ticks of 15 s with a scripted driver."""
    driver, clock = Scripted(outcomes), Clock()
    kind = DriverKind("prometheus", lambda _spec, _equipment: driver)
    monkeypatch.setitem(registry.DRIVERS, "prometheus", kind)

    async def story() -> list[CollectedBatch]:
        with ThreadPoolExecutor(1) as threads:
            spec = of or target("prometheus", "x")
            one = TargetScrape(spec, Equipment(threads, threads), clock=clock)
            batches = []
            for _ in range(ticks):
                batches.append(await one.take(one.spec.template.groups))
                clock.at += 15
            await one.close()
            return batches

    return driver, asyncio.run(story())


def test_every_tick_says_how_the_target_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    down = [TargetFailed(Reason.REFUSED, "no")] * 30
    driver, batches = follow(list(down), ticks=40, monkeypatch=monkeypatch)
    assert len(batches) == 40
    assert driver.asked < 40  # less often, but never silent
    assert [one.values[0] for one in batches] == [float(one.up) for one in batches]
    assert all(one.reason is Reason.REFUSED for one in batches if not one.up)
    assert "next try in" in batches[10].detail


def test_a_scrape_says_whether_its_target_has_ever_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    """From its first answer on it has, and so has one of which the database says so."""
    refused = TargetFailed(Reason.REFUSED)
    outcomes: list[Exception | None] = [refused, refused, None, refused]
    asked = datetime(2026, 11, 1, tzinfo=UTC)
    for worked, found in ((False, [False, False, True, True]), (True, [True] * 4)):
        of = replace(target("prometheus", "x"), worked=worked, asked_at=asked)
        _, batches = follow(list(outcomes), ticks=4, monkeypatch=monkeypatch, of=of)
        assert [batch.worked for batch in batches] == found
        assert {batch.asked_at for batch in batches} == {asked}


def test_target_that_comes_back_is_seen_within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    down: list[Exception | None] = [TargetFailed(Reason.TIMEOUT)] * 12
    _driver, batches = follow(down, ticks=60, monkeypatch=monkeypatch)
    pauses = [tick for tick, one in enumerate(batches) if one.up]
    assert pauses[0] <= 12 * 4 + 4
    assert all(one.up for one in batches[pauses[0] :])


def test_refused_sign_ins_never_lock_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong: list[Exception | None] = [TargetFailed(Reason.AUTH, "password")] * 99
    driver, batches = follow(wrong, ticks=40, monkeypatch=monkeypatch)  # ten minutes
    assert driver.asked == 3
    assert {one.reason for one in batches} == {Reason.AUTH}


def test_sample_of_its_own_time_that_was_not_kept_is_new_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its time does not move, and it is to be stored once."""
    import numpy as np  # noqa: PLC0415

    shape = layout(2)

    class Timed(Scripted):
        async def collect(self, group: ScrapeGroup) -> Collected:
            await super().collect(group)
            return Collected(shape, np.ones(2), np.array([5_000, NO_TIME]))

    driver, kept = Timed([]), [False, False, False, True, True]
    new: list[bool] = []
    kind = DriverKind("prometheus", lambda _spec, _equipment: driver)
    monkeypatch.setitem(registry.DRIVERS, "prometheus", kind)

    async def sink(batch: CollectedBatch) -> bool:
        new.append(batch.moved is None or bool(batch.moved[0]))
        if len(new) == len(kept):
            raise ZeroDivisionError
        return kept[len(new) - 1]

    async def story() -> None:
        with ThreadPoolExecutor(1) as threads:
            spec = target("prometheus", "x", interval=1, timeout=1)
            scrape = TargetScrape(spec, Equipment(threads, threads), clock=system.now)
            with pytest.raises(ZeroDivisionError):
                await scrape.follow(sink)

    asyncio.run(story())
    assert new == [True, True, True, True, False]


def test_fault_of_a_driver_is_its_targets_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    driver, batches = follow([ZeroDivisionError()], ticks=2, monkeypatch=monkeypatch)
    assert [(one.up, one.reason) for one in batches] == [
        (False, Reason.INTERNAL),
        (True, Reason.OK),
    ]
    assert driver.closed == 1


def test_large_pages_are_read_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading one takes many times its size."""
    import threading  # noqa: PLC0415

    from wardround.collect.drivers import prometheus  # noqa: PLC0415

    reading, most = threading.Semaphore(2), []

    class Slow(prometheus.PageParser):
        def parse(self, *arguments: Any, **named: Any) -> Any:
            alone = reading.acquire(blocking=False) and reading.acquire(blocking=False)
            most.append(alone)
            time.sleep(0.2)
            reading.release(2 if alone else 1)
            return super().parse(*arguments, **named)

    monkeypatch.setattr(prometheus, "PageParser", Slow)
    monkeypatch.setattr(prometheus, "_LARGE", 1)
    monkeypatch.setattr(prometheus, "_HUGE", 1)

    async def story(runner: Runner, taken: Taken) -> None:
        async with exporter() as page:
            specs = [target("prometheus", page.address, interval=5, timeout=5) for _ in range(4)]
            await runner.replace(specs)
            await taken.until(lambda seen: len({b.target for b in seen if b.up}) == 4)

    run(story)
    assert len(most) >= 4
    assert all(most)


def test_hung_thread_keeps_only_its_own_target() -> None:
    """A thread cannot be stopped: its target waits for it and takes no second one."""
    import threading  # noqa: PLC0415

    release = threading.Event()

    async def story() -> list[str]:
        with ThreadPoolExecutor(2) as threads:
            hung, other = Equipment(threads, threads), Equipment(threads, threads)
            said = []
            try:
                async with asyncio.timeout(0.05):
                    await hung.in_thread(release.wait)
            except TimeoutError:
                said.append("timeout")
            try:
                await hung.in_thread(lambda: "never")
            except TargetFailed as failed:
                said.append(failed.reason)
            said.append(await other.in_thread(lambda: "other works"))
            release.set()
            return said

    assert asyncio.run(story()) == ["timeout", Reason.TIMEOUT, "other works"]


# Schedules ---------------------------------------------------------------------------------------

_ids = st.uuids(version=4)


@given(_ids, st.floats(1, 600), st.floats(1.6e9, 1.9e9))
def test_ticks_keep_their_phase(one: UUID, interval: float, now: float) -> None:
    phase = rules.phase_of(one, interval)
    due = rules.next_due(now, interval=interval, phase=phase)
    assert 0 <= phase < interval
    assert now < due <= now + interval * 1.001
    following = rules.next_due(due + interval / 1000, interval=interval, phase=phase)
    assert following - due == pytest.approx(interval, rel=1e-6)


def test_targets_spread_over_the_interval_and_the_shards() -> None:
    ids = [new_id() for _ in range(6400)]
    tenths = Counter(int(rules.phase_of(one, 10)) for one in ids)
    assert all(500 < count < 800 for count in tenths.values())
    shards = Counter(rules.shard_of(one) for one in ids)
    assert len(shards) == SHARDS
    assert max(shards.values()) < 2 * min(shards.values())


def test_groups_come_at_their_own_interval_and_all_at_first() -> None:
    spec = target("postgresql", interval=15)
    schedule, now = Schedule(spec), 1_700_000_000.0
    sizes = []
    for number in range(100):
        tick = schedule.next(now)
        names = [group.name for group in tick.groups]
        assert names[0] == "instance"
        if "sizes" in names:
            sizes.append(number)
        for group in tick.groups:
            schedule.took(group, tick.at + 0.3)
        now = tick.at + 0.5
    assert sizes == [0, 20, 40, 60, 80]  # every five minutes of fifteen seconds each


def stamps(moves: list[float], *, interval: float) -> list[tuple[float, int]]:
    """What a clock showed at each tick, and the milliseconds the scrape bore.

    A move is how late the scrape begins; a negative one is the clock set back before the plan.
    """
    spec = replace(target("prometheus", "x", interval=interval), id=TARGET)
    clock = Clock()
    found = []

    async def story() -> None:
        with ThreadPoolExecutor(1) as threads:
            schedule = Schedule(spec)
            one = TargetScrape(spec, Equipment(threads, threads), clock=clock)
            for move in moves:
                clock.at += min(move, 0)
                tick = schedule.next(clock.at)
                clock.at = tick.at + max(move, 0)
                batch = await one.take((), planned=tick.at)
                found.append((clock.at, round(batch.at.timestamp() * 1000)))

    asyncio.run(story())
    return found


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0, 0.049), min_size=3, max_size=20), st.integers(1, 60))
def test_scrapes_on_time_bear_even_moments(late: list[float], interval: int) -> None:
    bore = [at for _, at in stamps(late, interval=interval)]
    assert {later - earlier for earlier, later in pairwise(bore)} == {interval * 1000}


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(-0.4, 2.5), min_size=2, max_size=30))
def test_no_moment_twice_or_out_of_order(moves: list[float]) -> None:
    """Scrapes come late, and the clock is set back by less than half an interval."""
    found = stamps(moves, interval=1)
    bore = [at for _, at in found]
    assert all(later > earlier for earlier, later in pairwise(bore))
    assert all(abs(actual * 1000 - at) < 1000 for actual, at in found)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0.06, 2.5), min_size=2, max_size=30))
def test_late_scrapes_bear_the_moment_they_were_taken(moves: list[float]) -> None:
    for actual, at in stamps(moves, interval=1):
        assert at == pytest.approx(actual * 1000, abs=1)


def test_clock_set_back_far_gives_no_moment_twice() -> None:
    bore = [at for _, at in stamps([0.0] * 5 + [-4.5] + [0.0] * 8, interval=1)]
    assert len(set(bore)) == len(bore)


@given(st.integers(1, 500), st.sampled_from(sorted(Reason)), st.floats(1, 300))
def test_pauses_are_bounded(failures: int, reason: Reason, interval: float) -> None:
    pause = rules.pause_after(failures, reason, interval)
    if reason is Reason.AUTH and failures >= 3:
        assert pause == 600
    else:
        assert pause <= max(60, interval)


# Listeners ---------------------------------------------------------------------------------------


def test_specs_of_one_target_compare_equal() -> None:
    one = target("prometheus", "x")
    assert replace(one) == one
    assert isinstance(one, TargetSpec)
