"""What detection announces: verdicts, told inside the transaction that records them.

A listener that fails undoes the record too, and the engine records it again: what was found is
never kept without being told, nor told without being kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from wardround.detection.types import Verdicts

VerdictsListener = Callable[[Verdicts, datetime], None]

_listeners: list[VerdictsListener] = []


def on_verdicts(listener: VerdictsListener) -> VerdictsListener:
    """Listen to every record of verdicts, in its transaction. May be called again for the same
    verdicts when a transaction failed, and must then do the same.
    """
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def tell(verdicts: Verdicts, at: datetime) -> None:
    """Hand verdicts to every listener; detection's actions call it."""
    for listener in _listeners:
        listener(verdicts, at)
