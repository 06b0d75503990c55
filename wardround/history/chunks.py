"""Samples of many series packed in memory, the writing of it: compiled code over arrays.

A series' newest samples stand open in a row of its own. When the row is full it becomes a chunk in
one ring of words that all series share: moments as one interval where they are regular, else as
distances from the least; numbers as distances from the least, or as differences from one to the
next, whichever is narrower, in as few bits as the widest needs. A full ring overwrites its oldest
chunks; `HORIZON` is the moment from which on none was lost. Integers wrap, and so do they back:
every number comes out bit by bit as it went in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wardround.dependability.compiled import compiled, inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK = 64
"""Samples of a chunk."""
LARGEST = 6 + 64 + 64 + 8
"""Words of a chunk whose moments, numbers and codes take all their bits."""
HEAD, TAIL, HORIZON, SERIES = range(4)
"""Places in the marks: words written so far, words overwritten so far, the moment (milliseconds)
from which on nothing was overwritten, series that have a row."""
_NEVER = np.iinfo(np.int64).min
BACK, FIRST, SPAN, LOW, LEAST = range(1, 6)
"""Words of a chunk after its first: words back to the series' chunk before (0: none), the least
moment, from there to the greatest, the number to count from, the least difference (if any)."""
SIZE, COUNT, MOMENT_BITS, NUMBER_BITS, DIFFERENCES, MIXED, CODE = 0, 16, 24, 32, 40, 41, 42
"""Where in a chunk's first word what begins."""
REGULAR = 255
_MOST_MOVES = 16
"""For each sample, before sorting is quicker."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Memory(NamedTuple):
    """One row a series, and the ring of chunks."""

    slots: NDArray[np.int32]
    """A hash table from series to row + 1; its length is a power of two."""
    ids: NDArray[np.uint64]
    last: NDArray[np.int64]
    """Where a series' newest chunk begins, in words ever written; -1 without one."""
    filled: NDArray[np.int64]
    newest: NDArray[np.int64]
    sealed: NDArray[np.int64]
    """The newest moment in its chunks."""
    disordered: NDArray[np.bool_]
    """Whether a sample came after a later one had gone into a chunk."""
    at: NDArray[np.int64]
    number: NDArray[np.int64]
    code: NDArray[np.int8]
    ring: NDArray[np.int64]
    marks: NDArray[np.int64]


class Samples(NamedTuple):
    """Columns with one entry a sample, as in `blocks.Rows`."""

    series: NDArray[np.uint64]
    at: NDArray[np.int64]
    number: NDArray[np.int64]
    code: NDArray[np.int8]


class Layout(NamedTuple):
    """How a chunk is packed."""

    regular: int
    mixed: int
    """Whether its codes differ."""
    differences: int
    moment_bits: int
    number_bits: int
    first: int
    span: int
    low: int
    least: int


def empty(rows: int, words: int) -> Memory:
    """Memory for so many series and words."""
    marks = np.zeros(4, np.int64)
    marks[HORIZON] = _NEVER
    return with_rows(rows, np.zeros(words, np.int64), marks)


def with_rows(rows: int, ring: NDArray[np.int64], marks: NDArray[np.int64]) -> Memory:
    """A ring and its marks with so many empty rows."""
    return Memory(
        slots=np.zeros(1 << max(4, (2 * rows - 1).bit_length()), np.int32),
        ids=np.zeros(rows, np.uint64),
        last=np.full(rows, -1, np.int64),
        filled=np.zeros(rows, np.int64),
        newest=np.full(rows, _NEVER, np.int64),
        sealed=np.full(rows, _NEVER, np.int64),
        disordered=np.zeros(rows, np.bool_),
        at=np.zeros((rows, CHUNK), np.int64),
        number=np.zeros((rows, CHUNK), np.int64),
        code=np.zeros((rows, CHUNK), np.int8),
        ring=ring,
        marks=marks,
    )


def room_for(samples: int) -> Samples:
    return Samples(
        np.empty(samples, np.uint64),
        np.empty(samples, np.int64),
        np.empty(samples, np.int64),
        np.empty(samples, np.int8),
    )


