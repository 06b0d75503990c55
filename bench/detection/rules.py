"""Rule instances judged a second, beside a plain loop over the same rules one instance at a time.

20,000 instances: 400 servers with 10 disks and 5 rules. Both do the same: look the values up,
compare, hold for a minute, keep the recovery band; both find the same alerts, or the run fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

import numpy as np

from wardround.collect.types import CollectedBatch, Layout, Reason
from wardround.detection.engine import Engine
from wardround.detection.parse import parse
from wardround.detection.rules import Timing
from wardround.detection.types import Rule, Severity
from wardround.history.types import SeriesKey
from wardround.schema.types import Label

SERVERS, DISKS, ROUNDS, EVERY = 400, 10, 20, 15
HOLD = 60.0
LIMITS = ((0.05, 0.08), (0.1, 0.12), (0.15, 0.2), (0.2, 0.25), (0.3, 0.35))
_NAMES = UUID("6f1f3c0e-8f62-4d0b-9d36-2c4b3f4f9a10")


def _rules() -> list[Rule]:
    rules = []
    for number, (low, well) in enumerate(LIMITS):
        expr, recover = f"free / size < {low}", f"free / size > {well}"
        rules.append(
            Rule(
                name=f"DiskLow{number}",
                label=Label("", ""),
                severity=Severity.WARNING,
                expr=expr,
                condition=parse(expr),
                recover=recover,
                recovery=parse(recover),
                timing=Timing(hold=HOLD),
                summary=Label("", ""),
                templates=("linux",),
            )
        )
    return rules


@dataclass(frozen=True)
class Fleet:
    """The servers, and what each round of scrapes reads: free bytes by round, server, disk."""

    ids: tuple[UUID, ...]
    layouts: tuple[Layout, ...]
    free: np.ndarray

    @classmethod
    def make(cls) -> Fleet:
        ids = tuple(uuid5(_NAMES, str(number)) for number in range(SERVERS))
        layouts = tuple(
            Layout(
                tuple(
                    SeriesKey(metric, one, (("mountpoint", f"/{disk}"),))
                    for metric in ("free", "size")
                    for disk in range(DISKS)
                )
            )
            for one in ids
        )
        chance = np.random.default_rng(1)
        begin = chance.uniform(5, 95, (SERVERS, DISKS))
        steps = chance.normal(0, 0.3, (ROUNDS, SERVERS, DISKS))
        return cls(ids, layouts, np.clip(begin + np.cumsum(steps, axis=0), 1, 99))

    def round(self, number: int) -> list[CollectedBatch]:
        at = datetime.fromtimestamp(1_772_000_000 + number * EVERY, UTC)
        size = np.full(DISKS, 100.0)
        return [
            CollectedBatch(
                target=one,
                target_name="",
                item=one,
                layout=self.layouts[place],
                values=np.concatenate([self.free[number, place], size]),
                times_ms=None,
                at=at,
                up=True,
                reason=Reason.OK,
                template="linux",
            )
            for place, one in enumerate(self.ids)
        ]


def ours(rounds: Sequence[list[CollectedBatch]]) -> tuple[float, int]:
    """Instances a second, and how many findings."""
    engine, found = Engine(_rules()), 0
    engine.admit(rounds[0])
    engine.evaluate(rounds[0])
    begin = time.perf_counter()
    for batches in rounds[1:]:
        engine.admit(batches)
        found += len(engine.evaluate(batches).findings)
    return engine.instances * (len(rounds) - 1) / (time.perf_counter() - begin), found


def one_at_a_time(rounds: Sequence[list[CollectedBatch]]) -> tuple[float, int]:
    """The same, one batch and its rules at a time: what a storm costs where nothing is joined."""
    engine, found = Engine(_rules()), 0
    engine.admit(rounds[0])
    engine.evaluate(rounds[0])
    begin, done = time.perf_counter(), 0
    for batches in rounds[1:3]:
        for batch in batches[:100]:
            engine.admit([batch])
            found += len(engine.evaluate([batch]).findings)
            done += DISKS * len(LIMITS)
    return done / (time.perf_counter() - begin), found


@dataclass
class _Held:
    phase: str = "inactive"
    since: float = 0.0


def plain(rounds: Sequence[list[CollectedBatch]]) -> tuple[float, int]:
    """A loop with dictionaries, as one would write it first."""
    held: dict[tuple[int, UUID, object], _Held] = {}
    begin, done, found = 0.0, 0, 0
    for number, batches in enumerate(rounds):
        if number == 1:
            begin = time.perf_counter()
        for batch in batches:
            at = batch.at.timestamp()
            values = {
                (key.metric, key.labels): value
                for key, value in zip(batch.keys, batch.values.tolist(), strict=True)
            }
            for place, (low, well) in enumerate(LIMITS):
                for (metric, labels), free in values.items():
                    if metric != "free":
                        continue
                    ratio = free / values["size", labels]
                    state = held.setdefault((place, batch.target, labels), _Held())
                    found += _stepped(state, at, low=ratio < low, well=ratio > well)
                    done += number > 0
    return done / (time.perf_counter() - begin), found


def _stepped(state: _Held, at: float, *, low: bool, well: bool) -> bool:
    if state.phase == "firing":
        if well:
            state.phase = "inactive"
        return False
    if not low:
        state.phase = "inactive"
        return False
    if state.phase == "inactive":
        state.phase, state.since = "pending", at
    if at - state.since < HOLD:
        return False
    state.phase = "firing"
    return True


WAYS: dict[str, Callable[[Sequence[list[CollectedBatch]]], tuple[float, int]]] = {
    "ours, a round of scrapes together": ours,
    "ours, each scrape alone": one_at_a_time,
    "plain loop": plain,
}


def measure() -> dict[str, float]:
    """Instances judged a second, each way."""
    fleet = Fleet.make()
    rounds = [fleet.round(number) for number in range(ROUNDS)]
    figures = {name: way(rounds) for name, way in WAYS.items()}
    if figures["plain loop"][1] != figures["ours, a round of scrapes together"][1]:
        raise AssertionError(figures)
    return {name: rate for name, (rate, _) in figures.items()}


def main() -> None:
    figures = measure()
    yardstick = figures["plain loop"]
    for name, figure in figures.items():
        print(f"{name:36} {figure:12,.0f} instances/s  {figure / yardstick:6.1f}×")


if __name__ == "__main__":
    main()
