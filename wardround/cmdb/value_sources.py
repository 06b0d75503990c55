"""Where the values of items come from: written with them, in the same transaction.

Only what a source claims is kept; what is not named was written by people. So items that no source
speaks of cost nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wardround.cmdb import models, statements
from wardround.cmdb.drafts import Prepared
from wardround.cmdb.statements import listed

Said = Mapping[str, Sequence[Any]]
"""By field, the source of its value and when it said it."""


def of_items(ids: Collection[UUID]) -> dict[UUID, Said]:
    """What is claimed of these items; one statement, or none."""
    if not ids:
        return {}
    rows = models.ValueSource.objects.filter(item__in=listed("uuid", list(ids)))
    return dict(rows.values_list("item_id", "said"))


def claim(claims: Mapping[UUID, Said]) -> None:
    """These fields are those of their sources from now on."""
    rows = [{"item": item, "claims": said} for item, said in claims.items() if said]
    if rows:
        statements.changed("claim_values", {"rows": json.dumps(rows, default=str)})


def drop(fields: Mapping[UUID, Collection[str]]) -> None:
    """These fields are no source's any more."""
    rows = [{"item": item, "fields": [*names]} for item, names in fields.items() if names]
    if rows and models.ValueSource.objects.exists():
        statements.changed("drop_claims", {"rows": json.dumps(rows, default=str)})


def keep(
    changed: Sequence[Prepared], source: str, claims: Mapping[UUID, Collection[str]], at: datetime
) -> None:
    """After items were written: what the source claims is its own, the rest is people's."""
    drop(
        {
            item.after.id: {change.field for change in item.changes}
            - {*claims.get(item.after.id, ())}
            for item in changed
        }
    )
    moment = at.isoformat()
    claim({item: dict.fromkeys(names, (source, moment)) for item, names in claims.items()})
