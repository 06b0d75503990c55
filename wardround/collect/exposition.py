"""Read pages in the Prometheus text format and in OpenMetrics, fast.

Pages of one target repeat themselves: only the numbers change. So a parser belongs to one target
and remembers how each line began. While a page keeps its shape, reading it is a comparison of
beginnings and a conversion of ends, done in C; a line that begins anew is read by the whole
grammar. It must never accept on the fast way what the whole grammar refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

import numpy as np

from wardround.collect.errors import PageRefused
from wardround.collect.exposition_lines import read_sample, read_tail
from wardround.collect.exposition_types import (
    NO_TIME,
    Duplicate,
    Family,
    Kind,
    Page,
    PageLayout,
    PageProblem,
    Series,
)

__all__ = ["Duplicate", "Family", "Kind", "Page", "PageLayout", "PageParser", "PageRefused"]

MOST_SAMPLES = 200_000
_TEXT_KINDS = frozenset({"counter", "gauge", "histogram", "summary", "untyped", "unknown"})
_OPEN_KINDS = frozenset(kind.value for kind in Kind)
_UNTYPED = {"untyped": "unknown"}
_END = b"# EOF"


@dataclass(frozen=True)
class _Shape:
    """How the lines of the last page began; one entry a line, comments whole."""

    openmetrics: bool
    is_sample: Sequence[bool]
    comments: Sequence[bytes]
    heads: Sequence[bytes]
    layout: PageLayout


@dataclass
class _Reading:
    """A page while it is read line by line."""

    openmetrics: bool
    families: dict[str, Family] = field(default_factory=dict)
    series: list[Series] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    is_sample: list[bool] = field(default_factory=list)
    comments: list[bytes] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    seen: set[tuple[Series, int]] = field(default_factory=set)

    def add(self, series: Series, head: bytes, value: float, time: int, *, line: int) -> None:
        if (series, time) in self.seen:
            self.duplicates.append(Duplicate(series, line))
            return
        self.seen.add((series, time))
        self.series.append(series)
        self.heads.append(head)
        self.values.append(value)
        self.times.append(time)


class PageParser:
    """Reads the pages of one target, one after the other."""

    def __init__(self, *, most_samples: int = MOST_SAMPLES) -> None:
        self._most = most_samples
        self._shape: _Shape | None = None
        self._known: dict[bytes, Series] = {}

    def parse(self, body: bytes, *, openmetrics: bool = False) -> Page:
        """Read one page.

        Raises:
            PageRefused: the page breaks the format, was cut off, or is too big.

        """
        lines = _lines(body, openmetrics=openmetrics)
        if self._shape is not None and self._shape.openmetrics == openmetrics:
            page = _read_again(lines, self._shape)
            if page is not None:
                return page
        return self._read(lines, openmetrics=openmetrics)

    def _read(self, lines: list[bytes], *, openmetrics: bool) -> Page:
        reading = _Reading(openmetrics)
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.lstrip().startswith(b"#"):
                reading.is_sample.append(False)
                reading.comments.append(line)
                _read_comment(line, number, reading)
            else:
                reading.is_sample.append(True)
                self._read_sample(line, number, reading)
            if len(reading.values) > self._most:
                raise PageRefused(
                    PageProblem.TOO_BIG, line=number, expected=f"at most {self._most} samples"
                )
        _check_parts(reading)
        return self._remember(reading)

    def _read_sample(self, line: bytes, number: int, reading: _Reading) -> None:
        head, _, tail = line.rpartition(b" ")
        head += b" "
        series = self._known.get(head)
        if series is not None:
            try:
                value, time = read_tail(tail, number, seconds=reading.openmetrics)
            except PageRefused:
                pass  # the whole grammar says better what is wrong
            else:
                reading.add(series, head, value, NO_TIME if time is None else time, line=number)
                return
        sample = read_sample(line, number, seconds=reading.openmetrics)
        at = NO_TIME if sample.time_ms is None else sample.time_ms
        reading.add(sample.series, sample.head, sample.value, at, line=number)

    def _remember(self, reading: _Reading) -> Page:
        layout = PageLayout(tuple(reading.series), reading.families)
        self._known = dict(zip(reading.heads, reading.series, strict=True))
        # A page with duplicates has fewer series than sample lines: it is read in full each time.
        self._shape = (
            None
            if reading.duplicates
            else _Shape(
                reading.openmetrics,
                tuple(reading.is_sample),
                tuple(reading.comments),
                tuple(reading.heads),
                layout,
            )
        )
        times = np.array(reading.times, dtype=np.int64)
        return Page(
            layout,
            np.array(reading.values, dtype=np.float64),
            times if (times != NO_TIME).any() else None,
            tuple(reading.duplicates),
        )


def _lines(body: bytes, *, openmetrics: bool) -> list[bytes]:
    if not body.strip():
        raise PageRefused(PageProblem.CUT, expected="at least one line")
    if not body.endswith(b"\n"):
        if openmetrics and body.endswith(_END):
            body += b"\n"
        else:
            count = body.count(b"\n") + 1
            raise PageRefused(
                PageProblem.CUT, line=count, expected="a line end after the last line"
            )
    if b"\0" in body:
        line = body.count(b"\n", 0, body.index(b"\0")) + 1
        raise PageRefused(PageProblem.ENCODING, line=line, expected="text, not binary data")
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
    if not all(map(bytes.startswith, samples, shape.heads)):
        return None
    comments = tuple(
        line for line, is_sample in zip(lines, shape.is_sample, strict=True) if not is_sample
    )
    if comments != shape.comments:
        return None
    tails = [line[len(head) :] for line, head in zip(samples, shape.heads, strict=True)]
    return _of_numbers(tails, shape) or _of_tails(tails, shape)


def _of_numbers(tails: list[bytes], shape: _Shape) -> Page | None:
    """When every tail is a bare number. Python's float also takes `1_0`, which is none here."""
    try:
        values = np.array(list(map(float, tails)), dtype=np.float64)
    except ValueError:
        return None
    if b"_" in b"".join(tails):
        return None
    return Page(shape.layout, values, None)


