"""“Did you mean” in a definition: the known name nearest to a mistyped one."""

from __future__ import annotations

from collections.abc import Collection

from wardround.kernel.suggestions import closest
from wardround.schema.problems import Path, Problem

__all__ = ["closest", "unknown"]


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
