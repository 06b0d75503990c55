"""Settings of the collect room, from the environment."""

from __future__ import annotations

import os

import psutil

from wardround.collect.series_budget import SeriesLimits
from wardround.collect.spool import LIMIT_BYTES

SPOOL_BYTES = "WARDROUND_SPOOL_BYTES"
SERIES, SERIES_OF_A_TARGET = "WARDROUND_SERIES", "WARDROUND_SERIES_OF_A_TARGET"
_SHARE, _SERIES_BYTES = 4, 3_000
"""A quarter of the machine's memory, and what a series takes of it in a collector."""


def limits() -> SeriesLimits:
    """How many series a collector carries; what is not set fits the machine."""
    usual = SeriesLimits()
    room = psutil.virtual_memory().total // _SHARE // _SERIES_BYTES
    whole = int(os.environ.get(SERIES) or min(usual.whole, max(room, usual.of_target)))
    of_target = int(os.environ.get(SERIES_OF_A_TARGET) or min(usual.of_target, whole))
    return SeriesLimits(of_target=of_target, whole=whole, sure=min(usual.sure, of_target))


def spool_bytes() -> int:
    """How much may wait on the disk for history."""
    return int(os.environ.get(SPOOL_BYTES) or LIMIT_BYTES)
