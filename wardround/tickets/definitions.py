"""The kinds of definition tickets are made of: ticket types, level matrices, assignments.

`types` declares them; what a declaration cannot say, the checks here find.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.alerts.types import EXPIRY
from wardround.detection.types import Severity
from wardround.kernel.permissions import permissions
from wardround.schema.attributes import check_attributes
from wardround.schema.expressions import Field, FieldType, fields_of
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.lifecycle import check_lifecycle
from wardround.schema.suggestions import unknown
from wardround.schema.types import Label, Path, Problem, Reference
from wardround.tickets.alert_checks import (
    ALERT_TICKETS,
    TICKET_TYPE,
    check_alert_tickets,
    lineages_of,
    never_decides,
    rule_names,
)
from wardround.tickets.alert_tickets import AlertTickets
from wardround.tickets.level_coverage import Value, gap
from wardround.tickets.permissions import AUTOMATIC
from wardround.tickets.types import (
    Assignment,
    AssignmentRule,
    AssignTo,
    Criteria,
    Grade,
    LevelMatrix,
    LevelRow,
    TicketType,
)

LEVEL_MATRIX = "level-matrix"
_NOT_DECIDED = ("level", "sla")
"""What a matrix decides, and so cannot ask for."""
ASSIGNMENT = "assignment"

_GRADES = tuple(str(grade) for grade in Grade)
_SEVERITIES = tuple(str(severity) for severity in Severity)

FACTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "type": (),
        "importance": ("A", "B", "C", ""),
        "impact": (*_GRADES, ""),
        "urgency": (*_GRADES, ""),
        "severity": (*_SEVERITIES, ""),
        "rule": (),
        "item_type": (),
        "level": (),
        "sla": (),
    }
)
"""What every ticket knows of itself beside its form, and the values it may have (none: any)."""

STANDARD_FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        **{name: Field(FieldType.TEXT, choices) for name, choices in FACTS.items()},
        "assigned": Field(FieldType.BOOLEAN),
        "opened_at": Field(FieldType.DATETIME),
    }
)
"""Names that guards may use beside the fields of the form."""

# Checking ----------------------------------------------------------------------------------------


def check_ticket_type(ticket_type: TicketType, _others: DefinitionView) -> Iterator[Problem]:
    """Its form, its life cycle, and the transitions and rights that it names."""
    yield from check_attributes(ticket_type.fields, path=("fields",))
    for index, attribute in enumerate(ticket_type.fields):
        if attribute.name in STANDARD_FIELDS:
            message = _("every ticket has “%(name)s” already")
            where: Path = ("fields", index, "name")
            yield Problem(where, message, {"name": attribute.name}, found=attribute.name)
    yield from check_lifecycle(ticket_type, {**STANDARD_FIELDS, **fields_of(ticket_type.fields)})
    ways = {transition.name for transition in ticket_type.transitions}
    for path, name in _named_transitions(ticket_type):
        if name not in ways:
            yield unknown(path, _("there is no transition “%(name)s”"), name, ways)
    rights = {str(permission) for permission in permissions()} | {AUTOMATIC}
    for index, transition in enumerate(ticket_type.transitions):
        if transition.right is not None and transition.right not in rights:
            message = _("there is no permission “%(name)s”")
            yield unknown(("transitions", index, "right"), message, transition.right, rights)


def _named_transitions(ticket_type: TicketType) -> Iterator[tuple[Path, str]]:
    yield from ((("takes", index), name) for index, name in enumerate(ticket_type.takes))
    if ticket_type.alerts is not None:
        yield ("alerts", "end_by"), ticket_type.alerts.end_by
        yield ("alerts", "reopen_by"), ticket_type.alerts.reopen_by


def check_level_matrix(matrix: LevelMatrix, others: DefinitionView) -> Iterator[Problem]:
    """Unknown levels and facts, rows that can never decide, and tickets that no row takes."""
    levels = [level.name for level in matrix.levels]
    lineages = others.once(lineages_of)
    yield from _check_levels(matrix)
    for index, row in enumerate(matrix.rows):
        if row.level not in levels:
            where: Path = ("rows", index, "level")
            yield unknown(where, _("there is no level “%(name)s”"), row.level, levels)
        yield from _check_condition(row.when, others, ("rows", index, "when"), without=_NOT_DECIDED)
        covering = (
            before.name
            for before in matrix.rows[:index]
            if _covers(before.when, row.when, lineages)
        )
        if name := next(covering, ""):
            yield never_decides(index, row.name, name)
    yield from _check_gap(matrix, others)


def _check_levels(matrix: LevelMatrix) -> Iterator[Problem]:
    """Two levels of one name, and former names that are another level's."""
    names = [level.name for level in matrix.levels]
    met: set[str] = set()
    for index, level in enumerate(matrix.levels):
        if level.name in names[:index]:
            message = _("two levels are called “%(name)s”")
            where: Path = ("levels", index, "name")
            yield Problem(where, message, {"name": level.name}, found=level.name)
        former = level.renamed_from
        if former is not None and (former in names or former in met):
            message = _("“%(name)s” is the name of another level: tickets that have it keep it")
            where = ("levels", index, "renamed_from")
            yield Problem(where, message, {"name": former}, found=former)
        met.update([former] if former else [])


