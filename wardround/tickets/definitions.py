"""The kinds of definition tickets are made of: ticket types, level matrices, assignments.

Bodies arrive checked against the JSON-schema; what a schema cannot say, the checks find.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from wardround.schema.attributes import ATTRIBUTE_SCHEMA, check_attributes, parse_attributes
from wardround.schema.expressions import Field, FieldType, fields_of
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.lifecycle import LIFECYCLE_PROPERTIES, check_lifecycle, parse_lifecycle
from wardround.schema.shapes import LABEL_SCHEMA
from wardround.schema.suggestions import closest
from wardround.schema.types import Label, Path, Problem, Reference
from wardround.tickets.types import (
    AlertHandling,
    Assignment,
    AssignmentRule,
    AssignTo,
    Condition,
    Grade,
    Level,
    LevelMatrix,
    LevelRow,
    OnAlertEnd,
    TicketType,
)
from wardround.worktime.queries import parse_length

TICKET_TYPE = "ticket-type"
LEVEL_MATRIX = "level-matrix"
ASSIGNMENT = "assignment"
SLA_POLICY = "sla-policy"

_GRADES = tuple(str(grade) for grade in Grade)
_SEVERITIES = ("info", "warning", "critical", "disaster")

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

_NAME = {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,49}$"}
_WHEN = {
    "type": "object",
    "additionalProperties": {
        "type": ["string", "array"],
        "items": {"type": "string"},
        "minItems": 1,
    },
}

TICKET_TYPE_SCHEMA: Mapping[str, Any] = {
    "required": ["label", "numbering", "levels", "assignment", "states", "transitions"],
    "properties": {
        "label": LABEL_SCHEMA,
        "numbering": {"type": "string", "pattern": "^[A-Z]{2,6}$"},
        "levels": _NAME,
        "assignment": _NAME,
        "fields": {"type": "array", "items": ATTRIBUTE_SCHEMA},
        "takes": {"type": "array", "items": _NAME, "uniqueItems": True},
        "alerts": {
            "type": "object",
            "required": ["end_by", "reopen_by"],
            "additionalProperties": False,
            "properties": {
                "on_end": {"enum": [str(one) for one in OnAlertEnd]},
                "end_by": _NAME,
                "reopen_by": _NAME,
                "reopen_within": {"type": "string", "pattern": r"^\d{1,4}(d|h|m)$"},
                "grades": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        severity: {
                            "type": "object",
                            "required": ["impact", "urgency"],
                            "additionalProperties": False,
                            "properties": {
                                "impact": {"enum": list(_GRADES)},
                                "urgency": {"enum": list(_GRADES)},
                            },
                        }
                        for severity in _SEVERITIES
                    },
                },
            },
        },
        **LIFECYCLE_PROPERTIES,
    },
}

LEVEL_MATRIX_SCHEMA: Mapping[str, Any] = {
    "required": ["label", "levels", "rows"],
    "properties": {
        "label": LABEL_SCHEMA,
        "levels": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "label"],
                "additionalProperties": False,
                "properties": {"name": _NAME, "label": LABEL_SCHEMA},
            },
        },
        "rows": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "level", "sla"],
                "additionalProperties": False,
                "properties": {"name": _NAME, "when": _WHEN, "level": _NAME, "sla": _NAME},
            },
        },
    },
}

ASSIGNMENT_SCHEMA: Mapping[str, Any] = {
    "required": ["label", "rules"],
    "properties": {
        "label": LABEL_SCHEMA,
        "rules": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "to"],
                "additionalProperties": False,
                "properties": {
                    "name": _NAME,
                    "to": {"enum": [str(one) for one in AssignTo]},
                    "whom": {"type": "string", "minLength": 1},
                    "when": _WHEN,
                },
            },
        },
    },
}


# Reading -----------------------------------------------------------------------------------------


def parse_ticket_type(body: Mapping[str, Any]) -> TicketType:
    return TicketType(
        name=body["name"],
        label=Label.parse(body["label"]),
        version=0,
        numbering=body["numbering"],
        fields=parse_attributes(body.get("fields", ())),
        cycle=parse_lifecycle(body),
        takes=frozenset(body.get("takes", ())),
        levels=body["levels"],
        assignment=body["assignment"],
        alerts=_alerts(body.get("alerts")),
    )


def _alerts(body: Mapping[str, Any] | None) -> AlertHandling | None:
    if body is None:
        return None
    grades = {
        severity: (Grade(pair["impact"]), Grade(pair["urgency"]))
        for severity, pair in body.get("grades", {}).items()
    }
    return AlertHandling(
        on_end=OnAlertEnd(body.get("on_end", OnAlertEnd.UNTOUCHED)),
        end_by=body["end_by"],
        reopen_by=body["reopen_by"],
        reopen_within=parse_length(body.get("reopen_within", "0m")).exact,
        grades=MappingProxyType(grades),
    )


def parse_level_matrix(body: Mapping[str, Any]) -> LevelMatrix:
    levels = tuple(Level(one["name"], Label.parse(one["label"])) for one in body["levels"])
    rows = tuple(
        LevelRow(row["name"], _condition(row.get("when")), row["level"], row["sla"])
        for row in body["rows"]
    )
    return LevelMatrix(body["name"], levels, rows)


def parse_assignment(body: Mapping[str, Any]) -> Assignment:
    rules = tuple(
        AssignmentRule(
            rule["name"], AssignTo(rule["to"]), rule.get("whom", ""), _condition(rule.get("when"))
        )
        for rule in body["rules"]
    )
    return Assignment(body["name"], rules)


def _condition(body: Mapping[str, Any] | None) -> Condition:
    wanted = {
        name: frozenset((value,) if isinstance(value, str) else value)
        for name, value in (body or {}).items()
    }
    return Condition(MappingProxyType(wanted))


# Checking ----------------------------------------------------------------------------------------


def check_ticket_type(one: TicketType, _others: DefinitionView) -> Iterator[Problem]:
    """Its form, its life cycle, and the transitions that something else of it names."""
    yield from check_attributes(one.fields, path=("fields",))
    for index, attribute in enumerate(one.fields):
        if attribute.name in STANDARD_FIELDS:
            message = "every ticket has “%(name)s” already"
            where: Path = ("fields", index, "name")
            yield Problem(where, message, {"name": attribute.name}, found=attribute.name)
    yield from check_lifecycle(one.cycle, {**STANDARD_FIELDS, **fields_of(one.fields)})
    known = {transition.name for transition in one.cycle.transitions}
    for path, name in _named_transitions(one):
        if name not in known:
            yield Problem(
                path,
                "there is no transition “%(name)s”",
                {"name": name},
                found=name,
                expected=", ".join(sorted(known)),
                suggestion=closest(name, known),
            )


def _named_transitions(one: TicketType) -> Iterator[tuple[Path, str]]:
    yield from ((("takes",), name) for name in sorted(one.takes))
    if one.alerts is not None:
        yield ("alerts", "end_by"), one.alerts.end_by
        yield ("alerts", "reopen_by"), one.alerts.reopen_by


def check_level_matrix(matrix: LevelMatrix, others: DefinitionView) -> Iterator[Problem]:
    """Unknown levels and facts, and rows that can never decide."""
    levels = [level.name for level in matrix.levels]
    for index, row in enumerate(matrix.rows):
        if row.level not in levels:
            yield Problem(
                ("rows", index, "level"),
                "there is no level “%(name)s”",
                {"name": row.level},
                found=row.level,
                expected=", ".join(levels),
            )
        yield from _check_condition(row.when, others, ("rows", index, "when"))
        covering = [before.name for before in matrix.rows[:index] if _covers(before.when, row.when)]
        if covering:
            message = "this row never decides: “%(row)s” fits before it"
            yield Problem(("rows", index), message, {"row": covering[0]}, found=row.name)


def _covers(wide: Condition, narrow: Condition) -> bool:
    """Whether everything that fits `narrow` fits `wide`."""
    return all(
        name in narrow.wanted and narrow.wanted[name] <= values
        for name, values in wide.wanted.items()
    )


def check_assignment(one: Assignment, others: DefinitionView) -> Iterator[Problem]:
    for index, rule in enumerate(one.rules):
        if rule.to is not AssignTo.OWNER and not rule.whom:
            message = "say whom: the name of a role or a user name"
            yield Problem(("rules", index), message, expected="whom")
        yield from _check_condition(rule.when, others, ("rules", index, "when"))


def _check_condition(when: Condition, others: DefinitionView, path: Path) -> Iterator[Problem]:
    fields = others.once(_form_fields)
    for name, values in when.wanted.items():
        if name not in FACTS and name not in fields:
            yield Problem(
                (*path, name),
                "no ticket has a field “%(name)s”",
                {"name": name},
                found=name,
                expected=", ".join([*FACTS, *sorted(fields)]),
                suggestion=closest(name, [*FACTS, *fields]),
                at_key=True,
            )
        allowed = FACTS.get(name) or fields.get(name) or ()
        for value in sorted(values - set(allowed) if allowed else ()):
            yield Problem(
                (*path, name),
                "“%(name)s” is never “%(value)s”",
                {"name": name, "value": value},
                found=value,
                expected=", ".join(one for one in allowed if one),
                suggestion=closest(value, allowed),
            )


def _form_fields(others: DefinitionView) -> dict[str, tuple[str, ...]]:
    """Fields of any ticket type with the values of choices; () where any value may stand."""
    found: dict[str, tuple[str, ...]] = {}
    for one in others.all(TICKET_TYPE).values():
        for attribute in one.fields:
            values = tuple(choice.value for choice in attribute.choices)
            found[attribute.name] = (*found.get(attribute.name, ()), *values)
    return found


def _type_references(one: TicketType) -> Iterator[Reference]:
    yield Reference(("levels",), LEVEL_MATRIX, one.levels)
    yield Reference(("assignment",), ASSIGNMENT, one.assignment)


def _matrix_references(matrix: LevelMatrix) -> Iterator[Reference]:
    for index, row in enumerate(matrix.rows):
        yield Reference(("rows", index, "sla"), SLA_POLICY, row.sla)


KINDS: tuple[DefinitionKind[Any], ...] = (
    DefinitionKind(
        name=TICKET_TYPE,
        label=Label("工单类型", "Ticket type"),
        schema=TICKET_TYPE_SCHEMA,
        parse=parse_ticket_type,
        check=check_ticket_type,
        named=_type_references,
    ),
    DefinitionKind(
        name=LEVEL_MATRIX,
        label=Label("故障级别矩阵", "Level matrix"),
        schema=LEVEL_MATRIX_SCHEMA,
        parse=parse_level_matrix,
        check=check_level_matrix,
        named=_matrix_references,
    ),
    DefinitionKind(
        name=ASSIGNMENT,
        label=Label("派单规则", "Assignment"),
        schema=ASSIGNMENT_SCHEMA,
        parse=parse_assignment,
        check=check_assignment,
    ),
)
