"""The small safe language of guards and conditions.

    impact in ["wide", "whole"] and days_since(opened_at) > 2 and not is_set(cause)

Only names of declared fields, literals, comparisons, logic, arithmetic and a fixed list of
functions; no attributes, calls of anything else, loops or assignment. Parse once, check against
the declared fields when a definition is checked, evaluate as often as needed: evaluation never
raises and has no effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from wardround.schema.errors import ExpressionError
from wardround.schema.expressions.checking import Check
from wardround.schema.expressions.evaluation import Evaluation
from wardround.schema.expressions.functions import FUNCTIONS
from wardround.schema.expressions.grammar import parse as _parse
from wardround.schema.expressions.nodes import (
    Binary,
    Call,
    Field,
    FieldType,
    ListOf,
    Literal,
    Name,
    Node,
    Unary,
)
from wardround.schema.expressions.values import Kind, moment, number
from wardround.schema.types import Attribute, AttributeType

__all__ = [
    "FUNCTIONS",
    "Binary",
    "Call",
    "Check",
    "Evaluation",
    "Expression",
    "ExpressionError",
    "Field",
    "FieldType",
    "Kind",
    "ListOf",
    "Literal",
    "Name",
    "Node",
    "Unary",
    "asked",
    "fields_of",
    "moment",
    "number",
    "parse",
    "parse_or_never",
]


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed condition. Equal and hashed by its text."""

    source: str
    root: Node = field(compare=False, repr=False)

    def check(
        self, fields: Mapping[str, Field], *, wanted: FieldType | None = FieldType.BOOLEAN
    ) -> FieldType:
        """Its type; raises ExpressionError for an unknown name or a part that makes no sense."""
        check = Check(self.source, fields)
        return check.type_of(self.root) if wanted is None else check.wants(self.root, wanted)

    def value(self, values: Mapping[str, Any], *, at: datetime) -> Any:
        """What it comes to; None stands for missing."""
        return Evaluation(values, at).value(self.root)

    def holds(self, values: Mapping[str, Any], *, at: datetime) -> bool:
        """Whether it is true of `values` at that moment; missing is not true."""
        return Evaluation(values, at).truth(self.root)


@lru_cache(maxsize=2_000)
def parse(source: str) -> Expression:
    """The expression written in `source`; raises ExpressionError with the place of the mistake."""
    return Expression(source, _parse(source))


@lru_cache(maxsize=500)
def asked(source: str) -> Node:
    """What somebody asks of a list, as it is written there; what its names mean is another matter.

    Raises ExpressionError with the place of the mistake.
    """
    return _parse(source, asked=True)


def parse_or_never(source: str) -> Expression:
    """Like `parse`, but what does not parse becomes a condition that never holds."""
    try:
        return parse(source)
    except ExpressionError:
        return Expression(source, Literal(0, value=False))


_FIELD_TYPES: Mapping[AttributeType, FieldType] = {
    AttributeType.NUMBER: FieldType.NUMBER,
    AttributeType.PORT: FieldType.NUMBER,
    AttributeType.BOOLEAN: FieldType.BOOLEAN,
    AttributeType.DATE: FieldType.DATE,
    AttributeType.DATETIME: FieldType.DATETIME,
}


def fields_of(attributes: Iterable[Attribute]) -> dict[str, Field]:
    """The fields that conditions over these attributes may use; secrets are none of them."""
    return {
        attribute.name: Field(
            _FIELD_TYPES.get(attribute.type, FieldType.TEXT),
            tuple(choice.value for choice in attribute.choices),
        )
        for attribute in attributes
        if attribute.type is not AttributeType.SECRET
    }
