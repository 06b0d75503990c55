"""One line of a Prometheus or OpenMetrics page, read by the whole grammar.

Written from the published formats: Prometheus text 0.0.4 and 1.0.0 (names in quotes), OpenMetrics
1.0. Slow on purpose: `exposition` reads a line by this once and remembers what it began with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from wardround.collect.errors import PageRefused
from wardround.collect.exposition_types import PageProblem, Series

_NAME = re.compile(rb"[ \t]*([A-Za-z_:][A-Za-z0-9_:]*)[ \t]*")
_LABEL_NAME = re.compile(rb"[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*")
_QUOTED = re.compile(rb'[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*')
_ESCAPE = re.compile(r"\\(.)")
_NUMBER = re.compile(
    rb"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[iI][nN][fF](?:inity)?|[nN][aA][nN])\Z"
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

LONGEST_LINE = 65_536
"""Bytes; no exporter means a longer line, and a page without line ends is not a page."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one line says; `head` is the bytes before the value, `time_ms` is Unix milliseconds."""

    series: Series
    head: bytes
    value: float
    time_ms: int | None


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


def read_sample(text: bytes, number: int, *, seconds: bool) -> Sample:
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
        labels = {name.decode(): value.decode() for name, value in pairs}
    except UnicodeDecodeError:
        return None
    if len(labels) != len(pairs):
        return None
    series = Series(found[1].decode(), tuple(sorted(labels.items())))
    return Sample(series, text[: found.start(3)], float(found[3]), None)


def _read_whole(text: bytes, number: int, *, seconds: bool) -> Sample:
    line = _Line(text, number)
    name = line.take(_NAME)
    named = _text(name, line) if name else None
    labels: dict[str, str] = {}
    if line.skip(_BRACE):
        named, labels = _labels(line, named)
    if not named:
        line.refuse("a metric name")
    head_end = _past_blanks(line, required=not text.startswith(_CLOSE, line.at - 1))
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
            labels[label] = _quoted(line)
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
    for escape in _ESCAPE.finditer(text):
        if escape[1] not in _ESCAPED:
            line.at = begin
            line.refuse(f'\\\\, \\" or \\n in a label value; “{escape[0]}” is no escape')
    return _ESCAPE.sub(lambda found: _ESCAPED[found[1]], text)


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
    rest, mark, exemplar = line.text[line.at :].partition(_HASH)
    if mark:
        _check_exemplar(exemplar, line)
    words = rest.split()
    if not words or _NUMBER.match(words[0]) is None:
        line.refuse("a number, NaN, +Inf or -Inf")
    if len(words) > 2:
        line.refuse("a value and at most one time stamp")
    return float(words[0]), _time(words[1], line, seconds=seconds) if len(words) == 2 else None


def _time(word: bytes, line: _Line, *, seconds: bool) -> int:
    try:
        return round(float(word) * 1000) if seconds else int(word)
    except (ValueError, OverflowError):
        line.refuse("a time stamp in " + ("seconds" if seconds else "whole milliseconds"))


def _check_exemplar(text: bytes, line: _Line) -> None:
    part = _Line(text, line.number, len(text) - len(text.lstrip(_BLANK)))
    if not part.skip(_BRACE):
        line.refuse('an exemplar after “#”: {label="value"} number')
    _labels(part, "exemplar")
    words = part.text[part.at :].split()
    if not 1 <= len(words) <= 2 or not all(_NUMBER.match(word) for word in words):
        line.refuse("a number after the exemplar's labels")
