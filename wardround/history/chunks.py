"""Samples of many series packed in memory: compiled code over arrays.

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
_BACK, _FIRST, _SPAN, _LOW, _LEAST = range(1, 6)
"""Words of a chunk after its first: words back to the series' chunk before (0: none), the least
moment, from there to the greatest, the number to count from, the least difference (if any)."""
_SIZE, _COUNT, _MOMENT_BITS, _NUMBER_BITS, _DIFFERENCES, _MIXED, _CODE = 0, 16, 24, 32, 40, 41, 42
"""Where in a chunk's first word what begins."""
_REGULAR = 255
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
    disordered: NDArray[np.bool_]
    """Whether a sample came after a later one."""
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
def _slot(memory: Memory, series: np.uint64) -> int:
    """The slot of a series: its own, or the free one where it belongs."""
    mask = np.uint64(len(memory.slots) - 1)
    place = (series * _SPREAD) >> np.uint64(32) & mask
    while memory.slots[place] != 0 and memory.ids[memory.slots[place] - 1] != series:
        place = place + np.uint64(1) & mask
    return int(place)


@inlined
def _row(memory: Memory, series: np.uint64) -> int:
    """The row of a series, or one that it gets; -1 where none is left."""
    slot = _slot(memory, series)
    row = memory.slots[slot] - 1
    if row < 0 and memory.marks[SERIES] < len(memory.ids):
        row = memory.marks[SERIES]
        memory.ids[row] = series
        memory.slots[slot] = row + 1
        memory.marks[SERIES] += 1
    return int(row)


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
        memory.disordered[row] |= at < memory.newest[row]
        memory.newest[row] = max(at, memory.newest[row])
        memory.at[row, n], memory.number[row, n] = at, samples.number[i]
        memory.code[row, n] = samples.code[i]
        memory.filled[row] = n + 1
        if n + 1 == CHUNK:
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
        into.slots[_slot(into, memory.ids[row])] = kept + 1
        into.ids[kept], into.last[kept] = memory.ids[row], memory.last[row]
        into.filled[kept], into.newest[kept] = memory.filled[row], memory.newest[row]
        into.disordered[kept] = memory.disordered[row]
        into.at[kept], into.number[kept] = memory.at[row], memory.number[row]
        into.code[kept] = memory.code[row]
        kept += 1
    return kept


# Packing ----------------------------------------------------------------------------------------


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
        words << _SIZE
        | CHUNK << _COUNT
        | (_REGULAR if layout.regular else layout.moment_bits) << _MOMENT_BITS
        | layout.number_bits << _NUMBER_BITS
        | layout.differences << _DIFFERENCES
        | layout.mixed << _MIXED
        | (np.int64(memory.code[row, 0]) & 255) << _CODE
    )
    ring[position + _BACK] = begin - last if last >= memory.marks[TAIL] else 0
    ring[position + _FIRST], ring[position + _SPAN] = layout.first, layout.span
    ring[position + _LOW] = layout.low
    if layout.differences:
        ring[position + _LEAST] = layout.least
    ring[position + header : position + words] = 0
    _pack(memory, row, position + header, layout)
    memory.last[row] = begin


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
        ring[marks[HEAD] % len(ring)] = left << _SIZE
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
        if ring[position] >> _COUNT & 255:
            lost = ring[position + _FIRST] + ring[position + _SPAN]
            marks[HORIZON] = max(marks[HORIZON], lost + 1)
        marks[TAIL] += ring[position] >> _SIZE & 65535


@inlined
def _put(ring: NDArray[np.int64], place: int, bits: int, i: int, number: np.uint64) -> None:
    if bits == 0:
        return
    word, shift = place + (i * bits >> 6), np.uint64(i * bits & 63)
    ring[word] |= np.int64(number << shift)
    if int(shift) + bits > 64:
        ring[word + 1] |= np.int64(number >> (np.uint64(64) - shift))


# Reading ----------------------------------------------------------------------------------------


