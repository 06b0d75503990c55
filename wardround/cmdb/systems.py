"""Which business systems which items serve, kept right after every change of relations."""

from __future__ import annotations

from uuid import UUID

from wardround.cmdb import models, rules, statements
from wardround.schema import queries as schema


def recompute() -> list[UUID]:
    """Derive `Item.systems` anew for all items by one statement; gives the items it changed."""
    rows = statements.returned(
        "systems",
        {
            "system_types": rules.system_types(schema.remembered_item_types()),
            "kinds": rules.serving_kinds(schema.remembered_relation_kinds()),
        },
    )
    return [row[0] for row in rows]


def used_by(organisations: frozenset[UUID]) -> frozenset[UUID]:
    """The systems that organisations use; one query. What a scope of organisations leads to."""
    rows = models.Item.objects.filter(
        type__in=rules.system_types(schema.remembered_item_types()),
        attributes__department__in=[str(one) for one in organisations],
    )
    return frozenset(rows.values_list("id", flat=True))
