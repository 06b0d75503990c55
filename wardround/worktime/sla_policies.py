"""The kind `sla-policy`: what is promised, how long it takes, and which clocks count it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from pydantic import Field, StringConstraints

from wardround.schema.declarations import (
    LABEL_KEY,
    Declaration,
    Key,
    LabelField,
    MadeFrom,
    Part,
    Refers,
    Unique,
    told_as,
)
from wardround.schema.lifecycle import StateCategory
from wardround.worktime.calendars import Calendar


@told_as(
    {
        "working": ("工作时间开始", "Starts in working time"),
        "off": ("非工作时间开始", "Starts outside it"),
        "any": ("任何时间开始", "Starts at any time"),
    }
)
class StartBand(StrEnum):
    """When a clock started: within working time, outside it, or no matter when."""

    WORKING = "working"
    OFF = "off"
    ANY = "any"


@told_as(
    {
        "calendar": ("工作时间", "Working time"),
        "wall": ("自然时间", "Wall clock"),
    }
)
class CountedOn(StrEnum):
    """The time that a clock consumes."""

    CALENDAR = "calendar"
    WALL = "wall"


@told_as(
    {
        "fixed": ("按开始时", "Fixed at the start"),
        "longest": ("取较长者", "The longer"),
    }
)
class BandRule(StrEnum):
    """`FIXED`: the band at the start decides. `LONGEST`: a clock that still runs when the band
    changes gets the longer of the two durations.
    """

    FIXED = "fixed"
    LONGEST = "longest"


class Colour(StrEnum):
    """How far a clock is; the order of `WORST_FIRST` compares them."""

    BLACK = "black"
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    GREY = "grey"
    NONE = "none"


WORST_FIRST = (
    Colour.BLACK,
    Colour.RED,
    Colour.YELLOW,
    Colour.GREEN,
    Colour.GREY,
    Colour.NONE,
)


@dataclass(frozen=True, slots=True)
class Length:
    """A promised duration: hours and minutes, or working days of the calendar."""

    exact: timedelta = timedelta()
    working_days: int = 0

    def on(self, calendar: Calendar) -> timedelta:
        """As time of that calendar."""
        return self.exact + self.working_days * calendar.day

    def written(self) -> str:
        """As a pack writes it."""
        days = f"{self.working_days}wd " if self.working_days else ""
        minutes = self.exact // timedelta(minutes=1)
        exact = f"{minutes // 60}h {minutes % 60}m" if minutes else ""
        return f"{days}{exact}".strip()

    @classmethod
    def parse(cls, text: str) -> Length:
        """`30m`, `1h 30m`, `7d`, or `2wd` for working days of the calendar."""
        pieces = re.findall(r"([0-9]+)(wd|d|h|m)", text)
        days = sum(int(number) for number, unit in pieces if unit == "wd")
        exact = (int(number) * _UNITS[unit] for number, unit in pieces if unit != "wd")
        return cls(sum(exact, timedelta()), days)


_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_WRITTEN_LENGTH = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,4}(wd|d|h|m)( [0-9]{1,4}(d|h|m))*$"),
]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of the duration (0..1), or the time that is left before the end."""

    share: float = 0.0
    left: timedelta | None = None

    def of(self, duration: timedelta) -> timedelta:
        """Time consumed when the threshold is reached; at least zero."""
        if self.left is not None:
            return max(duration - self.left, timedelta())
        return duration * self.share

    def written(self) -> str:
        """As a pack writes it."""
        if self.left is None:
            return f"{self.share * 100:g}%"
        return f"{self.left.total_seconds() / 60:g}m left"

    @classmethod
    def parse(cls, text: str) -> Threshold:
        """`75%`, or `10m left`."""
        if text.endswith("%"):
            return cls(share=float(Fraction(text.removesuffix("%")) / 100))
        return cls(left=Length.parse(text).exact)


_WRITTEN_THRESHOLD = Annotated[
    str,
    StringConstraints(pattern=r"^([0-9]{1,2}(\.[0-9]+)?%|[0-9]{1,4}(d|h|m) left)$"),
]
ThresholdField = Annotated[Threshold, MadeFrom(_WRITTEN_THRESHOLD, Threshold.parse)]
ShortName = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_-]{0,49}$")]


class SlaTarget(Part):
    """What is promised to a clock that started in `start_band`."""

    start_band: Annotated[
        StartBand,
        Field(alias="start"),
        Key(
            "开始时段",
            "Start",
            "时钟在工作时间内、外还是任何时候开始时适用。",
            "Whether it counts for a clock that starts within working time, outside it, or ever.",
        ),
    ] = StartBand.ANY
    within: Annotated[
        Annotated[Length, MadeFrom(_WRITTEN_LENGTH, Length.parse)],
        Key(
            "时限",
            "Within",
            "承诺的时长，如 30m、1h 30m、7d，或 2wd（两个工作日）。",
            "The promised time: `30m`, `1h 30m`, `7d`, or `2wd` for two working days.",
        ),
    ]
    counted_on: Annotated[
        CountedOn,
        Key(
            "计时方式",
            "Counted on",
            "按工作日历还是按自然时间计时。",
            "Whether working time or the wall clock is counted.",
        ),
    ]