@inlined
def _got(ring: NDArray[np.int64], place: int, bits: int, i: int) -> np.int64:
    if bits == 0:
        return np.int64(0)
    word, shift = place + (i * bits >> 6), np.uint64(i * bits & 63)
    number = np.uint64(ring[word]) >> shift
    if int(shift) + bits > 64:
        number |= np.uint64(ring[word + 1]) << (np.uint64(64) - shift)
    if bits < 64:
        number &= (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
    return np.int64(number)


@inlined
def _unpack(ring: NDArray[np.int64], position: int, into: Samples) -> None:
    """A chunk's samples, without their series."""
    head = ring[position]
    moment_bits, bits = head >> _MOMENT_BITS & 255, head >> _NUMBER_BITS & 255
    differences, mixed = head >> _DIFFERENCES & 1, head >> _MIXED & 1
    step = np.int64(0)
    if moment_bits == _REGULAR:
        step, moment_bits = ring[position + _SPAN] // (CHUNK - 1), 0
    place = position + 5 + differences
    numbers = place + moment_bits
    low = ring[position + _LOW]
    for i in range(CHUNK):
        into.at[i] = ring[position + _FIRST] + i * step + _got(ring, place, moment_bits, i)
        if differences and i:
            low += ring[position + _LEAST] + _got(ring, numbers, bits, i)
        into.number[i] = low + (0 if differences else _got(ring, numbers, bits, i))
        code = _got(ring, numbers + bits, 8, i) if mixed else head >> _CODE & 255
        into.code[i] = np.int8(code)


@inlined
def _chain(
    memory: Memory, row: int, since: int, until: int, found: NDArray[np.int64]
) -> int:  # fmt: skip
    """The positions of a row's chunks that reach into a time, newest first; how many. Past the
    room in `found` they are only counted.
    """
    ring, chunks, position = memory.ring, 0, memory.last[row]
    while position >= memory.marks[TAIL]:
        place = position % len(ring)
        first, back = ring[place + _FIRST], ring[place + _BACK]
        end = first + ring[place + _SPAN]
        if end >= since and first < until:
            if chunks < len(found):
                found[chunks] = place
            chunks += 1
        elif end < since and not memory.disordered[row]:
            break
        position = position - back if back else -1
    return chunks


@compiled
def bound(
    memory: Memory, wanted: NDArray[np.uint64], since: int, until: int
) -> tuple[int, int, int]:
    """How many samples `gather` may find at most, how many chunks of a series, and how many
    series have no row.
    """
    samples = longest = unknown = 0
    nowhere = np.empty(0, np.int64)
    for series in wanted:
        row = memory.slots[_slot(memory, series)] - 1
        if row < 0:
            unknown += 1
            continue
        chunks = _chain(memory, row, since, until, nowhere)
        longest = max(longest, chunks)
        samples += chunks * CHUNK + memory.filled[row]
    return samples, longest, unknown


@compiled
def gather(  # noqa: PLR0913, PLR0917  arrays, as compiled code wants them
    memory: Memory,
    wanted: NDArray[np.uint64],
    since: int,
    until: int,
    counts: NDArray[np.int64],
    positions: NDArray[np.int64],
    out: Samples,
) -> int:
    """The samples from `since` to before `until` (milliseconds), series by series as wanted, each
    in order; how many. `counts` is filled; `positions` and `out` have room as `bound` says.
    """
    one_chunk = Samples(
        np.empty(CHUNK, np.uint64),
        np.empty(CHUNK, np.int64),
        np.empty(CHUNK, np.int64),
        np.empty(CHUNK, np.int8),
    )
    written = 0
    for j in range(len(wanted)):
        row = memory.slots[_slot(memory, wanted[j])] - 1
        counts[j] = 0
        if row < 0:
            continue
        begin = written
        for k in range(_chain(memory, row, since, until, positions) - 1, -1, -1):
            _unpack(memory.ring, positions[k], one_chunk)
            written = _copy(one_chunk, CHUNK, since, until, out, written)
        still_open = Samples(one_chunk.series, memory.at[row], memory.number[row], memory.code[row])
        written = _copy(still_open, memory.filled[row], since, until, out, written)
        if memory.disordered[row]:
            _order(out, begin, written)
        out.series[begin:written] = wanted[j]
        counts[j] = written - begin
    return written


@inlined
def _copy(  # noqa: PLR0913, PLR0917  as above
    samples: Samples, count: int, since: int, until: int, out: Samples, written: int
) -> int:
    for i in range(count):
        if since <= samples.at[i] < until:
            out.at[written], out.number[written] = samples.at[i], samples.number[i]
            out.code[written] = samples.code[i]
            written += 1
    return written


@inlined
def _order(out: Samples, begin: int, end: int) -> None:
    order = np.argsort(out.at[begin:end], kind="mergesort")
    at, number = out.at[begin:end].copy(), out.number[begin:end].copy()
    code = out.code[begin:end].copy()
    for i in range(end - begin):
        out.at[begin + i], out.number[begin + i] = at[order[i]], number[order[i]]
        out.code[begin + i] = code[order[i]]
