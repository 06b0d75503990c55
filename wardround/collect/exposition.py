"""Read pages in the Prometheus text format and in OpenMetrics, fast.

Pages of one target repeat themselves: only the numbers change. So a parser belongs to one target
and remembers how each line began. While a page keeps its shape, reading it is a comparison of
beginnings and a conversion of ends: in compiled code (`exposition_repeated`) once that is loaded
and has nothing but numbers to read, else in C; a line that begins anew is read by the whole
grammar. None of the fast ways may accept what the whole grammar refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wardround.collect.errors import PageRefused
from wardround.collect.exposition_comments import read_comment
from wardround.collect.exposition_lines import (
    LONGEST_LINE,
    Compound,
    read_sample,
    read_tail,
    repeats,
)
from wardround.collect.exposition_types import (
    NO_TIME,
    Duplicate,
    Family,
    Page,
    PageLayout,
    PageProblem,
    Series,
    Skipped,
)

if TYPE_CHECKING:
    from wardround.collect.exposition_repeated import RepeatedPage

__all__ = ["MOST_SAMPLES", "PageParser", "load_compiled"]

MOST_SAMPLES = 200_000
MOST_LINES = 1_000_000
"""Of any kind: an empty one costs no byte but its end, and is remembered as any other."""
LABELS_OF_A_SAMPLE = 10
"""At most, as the mean of a page of as many samples as there may be: a label takes as much memory
as a short line, and a line has room for thousands.
"""
_BYTE_ORDER = b"\xef\xbb\xbf"
_END = b"# EOF"
_LONGEST_NUMBER = 64
"""Bytes that a number may have in compiled code, at most."""
_OF_NUMBERS = b"0123456789+-.eEiInNfFtTyYaA \t"
"""What numbers are written with here. Python's also take `1_0`, a form feed, a second line end."""


@dataclass(frozen=True)
class _Shape:
    """How the lines of the last page began; one entry a line, comments whole."""

    openmetrics: bool
    is_sample: Sequence[bool]
    comments: Sequence[bytes]
    """What is no sample; empty for a compound value, whose numbers change."""
    compounds: Sequence[tuple[int, Compound]]
    """Compound values, by their place among `comments`."""
    heads: Sequence[bytes]
    layout: PageLayout
    timed: bool
    duplicates: tuple[Duplicate, ...]
    skipped: tuple[Skipped, ...]
    first: NDArray[np.bool_] | None
    """Which samples count, where a series came twice."""


@dataclass
class _Reading:
    """A page while it is read line by line."""

    openmetrics: bool
    families: dict[str, Family] = field(default_factory=dict)
    series: list[Series] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    heads_of_all: list[bytes] = field(default_factory=list)
    first: list[bool] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    is_sample: list[bool] = field(default_factory=list)
    comments: list[bytes] = field(default_factory=list)
    compounds: list[tuple[int, Compound]] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    seen: set[tuple[Series, int]] = field(default_factory=set)
    labels: int = 0

    def comment(self, line: bytes, number: int) -> None:
        self.is_sample.append(False)
        self.comments.append(line)
        told = read_comment(line, number, self.families, openmetrics=self.openmetrics)
        if told is not None:
            self.skipped.append(told)

    def skip(self, compound: Compound, number: int) -> None:
        self.is_sample.append(False)
        self.compounds.append((len(self.comments), compound))
        self.comments.append(b"")
        self.skipped.append(Skipped(number, "one number as the value, not a native histogram"))

    def add(self, series: Series, head: bytes, value: float, time: int, *, line: int) -> None:
        self.is_sample.append(True)
        self.heads_of_all.append(head)
        self.labels += len(series.labels)
        known = (series, time) in self.seen
        self.first.append(not known)
        if known:
            self.duplicates.append(Duplicate(series, line))
            return
        self.seen.add((series, time))
        self.series.append(series)
        self.heads.append(head)
        self.values.append(value)
        self.times.append(time)


class _Compiled:
    """What reads pages that repeat, once it is loaded."""

    page: type[RepeatedPage] | None = None