@inlined
def slot_of(memory: Memory, series: np.uint64) -> int:
    """The slot of a series: its own, or the free one where it belongs."""
    mask = np.uint64(len(memory.slots) - 1)
    place = (series * _SPREAD) >> np.uint64(32) & mask
    while memory.slots[place] != 0 and memory.ids[memory.slots[place] - 1] != series:
        place = place + np.uint64(1) & mask
    return int(place)


@inlined
def _row(memory: Memory, series: np.uint64) -> int:
    """The row of a series, or one that it gets; -1 where none is left."""
    slot = slot_of(memory, series)
    row = memory.slots[slot] - 1
    if row < 0 and memory.marks[SERIES] < len(memory.ids):
        row = memory.marks[SERIES]
        memory.ids[row] = series
        memory.slots[slot] = row + 1
        memory.marks[SERIES] += 1
    return int(row)


@inlined
def put_in_order(
    at: NDArray[np.int64],
    number: NDArray[np.int64],
    code: NDArray[np.int8],
    begin: int,
    end: int,
) -> None:
    """Order some samples by moment, else as they are. What several writers brought is out of order
    here and there: that is put right by moving; where it takes too many moves, by sorting.
    """
    moves = _MOST_MOVES * (end - begin)
    for i in range(begin + 1, end):
        if at[i] >= at[i - 1]:
            continue
        moment, kept, scale, j = at[i], number[i], code[i], i
        while j > begin and at[j - 1] > moment:
            at[j], number[j], code[j] = at[j - 1], number[j - 1], code[j - 1]
            j -= 1
        at[j], number[j], code[j] = moment, kept, scale
        moves -= i - j
        if moves < 0:
            order = np.argsort(at[begin:end], kind="mergesort")
            at[begin:end] = at[begin:end].copy()[order]
            number[begin:end] = number[begin:end].copy()[order]
            code[begin:end] = code[begin:end].copy()[order]
            return


@compiled
def take(memory: Memory, samples: Samples, begin: int, full: int) -> int:
    """Take samples from `begin` on; the first that was not taken, for want of a row. Where it is
    `full`, those of series without a row are let go.
    """
    row = -1
    for i in range(begin, len(samples.at)):
        if row < 0 or memory.ids[row] != samples.series[i]:
            row = _row(memory, samples.series[i])
            if row < 0:
                if full:
                    continue
                return i
        n = memory.filled[row]
        at = samples.at[i]
        memory.disordered[row] |= at < memory.sealed[row]
        memory.newest[row] = max(at, memory.newest[row])
        memory.at[row, n], memory.number[row, n] = at, samples.number[i]
        memory.code[row, n] = samples.code[i]
        memory.filled[row] = n + 1
        if n + 1 == CHUNK:
            put_in_order(memory.at[row], memory.number[row], memory.code[row], 0, CHUNK)
            _seal(memory, row)
            memory.filled[row] = 0
    return len(samples.at)


@compiled
def move(memory: Memory, keep_from: int, into: Memory) -> int:
    """Copy rows whose newest sample is of `keep_from` or later into empty ones; how many."""
    kept = 0
    for row in range(memory.marks[SERIES]):
        if memory.newest[row] < keep_from:
            continue
        into.slots[slot_of(into, memory.ids[row])] = kept + 1
        into.ids[kept], into.last[kept] = memory.ids[row], memory.last[row]
        into.filled[kept], into.newest[kept] = memory.filled[row], memory.newest[row]
        into.sealed[kept], into.disordered[kept] = memory.sealed[row], memory.disordered[row]
        into.at[kept], into.number[kept] = memory.at[row], memory.number[row]
        into.code[kept] = memory.code[row]
        kept += 1
    return kept


@inlined
def _width(size: np.uint64) -> int:
    """Bits that a number takes."""
    bits = 0
    while size != np.uint64(0):
        bits += 1
        size >>= np.uint64(1)
    return bits


