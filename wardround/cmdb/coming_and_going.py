"""Whether what is written brings items into somebody's reach, or takes them out: whoever had one on
his screen cannot be asked whether he may hear of it, so all are told to look again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from wardround.access import queries as access
from wardround.cmdb import models
from wardround.cmdb.granted import Granted, asks_of_others
from wardround.cmdb.statements import listed
from wardround.kernel import clock
from wardround.kernel.types import EVERY_ROLE


@dataclass(frozen=True, slots=True)
class Standing:
    """Of which items each expression, by which some role is given, is true."""

    items: Collection[UUID]
    true: Mapping[str, frozenset[UUID]]

    @property
    def has_moved(self) -> bool:
        """Whether it is otherwise by now. What others are asked of could move any item."""
        if any(map(asks_of_others, self.true)):
            return True
        return self.true != _true(self.true, self.items)


def standing(items: Collection[UUID]) -> Standing:
    """One query, and one more for each expression."""
    given = {each.expression for each in access.expressed()} if items else set[str]()
    return Standing(items, _true(given, items))


def _true(expressions: Collection[str], items: Collection[UUID]) -> dict[str, frozenset[UUID]]:
    rows, now = models.Item.objects.filter(id__in=listed("uuid", list(items))), clock.now()
    return {
        expression: frozenset(
            rows.filter(Granted().condition(expression, EVERY_ROLE, now)).values_list(
                "id", flat=True
            )
        )
        for expression in expressions
    }