def load_compiled() -> None:
    """Let all parsers use compiled code from now on. It takes a second or more, so it is for a
    thread that nobody waits for; until then they do without.
    """
    from wardround.collect import exposition_repeated  # noqa: PLC0415  # its compiler loads slowly

    exposition_repeated.load()
    _Compiled.page = exposition_repeated.RepeatedPage


class PageParser:
    """Reads the pages of one target, one after the other."""

    def __init__(self, *, most_samples: int = MOST_SAMPLES) -> None:
        self._most = most_samples
        self._shape: _Shape | None = None
        self._known: dict[bytes, Series] = {}
        self._repeated: RepeatedPage | None = None

    def parse(self, body: bytes, *, openmetrics: bool = False, whole: bool = False) -> Page:
        """Read one page.

        Args:
            body: what came, unpacked.
            openmetrics: by the rules of OpenMetrics 1.0 rather than of the text formats.
            whole: the transfer proved its own end, so that a last line without a line end was
                not cut.

        Raises:
            PageRefused: the page breaks the format, was cut off, or is too big.

        """
        shape = self._shape
        if shape is None or shape.openmetrics != openmetrics:
            lines = _lines(body, openmetrics=openmetrics, whole=whole)
            return self._read(lines, openmetrics=openmetrics)
        numbers = None if self._repeated is None else self._repeated.numbers(body)
        if numbers is not None:
            return _page(numbers, shape)
        lines = _lines(body, openmetrics=openmetrics, whole=whole)
        page = _read_again(lines, shape)
        if page is None:
            return self._read(lines, openmetrics=openmetrics)
        self._expect_again(shape)
        return page

    def _expect_again(self, shape: _Shape) -> None:
        """A page that came twice will come again; one that never repeats is not prepared for."""
        if self._repeated is None and _Compiled.page and not (shape.timed or shape.compounds):
            if max(map(len, shape.heads), default=0) > LONGEST_LINE - _LONGEST_NUMBER:
                return
            heads, comments = iter(shape.heads), iter(shape.comments)
            beginnings = [next(heads if is_sample else comments) for is_sample in shape.is_sample]
            self._repeated = _Compiled.page(beginnings, shape.is_sample)

    def _read(self, lines: list[bytes], *, openmetrics: bool) -> Page:
        reading = _Reading(openmetrics)
        most_labels = LABELS_OF_A_SAMPLE * max(self._most, MOST_SAMPLES)
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.lstrip().startswith(b"#"):
                reading.comment(line, number)
            else:
                self._read_sample(line, number, reading)
            if len(reading.first) > self._most:
                raise PageRefused(
                    PageProblem.TOO_BIG, line=number, expected=f"at most {self._most} samples"
                )
            if reading.labels > most_labels:
                raise PageRefused(
                    PageProblem.TOO_BIG, line=number, expected=f"at most {most_labels} labels"
                )
        return self._remember(reading)

    def _read_sample(self, line: bytes, number: int, reading: _Reading) -> None:
        head, _, tail = line.rpartition(b" ")
        head += b" "
        series = self._known.get(head)
        if series is not None and len(line) <= LONGEST_LINE:
            try:
                value, time = read_tail(tail, number, seconds=reading.openmetrics)
            except PageRefused:
                pass  # the whole grammar says better what is wrong
            else:
                reading.add(series, head, value, NO_TIME if time is None else time, line=number)
                return
        sample = read_sample(line, number, seconds=reading.openmetrics)
        if isinstance(sample, Compound):
            reading.skip(sample, number)
            return
        at = NO_TIME if sample.time_ms is None else sample.time_ms
        reading.add(sample.series, sample.head, sample.value, at, line=number)

    def _remember(self, reading: _Reading) -> Page:
        layout = PageLayout(tuple(reading.series), reading.families, reading.openmetrics)
        times = np.array(reading.times, dtype=np.int64)
        timed = bool((times != NO_TIME).any())
        duplicates, skipped = tuple(reading.duplicates), tuple(reading.skipped)
        self._known = dict(zip(reading.heads, reading.series, strict=True))
        self._repeated = None
        self._shape = _Shape(
            reading.openmetrics,
            tuple(reading.is_sample),
            tuple(reading.comments),
            tuple(reading.compounds),
            tuple(reading.heads_of_all),
            layout,
            timed,
            duplicates,
            skipped,
            np.array(reading.first, dtype=np.bool_) if duplicates else None,
        )
        values = np.array(reading.values, dtype=np.float64)
        return Page(layout, values, times if timed else None, duplicates, skipped)


