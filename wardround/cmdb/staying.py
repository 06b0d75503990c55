"""Who reaches items by an expression writes none out of his reach, and brings none into it.

What is asked by an expression is what people write: one edit could hide an item from whoever made
it, and another (of a department's name, of a relation) could open items to him that he was not
given. So it is looked at what has come of it, in the transaction that writes, which then is undone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    """By which permission an expression limits somebody, and what it reached before: all of it,
    where what he writes could move other items.
    """

    permission: str
    before: frozenset[UUID] | None


@dataclass(frozen=True, slots=True)
class Staying:
    actor: Actor
    reached: tuple[_Reached, ...]

    def outside(self, items: Collection[UUID]) -> tuple[frozenset[UUID], ...]:
        """By permission, those of these items that are out of reach."""
        return tuple(_left(reach(self.actor, each.permission), items) for each in self.reached)

    def refuse(
        self, written: Collection[UUID], outside: Sequence[frozenset[UUID]] | None = None
    ) -> None:
        """Raise BeyondReach for those of these items that are out of reach by now, and IntoReach
        where others have come within reach. What was known of the reach is forgotten.

        `outside`: those that were out of reach before and may stay so, but not come within.
        """
        if not self.reached:
            return
        renew(self.actor)
        strange = outside or [frozenset[UUID]()] * len(self.reached)
        out, entered = set[UUID](), False
        for each, before in zip(self.reached, strange, strict=True):
            seen, own = reach(self.actor, each.permission), frozenset(written) - before
            out |= _left(seen, own)
            entered |= _entered(seen, each.before, own) or before != _left(seen, before)
        if out:
            raise BeyondReach(frozenset(out))
        if entered:
            raise IntoReach(frozenset(written))


def watched(actor: Actor) -> Staying:
    """Asked before anything is written; nothing is asked where no expression limits the actor. What
    was known of the reach may be of something that was taken back.
    """
    if is_limited(actor):
        renew(actor)
    limited = ((each, reach(actor, each)) for each in _limiting(actor))
    return Staying(actor, tuple(_Reached(each, _before(seen)) for each, seen in limited))


def is_limited(actor: Actor) -> bool:
    """Whether it is an expression by which the actor reads or writes items."""
    return bool(_limiting(actor))


def _limiting(actor: Actor) -> list[str]:
    several = ((needed, reach(actor, needed)) for needed in (READ, WRITE))
    return [needed for needed, seen in several if seen.among and not seen.everything]


def _before(seen: Reach) -> frozenset[UUID] | None:
    if not any(map(asks_of_others, seen.expressions)):
        return None
    return frozenset(models.Item.objects.filter(seen.condition()).values_list("id", flat=True))


def _left(seen: Reach, written: Collection[UUID]) -> frozenset[UUID]:
    rows = models.Item.objects.filter(seen.condition(), id__in=listed("uuid", list(written)))
    return frozenset(written) - frozenset(rows.values_list("id", flat=True))


def _entered(seen: Reach, before: frozenset[UUID] | None, written: Collection[UUID]) -> bool:
    if before is None:
        return False
    now = models.Item.objects.filter(seen.condition()).values_list("id", flat=True)
    return bool(frozenset(now) - before - frozenset(written))
