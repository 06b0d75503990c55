"""Live pages: what changed is announced through the database and reaches every open page.

`NOTIFY` is part of the transaction, so nobody hears of a change that was rolled back.
"""

from __future__ import annotations

import json

from django.db import connection

CHANNEL = "wardround_live"
_MOST_IDS = 50
"""PostgreSQL limits a payload to 8,000 bytes; above this many ids the topic alone is said."""


def publish(topic: str, *ids: object) -> None:
    """Tell open pages, at commit, that things of this topic changed."""
    named = [str(changed) for changed in ids] if len(ids) <= _MOST_IDS else []
    payload = json.dumps({"topic": topic, "ids": named})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