def _lines(body: bytes, *, openmetrics: bool, whole: bool) -> list[bytes]:
    body = body.removeprefix(_BYTE_ORDER)
    if not body.strip():
        raise PageRefused(PageProblem.CUT, expected="at least one line")
    if not body.endswith(b"\n"):
        if not whole and not (openmetrics and body.endswith(_END)):
            count = body.count(b"\n") + 1
            raise PageRefused(
                PageProblem.CUT, line=count, expected="a line end after the last line"
            )
        body += b"\n"
    if b"\0" in body:
        line = body.count(b"\n", 0, body.index(b"\0")) + 1
        raise PageRefused(PageProblem.ENCODING, line=line, expected="text, not binary data")
    if body.count(b"\n") > MOST_LINES:
        raise PageRefused(PageProblem.TOO_BIG, expected=f"at most {MOST_LINES} lines")
    lines = body.split(b"\n")
    lines.pop()
    if b"\r" in body:
        lines = [line.removesuffix(b"\r") for line in lines]
    if openmetrics and lines[-1] != _END:
        raise PageRefused(PageProblem.CUT, line=len(lines), expected="“# EOF” as the last line")
    return lines


def _read_again(lines: list[bytes], shape: _Shape) -> Page | None:
    """The page by the last one's shape, or None when it does not fit."""
    if len(lines) != len(shape.is_sample):
        return None
    samples = list(compress(lines, shape.is_sample))
    if not all(map(bytes.startswith, samples, shape.heads)) or not _same_comments(lines, shape):
        return None
    if max(map(len, samples), default=0) > LONGEST_LINE:
        return None
    tails = [line[len(head) :] for line, head in zip(samples, shape.heads, strict=True)]
    return _of_numbers(tails, shape) or _of_tails(tails, shape)


def _same_comments(lines: list[bytes], shape: _Shape) -> bool:
    others = [line for line, is_sample in zip(lines, shape.is_sample, strict=True) if not is_sample]
    for place, compound in shape.compounds:
        if not repeats(others[place], compound):
            return False
        others[place] = b""
    return tuple(others) == shape.comments


def _of_numbers(tails: list[bytes], shape: _Shape) -> Page | None:
    """When every tail is a bare number."""
    if shape.timed:
        return None  # what came at two times would now come twice
    try:
        values = np.array(list(map(float, tails)), dtype=np.float64)
    except ValueError:
        return None
    if b"".join(tails).translate(None, _OF_NUMBERS):
        return None
    return _page(values, shape)


def _page(numbers: NDArray[np.float64], shape: _Shape) -> Page:
    """The page with these numbers, one a sample line."""
    values = numbers if shape.first is None else numbers[shape.first]
    return Page(shape.layout, values, None, shape.duplicates, shape.skipped)


def _of_tails(tails: list[bytes], shape: _Shape) -> Page | None:
    """When tails carry times or exemplars."""
    if shape.first is not None:
        return None  # with times, it may be others that come twice
    try:
        read = [read_tail(tail, 0, seconds=shape.openmetrics) for tail in tails]
    except PageRefused:
        return None  # the whole grammar names the line
    values = np.array([value for value, _ in read], dtype=np.float64)
    times = np.array([NO_TIME if at is None else at for _, at in read], dtype=np.int64)
    series = shape.layout.series
    if len(set(series)) != len(series) and len(
        set(zip(series, times.tolist(), strict=True))
    ) != len(series):
        return None
    timed = bool((times != NO_TIME).any())
    return Page(shape.layout, values, times if timed else None, (), shape.skipped)
