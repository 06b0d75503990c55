"""Whether a condition makes sense over declared fields, before any value is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from django.utils.translation import gettext_noop as _

from wardround.schema.errors import ExpressionError
from wardround.schema.expressions import grammar
from wardround.schema.expressions.functions import FUNCTIONS, TIME, Function
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
from wardround.schema.expressions.values import moment
from wardround.schema.suggestions import closest

_ORDERED = frozenset({FieldType.NUMBER, FieldType.TEXT, FieldType.ANY}) | TIME
_LOGIC = frozenset({"and", "or"})
_EQUALITY = frozenset({"==", "!="})
_ORDER = frozenset({"<", "<=", ">", ">="})
_MEMBERSHIP = frozenset({"in", "not in"})


@dataclass(frozen=True, slots=True)
class Check:
    """The type of every part; raises ExpressionError at the first part that makes no sense."""

    source: str
    fields: Mapping[str, Field]

    def type_of(self, node: Node) -> FieldType:
        match node:
            case Literal():
                found = _of_literal(node.value)
            case Name():
                found = self.named(node)
            case ListOf():
                found = self.listed(node)
            case Unary():
                found = self.unary(node)
            case Binary():
                found = self.binary(node)
            case Call():
                found = self.called(node)
        return found

    def wants(self, node: Node, wanted: FieldType) -> FieldType:
        """The type of `node`, which has to be `wanted`."""
        found = self.type_of(node)
        if found not in (wanted, FieldType.ANY):
            self.wrong_type(node, found, wanted)
        return wanted

    def wrong_type(self, node: Node, found: FieldType, wanted: str) -> NoReturn:
        raise ExpressionError(
            self.source,
            _start(node),
            _("this is %(found)s where %(wanted)s is needed"),
            {"found": str(found), "wanted": str(wanted)},
            found=str(found),
            expected=str(wanted),
        )

    def named(self, node: Name) -> FieldType:
        field = self.fields.get(node.name)
        if field is not None:
            return field.type
        raise ExpressionError(
            self.source,
            node.at,
            _("there is no field “%(name)s”"),
            {"name": node.name},
            found=node.name,
            expected=", ".join(self.fields),
            suggestion=grammar.meant(node.name) or closest(node.name, self.fields),
        )

    def listed(self, node: ListOf) -> FieldType:
        for member in node.members:
            if self.type_of(member) is FieldType.LIST:
                raise ExpressionError(
                    self.source, _start(member), _("a list cannot stand inside a list")
                )
        return FieldType.LIST

    def unary(self, node: Unary) -> FieldType:
        wanted = FieldType.BOOLEAN if node.operator == "not" else FieldType.NUMBER
        return self.wants(node.operand, wanted)

    def binary(self, node: Binary) -> FieldType:
        if node.operator in _LOGIC:
            self.wants(node.left, FieldType.BOOLEAN)
            return self.wants(node.right, FieldType.BOOLEAN)
        if node.operator in _MEMBERSHIP:
            return self.membership(node)
        if node.operator in _EQUALITY | _ORDER:
            return self.comparison(node)
        self.wants(node.left, FieldType.NUMBER)
        return self.wants(node.right, FieldType.NUMBER)

    def comparison(self, node: Binary) -> FieldType:
        left, right = self.type_of(node.left), self.type_of(node.right)
        if node.operator in _ORDER:
            for side, found in ((node.left, left), (node.right, right)):
                if found not in _ORDERED:
                    self.wrong_type(side, found, "number, text, date or time")
        self.comparable(node.left, left, node.right, right)
        return FieldType.BOOLEAN

    def comparable(self, left: Node, its: FieldType, right: Node, other: FieldType) -> None:
        """Two values of one kind, a time with the text of a time, or one not known yet."""
        if FieldType.ANY in (its, other):
            return
        if its in TIME or other in TIME:
            self.timely(left, its)
            self.timely(right, other)
        elif its is not other:
            self.wrong_type(right, other, its)
        else:
            self.possible(left, right)
            self.possible(right, left)

    def timely(self, node: Node, found: FieldType) -> None:
        if found in TIME:
            return
        if isinstance(node, Literal) and found is FieldType.TEXT and moment(node.value) is None:
            details = {"found": node.value}
            message = _("“%(found)s” is no date; write it as 2026-01-31")
            raise ExpressionError(self.source, node.at, message, details, expected="date")
        if found is not FieldType.TEXT:
            self.wrong_type(node, found, "date or time")

    def possible(self, name: Node, literal: Node) -> None:
        """A choice is compared with one of its own values."""
        if not isinstance(name, Name) or not isinstance(literal, Literal):
            return
        choices = self.fields[name.name].choices
        if choices and literal.value not in (*choices, None, ""):
            raise ExpressionError(
                self.source,
                literal.at,
                _("“%(name)s” can never be “%(value)s”"),
                {"name": name.name, "value": literal.value},
                found=str(literal.value),
                expected=", ".join(choices),
                suggestion=closest(str(literal.value), choices),
            )

    def membership(self, node: Binary) -> FieldType:
        its, inside = self.type_of(node.left), self.type_of(node.right)
        if its is FieldType.LIST:
            self.wrong_type(node.left, its, "single value")
        if isinstance(node.right, ListOf):
            for member in node.right.members:
                self.comparable(node.left, its, member, self.type_of(member))
        elif inside is FieldType.TEXT:
            self.wants(node.left, FieldType.TEXT)
        elif inside not in (FieldType.LIST, FieldType.ANY):
            self.wrong_type(node.right, inside, "list or text")
        return FieldType.BOOLEAN

    def called(self, node: Call) -> FieldType:
        function = FUNCTIONS.get(node.function)
        if function is None:
            raise ExpressionError(
                self.source,
                node.at,
                _("there is no function “%(name)s”"),
                {"name": node.function},
                found=node.function,
                expected=", ".join(FUNCTIONS),
                suggestion=closest(node.function, FUNCTIONS),
            )
        self.counted(node, function)
        found = [self.type_of(argument) for argument in node.arguments]
        for index, (argument, its) in enumerate(zip(node.arguments, found, strict=True)):
            self.accepted(argument, its, function.takes[min(index, len(function.takes) - 1)])
        return self.common(node, found) if function.gives is FieldType.ANY else function.gives

    def common(self, node: Call, types: Sequence[FieldType]) -> FieldType:
        """The one type of all arguments; those not known before are of any."""
        first = next((type_ for type_ in types if type_ is not FieldType.ANY), FieldType.ANY)
        for argument, its in zip(node.arguments, types, strict=True):
            if its not in (first, FieldType.ANY):
                self.wrong_type(argument, its, first)
        return first

    def counted(self, node: Call, function: Function) -> None:
        fewest, most = len(function.takes), function.most or len(function.takes)
        if not fewest <= len(node.arguments) <= most:
            message = _("%(function)s is called with %(count)s values: %(signature)s")
            details = {
                "function": function.name,
                "count": len(node.arguments),
                "signature": function.signature,
            }
            raise ExpressionError(
                self.source, node.at, message, details, expected=function.signature
            )

    def accepted(self, argument: Node, its: FieldType, takes: frozenset[FieldType]) -> None:
        if its in takes or its is FieldType.ANY:
            return
        if takes is TIME and its is FieldType.TEXT and isinstance(argument, Literal):
            self.timely(argument, its)
            return
        self.wrong_type(argument, its, " or ".join(sorted(takes)))


def _of_literal(value: Any) -> FieldType:
    if value is None:
        return FieldType.ANY
    if isinstance(value, bool):
        return FieldType.BOOLEAN
    return FieldType.TEXT if isinstance(value, str) else FieldType.NUMBER


def _start(node: Node) -> int:
    """Where the part begins; an operator's own place is in its middle."""
    while isinstance(node, Binary):
        node = node.left
    return node.at
