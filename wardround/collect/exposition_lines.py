"""One line of a Prometheus or OpenMetrics page, read by the whole grammar.

Written from the published formats: Prometheus text 0.0.4 and 1.0.0 (names in quotes), OpenMetrics
1.0. Slow on purpose: `exposition` reads a line by this once and remembers what it began with.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from sys import intern  # the names of labels repeat: each is held once
from typing import NoReturn

from wardround.collect.errors import PageRefused
from wardround.collect.exposition_types import PageProblem, Series

_NAME = re.compile(rb"[ \t]*([A-Za-z_:][A-Za-z0-9_:]*)[ \t]*")
_LABEL_NAME = re.compile(rb"[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*")
_QUOTED = re.compile(rb'[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*')
_ESCAPE = re.compile(r"\\(.)")
NUMBER = re.compile(
    rb"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?|[nN][aA][nN])\Z"
)
_PLAIN = re.compile(
    rb'([A-Za-z_:][A-Za-z0-9_:]*)(?:\{((?:[A-Za-z_][A-Za-z0-9_]*="[^"\\]*",)*'
    rb'[A-Za-z_][A-Za-z0-9_]*="[^"\\]*")?\})? '
    rb"([+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Inf|NaN))\Z"
)
_PLAIN_LABEL = re.compile(rb'([A-Za-z_][A-Za-z0-9_]*)="([^"\\]*)"')
_ESCAPED = {"\\": "\\", '"': '"', "n": "\n"}
_BLANK = b" \t"
_BRACE, _CLOSE, _COMMA, _HASH, _EQUALS = b"{", b"}", b",", b"#", b"="

_COMPOUND = re.compile(rb"\{[ \t]*[A-Za-z_]+[ \t]*:")
"""A value of several numbers, such as a native histogram; a label's name holds no colon."""
_MILLISECONDS = re.compile(rb"[+-]?0*\d{1,19}\Z")
_WORD = re.compile(rb"[^ \t]+")
_MARK = re.compile(rb'"(?:[^"\\]|\\.)*"|[ \t](\#)[ \t]')
_STARTED = b"st@"
_LONGEST_TIME = 2**63

LONGEST_LINE = 65_536
"""Bytes; no exporter means a longer line, and a page without line ends is not a page."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one line says; `head` is the bytes before the value, `time_ms` is Unix milliseconds."""

    series: Series
    head: bytes
    value: float
    time_ms: int | None


@dataclass(frozen=True, slots=True)
class Compound:
    """A line whose value is several numbers, such as a native histogram; no series holds it."""

    head: bytes


@dataclass(slots=True)
class _Line:
    """A line and how far it has been read."""

    text: bytes
    number: int
    at: int = 0

    def take(self, pattern: re.Pattern[bytes]) -> bytes | None:
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[1]

    def skip(self, mark: bytes) -> bool:
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def refuse(self, expected: str) -> NoReturn:
        found = self.text[self.at : self.at + 24].decode("utf-8", "replace")
        raise PageRefused(
            PageProblem.FORMAT,
            line=self.number,
            column=self.at + 1,
            expected=expected,
            found=found or "end of line",
        )


def read_sample(text: bytes, number: int, *, seconds: bool) -> Sample | Compound:
    """Read one sample line.

    Args:
        text: the line without its end.
        number: counted from 1, for errors.
        seconds: time stamps are seconds (OpenMetrics) rather than milliseconds.

    Raises:
        PageRefused: the line is not a sample; says what was expected where.

    """
    if len(text) > LONGEST_LINE:
        raise PageRefused(PageProblem.TOO_BIG, line=number, expected=f"{LONGEST_LINE} bytes a line")
    return _read_plain(text) or _read_whole(text, number, seconds=seconds)


def _read_plain(text: bytes) -> Sample | None:
    """Nine lines in ten: no escapes, no time, nothing odd. Anything else is not judged here."""
    found = _PLAIN.match(text)
    if found is None:
        return None
    pairs = _PLAIN_LABEL.findall(found[2]) if found[2] else []
    try:
        labels = {intern(name.decode()): value.decode() for name, value in pairs}
    except UnicodeDecodeError:
        return None
    if len(labels) != len(pairs):
        return None
    series = Series(found[1].decode(), tuple(sorted(labels.items())))
    return Sample(series, text[: found.start(3)], float(found[3]), None)


def repeats(text: bytes, known: Compound) -> bool:
    """Whether a line is this one again, with other numbers."""
    return (
        text.startswith(known.head)
        and len(text) <= LONGEST_LINE
        and _COMPOUND.match(text, len(known.head)) is not None
    )


