"""Samples of many series packed in memory, the reading of it: compiled code over arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled, inlined
from wardround.history.chunks import (
    BACK,
    CHUNK,
    CODE,
    DIFFERENCES,
    FIRST,
    LEAST,
    LOW,
    MIXED,
    MOMENT_BITS,
    NUMBER_BITS,
    REGULAR,
    SPAN,
    TAIL,
    Memory,
    Samples,
    put_in_order,
    slot_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


@compiled
def bound(
    memory: Memory, wanted: NDArray[np.uint64], since: int, until: int, most: NDArray[np.int64]
) -> int:
    """Fill `most` with how many samples of each series there are at most from `since` to before
    `until` (-1: the series has no row); how many chunks a series has at most.
    """
    longest = 0
    nowhere = np.empty(0, np.int64)
    for j in range(len(wanted)):
        row = memory.slots[slot_of(memory, wanted[j])] - 1
        most[j] = -1
        if row >= 0:
            chunks = _chain(memory, row, since, until, nowhere)
            longest = max(longest, chunks)
            most[j] = chunks * CHUNK + memory.filled[row]
    return longest


@compiled
def gather(  # noqa: PLR0913, PLR0917  arrays, as compiled code wants them
    memory: Memory,
    wanted: NDArray[np.uint64],
    since: int,
    until: int,
    positions: NDArray[np.int64],
    out: Samples,
) -> int:
    """The samples from `since` to before `until` (milliseconds), series by series as wanted, each
    in order; how many. `positions` and `out` have room as `bound` says.
    """
    written = 0
    for series in wanted:
        row = memory.slots[slot_of(memory, series)] - 1
        if row >= 0:
            begin = written
            written = samples_of_row(memory, row, since, until, positions, out, begin)
            out.series[begin:written] = series
    return written


@inlined
def samples_of_row(  # noqa: PLR0913, PLR0917  as above
    memory: Memory,
    row: int,
    since: int,
    until: int,
    positions: NDArray[np.int64],
    out: Samples,
    begin: int,
) -> int:
    """Write a row's samples of a time from `begin` on, in order and without their series; where
    they end.
    """
    ring, written = memory.ring, begin
    for k in range(_chain(memory, row, since, until, positions) - 1, -1, -1):
        place = positions[k]
        _unpack(ring, place, out, written)
        if ring[place + FIRST] >= since and ring[place + FIRST] + ring[place + SPAN] < until:
            written += CHUNK
        else:
            written = _copy(
                out.at, out.number, out.code, written, CHUNK, since, until, out, written
            )
    at, number, code = memory.at[row], memory.number[row], memory.code[row]
    written = _copy(at, number, code, 0, memory.filled[row], since, until, out, written)
    put_in_order(out.at, out.number, out.code, begin, written)
    return written


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
        first, back = ring[place + FIRST], ring[place + BACK]
        end = first + ring[place + SPAN]
        if end >= since and first < until:
            if chunks < len(found):
                found[chunks] = place
            chunks += 1
        elif end < since and not memory.disordered[row]:
            break
        position = position - back if back else -1
    return chunks


@inlined
def _got(ring: NDArray[np.int64], place: int, bits: int, i: int) -> np.int64:
    """The i-th of numbers of so many bits (1 to 64)."""
    word, shift = place + (i * bits >> 6), np.uint64(i * bits & 63)
    number = np.uint64(ring[word]) >> shift
    if int(shift) + bits > 64:
        number |= np.uint64(ring[word + 1]) << (np.uint64(64) - shift)
    if bits < 64:
        number &= (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
    return np.int64(number)


@inlined
def _unpack(ring: NDArray[np.int64], position: int, into: Samples, begin: int) -> None:
    """A chunk's samples, without their series, from `begin` on."""
    head, first = ring[position], ring[position + FIRST]
    moment_bits, bits = head >> MOMENT_BITS & 255, head >> NUMBER_BITS & 255
    differences, mixed = head >> DIFFERENCES & 1, head >> MIXED & 1
    place = position + 5 + differences
    if moment_bits == REGULAR:
        step, moment_bits = ring[position + SPAN] // (CHUNK - 1), 0
        for i in range(CHUNK):
            into.at[begin + i] = first + i * step
    else:
        into.at[begin : begin + CHUNK] = first
        for i in range(CHUNK if moment_bits else 0):
            into.at[begin + i] += _got(ring, place, moment_bits, i)
    numbers, low = place + moment_bits, ring[position + LOW]
    _unpack_numbers(ring, numbers, bits, low, into.number[begin : begin + CHUNK])
    if differences:
        _summed(into.number[begin : begin + CHUNK], low, ring[position + LEAST])
    into.code[begin : begin + CHUNK] = np.int8(head >> CODE & 255)
    for i in range(CHUNK if mixed else 0):
        into.code[begin + i] = np.int8(_got(ring, numbers + bits, 8, i))


@inlined
def _unpack_numbers(
    ring: NDArray[np.int64], place: int, bits: int, low: int, into: NDArray[np.int64]
) -> None:
    into[:] = low
    for i in range(CHUNK if bits else 0):
        into[i] += _got(ring, place, bits, i)


@inlined
def _summed(number: NDArray[np.int64], first: int, least: int) -> None:
    """Differences over the least one (each with `first` added) to the numbers they lead to."""
    number[0] = first
    for i in range(1, CHUNK):
        number[i] = number[i - 1] + (number[i] - first) + least


@inlined
def _copy(  # noqa: PLR0913, PLR0917  as above
    at: NDArray[np.int64],
    number: NDArray[np.int64],
    code: NDArray[np.int8],
    begin: int,
    count: int,
    since: int,
    until: int,
    out: Samples,
    written: int,
) -> int:
    """Those of some samples that lie in a time; where they end."""
    for i in range(begin, begin + count):
        if since <= at[i] < until:
            out.at[written], out.number[written], out.code[written] = at[i], number[i], code[i]
            written += 1
    return written
