"""Tells once that machine code is being made: at the very first use that takes half a minute.

Nothing is compiled again afterwards: the code is kept on disk (see `compiled`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wardround.dependability.messages import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

_listeners: list[Callable[[Notice], None]] = []
_under_way = 0


def tell(listener: Callable[[Notice], None]) -> None:
    """The listener hears, once, when the first function must be compiled."""
    _listeners[:] = [listener]


def under_way() -> bool:
    """Whether a function is being compiled, by any thread."""
    return _under_way > 0


def ends() -> None:
    """Called when a function is compiled."""
    global _under_way  # noqa: PLW0603  there is one compiler in a process
    _under_way -= 1


def begins() -> None:
    """Called when a function is about to be compiled."""
    global _under_way  # noqa: PLW0603  as above
    _under_way += 1
    while _listeners:
        _listeners.pop()(Notice("compiling", {}))
