"""Rows of many batches with those of each series together, against a plain grouping."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.test_ordering import ROW, rows
from wardround.history import grouping
from wardround.history.blocks import Rows

Sample = tuple[int, int, int, int]


def listed(parts: Sequence[Rows]) -> list[Sample]:
    return [
        sample
        for part in parts
        for sample in zip(
            part.series.tolist(), part.at.tolist(), part.number.tolist(), part.code.tolist(),
            strict=True,
        )
    ]  # fmt: skip


def grouped(samples: Sequence[Sample]) -> list[Sample]:
    by_series: dict[int, list[Sample]] = {}
    for sample in samples:
        by_series.setdefault(sample[0], []).append(sample)
    return [sample for together in by_series.values() for sample in together]


@settings(deadline=None)  # the first call loads compiled code
@given(st.lists(st.lists(ROW, max_size=40), max_size=4))
def test_rows_of_a_series_stand_together_as_they_came(parts: list[list[Sample]]) -> None:
    found = list(grouping.together(map(rows, parts)))
    assert listed(found) == grouped([sample for part in parts for sample in part])
    assert all(not part.at.flags.writeable for part in found)


@pytest.mark.parametrize("size", [3_000, 5_000, 17_000])
def test_more_rows_than_are_put_together_at_once_come_in_pieces(size: int) -> None:
    parts = [[(number % 7, number, part, 0) for number in range(size)] for part in range(5)]
    pieces = list(grouping.together(map(rows, parts), 10_000))
    assert [len(piece) for piece in pieces] == [
        min(10_000, 5 * size - begin) for begin in range(0, 5 * size, 10_000)
    ]
    whole = [sample for part in parts for sample in part]
    for number, piece in enumerate(pieces):
        assert listed([piece]) == grouped(whole[number * 10_000 : (number + 1) * 10_000])


def test_each_function_is_compiled_once() -> None:
    """Another type of an argument would compile for seconds in the middle of the work."""
    grouping.rehearse(rows([]))
    small, large = rows([(1, 2, 3, 0)] * 10), rows([(1, 2, 3, 0)] * 5000)
    list(grouping.together([small, large, small, small], 4_000))
    for function in (grouping.stretches, grouping.number_series, grouping.move):
        assert len(function.signatures) == 1  # type: ignore[attr-defined]
