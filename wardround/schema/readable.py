"""Which stored definitions somebody may read: rules are everybody's, things are not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from wardround.kernel.errors import Forbidden
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.schema import cache, kinds, models
from wardround.schema.errors import BadDefinition
from wardround.schema.kinds import Content


def readable(actor: Actor, rows: Iterable[models.Definition]) -> list[models.Definition]:
    """Those of these versions that the actor may read, in their order.

    One that holds things is read by those only who have the right to all of them; one query for
    each such kind, and none for whoever sees everything.
    """
    found = list(rows)
    contents: dict[str, list[models.Definition]] = defaultdict(list)
    for row in found:
        if _content(row.kind) is not None:
            contents[row.kind].append(row)
    hidden = {row.id for kind, theirs in contents.items() for row in _hidden(actor, kind, theirs)}
    return [row for row in found if row.id not in hidden]


def sees_whole(actor: Actor, permission: str) -> bool:
    """Whether the actor holds the permission for everything, and sees all that definitions hold."""
    return reach(actor, permission).everything and all(
        kind.content.whole(reach(actor, kind.content.needs))
        for kind in kinds.every()
        if kind.content
    )


def require_whole(actor: Actor, permission: str) -> None:
    """Raise `Forbidden` unless the actor may change definitions, and sees all that these hold.

    What a change takes away is counted over all of it, and its mistakes may name any of it.
    """
    actor.require(permission, systems=())
    for kind in kinds.every():
        if kind.content and not reach(actor, kind.content.needs).everything:
            raise Forbidden(permission=kind.content.needs)


def require_writing(actor: Actor, touched: Collection[str]) -> None:
    """Raise `Forbidden` unless the actor may write the things of these kinds everywhere.

    Else who may edit definitions could write items, or have anything collected, through them.
    """
    for kind in kinds.every():
        if kind.content and kind.name in touched:
            actor.require(kind.content.writes, systems=())


def unreadable(actor: Actor) -> list[models.Definition]:
    """The current definitions that the actor may not read."""
    kept = [
        kind.name
        for kind in kinds.every()
        if kind.content and not kind.content.whole(reach(actor, kind.content.needs))
    ]
    rows = list(models.Definition.objects.filter(current=True, kind__in=kept))
    shown = {row.id for row in readable(actor, rows)}
    return [row for row in rows if row.id not in shown]


def _content(kind: str) -> Content[Any] | None:
    known = kinds.kind_named(kind)
    return known.content if known else None


def _hidden(actor: Actor, kind: str, rows: list[models.Definition]) -> list[models.Definition]:
    content = _content(kind)
    if content is None:
        return []
    seen = reach(actor, content.needs)
    if content.whole(seen):
        return []
    held = {row.id: _held(content, row) for row in rows} if not seen.empty else {}
    keys = frozenset[str]().union(*held.values())
    inside = kinds.reached(content.things, seen, keys)
    return [row for row in rows if not held.get(row.id) or not held[row.id] <= inside]


def _held(content: Content[Any], row: models.Definition) -> frozenset[str]:
    """What it holds; nothing where its body can no longer be read, and so nobody's to see."""
    try:
        return frozenset(content.keys(cache.parsed(row.kind, row.body)))
    except (BadDefinition, KeyError, TypeError, ValueError):
        return frozenset()
