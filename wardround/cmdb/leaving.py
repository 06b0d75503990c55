"""What other rooms keep of an item by its id: counted before the item is deleted, handed over to
the recycle bin, given back, and carried to another item when two are made one.

Each room registers its sorts of things once, when the platform starts. All of it is called inside
the transaction that deletes, restores or merges, after `statements.in_turn`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording

Kept = dict[str, list[Any]]
"""By item what goes into the recycle bin, in a form that JSON can say; never a secret in clear."""


def _nothing_left(_actor: Actor, _items: Collection[UUID], _at: datetime) -> Kept:
    return {}


def _nothing_back(_actor: Actor, _kept: Mapping[UUID, list[Any]], _at: datetime) -> None:
    return


def _stays(_actor: Actor, _gone: UUID, _stays: UUID, _at: datetime) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Follower:
    """One sort of things that name items by their id."""

    thing: str
    label: Wording
    becomes: Wording
    """What becomes of them when their item is deleted."""
    count: Callable[[Actor, Collection[UUID]], Mapping[UUID, int]]
    """How many of each item, as far as the actor may know of them; one statement."""
    leave: Callable[[Actor, Collection[UUID], datetime], Kept] = _nothing_left
    """Take them away, and give what brings them back."""
    back: Callable[[Actor, Mapping[UUID, list[Any]], datetime], None] = _nothing_back
    """Bring back what was given; what cannot be is left out. Twice is the same as once."""
    move: Callable[[Actor, UUID, UUID, datetime], int] = _stays
    """Carry them from one item to another; how many that were. Twice is the same as once."""


_FOLLOWERS: dict[str, Follower] = {}


def register(follower: Follower) -> None:
    """Declare a sort of things, once, when the platform starts; they are told in this order."""
    _FOLLOWERS[follower.thing] = follower


def declared() -> tuple[Follower, ...]:
    return tuple(_FOLLOWERS.values())


def counted(actor: Actor, items: Collection[UUID]) -> list[tuple[Follower, Mapping[UUID, int]]]:
    """What names these items, as far as the actor may know of it."""
    return [(follower, follower.count(actor, items)) for follower in declared()]


def leave(actor: Actor, items: Collection[UUID], at: datetime) -> dict[UUID, dict[str, list[Any]]]:
    """What all rooms hand over, by item and thing."""
    found: dict[UUID, dict[str, list[Any]]] = {item: {} for item in items}
    for follower in declared():
        for item, kept in follower.leave(actor, items, at).items():
            if kept:
                found[UUID(item)][follower.thing] = kept
    return found


def back(actor: Actor, kept: Mapping[UUID, Mapping[str, list[Any]]], at: datetime) -> None:
    """Give to all rooms what they handed over; what no room knows any more is passed over."""
    for follower in declared():
        of = {item: held[follower.thing] for item, held in kept.items() if follower.thing in held}
        if of:
            follower.back(actor, of, at)


def move(actor: Actor, gone: UUID, stays: UUID, at: datetime) -> dict[str, int]:
    """Carry all that names one item to another; how many of each thing that were."""
    return {each.thing: each.move(actor, gone, stays, at) for each in declared()}
