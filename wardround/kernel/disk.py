"""How much room the disk of the data folder has, and what is called full."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

LEAST = 200 * 1024 * 1024
"""Bytes below which nothing starts: what waits for history alone may take more in a minute."""
LITTLE = 2 * 1024 * 1024 * 1024
_NONE = 1024 * 1024
"""Bytes below which writing fails, here or in the next moment."""


@dataclass(frozen=True)
class Room:
    """What is free at a place, bytes."""

    place: Path
    free: int

    @property
    def full(self) -> bool:
        return self.free < _NONE

    @property
    def enough(self) -> bool:
        return self.free >= LEAST


def room_at(place: Path) -> Room | None:
    """The room at a folder, for whoever may write there; None where there is no such folder."""
    try:
        return Room(place, shutil.disk_usage(place).free)
    except OSError:
        return None