def _check_gap(matrix: LevelMatrix, others: DefinitionView) -> Iterator[Problem]:
    """A ticket that no row takes would have no level, no agreement and no clocks."""
    using = [known for known in others.all(TICKET_TYPE).values() if known.levels == matrix.name]
    found = gap([row.when for row in matrix.rows], _facts_of(using, others))
    if found is not None:
        told = ", ".join(f"{name}: {value or '–'}" for name, value in found.items())
        message = _("no row takes a ticket with %(facts)s; end with a row without “when”")
        yield Problem(("rows",), message, {"facts": told}, expected="rows")


def takes_all(assignment: Assignment, ticket_type: TicketType, others: DefinitionView) -> bool:
    """Whether a rule fits whatever the ticket of this type."""
    rules = [rule.when for rule in assignment.rules]
    return gap(rules, _facts_of([ticket_type], others)) is None


def _facts_of(using: Sequence[TicketType], others: DefinitionView) -> Mapping[str, Sequence[Value]]:
    """What tickets of these types may be, fact by fact; any values of one that is not here."""
    lineages: Collection[tuple[str, ...]] = others.once(lineages_of).values()
    possible: dict[str, Sequence[Value]] = {
        **{name: values for name, values in FACTS.items() if values},
        **_choices_of(using),
        "item_type": ("", *lineages),
    }
    if using:
        possible["type"] = [known.name for known in using]
    return possible


def _choices_of(using: Sequence[TicketType]) -> dict[str, Sequence[Value]]:
    """What stands in the forms of these types; a field may be empty, or not be there."""
    found: dict[str, list[str]] = {}
    for ticket_type in using:
        for attribute in ticket_type.fields:
            if attribute.choices:
                values = found.setdefault(attribute.name, [""])
                values += [choice.value for choice in attribute.choices]
    return dict(found)


