"""Who reaches items by an expression writes none out of his reach, and brings none into it.

What is asked by an expression is what people write: one edit could hide an item from whoever made
it, and another (of a department's name, of a relation) could open items to him that he was not
given. So it is looked at what has come of it, in the transaction that writes, which then is undone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from wardround.cmdb import models
from wardround.cmdb.errors import BeyondReach, IntoReach
from wardround.cmdb.granted import asks_of_others
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.statements import listed
from wardround.kernel.reach import Reach, reach, renew
from wardround.kernel.types import Actor


@dataclass(frozen=True, slots=True)
class _Reached:
    """How far somebody reached before: all of it, where what he writes could move other items."""

    reach: Reach
    before: frozenset[UUID] | None


@dataclass(frozen=True, slots=True)
class Staying:
    actor: Actor
    reached: tuple[_Reached, ...]

    def refuse(self, written: Collection[UUID]) -> None:
        """Raise BeyondReach for those of these items that are out of reach by now, and IntoReach
        where others have come within reach. What was known of the reach is forgotten.
        """
        if not self.reached:
            return
        renew(self.actor)
        out = frozenset[UUID]().union(*(_left(each.reach, written) for each in self.reached))
        if out:
            raise BeyondReach(out)
        if any(_entered(each, written) for each in self.reached):
            raise IntoReach(frozenset(written))


def watched(actor: Actor) -> Staying:
    """Asked before anything is written; nothing is asked where no expression limits the actor."""
    return Staying(actor, tuple(_Reached(each, _before(each)) for each in _limited(actor)))


def is_limited(actor: Actor) -> bool:
    """Whether it is an expression by which the actor reads or writes items."""
    return bool(_limited(actor))


def _limited(actor: Actor) -> list[Reach]:
    found = dict.fromkeys(reach(actor, needed) for needed in (READ, WRITE))
    return [each for each in found if each.among and not each.everything]


def _before(seen: Reach) -> frozenset[UUID] | None:
    if not any(map(asks_of_others, seen.expressions)):
        return None
    return frozenset(models.Item.objects.filter(seen.condition()).values_list("id", flat=True))


def _left(seen: Reach, written: Collection[UUID]) -> frozenset[UUID]:
    rows = models.Item.objects.filter(seen.condition(), id__in=listed("uuid", list(written)))
    return frozenset(written) - frozenset(rows.values_list("id", flat=True))


def _entered(reached: _Reached, written: Collection[UUID]) -> bool:
    if reached.before is None:
        return False
    now = models.Item.objects.filter(reached.reach.condition()).values_list("id", flat=True)
    return bool(frozenset(now) - reached.before - frozenset(written))
