"""Rows of many batches in the table's order, against a plain sort."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wardround.history import blocks, grouping, ordering
from wardround.history.blocks import COUNTED, DOUBLE, Rows
from wardround.history.ordering import Ordering

SERIES = st.one_of(st.integers(0, 5), st.integers(0, 2**64 - 1))
ROW = st.tuples(
    SERIES,
    st.integers(-(2**62), 2**62) | st.integers(0, 9),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([DOUBLE, 0, 3, 12, COUNTED, COUNTED + 2]),
)


def rows(listed: list[tuple[int, int, int, int]]) -> Rows:
    series, at, number, code = zip(*listed, strict=True) if listed else ((), (), (), ())
    made = Rows(
        np.array(series, np.uint64), np.array(at, np.int64), np.array(number, np.int64),
        np.array(code, np.int8),
    )  # fmt: skip
    return blocks.unpack(blocks.pack(made))


def bits(columns: list[blocks.Column]) -> list[tuple[str, str, list[int]]]:
    return [
        (name, kind, values.view(f"i{values.itemsize}").tolist()) for name, kind, values in columns
    ]


@settings(deadline=None)  # the first call loads compiled code
@given(st.lists(st.lists(ROW, max_size=40), min_size=1, max_size=4))
def test_they_are_ordered_by_series_and_moment_and_otherwise_as_they_came(
    parts: list[list[tuple[int, int, int, int]]],
) -> None:
    batches = [rows(part) for part in parts]
    whole = blocks.joined(batches)
    order = np.lexsort((whole.at, whole.series))
    expected = blocks.sample_columns(
        Rows(whole.series[order], whole.at[order], whole.number[order], whole.code[order])
    )
    assert bits(Ordering().columns(batches)) == bits(expected)


def test_room_is_used_again_and_more_than_is_kept_gets_its_own() -> None:
    kept = Ordering(kept=10)
    for size in (3, 8, 25, 2, 10):
        columns = kept.columns([rows([(size - i, i, i, 0) for i in range(size)])])
        assert columns[0][2].tolist() == list(range(1, size + 1))
        assert columns[2][2].tolist() == list(range(size - 1, -1, -1))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 3 * 4096), max_size=6))
def test_small_batches_are_joined_and_large_ones_left(sizes: list[int]) -> None:
    batches = [rows([(n, i, i, 0) for i in range(size)]) for n, size in enumerate(sizes)]
    wide = list(blocks.wide(batches))
    assert [row for part in wide for row in part.series] == [
        row for part in batches for row in part.series
    ]
    assert len(wide) <= 1 + sum(sizes) // 2048
    assert not any(part.at.flags.writeable for part in wide)


def test_each_function_is_compiled_once() -> None:
    """Another type of an argument would compile for seconds in the middle of an insert."""
    Ordering().rehearse()
    small, large = rows([(1, 2, 3, 0)] * 10), rows([(1, 2, 3, 0)] * 5000)
    Ordering().columns(list(blocks.wide([small, large, small, small])))
    functions = grouping.stretches, grouping.number_series, ordering.scatter, ordering.put_in_order
    for function in functions:
        assert len(function.signatures) == 1  # type: ignore[attr-defined]
