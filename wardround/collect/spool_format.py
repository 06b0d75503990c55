"""The bytes of the spool: records with a length and a checksum, one after the other.

A segment file is a mark and then records. A record is `<length u32><crc u32><kind u8><body>`,
little-endian; the checksum covers kind and body. A layout says once per segment which series a
target's batches hold, so that a batch is little more than its numbers.
"""

from __future__ import annotations

import enum
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from wardround.collect.exposition_types import NO_TIME
from wardround.history.types import Kind, SeriesKey

MARK = b"WRSPOOL1"
_HEAD = struct.Struct("<IIB")
_BATCH = struct.Struct("<QIqBI")
_GROUP = struct.Struct("<16sQQ")
_ACK = struct.Struct("<Q")
_NUMBER = struct.Struct("<I")
LARGEST_RECORD = 256 * 1024 * 1024


class RecordKind(enum.IntEnum):
    LAYOUT = 1
    BATCH = 2
    GROUP = 3
    ACK = 4


@dataclass(frozen=True, slots=True)
class Record:
    """A record as read; `end` is where the next one begins in its file."""

    kind: RecordKind
    body: bytes
    end: int


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One scrape: `times_ms` is None when every sample is of `at_ms`; `SEEN_BEFORE` marks a sample
    that an earlier scrape brought already.
    """

    seq: int
    layout: int
    at_ms: int
    values: NDArray[np.float64]
    times_ms: NDArray[np.int64] | None


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """The scrapes `first`…`last` go to history together under one id, now and after a crash."""

    id: UUID
    first: int
    last: int


SEEN_BEFORE = NO_TIME + 1


def record(kind: RecordKind, body: bytes) -> bytes:
    crc = zlib.crc32(body, zlib.crc32(bytes([kind])))
    return _HEAD.pack(len(body), crc, kind) + body


def layout_record(number: int, keys: tuple[SeriesKey, ...]) -> bytes:
    described = [
        [
            key.metric,
            key.item.hex,
            key.labels,
            key.kind.value,
            key.unit,
            key.target and key.target.hex,
        ]
        for key in keys
    ]
    text = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
    return record(RecordKind.LAYOUT, _NUMBER.pack(number) + text.encode())


def read_layout(body: bytes) -> tuple[int, bytes]:
    """A layout's number in its segment, and its keys as `read_keys` takes them."""
    (number,) = _NUMBER.unpack_from(body)
    return number, body[_NUMBER.size :]


def read_keys(text: bytes) -> tuple[SeriesKey, ...]:
    return tuple(
        SeriesKey(
            metric,
            UUID(item),
            tuple((name, value) for name, value in labels),
            kind=Kind(kind),
            unit=unit,
            target=UUID(target) if target else None,
        )
        for metric, item, labels, kind, unit, target in json.loads(text)
    )


def batch_record(batch: BatchRecord) -> bytes:
    timed = batch.times_ms is not None
    body = _BATCH.pack(batch.seq, batch.layout, batch.at_ms, timed, len(batch.values))
    body += batch.values.astype("<f8", copy=False).tobytes()
    if batch.times_ms is not None:
        body += batch.times_ms.astype("<i8", copy=False).tobytes()
    return record(RecordKind.BATCH, body)


def read_batch(body: bytes) -> BatchRecord:
    seq, layout, at_ms, timed, count = _BATCH.unpack_from(body)
    values = np.frombuffer(body, "<f8", count, _BATCH.size)
    times = np.frombuffer(body, "<i8", count, _BATCH.size + 8 * count) if timed else None
    return BatchRecord(seq, layout, at_ms, values, times)


def batch_size(body: bytes) -> tuple[int, int]:
    """Sequence number and count of samples, without reading the samples."""
    seq, _layout, _at, _timed, count = _BATCH.unpack_from(body)
    return seq, count


def group_record(group: GroupRecord) -> bytes:
    return record(RecordKind.GROUP, _GROUP.pack(group.id.bytes, group.first, group.last))


def read_group(body: bytes) -> GroupRecord:
    raw, first, last = _GROUP.unpack(body)
    return GroupRecord(UUID(bytes=raw), first, last)


def ack_record(last: int) -> bytes:
    """Every scrape up to `last` is in history."""
    return record(RecordKind.ACK, _ACK.pack(last))


def read_ack(body: bytes) -> int:
    (last,) = _ACK.unpack(body)
    return int(last)


def records(data: bytes, begin: int = len(MARK)) -> Iterator[Record]:
    """Whole records from `begin`; ends at the first one that is torn or damaged."""
    at = begin
    while at + _HEAD.size <= len(data):
        length, crc, kind = _HEAD.unpack_from(data, at)
        end = at + _HEAD.size + length
        if length > LARGEST_RECORD or end > len(data):
            return
        body = data[at + _HEAD.size : end]
        if zlib.crc32(body, zlib.crc32(bytes([kind]))) != crc or kind not in list(RecordKind):
            return
        yield Record(RecordKind(kind), body, end)
        at = end
