"""How busy a hospital is: a day with two peaks, a week with a quiet end, and noise.

Deterministic: the same machine at the same moment always says the same, whoever asks and however
often, so that counters never run backwards after a restart.
"""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_MONDAY = 1_767_542_400
"""Monday 2026-01-05 00:00 in China, in seconds since 1970: where counters begin."""
_WEEK = 7 * 86_400
_STEP = 300
_WEEKEND = 0.45
_NOISE_STEP = 15.0


def seed(*parts: str) -> int:
    """A stable number for a name (Python's own hash differs from run to run)."""
    return zlib.crc32("/".join(parts).encode())


@dataclass(frozen=True)
class Rhythm:
    """One machine's way through the week: `load` is 0 (asleep) to about 1 (its daily peak)."""

    seed: int
    phase_hours: float
    night: float
    noise: float = 0.06

    @classmethod
    def of(cls, key: str) -> Rhythm:
        draw = random.Random(seed(key))
        return cls(seed(key), draw.uniform(-0.7, 0.7), draw.uniform(0.08, 0.3))

    def load(self, at: float) -> float:
        """Load at a moment (seconds since 1970), noise included."""
        return max(0.01, self._along(self._week, at) + self.noise * self._noise(at))

    def total(self, at: float) -> float:
        """The integral of the noiseless load, in seconds: what a counter of the machine counts."""
        weeks = (at - _MONDAY) // _WEEK
        return float(weeks * self._sums[-1]) + self._along(self._sums, at)

    def _along(self, table: NDArray[np.float64], at: float) -> float:
        place = (at - _MONDAY) % _WEEK / _STEP
        left = int(place)
        return float(table[left] + (table[left + 1] - table[left]) * (place - left))

    @cached_property
    def _week(self) -> NDArray[np.float64]:
        """The noiseless load every five minutes of a week, its end included."""
        hours = np.arange(0, _WEEK + _STEP, _STEP) / 3600
        hour, weekend = hours % 24 + self.phase_hours, hours % 168 >= 120
        morning = np.exp(-(((hour - 10.0) / 2.2) ** 2))
        afternoon = 0.8 * np.exp(-(((hour - 15.3) / 2.0) ** 2))
        busy = (1 - self.night) * np.maximum(morning, afternoon)
        loads: NDArray[np.float64] = self.night + busy * np.where(weekend, _WEEKEND, 1.0)
        return loads

    @cached_property
    def _sums(self) -> NDArray[np.float64]:
        means = (self._week[1:] + self._week[:-1]) / 2 * _STEP
        return np.concatenate([[0.0], np.cumsum(means)])

    def _noise(self, at: float) -> float:
        """Smooth noise of about unit size: random points every quarter minute, joined by lines."""
        step, part = divmod(at / _NOISE_STEP, 1.0)
        left, right = self._point(int(step)), self._point(int(step) + 1)
        return left + (right - left) * part

    def _point(self, step: int) -> float:
        return random.Random(self.seed * 1_000_003 + step).gauss(0, 1)