@inlined
def _layout(memory: Memory, row: int) -> Layout:
    at, number, code = memory.at[row], memory.number[row], memory.code[row]
    first = end = at[0]
    low = high = number[0]
    least = most = number[1] - number[0]
    regular, mixed = at[1] >= at[0], False
    for i in range(1, CHUNK):
        first, end = min(first, at[i]), max(end, at[i])
        regular &= at[i] - at[i - 1] == at[1] - at[0]
        mixed |= code[i] != code[0]
        low, high = min(low, number[i]), max(high, number[i])
        least = min(least, number[i] - number[i - 1])
        most = max(most, number[i] - number[i - 1])
    plain, steps = _width(np.uint64(high - low)), _width(np.uint64(most - least))
    return Layout(
        int(regular),
        int(mixed),
        int(steps < plain),
        0 if regular else _width(np.uint64(end - first)),
        min(plain, steps),
        first,
        end - first,
        number[0] if steps < plain else low,
        least,
    )


@inlined
def _seal(memory: Memory, row: int) -> None:
    """Put a full row into the ring as a chunk."""
    ring, layout = memory.ring, _layout(memory, row)
    header = 5 + layout.differences
    words = header + layout.moment_bits + layout.number_bits + layout.mixed * CHUNK // 8
    begin = _room(memory, words)
    position = begin % len(ring)
    last = memory.last[row]
    ring[position] = (
        words << SIZE
        | CHUNK << COUNT
        | (REGULAR if layout.regular else layout.moment_bits) << MOMENT_BITS
        | layout.number_bits << NUMBER_BITS
        | layout.differences << DIFFERENCES
        | layout.mixed << MIXED
        | (np.int64(memory.code[row, 0]) & 255) << CODE
    )
    ring[position + BACK] = begin - last if last >= memory.marks[TAIL] else 0
    ring[position + FIRST], ring[position + SPAN] = layout.first, layout.span
    ring[position + LOW] = layout.low
    if layout.differences:
        ring[position + LEAST] = layout.least
    ring[position + header : position + words] = 0
    _pack(memory, row, position + header, layout)
    memory.last[row], memory.sealed[row] = begin, memory.newest[row]


@inlined
def _pack(memory: Memory, row: int, place: int, layout: Layout) -> None:
    ring, number = memory.ring, memory.number[row]
    bits = layout.number_bits
    numbers = place + layout.moment_bits
    for i in range(CHUNK):
        _put(ring, place, layout.moment_bits, i, np.uint64(memory.at[row, i] - layout.first))
        if not layout.differences:
            _put(ring, numbers, bits, i, np.uint64(number[i] - layout.low))
        elif i:
            _put(ring, numbers, bits, i, np.uint64(number[i] - number[i - 1] - layout.least))
        if layout.mixed:
            code = np.int64(memory.code[row, i]) & 255
            _put(ring, numbers + bits, 8, i, np.uint64(code))


@inlined
def _room(memory: Memory, words: int) -> int:
    """Where a chunk of so many words may be written; what stood there is overwritten."""
    ring, marks = memory.ring, memory.marks
    left = len(ring) - marks[HEAD] % len(ring)
    if left < words:  # the rest of the ring stays empty: a chunk lies in one piece
        _overwrite(memory, left)
        ring[marks[HEAD] % len(ring)] = left << SIZE
        marks[HEAD] += left
    _overwrite(memory, words)
    begin = marks[HEAD]
    marks[HEAD] += words
    return int(begin)


@inlined
def _overwrite(memory: Memory, words: int) -> None:
    ring, marks = memory.ring, memory.marks
    while marks[HEAD] + words - marks[TAIL] > len(ring):
        position = marks[TAIL] % len(ring)
        if ring[position] >> COUNT & 255:
            lost = ring[position + FIRST] + ring[position + SPAN]
            marks[HORIZON] = max(marks[HORIZON], lost + 1)
        marks[TAIL] += ring[position] >> SIZE & 65535


@inlined
def _put(ring: NDArray[np.int64], place: int, bits: int, i: int, number: np.uint64) -> None:
    if bits == 0:
        return
    word, shift = place + (i * bits >> 6), np.uint64(i * bits & 63)
    ring[word] |= np.int64(number << shift)
    if int(shift) + bits > 64:
        ring[word + 1] |= np.int64(number >> (np.uint64(64) - shift))
