"""What this room announces."""

from __future__ import annotations

from dataclasses import dataclass

from wardround.kernel.announcements import Announcement


@dataclass(frozen=True)
class DefinitionsChanged:
    """An import has changed definitions of these kinds."""

    packs: tuple[str, ...]
    kinds: tuple[str, ...]


definitions_changed = Announcement("schema.definitions_changed", DefinitionsChanged)
