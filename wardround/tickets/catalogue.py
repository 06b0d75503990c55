"""The definitions tickets follow: those in force, and those a ticket is pinned to."""

from __future__ import annotations

from collections.abc import Mapping

from wardround.schema import queries as schema
from wardround.schema.types import AttributeType
from wardround.tickets.alert_checks import ALERT_TICKETS, TICKET_TYPE
from wardround.tickets.alert_tickets import AlertTickets
from wardround.tickets.definitions import ASSIGNMENT, LEVEL_MATRIX
from wardround.tickets.errors import NoSuchType
from wardround.tickets.types import Assignment, LevelMatrix, TicketType


def ticket_types() -> Mapping[str, TicketType]:
    """Every type in force, with its version, by name."""
    return schema.derived("tickets.types", _ticket_types)


def _ticket_types() -> Mapping[str, TicketType]:
    found: Mapping[str, TicketType] = schema.definitions(TICKET_TYPE)
    return {
        name: declared.at_version(schema.current_version(TICKET_TYPE, name))
        for name, declared in found.items()
    }


def ticket_type(name: str) -> TicketType:
    """The type in force; raises NoSuchType naming the field `type`."""
    known = ticket_types()
    if name not in known:
        raise NoSuchType(field="type", given=name, known=", ".join(sorted(known)))
    return known[name]


def pinned(name: str, version: int) -> TicketType:
    """The version of a type that a ticket began with; versions are never deleted."""
    present = ticket_types().get(name)
    if present is not None and present.version == version:
        return present
    return schema.derived(f"tickets.pinned {name} {version}", lambda: _pinned(name, version))


def _pinned(name: str, version: int) -> TicketType:
    """The version, but what the type calls a secret by now is one for every ticket."""
    began_with: TicketType = schema.definition(TICKET_TYPE, name, version)
    newest: TicketType | None = schema.remembered(TICKET_TYPE).get(name)
    secret = newest.secret_fields if newest else frozenset()
    fields = tuple(
        attribute.model_copy(update={"type": AttributeType.SECRET, "default": None})
        if attribute.name in secret
        else attribute
        for attribute in began_with.fields
    )
    return began_with.model_copy(update={"fields": fields}).at_version(version)


def level_matrix(name: str) -> LevelMatrix | None:
    """One matrix, a retired one too: tickets keep the level it gave them."""
    found: Mapping[str, LevelMatrix] = schema.remembered(LEVEL_MATRIX)
    return found.get(name)


def assignment(name: str) -> Assignment | None:
    found: Mapping[str, Assignment] = schema.definitions(ASSIGNMENT)
    return found.get(name)


def alert_tickets() -> Mapping[str, AlertTickets]:
    """What decides which ticket an alert opens."""
    return schema.definitions(ALERT_TICKETS)
