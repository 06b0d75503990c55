"""The names in a condition, and the items that they lead to first. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from wardround.cmdb.where.names import DIVIDER, steps
from wardround.schema.expressions import (
    Binary,
    Call,
    ListOf,
    Literal,
    Name,
    Node,
    Unary,
)

_WORD_JOINER = "-"


def names_in(node: Node) -> Iterator[Name]:
    match node:
        case Name():
            yield node
        case ListOf():
            for member in node.members:
                yield from names_in(member)
        case Unary():
            yield from names_in(node.operand)
        case Binary():
            yield from names_in(node.left)
            yield from names_in(node.right)
        case Call():
            for argument in node.arguments:
                yield from names_in(argument)


def divided(name: str) -> tuple[str, str]:
    """The first item that a name leads to, and what is asked of that; no item, and the name."""
    first, *rest = steps(name.split(DIVIDER))
    return (first, DIVIDER.join(rest)) if rest else ("", first)


def only_hop(used: set[str]) -> str:
    """The item that all names lead to first; nothing where they lead to several or none."""
    hops = {divided(name)[0] for name in used}
    return hops.pop() if len(hops) == 1 else ""


def without(hop: str, node: Node) -> Node:
    """The same, asked of the item that the hop leads to."""
    again, found = partial(without, hop), node
    match node:
        case Name():
            found = Name(node.at, node.name[len(hop) + 1 :])
        case ListOf():
            found = ListOf(node.at, tuple(map(again, node.members)))
        case Unary():
            found = Unary(node.at, node.operator, again(node.operand))
        case Binary():
            found = Binary(node.at, node.operator, again(node.left), again(node.right))
        case Call():
            found = Call(node.at, node.function, tuple(map(again, node.arguments)))
    return found


def begin(node: Node) -> int:
    while isinstance(node, Binary):
        node = node.left
    return node.at


def joined(node: Node) -> str | None:
    """Words with dashes between, as the grammar took them for a difference of names."""
    match node:
        case Name():
            return node.name
        case Literal() if isinstance(node.value, int) and not isinstance(node.value, bool):
            return str(node.value)
        case Binary(operator="-"):
            left, right = joined(node.left), joined(node.right)
            return None if left is None or right is None else f"{left}{_WORD_JOINER}{right}"
    return None
