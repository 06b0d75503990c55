"""The definitions tickets follow: those in force, and those a ticket is pinned to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wardround.schema import queries as schema
from wardround.schema.errors import UnknownDefinition
from wardround.schema.kinds import DefinitionView, parts
from wardround.schema.types import AttributeType, Label
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


def pinned(name: str, version: int) -> TicketType | None:
    """The version of a type that a ticket began with; None where it cannot be read (`pins`)."""
    present = ticket_types().get(name)
    if present is not None and present.version == version:
        return present
    return schema.derived(f"tickets.pinned {name} {version}", lambda: _pinned(name, version))


def type_label(name: str) -> Label:
    """What a type is called, or was last; one that nobody knows any more by its name."""
    known: TicketType | None = schema.remembered(TICKET_TYPE).get(name)
    return known.label if known else Label(name, name)


def _pinned(name: str, version: int) -> TicketType | None:
    """The version, but what the type calls a secret by now is one for every ticket."""
    try:
        began_with: TicketType = schema.definition(TICKET_TYPE, name, version)
    except UnknownDefinition:
        return None
    newest: TicketType | None = schema.remembered(TICKET_TYPE).get(name)
    secret = newest.secret_fields if newest else frozenset()
    fields = tuple(
        attribute.model_copy(update={"type": AttributeType.SECRET, "default": None})
        if attribute.name in secret
        else attribute
        for attribute in began_with.fields
    )
    return began_with.model_copy(update={"fields": fields}).at_version(version)


def known_states() -> frozenset[str]:
    """The states that tickets of any type can be in, or could once: they keep to their version."""
    return schema.derived("tickets.states", _known_states)


def _known_states() -> frozenset[str]:
    bodies = schema.every_body(TICKET_TYPE)
    states = (state for body in bodies for _place, state in parts(body, "states"))
    return frozenset(str(state.get("name", "")) for state in states)


def level_matrix(name: str) -> LevelMatrix | None:
    """One matrix, a retired one too: tickets keep the level it gave them."""
    found: Mapping[str, LevelMatrix] = schema.remembered(LEVEL_MATRIX)
    return found.get(name)


def level_places() -> Mapping[tuple[str, str], int]:
    """How a level stands in its matrix, 0 for the first, by the matrix's and the level's name."""
    return schema.derived("tickets.level-places", _level_places)


def _level_places() -> Mapping[tuple[str, str], int]:
    found: Mapping[str, LevelMatrix] = schema.remembered(LEVEL_MATRIX)
    return {
        (name, level.name): place
        for name, matrix in found.items()
        for place, level in enumerate(matrix.levels)
    }


def level_label(matrix: str, level: str) -> Label | None:
    """What a ticket's level is called; one that its matrix has no more, as it was called last."""
    present = level_matrix(matrix)
    if present is None or not level:
        return None
    if level in present.level_names:
        return present.label_of(level)
    key = f"tickets.former-level {matrix} {level}"
    return schema.derived(key, lambda: _former_level(matrix, level))


def _former_level(matrix: str, level: str) -> Label:
    versions: Iterator[LevelMatrix] = schema.versions_read(LEVEL_MATRIX, matrix)
    having = (known.label_of(level) for known in versions if level in known.level_names)
    return next(having, Label(level, level))


def assignment(name: str) -> Assignment | None:
    found: Mapping[str, Assignment] = schema.definitions(ASSIGNMENT)
    return found.get(name)


def alert_tickets() -> Mapping[str, AlertTickets]:
    """What decides which ticket an alert opens."""
    return schema.definitions(ALERT_TICKETS)


def in_force() -> DefinitionView:
    """The definitions by which alerts find their ticket, as they are now."""
    kinds = (ALERT_TICKETS, "alert-rules", "item-type")
    return DefinitionView({kind: schema.definitions(kind) for kind in kinds})
