"""Who waits for whom in a PostgreSQL: each session once, below one that it waits for.

A session that waits in a queue waits for all before it, so that the ways from a root to the last of
n sessions are 2ⁿ; a statement that listed them all would never end on a server in trouble.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Node = int | str
"""The process id of a session, or the global id of a prepared transaction, which has no process."""
NO_PROCESS = 0
"""The process id that PostgreSQL tells as the blocker when a prepared transaction is it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands; a root, for which others wait, has no parent."""

    node: Node
    parent: Node | None
    level: int


def lock_tree(waits: Iterable[tuple[Node, Node]]) -> list[Place]:
    """From (who waits, for whom), depth first; each stands as near to a root as it can.

    Those who wait in a circle have no root: the server ends such a deadlock soon. Until then the
    first of them stands for it.
    """
    waiters: dict[Node, list[Node]] = {}
    waiting: dict[Node, None] = {}
    for waiter, blocker in sorted(set(waits), key=str):
        if waiter != blocker:
            waiters.setdefault(blocker, []).append(waiter)
            waiting[waiter] = None
    placed: dict[Node, Place] = {}
    _grow([blocker for blocker in waiters if blocker not in waiting], waiters, placed)
    for waiter in waiting:
        _grow([waiter], waiters, placed)
    return _depth_first(placed)


def lock_row(place: Place, about: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table of locks; of a session that ended meanwhile its place alone is known."""
    prepared = isinstance(place.node, str)
    return {
        "level": place.level,
        "parent": place.parent,
        "pid": place.node,
        "user": about.get("user"),
        "database": about.get("database"),
        "application": about.get("application"),
        "state": "prepared transaction" if prepared else about.get("state"),
        "wait": about.get("wait") or "",
        "transaction_s": about.get("transaction_s"),
        "query": about.get("query") or "",
    }


def _grow(roots: list[Node], waiters: Mapping[Node, list[Node]], placed: dict[Node, Place]) -> None:
    """Place the roots that have no place yet, and level by level all that wait for them."""
    new = [root for root in roots if root not in placed]
    placed.update((root, Place(root, None, 0)) for root in new)
    queue = deque(new)
    while queue:
        blocker = queue.popleft()
        for waiter in waiters.get(blocker, ()):
            if waiter not in placed:
                placed[waiter] = Place(waiter, blocker, placed[blocker].level + 1)
                queue.append(waiter)


def _depth_first(placed: Mapping[Node, Place]) -> list[Place]:
    below: dict[Node | None, list[Place]] = {}
    for place in placed.values():
        below.setdefault(place.parent, []).append(place)
    ordered: list[Place] = []
    left = list(reversed(below.get(None, [])))
    while left:
        place = left.pop()
        ordered.append(place)
        left += reversed(below.get(place.node, []))
    return ordered
