"""Which business systems which items serve, kept right after every change of relations, of
the role of a type and of what a kind of relation carries.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q

from wardround.cmdb import models, rules, statements
from wardround.schema import queries as schema
from wardround.schema.types import ItemRole, ItemType, RelationKind


def recompute() -> list[UUID]:
    """Derive `Item.systems` anew for all items by one statement; gives the items it changed."""
    statements.in_turn()
    types, kinds = schema.remembered_item_types(), schema.remembered_relation_kinds()
    return _ids("serve", types, kinds)


def serving_less(types: Mapping[str, ItemType], kinds: Mapping[str, RelationKind]) -> list[UUID]:
    """Items in use that would serve one of their systems no longer, were these the definitions.

    Args:
        types: every type that items are of, with what it inherits.
        kinds: every kind that relations are of.

    """
    return _ids("serve_no_more", types, kinds)


def _ids(name: str, types: Mapping[str, ItemType], kinds: Mapping[str, RelationKind]) -> list[UUID]:
    describing, described = rules.document_kinds(kinds)
    parameters = {
        "system_types": rules.types_with(ItemRole.SYSTEM, types),
        "document_types": rules.types_with(ItemRole.DOCUMENT, types),
        "kinds": rules.serving_kinds(kinds),
        "describing": describing,
        "described": described,
    }
    return [row[0] for row in statements.returned(name, parameters, after="serving")]


def used_by(organisations: frozenset[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The systems that each organisation uses; one query. What a scope of these leads to."""
    named = schema.derived("cmdb.scope-attributes", _scope_attributes)
    ids, used = [str(id_) for id_ in organisations], Q(pk__in=())
    by_type: dict[str, list[str]] = {}
    for type_name, attribute in named:
        used |= Q(type=type_name, **{f"attributes__{attribute}__in": ids})
        by_type.setdefault(type_name, []).append(attribute)
    found: dict[UUID, set[UUID]] = {}
    for id_, type_name, held in models.Item.objects.filter(used).values_list(
        "id", "type", "attributes"
    ):
        for attribute in by_type[type_name]:
            if organisation := rules.as_id(str(held.get(attribute))):
                found.setdefault(organisation, set()).add(id_)
    return {organisation: frozenset(found.get(organisation, ())) for organisation in organisations}


def _scope_attributes() -> list[tuple[str, str]]:
    return rules.scope_attributes(schema.remembered_item_types())
