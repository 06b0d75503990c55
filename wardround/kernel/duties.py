"""Standing duties: small work done every few seconds by one of the workers, whoever holds its lock.

For what is too frequent to be a queue row each time; everything else is a job.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Duty:
    """`run` is called every `every` seconds in one worker of the installation at a time."""

    name: str
    every: float
    run: Callable[[], None]


_duties: dict[str, Duty] = {}


def standing_duty(name: str, *, every: float) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Declare a standing duty; `name` is stable and names its advisory lock."""

    def declare(run: Callable[[], None]) -> Callable[[], None]:
        _duties[name] = Duty(name, every, run)
        return run

    return declare


def duties() -> tuple[Duty, ...]:
    return tuple(_duties.values())