def _read_whole(text: bytes, number: int, *, seconds: bool) -> Sample | Compound:
    line = _Line(text, number)
    name = line.take(_NAME)
    named = _text(name, line) if name else None
    labels: dict[str, str] = {}
    if named and _COMPOUND.match(text, line.at):
        return Compound(text[: line.at])
    if line.skip(_BRACE):
        named, labels = _labels(line, named)
    if not named:
        line.refuse("a metric name")
    head_end = _past_blanks(line, required=not text.startswith(_CLOSE, line.at - 1))
    if _COMPOUND.match(text, head_end):
        return Compound(text[:head_end])
    value, time_ms = _tail(line, seconds=seconds)
    series = Series(named, tuple(sorted(labels.items())))
    return Sample(series, text[:head_end], value, time_ms)


def read_tail(rest: bytes, number: int, *, seconds: bool) -> tuple[float, int | None]:
    """Value and time of a line whose beginning is known; the exemplar is checked and let go."""
    return _tail(_Line(rest, number), seconds=seconds)


def _labels(line: _Line, named: str | None) -> tuple[str | None, dict[str, str]]:
    labels: dict[str, str] = {}
    while not _at_close(line):
        key = line.take(_LABEL_NAME)
        label = _text(key, line) if key is not None else _quoted(line)
        if key is None and not line.skip(_EQUALS):
            if named is not None:
                line.refuse("“=” and the value of the label")
            named = label
        else:
            if label in labels:
                line.refuse(f"each label once; “{label}” is here twice")
            labels[intern(label)] = _quoted(line)
        if not line.skip(_COMMA) and not line.text.startswith(_CLOSE, line.at):
            line.refuse("“,” or “}”")
    line.at += 1
    return named, labels


def _at_close(line: _Line) -> bool:
    while line.text[line.at : line.at + 1] in (b" ", b"\t"):
        line.at += 1
    return line.text.startswith(_CLOSE, line.at)


def _quoted(line: _Line) -> str:
    begin = line.at
    raw = line.take(_QUOTED)
    if raw is None:
        opened = line.text.startswith(b'"', begin)
        line.refuse("a closing quote" if opened else 'a label: name="value"')
    text = _text(raw, line)
    if "\\" not in text:
        return text
    # What is no escape stays as it is, as Prometheus reads it: `C:\temp` costs no page.
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[0]), text)


def _text(raw: bytes, line: _Line) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise PageRefused(PageProblem.ENCODING, line=line.number, expected="UTF-8") from None


def _past_blanks(line: _Line, *, required: bool) -> int:
    begin = line.at
    while line.text[line.at : line.at + 1] in (b" ", b"\t"):
        line.at += 1
    blank_before = begin > 0 and line.text[begin - 1 : begin] in (b" ", b"\t")
    if required and begin == line.at and not blank_before:
        line.refuse("a space, then the value")
    return line.at


def _tail(line: _Line, *, seconds: bool) -> tuple[float, int | None]:
    end = line.text.find(_HASH, line.at)
    if end < 0:
        end = len(line.text)
    else:
        _check_exemplar(line.text[end + 1 :], line)
    words = list(_WORD.finditer(line.text, line.at, end))
    if words:
        line.at = words[0].start()
    if not words or NUMBER.match(words[0][0]) is None:
        line.refuse("a number, NaN, +Inf or -Inf")
    value, time = float(words[0][0]), None
    if seconds and words[-1][0].startswith(_STARTED):
        words.pop()  # since when a counter counts: a series has no place for it
    if len(words) > 1:
        line.at = words[1].start()
        time = _time(words[1][0], line, seconds=seconds)
    if len(words) > 2:
        line.at = words[2].start()
        line.refuse("a value and at most one time stamp")
    return value, time


def _time(word: bytes, line: _Line, *, seconds: bool) -> int:
    """Unix milliseconds that fit the 64 bits a time is kept in."""
    time: float = math.inf
    if seconds and NUMBER.match(word):
        time = float(word) * 1000
    elif not seconds and _MILLISECONDS.match(word):
        time = int(word)
    if not abs(time) < _LONGEST_TIME:  # nor is anything that is no number
        line.refuse("a time stamp in " + ("seconds" if seconds else "whole milliseconds"))
    return round(time)


def _check_exemplar(text: bytes, line: _Line) -> None:
    """One or more; none is kept."""
    for exemplar in _exemplars(text):
        part = _Line(exemplar, line.number, len(exemplar) - len(exemplar.lstrip(_BLANK)))
        if not part.skip(_BRACE):
            line.refuse('an exemplar after “#”: {label="value"} number')
        _labels(part, "exemplar")
        words = part.text[part.at :].split()
        if not 1 <= len(words) <= 2 or not all(NUMBER.match(word) for word in words):
            line.refuse("a number after the exemplar's labels")


def _exemplars(text: bytes) -> list[bytes]:
    """Cut at ` # ` outside of quotes."""
    parts, begin = [], 0
    for found in _MARK.finditer(text):
        if found[1]:
            parts.append(text[begin : found.start()])
            begin = found.end()
    return [*parts, text[begin:]]