def _covers(wide: Criteria, narrow: Criteria, lineages: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether everything that fits `narrow` fits `wide`."""

    def among(values: frozenset[str], name: str, value: str) -> bool:
        kin = lineages.get(value, (value,)) if name == "item_type" else (value,)
        return not values.isdisjoint(kin)

    return all(
        name in narrow.wanted and all(among(values, name, value) for value in narrow.wanted[name])
        for name, values in wide.wanted.items()
    )


def check_assignment(assignment: Assignment, others: DefinitionView) -> Iterator[Problem]:
    for index, rule in enumerate(assignment.rules):
        if rule.to is not AssignTo.OWNER and not rule.whom:
            message = _("say whom: the name of a role or a user name")
            yield Problem(("rules", index), message, expected="whom")
        if rule.to is AssignTo.OWNER and rule.whom:
            message = _("the owner is who the item says: “whom” means nothing here")
            yield Problem(("rules", index, "whom"), message, found=rule.whom, at_key=True)
        if rule.to is AssignTo.ACCOUNT and others.sees_database:
            yield from _check_account(rule.whom, others, ("rules", index, "whom"))
        yield from _check_condition(rule.when, others, ("rules", index, "when"))


def _check_account(whom: str, others: DefinitionView, path: Path) -> Iterator[Problem]:
    """Roles are references; user names only the database knows."""
    if whom and not others.outside("account", [whom]):
        message = _("there is no account with the user name “%(name)s”")
        yield Problem(path, message, {"name": whom}, found=whom)


def _check_condition(
    when: Criteria, others: DefinitionView, path: Path, *, without: Collection[str] = ()
) -> Iterator[Problem]:
    """`without`: facts that are not decided yet where the condition is asked."""
    possible = {
        name: values for name, values in others.once(_possible).items() if name not in without
    }
    for name, values in when.wanted.items():
        if name not in possible:
            message = _("no ticket has a field “%(name)s”")
            yield unknown((*path, name), message, name, possible, at_key=True)
        allowed = possible.get(name, ())
        for value in sorted(values - set(allowed) if allowed else ()):
            problem = unknown((*path, name), "", value, allowed)
            details = {"name": name, "value": value}
            yield replace(problem, message=_("“%(name)s” is never “%(value)s”"), details=details)


def _possible(others: DefinitionView) -> dict[str, tuple[str, ...]]:
    """What a condition may ask with the values it may have; () where any may stand."""
    found = dict(FACTS)
    for ticket_type in others.all(TICKET_TYPE).values():
        for attribute in ticket_type.fields:
            values = tuple(choice.value for choice in attribute.choices)
            found[attribute.name] = (*found.get(attribute.name, ()), *values)
    found |= {fact: (*others.names(kind), "") for fact, kind in _DEFINED.items()}
    rules = rule_names(others)
    levels = {name for each in others.all(LEVEL_MATRIX).values() for name in each.level_names}
    known = {"rule": rules if rules - {EXPIRY} else (), "level": levels}
    return found | {fact: (*sorted(names), "") for fact, names in known.items() if names}


_DEFINED = {"type": TICKET_TYPE, "item_type": "item-type", "sla": "sla-policy"}
"""Facts that are the name of a definition."""


def _named(rows: Sequence[LevelRow | AssignmentRule], at: str) -> Iterator[Reference]:
    """The definitions that conditions ask for by name."""
    for index, row in enumerate(rows):
        for fact in _DEFINED.keys() & row.when.wanted.keys():
            for name in sorted(row.when.wanted[fact] - {""}):
                yield Reference((at, index, "when", fact), _DEFINED[fact], name)


KINDS: tuple[DefinitionKind[Any], ...] = (
    DefinitionKind(
        name=TICKET_TYPE,
        model=TicketType,
        label=Label("工单类型", "Ticket type"),
        about=Label(
            "一类工单：表单、状态和流转、如何定级和派单。",
            "A type of ticket: its form, its states, how it gets a level and an assignee.",
        ),
        check=check_ticket_type,
    ),
    DefinitionKind(
        name=LEVEL_MATRIX,
        model=LevelMatrix,
        label=Label("故障级别矩阵", "Level matrix"),
        about=Label(
            "按影响、紧急程度等决定工单级别及所依协议。",
            "Which level a ticket gets by what is known of it, and which agreement then counts.",
        ),
        check=check_level_matrix,
        names=lambda matrix: _named(matrix.rows, "rows"),
        looks_around=True,
    ),
    DefinitionKind(
        name=ASSIGNMENT,
        model=Assignment,
        label=Label("派单规则", "Assignment"),
        about=Label("新工单派给谁。", "Who gets a new ticket."),
        check=check_assignment,
        names=lambda assignment: _named(assignment.rules, "rules"),
        looks_around=True,
    ),
    DefinitionKind(
        name=ALERT_TICKETS,
        model=AlertTickets,
        label=Label("告警转单", "Tickets of alerts"),
        about=Label(
            "哪些告警建工单、建哪一类工单。",
            "Which alerts open a ticket, and of which type.",
        ),
        check=check_alert_tickets,
        looks_around=True,
    ),
)
