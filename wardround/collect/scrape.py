"""One target while it is collected: its driver, its schedule, and what each tick yields."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from wardround.collect import rules
from wardround.collect.drivers.registry import open_driver
from wardround.collect.errors import TargetFailed
from wardround.collect.exposition_types import NO_TIME
from wardround.collect.own_times import OwnTimes
from wardround.collect.schedule import Patience, Schedule
from wardround.collect.series_budget import SeriesBudget
from wardround.collect.types import (
    Collected,
    CollectedBatch,
    Layout,
    Reason,
    ScrapeGroup,
    TargetSpec,
)
from wardround.history.types import Kind, SeriesKey
from wardround.kernel.addresses import without_secrets_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wardround.collect.drivers.driver import Driver, Equipment

logger = logging.getLogger("wardround.collect")
Sink = Callable[[CollectedBatch], Awaitable[bool]]
"""Takes a scrape; whether it is kept."""
Clock = Callable[[], datetime]
_MOST_SHAPES = 16
_BEATS = 30.0
_COUNTED = (
    "scrape_duration_seconds",
    "scrape_samples",
    "scrape_duplicates",
    "scrape_skipped_lines",
    "scrape_series_refused",
)


@dataclass(frozen=True)
class _Said:
    """How a scrape went, beside its samples."""

    at: datetime
    reason: Reason
    detail: str
    seconds: float


@dataclass
class _Outcome:
    """What the groups of one tick gave."""

    parts: list[Collected] = field(default_factory=list)
    groups: dict[str, bool] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0

    @property
    def samples(self) -> int:
        return sum(len(part.values) for part in self.parts)

    @property
    def duplicates(self) -> int:
        return sum(part.duplicates for part in self.parts)

    @property
    def skipped(self) -> int:
        return sum(part.skipped for part in self.parts)


class TargetScrape:
    """Collects one target, tick after tick; never two at once."""

    def __init__(
        self,
        spec: TargetSpec,
        equipment: Equipment,
        *,
        clock: Clock,
        budget: SeriesBudget | None = None,
    ) -> None:
        self.spec = spec
        self._equipment = equipment
        self._clock = clock
        self._schedule = Schedule(spec)
        self._patience = Patience(spec.interval)
        self._budget = (budget or SeriesBudget()).of_target(spec.id, spec.interval)
        self._of_group: dict[str, Layout] = {}
        self._unfilled: dict[str, tuple[str, ...]] = {}
        self._driver: Driver | None = None
        self._shapes: dict[tuple[object, ...], Layout] = {}
        self._last = TargetFailed(Reason.INTERNAL)
        self._newest = -math.inf
        self._own_times = OwnTimes()
        self._worked = spec.worked

    async def follow(self, sink: Sink) -> None:
        """Collect at every tick until cancelled."""
        try:
            while True:
                tick = self._schedule.next(self._clock().timestamp())
                await self._sleep_until(tick.at)
                if not await sink(await self.take(tick.groups, planned=tick.at)):
                    self._own_times.take_back()
        finally:
            await self.close()

    async def take(
        self, groups: tuple[ScrapeGroup, ...], *, planned: float = -math.inf
    ) -> CollectedBatch:
        """One scrape of these groups, now; a failure is a result too."""
        at = self._stamp(planned)
        if self._patience.resting(at.timestamp()):
            return self._down(at, self._last, 0.0)
        begin = time.monotonic()
        try:
            outcome = await self._read(groups, at)
        except TargetFailed as failed:
            return self._failed(at, failed, time.monotonic() - begin)
        except Exception as error:  # a driver must not take the collector down with it
            logger.exception("driver %s failed at %s", self.spec.template.driver, self.spec.name)
            unknown = TargetFailed(Reason.INTERNAL, type(error).__name__)
            return self._failed(at, unknown, time.monotonic() - begin)
        outcome.seconds = time.monotonic() - begin
        self._patience.answered()
        return self._up(at, outcome)

    async def close(self) -> None:
        driver, self._driver = self._driver, None
        self._budget.release()
        if driver is not None:
            await driver.close()

    def _stamp(self, planned: float) -> datetime:
        now = self._clock().timestamp()
        stamp = rules.stamp(now, planned, newest=self._newest, interval=self.spec.interval)
        self._newest = max(self._newest, stamp)
        return datetime.fromtimestamp(stamp, UTC)

    async def _sleep_until(self, moment: float) -> None:
        """In short beats, so that a clock set back or forth costs no more than one of them."""
        while (left := moment - self._clock().timestamp()) > 0:
            if left > self.spec.interval + _BEATS:
                return
            await asyncio.sleep(min(left, _BEATS))

    async def _read(self, groups: tuple[ScrapeGroup, ...], at: datetime) -> _Outcome:
        if self._driver is None:
            self._driver = open_driver(self.spec, self._equipment)
        outcome = _Outcome()
        for group in groups:
            deciding = group is groups[0]
            try:
                part = await self._group(self._driver, group, deciding=deciding)
            except TargetFailed as failed:
                if deciding:
                    raise
                outcome.groups[group.name] = False
                outcome.notes.append(f"{group.name}: {failed}")
            else:
                outcome.parts.append(self._within_budget(group, part))
                outcome.groups[group.name] = True
                outcome.notes += [part.note] if part.note else []
            self._schedule.took(group, at.timestamp())
        return outcome

    def _within_budget(self, group: ScrapeGroup, part: Collected) -> Collected:
        part = self._budget.cut(group.name, part, time.monotonic())
        before = self._of_group.get(group.name)
        if before is not None and before is not part.layout:
            # It never comes again, and neither does any shape that it was a part of.
            self._shapes = {shape: it for shape, it in self._shapes.items() if before not in shape}
        if before is not part.layout:
            self._unfilled[group.name] = rules.unfilled(group, part.layout)
        self._of_group[group.name] = part.layout
        return part

    async def _group(self, driver: Driver, group: ScrapeGroup, *, deciding: bool) -> Collected:
        limit = self.spec.timeout if deciding else group.timeout
        try:
            async with asyncio.timeout(limit):
                return await driver.collect(group)
        except TimeoutError as error:
            raise TargetFailed(Reason.TIMEOUT, f"no answer within {limit:g} s") from error

    def _failed(self, at: datetime, failed: TargetFailed, seconds: float) -> CollectedBatch:
        self._patience.failed(failed.reason, at.timestamp())
        self._last = failed
        return self._down(at, failed, seconds)

    def _down(self, at: datetime, failed: TargetFailed, seconds: float) -> CollectedBatch:
        detail = failed.detail
        if self._patience.resting(at.timestamp()):
            left = max(self._patience.until - at.timestamp(), 0)
            detail = f"{detail} ({self._patience.failures}×, next try in {left:.0f} s)".strip()
        layout = self._layout((), ("up", "scrape_duration_seconds", "scrape_samples"))
        values = np.array([0.0, seconds, 0.0])
        said = _Said(at, failed.reason, detail, seconds)
        return self._batch(said, Collected(layout, values))

    def _up(self, at: datetime, outcome: _Outcome) -> CollectedBatch:
        self._worked = True
        refused = self._budget.refused + self._budget.unfit
        own = ["up", *_COUNTED]
        numbers = [1.0, outcome.seconds, outcome.samples, outcome.duplicates, outcome.skipped]
        numbers.append(refused)
        for name, fine in outcome.groups.items():
            own.append("scrape_group_up." + name)
            numbers.append(float(fine))
        whole = Collected(
            self._layout(tuple(part.layout for part in outcome.parts), tuple(own)),
            np.concatenate([*(part.values for part in outcome.parts), np.array(numbers)]),
            _times(outcome.parts, len(numbers)),
            tuple(table for part in outcome.parts for table in part.tables),
        )
        notes = [*self._budget_notes(), *outcome.notes]
        return self._batch(_Said(at, Reason.OK, "; ".join(notes), outcome.seconds), whole)

    def _budget_notes(self) -> list[str]:
        """First of all notes: what is missing of this target, and what to do about it."""
        notes = []
        if self._budget.refused:
            notes.append(
                f"{self._budget.refused} series are not taken: the budget of series is used up"
                f" ({self._budget.most} of a target); drop some by the template's naming, or raise"
                " WARDROUND_SERIES_OF_A_TARGET or WARDROUND_SERIES"
            )
        if self._budget.unfit:
            notes.append(
                f"{self._budget.unfit} series are not taken: their names or labels are too long"
            )
        return notes

    def _batch(self, said: _Said, whole: Collected) -> CollectedBatch:
        return CollectedBatch(
            target=self.spec.id,
            target_name=self.spec.name,
            item=self.spec.item,
            layout=whole.layout,
            values=whole.values,
            times_ms=whole.times_ms,
            at=said.at,
            up=said.reason is Reason.OK,
            reason=said.reason,
            detail=self._told(said.detail),
            seconds=said.seconds,
            tables=whole.tables,
            template=self.spec.template.name,
            alone=self.spec.alone,
            moved=self._own_times.moved(whole.layout, whole.times_ms),
            unfilled=tuple(name for names in self._unfilled.values() for name in names),
            worked=self._worked,
            asked_at=self.spec.asked_at,
        )

    def _told(self, detail: str) -> str:
        """A driver's words, which may repeat what a server said, without secrets."""
        if not detail:
            return ""
        names = self.spec.template.secrets & self.spec.parameters.keys()
        held = (str(self.spec.parameters[name]) for name in names)
        return without_secrets_in(detail, self.spec.address, held)

    def _layout(self, parts: tuple[Layout, ...], own: tuple[str, ...]) -> Layout:
        """The parts and our own metrics as one layout, the same object for the same parts."""
        shape = (*parts, *own)
        layout = self._shapes.get(shape)
        if layout is None:
            if len(self._shapes) >= _MOST_SHAPES:
                self._shapes.clear()
            keys = [key for part in parts for key in part.keys]
            layout = Layout((*keys, *(self._own(name) for name in own)))
            self._shapes[shape] = layout
        return layout

    def _own(self, name: str) -> SeriesKey:
        metric, _, group = name.partition(".")
        labels = [("target", self.spec.name), *([("group", group)] if group else [])]
        gauge = metric in _COUNTED
        return SeriesKey(
            metric,
            self.spec.item,
            tuple(labels),
            kind=Kind.GAUGE if gauge else Kind.STATE,
            unit="seconds" if metric == "scrape_duration_seconds" else "",
            target=self.spec.id,
        )


def _times(parts: list[Collected], own: int) -> NDArray[np.int64] | None:
    if all(part.times_ms is None for part in parts):
        return None
    filled = [
        np.full(len(part.values), NO_TIME) if part.times_ms is None else part.times_ms
        for part in parts
    ]
    return np.concatenate([*filled, np.full(own, NO_TIME)])
