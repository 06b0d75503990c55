"""The parts of a condition, the types its values have, and the one error it can have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Value = str | int | float | bool | tuple["Value", ...] | None
"""What an expression computes with; dates and times are turned into `Moment` numbers inside."""


class FieldType(StrEnum):
    """What a field holds, as far as conditions tell values apart."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"
    ANY = "any"
    """Not known before the value is there (a field that is only sometimes set, `null`)."""


@dataclass(frozen=True, slots=True)
class Field:
    """A name that conditions may use; `choices`, where given, are all its possible texts."""

    type: FieldType
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Literal:
    at: int
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Name:
    at: int
    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    at: int
    members: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    at: int
    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    at: int
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    at: int
    function: str
    arguments: tuple[Node, ...]


Node = Literal | Name | ListOf | Unary | Binary | Call
