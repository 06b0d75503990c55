"""Regular expressions that people write: they mean what Python's do, and none takes long."""

from __future__ import annotations

import re
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.kernel.errors import BadPattern
from wardround.kernel.patterns import Pattern, any_of, pattern

_ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "\\d", "号", "(?:ab|b)", "a|b"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    suffix = st.sampled_from(["", "*", "+", "?", "{1,2}"])
    repeated = st.builds(lambda text, times: f"(?:{text}){times}", inner, suffix)
    return repeated | st.lists(inner, min_size=1, max_size=3).map("".join)


_PATTERNS = st.recursive(_ATOMS, _grown, max_leaves=6)
_TEXTS = st.text("ab1号\n", max_size=12)


@given(_PATTERNS, _TEXTS)
def test_it_matches_what_pythons_own_engine_matches(written: str, text: str) -> None:
    ours, theirs = Pattern(written), re.compile(written)
    assert ours.fits(text) == (theirs.fullmatch(text) is not None)
    assert ours.found_in(text) == (theirs.search(text) is not None)


_SIGNS = string.printable + "号(|)*+?[]{}\\^$\ud800"


@given(st.text(_SIGNS, max_size=20), st.text(max_size=20))
def test_any_text_is_a_pattern_or_is_told_why_not(written: str, text: str) -> None:
    refused = None
    try:
        made = Pattern(written)
        made.fits(text)
        made.found_in(text + "\ud800")
    except BadPattern as error:
        refused = error
    if refused is not None:
        assert refused.why
        assert refused.offset is None or 0 <= refused.offset <= len(written)


@pytest.mark.parametrize("written", ["(a+)+$", "(a|a)*$", "(.*a){20}$", "(a*)*b"])
def test_no_pattern_takes_long(written: str) -> None:
    """Python's own engine needs longer than the world for each of these."""
    begun = time.process_time()
    assert not pattern(written).fits("a" * 10_000 + "c")
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("written", "offset"), [("a(", 0), ("x(?=a)", 1), (r"(a)\1", 3), ("[z-a]", 1), ("a{2000}", 1)]
)
def test_what_it_does_not_take_is_told_with_its_place(written: str, offset: int) -> None:
    with pytest.raises(BadPattern) as refused:
        Pattern(written)
    assert refused.value.offset == offset, refused.value.why


def test_one_of_several() -> None:
    assert any_of(()) is None
    several = any_of(("up", "node_.*|go_.*"))
    assert several is not None
    assert [several.fits(name) for name in ("up", "node_load1", "go_", "upper")] == [
        True, True, True, False,
    ]  # fmt: skip
