"""What is counted of the messages of interfaces: told by a room further up that knows of samples.

The configuration room knows what an interface tells of its messages; who measures that, and how, it
does not. What nobody measures is told as that, never as nothing counted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from wardround.kernel.types import Actor
from wardround.schema.declarations import told_as


@told_as(
    {
        "yes": ("有计数", "Counted"),
        "silent": ("近 1 小时无采样", "No sample within the hour"),
        "no": ("未计数", "Not measured"),
        "unknown": ("暂时无法得知", "Not known now"),
    }
)
class Measured(StrEnum):
    """Whether the messages of an interface are counted."""

    YES = "yes"
    SILENT = "silent"
    """Something is to count them, and has given no sample for an hour."""
    NO = "no"
    """No target counts them."""
    UNKNOWN = "unknown"
    """Something counts them; the history does not answer."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What passed from a moment until now; None where that is not counted, or has not grown out of
    two samples yet.
    """

    since: datetime
    sent: float | None = None
    received: float | None = None
    failed: float | None = None

    @property
    def messages(self) -> float | None:
        """Sent and received together."""
        known = [each for each in (self.sent, self.received) if each is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class MessageCounts:
    measured: Measured
    hour: Passed
    queued: float | None = None
    """Messages that wait now."""
    last_at: datetime | None = None
    """Of the newest sample within the hour."""

    def count(self, name: str) -> float | None:
        return self.queued if name == "queued" else getattr(self.hour, name)


@dataclass(frozen=True, slots=True)
class Slice:
    """What passed in one part of a day, which begins at `at`."""

    at: datetime
    sent: float | None = None
    received: float | None = None
    failed: float | None = None


@dataclass(frozen=True, slots=True)
class MessageDay:
    """One interface: the last hour, and the last day in parts."""

    counts: MessageCounts
    day: Passed
    slices: tuple[Slice, ...]
    """Those alone in which something was measured."""
    slice_s: int
    as_of: datetime


MEASURED = "history.read"
"""The permission that whoever measures asks for."""
Counts = Callable[[Collection[UUID]], Mapping[UUID, MessageCounts]]
"""Of the interfaces of which the reader may read measured values; the others are not told of."""


class Counter(Protocol):
    """Who knows of samples."""

    def hour(
        self, actor: Actor, interfaces: Collection[UUID], *, at: datetime, strict: bool
    ) -> Mapping[UUID, MessageCounts]:
        """What the reader may know of these; a fixed number of questions. Strict: what the history
        answers in place of samples is raised, and not told as unknown.
        """

    def day(self, actor: Actor, interface: UUID, *, at: datetime) -> MessageDay | None:
        """None where the reader may not know."""


_COUNTERS: list[Counter] = []


def count_by(counter: Counter) -> None:
    """Told once, when the platform starts."""
    _COUNTERS[:] = [counter]


def counts_for(actor: Actor, at: datetime, *, strict: bool = False) -> Counts:
    def counts(interfaces: Collection[UUID]) -> Mapping[UUID, MessageCounts]:
        if not _COUNTERS or not interfaces:
            return {}
        return _COUNTERS[0].hour(actor, interfaces, at=at, strict=strict)

    return counts


def uncounted(_interfaces: Collection[UUID]) -> Mapping[UUID, MessageCounts]:
    return {}


def day_of(actor: Actor, interface: UUID, at: datetime) -> MessageDay | None:
    return _COUNTERS[0].day(actor, interface, at=at) if _COUNTERS else None
