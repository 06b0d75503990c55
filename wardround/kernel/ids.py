"""Ids that sort by the time they were made (UUID version 7, RFC 9562 §5.7)."""

from __future__ import annotations

import secrets
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A new id; within one process each is greater than the one before.

    48 bits of Unix milliseconds, then 12 bits that hold the fraction of the millisecond
    (method 3 of RFC 9562 §6.2), then 62 random bits.
    """
    global _last  # noqa: PLW0603  # one clock reading per process is the point
    with _lock:
        ticks = time.time_ns() * 4096 // 1_000_000
        _last = max(ticks, _last + 1)
        ticks = _last
    value = (ticks >> 12) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64
    return UUID(int=value | 0b10 << 62 | secrets.randbits(62))