class StateSet(Part):
    """States by name or by category; a clock runs or stops in them."""

    states: Annotated[
        tuple[ShortName, ...],
        Unique(),
        Key("状态", "States", "状态的标识。", "States by what they are called in data."),
    ] = ()
    categories: Annotated[
        tuple[StateCategory, ...],
        Unique(),
        Key("类别", "Categories", "状态的类别。", "States by their category."),
    ] = ()

    def holds(self, state: str, category: str) -> bool:
        return state in self.states or category in self.categories


class Course(StrEnum):
    """What a state means to a clock."""

    RUNS = "runs"
    STOPS = "stops"
    VOID = "void"
    PAUSES = "pauses"


class Clock(Part):
    """One clock of a policy. In a state that stands under none of its keys it pauses.

    A state by its name goes before its category, so that one state of a category can mean
    something else than the others. A clock that `resumes` runs on where it stopped when its
    subject comes back to a running state; one that `restarts` in a state begins a new round there,
    with a promise of its own, and what it came to before stays; any other has stopped for good.
    """

    name: Annotated[
        ShortName, Key("标识", "Name", "时钟的标识。", "What the clock is called in data.")
    ]
    label: Annotated[LabelField, LABEL_KEY]
    runs: Annotated[
        StateSet, Key("运行", "Runs", "在哪些状态下计时。", "The states in which it runs.")
    ]
    stops: Annotated[
        StateSet,
        Key(
            "停止",
            "Stops",
            "在哪些状态下停止；其余状态为暂停。",
            "The states in which it stops: what it promises was done; in any other it pauses.",
        ),
    ]
    void: Annotated[
        StateSet,
        Key(
            "不计",
            "Void",
            "在哪些状态下作罢：承诺的事没有人做，未超时则不算按时也不算超时。",
            "The states in which it ends with nobody having done what it promises: unless it was "
            "overdue by then, it counts neither as kept nor as missed.",
        ),
    ] = StateSet()
    restarts: Annotated[
        StateSet,
        Key(
            "重新开始",
            "Restarts",
            "停止后再进入哪些状态时重新计时；以前的结果保留。",
            "The states in which it begins anew after it has stopped; earlier results stay.",
        ),
    ] = StateSet()
    targets: Annotated[
        tuple[SlaTarget, ...],
        Field(min_length=1),
        Key("承诺", "Targets", "承诺的时限。", "What is promised."),
    ]
    resumes: Annotated[
        bool,
        Key(
            "可恢复",
            "Resumes",
            "停止后回到运行状态时是否接着计时。",
            "Whether it runs on where it stopped when a running state comes back.",
        ),
    ] = False
    band: Annotated[
        BandRule,
        Key(
            "时段规则",
            "Band",
            "时段按开始时确定，还是取两个时限中较长的。",
            "Whether the band at the start decides, or the longer of both promises counts.",
        ),
    ] = BandRule.FIXED
    yellow: Annotated[
        ThresholdField,
        Key(
            "黄色",
            "Yellow",
            "何时变黄，如 50% 或 10m left。",
            "When it turns yellow: `50%`, or `10m left`.",
        ),
    ] = Threshold(share=0.5)
    red: Annotated[
        ThresholdField,
        Key(
            "红色",
            "Red",
            "何时变红，如 75% 或 10m left。",
            "When it turns red: `75%`, or `10m left`.",
        ),
    ] = Threshold(share=0.75)

    def course(self, state: str, category: str) -> Course:
        """What a state of a category means to this clock."""
        parts = ((self.stops, Course.STOPS), (self.void, Course.VOID), (self.runs, Course.RUNS))
        for named, course in parts:
            if state in named.states:
                return course
        for named, course in parts:
            if category in named.categories:
                return course
        return Course.PAUSES


class SlaPolicy(Declaration):
    """The clocks of one agreement and the calendar they count on."""

    label: Annotated[LabelField, LABEL_KEY]
    calendar: Annotated[
        ShortName,
        Refers("calendar"),
        Key("日历", "Calendar", "计工作时间的日历。", "The calendar whose working time counts."),
    ]
    clocks: Annotated[
        tuple[Clock, ...],
        Field(min_length=1),
        Key("时钟", "Clocks", "要计时的各项。", "What is timed."),
    ]
