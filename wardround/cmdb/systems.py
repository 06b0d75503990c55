"""Which business systems depend on which items, kept right after every change of relations."""

from __future__ import annotations

from uuid import UUID

from wardround.cmdb import rules, statements
from wardround.schema import queries as schema
from wardround.schema.types import Impact


def recompute() -> list[UUID]:
    """Derive `Item.systems` anew for all items by one statement; gives the items it changed."""
    kinds = schema.relation_kinds()
    rows = statements.returned(
        "systems",
        {
            "system_types": rules.system_types(schema.item_types()),
            "to_source": rules.impact_kinds(kinds, Impact.TARGET_TO_SOURCE),
            "to_target": rules.impact_kinds(kinds, Impact.SOURCE_TO_TARGET),
        },
    )
    return [row[0] for row in rows]
