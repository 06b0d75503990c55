"""Take the literals out of SQL: they may hold patient data and are never stored."""

from __future__ import annotations

import re

_LITERAL = re.compile(
    r"""
    \$(?P<tag>[A-Za-z_]*)\$.*?(?:\$(?P=tag)\$|\Z)    # dollar-quoted text
  | [eEnNbBxXuU]?&?'(?:[^'\\]|''|\\.)*(?:'|\Z)        # quoted text, also cut off
  | --[^\n]*                                          # comments may quote anything
  | /\*.*?(?:\*/|\Z)
  | (?<![\w$."])[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b # numbers, but not $1 or t1
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACES = re.compile(r"\s+")


def without_literals(text: str) -> str:
    """The statement with `?` for every literal, comments gone, on one line."""
    return _SPACES.sub(" ", _LITERAL.sub(_mark, text)).strip()


def _mark(found: re.Match[str]) -> str:
    return " " if found[0].startswith(("--", "/*")) else "?"
