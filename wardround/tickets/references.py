"""What the reference fields of a ticket's form name: items, found by id or key under a reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from wardround.cmdb import queries as cmdb
from wardround.kernel.errors import FieldProblem
from wardround.kernel.reach import Reach
from wardround.schema.types import AttributeType
from wardround.tickets.types import TicketType


def resolved(
    ticket_type: TicketType,
    values: Mapping[str, Any],
    present: Mapping[str, Any],
    inside: Reach,
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """The values with ids for what references name, and what may not stand there.

    What a ticket has already may stay, whatever it is: it is not asked for again.
    """
    fresh = {
        name: str(value)
        for name, value in values.items()
        if name in names(ticket_type) and value is not None and value != present.get(name)
    }
    admitted = {known.name: known.to for known in ticket_type.fields}
    found, problems = cmdb.named_by_fields(inside, fresh, admitted) if fresh else ({}, {})
    kept = {**values, **{name: str(id_) for name, id_ in found.items()}}
    return kept, [FieldProblem(f"fields.{name}", told) for name, told in problems.items()]


def names(ticket_type: TicketType) -> frozenset[str]:
    """The fields of the type that name items."""
    references = (known for known in ticket_type.fields if known.type is AttributeType.REFERENCE)
    return frozenset(known.name for known in references)


def items_in(ticket_type: TicketType, values: Mapping[str, Any]) -> dict[str, UUID]:
    """By field, the item it names; what was stored before that was asked for names nothing."""
    found: dict[str, UUID] = {}
    for name in names(ticket_type) & values.keys():
        try:
            found[name] = UUID(str(values[name]))
        except ValueError:
            continue
    return found
