"""Decisions about tickets. Pure: no store, no clock; the moment and the facts are arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from wardround.alerts.types import Severity
from wardround.schema.lifecycle import StateCategory
from wardround.tickets.types import (
    AlertHandling,
    Criteria,
    Facts,
    Grade,
    Instants,
    LevelMatrix,
    LevelRow,
    OnAlertEnd,
)
from wardround.worktime.types import Colour

_CLASSES = ("A", "B", "C")
UNDECIDED = LevelRow.model_construct(name="", when=Criteria(), level="", sla="")
"""Stands for the row where none fits."""


def level_row(matrix: LevelMatrix, facts: Facts) -> LevelRow | None:
    """The deciding row: the first that fits; None where no row does."""
    return next((row for row in matrix.rows if row.when.fits(facts)), None)


def levels_lost(before: LevelMatrix, after: LevelMatrix) -> frozenset[str]:
    """Levels that are there no more, under no other name either."""
    former = {level.renamed_from for level in after.levels}
    return before.level_names - after.level_names - former


def levels_renamed(before: LevelMatrix, after: LevelMatrix) -> dict[str, str]:
    """By old name, the new one of each level that has one."""
    gone = before.level_names - after.level_names
    return {level.renamed_from: level.name for level in after.levels if level.renamed_from in gone}


def facts_of(
    standard: Mapping[str, str | tuple[str, ...] | None], fields: Mapping[str, object]
) -> dict[str, str | tuple[str, ...]]:
    """Everything a condition may ask for; the ticket's own facts win over form fields."""
    texts = {name: _text(value) for name, value in fields.items()}
    return {**texts, **{name: value or "" for name, value in standard.items()}}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def highest_class(classes: Iterable[str | None]) -> str | None:
    """The highest class of importance among systems; None when none has one."""
    present = [importance for importance in classes if importance in _CLASSES]
    return min(present, default=None)


class Timed(Protocol):
    """A round of a clock as far as the ticket's colour goes."""

    yellow_at: datetime | None
    red_at: datetime | None
    black_at: datetime | None
    paused_since: datetime | None
    stopped_at: datetime | None


def instants(rounds: Iterable[Timed]) -> Instants:
    """When the ticket's colour changes, from all its clocks that have not stopped.

    A paused clock counts only by the past instant at which it became overdue.
    """
    active = [timed for timed in rounds if timed.stopped_at is None]
    running = [timed for timed in active if timed.paused_since is None]
    return Instants(
        yellow_at=_earliest(timed.yellow_at for timed in running),
        red_at=_earliest(timed.red_at for timed in running),
        black_at=_earliest(timed.black_at for timed in active),
        running=bool(running),
        paused=bool(active) and not running,
    )


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def colour_at(stored: Instants, at: datetime) -> Colour:
    """The ticket's colour at a moment: that of its worst clock."""
    if _past(stored.black_at, at):
        return Colour.BLACK
    if not stored.running:
        return Colour.GREY if stored.paused else Colour.NONE
    if _past(stored.red_at, at):
        return Colour.RED
    return Colour.YELLOW if _past(stored.yellow_at, at) else Colour.GREEN


def _past(instant: datetime | None, at: datetime) -> bool:
    return instant is not None and instant <= at


def ends_with_alert(
    handling: AlertHandling, category: StateCategory, *, by_hand: bool = False
) -> bool:
    """Whether a ticket in a state of this category is resolved because its alert ended.

    Somebody who has taken a ticket wants to say himself that it is done; an untouched one would
    only be noise. An alert that a person closed was not seen to recover: its ticket stays.
    """
    if by_hand:
        return False
    if handling.on_end is OnAlertEnd.ALWAYS:
        return category in {StateCategory.NEW, StateCategory.WORKING, StateCategory.WAITING}
    return handling.on_end is OnAlertEnd.UNTOUCHED and category is StateCategory.NEW


def worse(severity: str, than: str) -> bool:
    """Whether an alert's severity is above another; anything is above none."""
    return _rank(severity, _SEVERITIES) > _rank(than, _SEVERITIES)


def higher(grade: str, other: str) -> str:
    """The higher of two grades; either may be missing."""
    return max(grade, other, key=lambda each: _rank(each, _GRADES))


_SEVERITIES = (Severity.INFO, Severity.WARNING, Severity.CRITICAL, Severity.DISASTER)
_GRADES = (Grade.LOW, Grade.MEDIUM, Grade.HIGH)


def _rank(name: str, ascending: Sequence[str]) -> int:
    """A place on a scale; what is not on it, such as nothing, is below all."""
    return ascending.index(name) if name in ascending else -1


def takes_again(
    handling: AlertHandling,
    category: StateCategory,
    resolved_at: datetime | None,
    at: datetime,
) -> bool:
    """Whether a ticket takes in the same trouble that shows again at `at`.

    An open one does; a resolved one within the type's window; a closed one never.
    """
    if category is StateCategory.CLOSED:
        return False
    if category is not StateCategory.RESOLVED:
        return True
    return resolved_at is not None and at - resolved_at <= handling.reopen_within


def number(prefix: str, day: str, serial: int) -> str:
    """`EVT-20261123-0001`: unique by prefix, local day and serial."""
    return f"{prefix}-{day}-{serial:04d}"


def local_day(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y%m%d")
