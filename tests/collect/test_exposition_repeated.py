"""Pages that repeat, read by compiled code: the same as without it, bit for bit."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wardround.collect import exposition
from wardround.collect.errors import PageRefused
from wardround.collect.exposition import PageParser
from wardround.collect.exposition_repeated import RepeatedPage
from wardround.collect.exposition_types import Page

PAGE = (
    b"# HELP a Something.\n# TYPE a gauge\n"
    b'a{b="c"} %b\na{b="d"} %b\n\n# twice:\na{b="d"} %b\nlast %b\n'
)


@pytest.fixture(scope="module", autouse=True)
def loaded() -> Iterator[None]:
    exposition.load_compiled()
    yield
    exposition._Compiled.page = None  # the other modules' tests try the way without


def bits(number: float) -> bytes:
    return struct.pack("d", math.nan if math.isnan(number) else number)


def read(parser: PageParser, body: bytes) -> object:
    """All that a page is, or why it was refused."""
    try:
        page: Page = parser.parse(body)
    except PageRefused as refused:
        return (refused.problem, refused.line, str(refused))
    times = None if page.times_ms is None else page.times_ms.tolist()
    values = [bits(number) for number in page.values.tolist()]
    return page.layout.series, values, times, page.duplicates, page.skipped


def known(body: bytes, *, compiled: bool) -> PageParser:
    """A parser that has read a page twice."""
    kept, parser = exposition._Compiled.page, PageParser()
    exposition._Compiled.page = kept if compiled else None
    try:
        parser.parse(body)
        parser.parse(body)
    finally:
        exposition._Compiled.page = kept
    assert (parser._repeated is not None) is compiled
    return parser


_exact = st.floats().map(lambda number: repr(number).encode())
_decimals = st.decimals(allow_nan=False).map(lambda number: str(number).encode())
_rubbish = st.sampled_from([
    b"", b" ", b"1_0", b"+5", b"-", b".", b"1.", b".5", b"-.5e-3", b"1e", b"1e+", b"1e5", b"1E-22",
    b"1e23", b"1e400", b"1e0005", b"-0", b"-0.0e10", b"0x10", b"+Inf", b"-Inf", b"Inf", b"NaN",
    b"nan", b"infinity", b"1 2", b"1 ", b" 1", b"1\r", b"1\t", b"9007199254740993", b"1" * 30,
    b"0" * 39 + b"1", b"0" * 60 + b"1", b"123456789012345678", b"0.000000000000000001",
    b"1\n", b"1\n# TYPE a counter", b'1 # {x="y"} 2', b"\xff", "１".encode(), b"1\0",
])  # fmt: skip
_numbers = _exact | _decimals | _rubbish
FIRST = PAGE % (b"1", b"2", b"3", b"4")


@given(st.lists(st.tuples(*[_numbers] * 4), min_size=1, max_size=4))
@example([(b"1\r", b"2\r", b"3\r", b"4\r")])
def test_reads_what_is_read_without_it(pages: list[tuple[bytes, ...]]) -> None:
    fast, slow = known(FIRST, compiled=True), known(FIRST, compiled=False)
    for numbers in pages:
        body = PAGE % numbers
        assert read(fast, body) == read(slow, body)


@given(st.integers(0, len(FIRST)), st.binary(max_size=3), st.integers(0, 4))
def test_a_page_that_is_not_this_one_is_read_as_another(place: int, put: bytes, gone: int) -> None:
    body = FIRST[:place] + put + FIRST[place + gone :]
    fast, slow = known(FIRST, compiled=True), known(FIRST, compiled=False)
    assert read(fast, body) == read(slow, body)


@given(st.lists(_exact | _decimals, min_size=1, max_size=50))
def test_numbers_are_rounded_as_python_rounds_them(numbers: list[bytes]) -> None:
    page = RepeatedPage([b"a "] * len(numbers), [True] * len(numbers))
    found = page.numbers(b"".join(b"a " + number + b"\n" for number in numbers))
    wanted = [bits(float(number)) for number in numbers]
    if all(len(number) <= 40 for number in numbers):
        assert found is not None
    assert found is None or [bits(number) for number in found.tolist()] == wanted


def test_it_is_in_use() -> None:
    """A page of plain numbers is read by it alone."""
    parser = known(FIRST, compiled=True)
    repeated, layout = parser._repeated, parser.parse(FIRST).layout
    page = parser.parse(PAGE % (b"-1.25", b"1e3", b"7", b"NaN"))
    assert repeated is not None
    assert page.layout is layout
    assert parser._repeated is repeated
    np.testing.assert_equal(page.values, [-1.25, 1e3, math.nan])
