"""A new item made together with its relation to one that is there: whoever may change that one may
make it, where it comes to serve the same systems, though what serves nothing yet is within reach of
those alone who reach everything.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from wardround.cmdb import models, statements
from wardround.cmdb.actions import audit_created, audit_relation, draft_of, prepared_item
from wardround.cmdb.drafts import Target
from wardround.cmdb.permissions import WRITE
from wardround.cmdb.relation_rows import RelationRow
from wardround.cmdb.relation_rules import Model, relation_problems
from wardround.cmdb.types import NewItem, NewRelation
from wardround.cmdb.writing import Writing, write
from wardround.kernel.errors import BadInput
from wardround.kernel.reach import require
from wardround.kernel.types import Actor
from wardround.schema import queries as schema


@transaction.atomic
def create_attached(  # noqa: PLR0913  # all but four are named
    actor: Actor, new: NewItem, there: models.Item, kind: str, *, outward: bool, at: datetime
) -> UUID:
    """Make an item and relate it to one that the actor may change; `outward`: from the new one.

    Raises BadInput by field, Forbidden where the new item is not within the actor's reach.
    """
    schema.hold()
    statements.in_turn()
    require(actor, WRITE, item=there.id, systems=there.systems)
    made = prepared_item(actor, draft_of(new))
    id_ = made.after.id
    ends = (id_, there.id) if outward else (there.id, id_)
    wanted = NewRelation(kind, str(ends[0]), str(ends[1]))
    targets = {str(id_): Target(id_, new.type), str(there.id): Target(there.id, there.type)}
    model = Model(schema.remembered_item_types(), schema.relation_kinds())
    if found := tuple(relation_problems(wanted, targets, model, ends=("source", "target"))):
        raise BadInput(problems=found)
    relation = RelationRow.of(wanted, *ends)
    write(actor, Writing(items=[made], relations=[relation]), at=at)
    row = models.Item.objects.only("systems").get(id=id_)
    require(actor, WRITE, item=id_, systems=row.systems)
    audit_created(actor, made)
    audit_relation(actor, "relation.create", relation)
    return id_
