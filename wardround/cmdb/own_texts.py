"""Words among the items that somebody sees, where these are few: read all, and matched here.

The planner would read what half of all items hold to find those of them that are seen; and how long
that takes would tell of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wardround.cmdb import models, statements
from wardround.kernel.finding import Asked, Match, Texts, Word
from wardround.kernel.likeness import surviving
from wardround.kernel.reach import Reach

FEW = 5_000
"""Items within reach that are looked at one by one."""


@dataclass(frozen=True, slots=True)
class TextRow:
    """An item as it is searched."""

    item: UUID
    name: str
    held: Texts

    def place(self, asked: Asked, match: Match) -> tuple[Any, ...]:
        """What its name says goes before what else is known of it; the shortest name first."""
        named = all(word.text in self.held.name for word in asked.words)
        return match, not named, len(self.held.name), self.name, self.item


Matching = tuple[list[tuple[TextRow, Match]], bool]
"""What matches, and whether there is more than was looked at."""


@dataclass(frozen=True, slots=True)
class Own:
    """The items within somebody's reach, all of them."""

    rows: Sequence[TextRow]

    def matching(self, asked: Asked) -> Matching:
        judged = ((row, asked.match(row.held)) for row in self.rows)
        return [(row, match) for row, match in judged if match is not None], False

    def keeping(self, asked: Asked, allowed: int) -> Iterable[TextRow]:
        """Those in which a part of each word stands."""
        kept = self.rows
        for word in asked.words:
            kept = [row for row in kept if _keeps(word, row.held, min(allowed, word.allowed))]
        return kept


def _keeps(word: Word, held: Texts, among: int) -> bool:
    if word.stands_in(held) or word.sounds_in(held):
        return True
    return bool(among) and any(part in held.text for part in surviving(word.text, among))


def of_few(
    seen: Reach,
    types: Collection[str] | None = None,
    *,
    but: Collection[str] = (),
    retired: bool = False,
) -> Own | None:
    """The items within reach, of these types or of all `but` some; nothing where they are many.
    Two statements.
    """
    if seen.everything:
        return None
    rows = models.Item.objects.filter(seen.condition()).order_by()
    found = list(rows.values_list("id", "name", "type", "retired_at")[: FEW + 1])
    if len(found) > FEW:
        return None
    names = {
        id_: name
        for id_, name, its_type, retired_at in found
        if (retired or retired_at is None)
        and its_type not in but
        and (types is None or its_type in types)
    }
    texts = statements.returned("own_texts", {"ids": list(names)}) if names else []
    return Own([TextRow(id_, names[id_], Texts(*held)) for id_, *held in texts])
