"""“Did you mean”: the known name nearest to a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(name: str, known: Iterable[str]) -> str:
    """The most alike of `known`, or an empty text where nothing is alike enough."""
    names = [str(one) for one in known]
    by_folded = {one.casefold(): one for one in names}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""
