"""The value of a condition for given field values: total, it never raises.

Meaning of missing values. A field without a value, an unknown field and a value of a foreign kind
are all *missing*. Arithmetic and functions with a missing operand give a missing value, as does a
division by zero or a number beyond all counting. `==` and `!=` compare missing like any other
value (`x == null` is true of it); `<` and its kin, `in`, `contains` are false of it. As a truth,
missing is false.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from wardround.schema.expressions.functions import FUNCTIONS
from wardround.schema.expressions.nodes import Binary, Call, ListOf, Literal, Name, Node, Unary
from wardround.schema.expressions.values import Kind, bounded, moment, number, seen


@dataclass(frozen=True, slots=True)
class Evaluation:
    values: Mapping[str, Any]
    at: datetime

    def value(self, node: Node) -> Any:
        found: Any
        match node:
            case Literal():
                found = node.value
            case Name():
                found = seen(self.values.get(node.name))
            case ListOf():
                found = tuple(self.value(member) for member in node.members)
            case Unary():
                found = self.unary(node)
            case Binary():
                found = self.binary(node)
            case Call():
                found = self.called(node)
        return found

    def truth(self, node: Node) -> bool:
        return self.value(node) is True

    def unary(self, node: Unary) -> Any:
        if node.operator == "not":
            return not self.truth(node.operand)
        value = number(self.value(node.operand))
        return None if value is None else -value

    def binary(self, node: Binary) -> Any:
        if node.operator == "and":
            return self.truth(node.left) and self.truth(node.right)
        if node.operator == "or":
            return self.truth(node.left) or self.truth(node.right)
        return _OPERATORS[node.operator](self.value(node.left), self.value(node.right))

    def called(self, node: Call) -> Any:
        function = FUNCTIONS.get(node.function)
        if function is None or not self.countable(node):
            return None
        arguments = [self.value(argument) for argument in node.arguments]
        if None in arguments and not function.sees_missing:
            return function.if_missing
        if function.needs_moment:
            arguments.append(self.at)
        result = function.run(*arguments)
        return function.if_missing if result is None else result

    def countable(self, node: Call) -> bool:
        function = FUNCTIONS[node.function]
        fewest = len(function.takes)
        return fewest <= len(node.arguments) <= (function.most or fewest)


def same(left: Any, right: Any) -> bool:
    """Equal values of one kind; a number is never a boolean, a time equals its ISO text, and the
    name of a type every name in its line.
    """
    if isinstance(left, date) or isinstance(right, date):
        earlier, later = moment(left), moment(right)
        return earlier is not None and earlier == later
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right) or _extends(left, right) or _extends(right, left)


def _extends(kind: Any, name: Any) -> bool:
    return isinstance(kind, Kind) and isinstance(name, str) and name in kind.lineage


def _inside(value: Any, container: Any) -> bool:
    if isinstance(container, tuple):
        return any(same(value, member) for member in container)
    return isinstance(value, str) and isinstance(container, str) and value in container


def _ordering(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(left: Any, right: Any) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            return compare(left, right)
        as_kind = moment if isinstance(left, date) or isinstance(right, date) else number
        first, second = as_kind(left), as_kind(right)
        return first is not None and second is not None and compare(first, second)

    return ordered


def _arithmetic(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def computed(left: Any, right: Any) -> Any:
        first, second = bounded(left), bounded(right)
        if first is None or second is None:
            return None
        try:
            return bounded(compute(first, second))
        except ZeroDivisionError:
            return None

    return computed


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "==": same,
        "!=": lambda left, right: not same(left, right),
        "in": _inside,
        "not in": lambda left, right: not _inside(left, right),
        "<": _ordering(operator.lt),
        "<=": _ordering(operator.le),
        ">": _ordering(operator.gt),
        ">=": _ordering(operator.ge),
        "+": _arithmetic(operator.add),
        "-": _arithmetic(operator.sub),
        "*": _arithmetic(operator.mul),
        "/": _arithmetic(operator.truediv),
    }
)
