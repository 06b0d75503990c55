"""What a reader is told of the rows of an import: of attributes that he may not see, nothing.

Whoever sent the file knows what stands in it and is told all that is wrong with it; what an item
held before is told to nobody who may not see it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from wardround.cmdb import models
from wardround.cmdb.items import RESTRICTED
from wardround.cmdb.permissions import READ
from wardround.cmdb.restricted import Sight, once
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema

_ATTRIBUTE = "attributes."
_NOBODY = UUID(int=0)


class LinesTold:
    """Asked for many rows of one import at once."""

    def __init__(self, actor: Actor, run: models.ImportRun) -> None:
        self._sight = Sight(reach(actor, READ))
        self._types = schema.remembered_item_types()
        self._own = run.actor_id == actor.id
        self._systems: dict[UUID, Collection[UUID]] = {}

    @property
    def whole(self) -> bool:
        """Whether the messages may be searched."""
        return self._own or self._sight.whole

    def look_at(self, rows: Sequence[models.ImportLine]) -> None:
        """Ask which systems the rows' items serve; one query, or none."""
        ids = {row.item for row in rows if row.item}
        if ids and once():
            found = models.Item.objects.filter(id__in=ids).values_list("id", "systems")
            self._systems.update(found)
            self._sight.reach.look_at(ids)

    def hides(self, row: models.ImportLine, field: str) -> bool:
        """Whether what the field held, or holds now, is kept from the reader."""
        if not field.startswith(_ATTRIBUTE):
            return False
        item = row.item or _NOBODY
        name, its_type = field.removeprefix(_ATTRIBUTE), self._types.get(row.type)
        return self._sight.hides_past(its_type, name, item, self._systems.get(item, ()))

    def message(self, row: models.ImportLine, problem: Mapping[str, Any]) -> str:
        """What is wrong, which may say the value."""
        hidden = not self._own and self.hides(row, problem["field"])
        return RESTRICTED.text() if hidden else str(problem["message"])

    def cells(
        self, row: models.ImportLine, cells: Sequence[object], columns: Sequence[Mapping[str, Any]]
    ) -> Sequence[object]:
        """A refused row as it was sent."""
        if self._own:
            return cells
        hidden = {each["place"] for each in columns if self.hides(row, each["to"])}
        return [
            RESTRICTED.text() if place in hidden and cell not in (None, "") else cell
            for place, cell in enumerate(cells)
        ]
