"""Tells once that machine code is being made: at the very first use that takes half a minute.

Nothing is compiled again afterwards: the code is kept on disk (see `compiled`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wardround.dependability.messages import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

_listeners: list[Callable[[Notice], None]] = []


def tell(listener: Callable[[Notice], None]) -> None:
    """The listener hears, once, when the first function must be compiled."""
    _listeners[:] = [listener]


def begins() -> None:
    """Called when a function is about to be compiled."""
    while _listeners:
        _listeners.pop()(Notice("compiling", {}))
