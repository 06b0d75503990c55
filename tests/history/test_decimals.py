"""Doubles to decimals and back: every bit."""

from __future__ import annotations

import math
import struct

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wardround.history import blocks, decimals

STALE = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]
"""Prometheus's marker of a series that ended: a NaN of its own bits."""

ANY_BITS = st.integers(0, 2**64 - 1).map(
    lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0]
)
PRINTED = st.tuples(st.integers(-(10**15), 10**15), st.integers(0, 14)).map(
    lambda pair: float(f"{pair[0]}e-{pair[1]}")
)
NUMBERS = st.one_of(ANY_BITS, PRINTED, st.floats(), st.integers(-(2**60), 2**60).map(float))


def encoded(values: list[float], *, counter: bool = False, usual: int = 0) -> blocks.Rows:
    number, code = np.empty(len(values), np.int64), np.empty(len(values), np.int8)
    decimals.encode(
        np.array(values, dtype=np.float64),
        np.zeros(len(values), np.int64),
        np.full(1, usual, np.int8),
        np.full(1, counter),
        number,
        code,
    )
    return blocks.Rows(np.zeros(len(values), np.uint64), np.zeros_like(number), number, code)


@settings(max_examples=2000, deadline=None)
@given(values=st.lists(NUMBERS, max_size=40), counter=st.booleans(), usual=st.integers(-8, 12))
@example(values=[math.nan, STALE, math.inf, -math.inf, -0.0, 0.0, 5e-324], counter=False, usual=0)
@example(values=[1 / 3] * 40 + [0.25], counter=True, usual=0)
def test_every_bit_comes_back(values: list[float], *, counter: bool, usual: int) -> None:
    rows = encoded(values, counter=counter, usual=usual)
    again = blocks.values_of(blocks.unpack(blocks.pack(rows)))
    sent = np.array(values, dtype=np.float64)
    assert again.view(np.uint64).tolist() == sent.view(np.uint64).tolist()


def test_printed_numbers_are_decimals_of_one_scale() -> None:
    rows = encoded([0.5, 0.25, 3.0, 0.125, 0.5])
    assert rows.code.tolist() == [1, 2, 2, 3, 3]
    assert rows.number.tolist() == [5, 25, 300, 125, 500]


def test_a_counters_numbers_go_to_its_own_column() -> None:
    columns = {name: values for name, _, values in blocks.sample_columns(
        encoded([7.0, math.nan], counter=True)
    )}  # fmt: skip
    assert (columns["digits"].tolist(), columns["counted"].tolist()) == ([0, 0], [7, 0])
    assert columns["scale"].tolist() == [0, blocks.DOUBLE]
