"""The parts of a condition, the types its values have, and the one error it can have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from wardround.schema.types import Path, Problem

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


class ExpressionError(Exception):
    """What is wrong with an expression, and where: `offset` counts characters from its start."""

    def __init__(
        self,
        source: str,
        offset: int,
        message: str,
        details: Mapping[str, object] = MappingProxyType({}),
        **hints: str,
    ) -> None:
        """`hints` are the found, expected and suggestion of a Problem."""
        self.source = source
        self.offset = min(offset, len(source))
        self.message = message
        self.details = details
        self.hints = hints
        super().__init__(message % details if details else message)

    def caret(self) -> str:
        """The line of the expression with a mark under the place, for a terminal."""
        before = self.source[: self.offset]
        start = before.rfind("\n") + 1
        line = self.source[start:].split("\n", 1)[0]
        return f"{line}\n{' ' * (self.offset - start)}^"

    def problem(self, path: Path) -> Problem:
        """The same as a problem of the definition that holds the expression at `path`."""
        return Problem(
            path,
            self.message,
            self.details,
            found=self.hints.get("found", self.source),
            expected=self.hints.get("expected", ""),
            suggestion=self.hints.get("suggestion", ""),
            offset=self.offset,
        )
