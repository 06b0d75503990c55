"""Which business systems which items serve, kept right after every change of relations."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from wardround.cmdb import models, rules, statements
from wardround.schema import queries as schema
from wardround.schema.types import Role


def recompute() -> list[UUID]:
    """Derive `Item.systems` anew for all items by one statement; gives the items it changed."""
    rows = statements.returned(
        "systems",
        {
            "system_types": rules.types_with(Role.SYSTEM, schema.remembered_item_types()),
            "kinds": rules.serving_kinds(schema.remembered_relation_kinds()),
        },
    )
    return [row[0] for row in rows]


def used_by(organisations: frozenset[UUID]) -> frozenset[UUID]:
    """The systems that organisations use; one query. What a scope of organisations leads to."""
    named = schema.derived("cmdb.scope-attributes", _scope_attributes)
    ids = [str(id_) for id_ in organisations]
    used = Q(pk__in=())
    for type_name, attribute in named:
        used |= Q(type=type_name, **{f"attributes__{attribute}__in": ids})
    return frozenset(models.Item.objects.filter(used).values_list("id", flat=True))


def _scope_attributes() -> list[tuple[str, str]]:
    return rules.scope_attributes(schema.remembered_item_types())
