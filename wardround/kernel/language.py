"""The language of a terminal: for commands and errors that speak without Django's translations."""

from __future__ import annotations

import os


def speaks_chinese() -> bool:
    """The terminal's language: Chinese unless the environment clearly asks for English."""
    asked = (
        os.environ.get("WARDROUND_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    )
    return not (asked or "").lower().startswith("en")


def spoken(*, zh: str, en: str) -> str:
    """Of two texts the one in the terminal's language."""
    return zh if speaks_chinese() else en
