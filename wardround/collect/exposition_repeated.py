"""A page that came before with other numbers, in compiled code: one look at each byte.

It knows one thing only: that a page is the last one again, byte for byte, but for plain decimal
numbers at the ends of its lines. Whatever else a page may be is left to whoever asks. A number is
`digits * 10**scale` or `digits / 10**scale` where both are whole numbers that a double holds, so
that the one rounding is the right one; what is longer, and NaN and the infinities, is read by
Python's `float`, which rounds correctly too (W. D. Clinger, How to read floating point numbers
accurately, 1990).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.collect.exposition_lines import NUMBER
from wardround.dependability.compiled import compiled, inlined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MOST_DIGITS = 18
_WHOLE = 2**53
"""Below it, a double holds every whole number."""
_POWERS = 10.0 ** np.arange(23)
"""The powers of ten that a double holds exactly."""
_LONGEST = 40
"""Bytes of a number that is worth reading here."""
_END, _PLUS, _MINUS, _POINT, _ZERO = 10, 43, 45, 46, 48
_LARGE_E, _SMALL_E = 69, 101


class RepeatedPage:
    """How the lines of a page begin, and which of them end in a number."""

    def __init__(self, beginnings: Sequence[bytes], is_sample: Sequence[bool]) -> None:
        """`beginnings`: of a sample all before its number, of any other line the whole line."""
        self._bytes = np.frombuffer(b"".join(beginnings), np.uint8)
        lengths = [0, *map(len, beginnings)]
        self._offsets = np.cumsum(np.array(lengths, np.int64))
        self._is_sample = np.array(is_sample, np.bool_)
        self._samples = int(self._is_sample.sum())

    def numbers(self, body: bytes) -> NDArray[np.float64] | None:
        """The numbers of a page, one a sample; None where it is not this page again."""
        values = np.empty(self._samples, np.float64)
        places = np.empty((self._samples, 3), np.int64)
        text = np.frombuffer(body, np.uint8)
        left = _read(text, self._bytes, self._offsets, self._is_sample, values, places)
        if left < 0:
            return None
        for sample, start, end in places[:left].tolist():
            value = _other(body[start:end])
            if value is None:
                return None
            values[sample] = value
        return values


def load() -> None:
    """Have the compiled code at hand: a second where it was kept, some where it was not."""
    page = RepeatedPage([b"a "], [True])
    page.numbers(b"a 1\n")


def _other(tail: bytes) -> float | None:
    """What the whole grammar takes for a number."""
    return float(tail) if len(tail) <= _LONGEST and NUMBER.match(tail) else None


@inlined
def _digits(text: NDArray[np.uint8], place: int, digits: int, most: int) -> tuple[int, int, int]:
    """Read on from a place: the number that these digits make with those before, how many came,
    and where they ended. -1 for how many, where they are more than `most`.
    """
    start = place
    while place < len(text):
        digit = int(np.int64(text[place])) - _ZERO  # an unsigned one would make floats of the sum
        if not 0 <= digit <= 9:
            break
        if place - start == most:
            return digits, -1, place
        digits = digits * 10 + digit
        place += 1
    return digits, place - start, place


@inlined
def _exponent(text: NDArray[np.uint8], place: int) -> tuple[int, int]:
    """What stands behind an `e`, and where it ended; -1 where it is none."""
    minus = False
    if place < len(text) and (text[place] == _MINUS or text[place] == _PLUS):
        minus = text[place] == _MINUS
        place += 1
    number, came, place = _digits(text, place, 0, 3)
    if came < 1:
        return 0, -1
    return (-number if minus else number), place


@inlined
def _number(text: NDArray[np.uint8], place: int) -> tuple[float, int]:
    """The plain decimal number from here to the end of the line, and where that end is; -1 for
    any other text.
    """
    minus = place < len(text) and text[place] == _MINUS
    if minus:
        place += 1
    digits, before, place = _digits(text, place, 0, _MOST_DIGITS)
    scale, after = 0, 0
    if before >= 0 and place < len(text) and text[place] == _POINT:
        digits, after, place = _digits(text, place + 1, digits, _MOST_DIGITS - before)
        scale = after
    if before < 0 or after < 0 or before + after == 0 or digits > _WHOLE:
        return 0.0, -1
    if place < len(text) and (text[place] == _SMALL_E or text[place] == _LARGE_E):
        exponent, place = _exponent(text, place + 1)
        scale -= exponent
    if place < 0 or place >= len(text) or text[place] != _END or abs(scale) >= len(_POWERS):
        return 0.0, -1
    value = np.float64(digits)
    value = value / _POWERS[scale] if scale > 0 else value * _POWERS[-scale]
    return (-value if minus else value), place


@inlined
def _end(text: NDArray[np.uint8], place: int) -> int:
    """Where the line ends; -1 where it does not."""
    while place < len(text):
        if text[place] == _END:
            return place
        place += 1
    return -1


@inlined
def _same(text: NDArray[np.uint8], place: int, known: NDArray[np.uint8]) -> bool:
    """Whether these bytes stand here, with one more behind them."""
    if place + len(known) >= len(text):
        return False
    differ = np.uint8(0)
    for at in range(len(known)):  # without a way out, many bytes go at once
        differ |= text[place + at] ^ known[at]
    return not differ


@compiled
def _read(  # noqa: PLR0913, PLR0917  columns, as compiled code wants them
    text: NDArray[np.uint8],
    known: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    is_sample: NDArray[np.bool_],
    values: NDArray[np.float64],
    places: NDArray[np.int64],
) -> int:
    """Fill in the values; how many are left to others, whose sample, start and end are told in
    `places`. -1 where the text is not the known one with other numbers.
    """
    place, sample, left = 0, 0, 0
    for line in range(len(is_sample)):
        beginning = known[offsets[line] : offsets[line + 1]]
        if not _same(text, place, beginning):
            return -1
        place += len(beginning)
        if is_sample[line]:
            value, end = _number(text, place)
            if end < 0:
                end = _end(text, place)
                places[left, 0], places[left, 1], places[left, 2] = sample, place, end
                left += 1
            values[sample] = value
            sample += 1
        else:
            end = place if text[place] == _END else -1
        if end < 0:
            return -1
        place = end + 1
    return left if place == len(text) else -1
