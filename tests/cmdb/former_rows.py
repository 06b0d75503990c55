"""Rows as they were written before later columns were there, for tests of migrations."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from django.db import connection


def change_of_before(  # noqa: PLR0917  # all that such a row had
    item: UUID, at: datetime, actor: UUID, field: str, old: object, new: object
) -> int:
    """An entry of an item's history; gives its id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cmdb_item_change (item_id, at, actor_id, actor_name, field, old, new)"
            " VALUES (%s, %s, %s, 'x', %s, %s, %s) RETURNING id",
            [item, at, actor, field, json.dumps(old), json.dumps(new)],
        )
        return int(cursor.fetchone()[0])