def _of_tails(tails: list[bytes], shape: _Shape) -> Page | None:
    """When tails carry times or exemplars."""
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
    return Page(shape.layout, values, times if (times != NO_TIME).any() else None)


def _read_comment(line: bytes, number: int, reading: _Reading) -> None:
    words = line.strip().split(None, 3)
    if len(words) < 2 or words[1] not in (b"HELP", b"TYPE", b"UNIT", b"EOF"):
        return
    if words[1] == b"EOF":
        return
    if len(words) < 3:
        _refuse_comment(number, f"a metric name after {words[1].decode()}")
    try:
        keyword, name, *rest = (word.decode() for word in words[1:])
    except UnicodeDecodeError:
        raise PageRefused(PageProblem.ENCODING, line=number, expected="UTF-8") from None
    family = reading.families.get(name) or Family(name)
    reading.families[name] = _declared(family, keyword, rest[0] if rest else "", reading, number)


def _declared(family: Family, keyword: str, text: str, reading: _Reading, number: int) -> Family:
    if keyword == "HELP":
        return replace(family, help=text.replace("\\n", "\n").replace("\\\\", "\\"))
    if keyword == "UNIT":
        if text and not family.name.endswith("_" + text):
            _refuse_comment(number, f"a name that ends in its unit “_{text}”")
        return replace(family, unit=text)
    kinds = _OPEN_KINDS if reading.openmetrics else _TEXT_KINDS | _OPEN_KINDS
    if text not in kinds:
        _refuse_comment(number, "a type: " + ", ".join(sorted(kinds)), found=text)
    kind = Kind(_UNTYPED.get(text, text))
    if family.kind not in (Kind.UNKNOWN, kind):
        _refuse_comment(number, f"one type for {family.name}; it was {family.kind.value}")
    return replace(family, kind=kind)


def _refuse_comment(number: int, expected: str, *, found: str = "") -> None:
    raise PageRefused(PageProblem.FORMAT, line=number, expected=expected, found=found)


def _check_parts(reading: _Reading) -> None:
    """The parts of histograms carry their bound; without it they are no histogram."""
    for series in reading.series:
        if not series.name.endswith("_bucket"):
            continue
        family = reading.families.get(series.name.removesuffix("_bucket"))
        if family is None or family.kind not in (Kind.HISTOGRAM, Kind.GAUGE_HISTOGRAM):
            continue
        bound = dict(series.labels).get("le")
        try:
            float(bound or "")
        except ValueError:
            raise PageRefused(
                PageProblem.FORMAT,
                expected=f"a number as “le” on every {series.name}",
                found=bound or "no le",
            ) from None


_COUNTING = {
    Kind.COUNTER: ("_total", ""),
    Kind.HISTOGRAM: ("_bucket", "_count", "_sum"),
    Kind.SUMMARY: ("_count", "_sum"),
}


def kind_of(series: Series, layout: PageLayout) -> Kind:
    """Whether a single series counts up (`counter`), is a `gauge`, or was not declared."""
    for suffix in ("_total", "_bucket", "_count", "_sum", "_created", "_info", ""):
        if not series.name.endswith(suffix):
            continue
        family = layout.families.get(series.name.removesuffix(suffix))
        if family is not None and family.kind is not Kind.UNKNOWN:
            counting = suffix in _COUNTING.get(family.kind, ())
            return Kind.COUNTER if counting else Kind.GAUGE
    return Kind.COUNTER if series.name.endswith("_total") else Kind.UNKNOWN
