"""“Did you mean”: the known name nearest to a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

from wardround.schema.problems import Path, Problem


def closest(name: str, known: Iterable[str]) -> str:
    """The most alike of `known`, or an empty text where nothing is alike enough."""
    by_folded = {str(candidate).casefold(): str(candidate) for candidate in known}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""


def unknown(
    path: Path, message: str, name: str, known: Collection[str], *, at_key: bool = False
) -> Problem:
    """The problem of a `name` that is none of those `known`; the message may say %(name)s."""
    return Problem(
        path,
        message,
        {"name": name},
        found=name,
        expected=", ".join(sorted(candidate for candidate in known if candidate)),
        suggestion=closest(name, known),
        at_key=at_key,
    )
