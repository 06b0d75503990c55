"""Live pages: what changed is announced through the database and reaches every open page.

`NOTIFY` is part of the transaction, so nobody hears of a change that was rolled back. A room
declares its topics: who may hear of one, and of which things; nobody hears of anything else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from wardround.kernel.permissions import SIGNED_IN, Permission
from wardround.kernel.reach import EVERYTHING, Reach, reach
from wardround.kernel.types import Actor

CHANNEL = "wardround_live"
_MOST_IDS = 50
"""PostgreSQL limits a payload to 8,000 bytes; above this many ids the topic alone is said."""

Visible = Callable[[Reach, Collection[UUID]], Collection[UUID]]
"""Which of some things of a topic are within a reach."""


@dataclass(frozen=True)
class Topic:
    """One kind of news for open pages; without `visible` it names no things, and is everybody's
    who holds the permission.
    """

    name: str
    needs: Permission
    visible: Visible | None = None

    def reach(self, actor: Actor) -> Reach:
        """How far the actor hears of it."""
        if self.needs is SIGNED_IN:
            return EVERYTHING
        seen = reach(actor, self.needs)
        return EVERYTHING if self.visible is None and not seen.empty else seen


_topics: dict[str, Topic] = {}


def topic(name: str, needs: Permission, visible: Visible | None = None) -> Topic:
    """Declare a topic; the room that publishes it does so when it starts."""
    _topics[name] = Topic(name, needs, visible)
    return _topics[name]


def topics() -> dict[str, Topic]:
    """Every topic by name."""
    return dict(_topics)


def publish(name: str, *ids: object) -> None:
    """Tell open pages, at commit, that things of this topic changed; no ids: that many may have."""
    named = [str(changed) for changed in ids] if len(ids) <= _MOST_IDS else []
    payload = json.dumps({"topic": name, "ids": named})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
