"""Expressions that are kept follow what they name to its new names. Pure: words and places alone,
so it works while the definitions change, when an expression could not be read for a moment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from wardround.cmdb.where.names import ATTRIBUTE, DIVIDER, Meaning, Names, steps, with_kin
from wardround.cmdb.where.paths import begin, joined
from wardround.schema.errors import ExpressionError
from wardround.schema.expressions import Binary, Call, ListOf, Literal, Name, Node, Unary, asked

AttributeOf = tuple[str, str]
_COMPARED = frozenset({"==", "!=", "in", "not in", "<", "<=", ">", ">="})
_OWN = ATTRIBUTE + DIVIDER


@dataclass(frozen=True, slots=True)
class Word:
    """The name of a type or a layer that something is compared with, and its place."""

    at: int
    text: str
    column: str


@dataclass(frozen=True, slots=True)
class Used:
    """An attribute's name, its place, and the types that it is of there."""

    at: int
    name: str
    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Renaming:
    names: Names = field(repr=False)
    """As they were."""
    words: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """By `type` or `layer` and old name, the new one."""
    attributes: Mapping[AttributeOf, str] = field(default_factory=dict)
    """By type and old name, the new one."""
    lost: Collection[AttributeOf] = ()
    former: Mapping[str, str] = field(default_factory=dict)
    """By the new name of a type, which stands in expressions by now, the old one."""


def respelled(source: str, renaming: Renaming) -> str | None:
    """The same expression in the new names; nothing where it can no longer say the same: what it
    asks for is lost, or is called otherwise by some of the types and not by others.
    """
    edits: dict[int, tuple[str, str]] = {}
    for found in named(source, renaming.names, renaming.former):
        if isinstance(found, Word):
            said = renaming.words.get((found.column, found.text), found.text)
            edits[found.at] = found.text, said
            continue
        if any((of, found.name) in renaming.lost for of in found.types):
            return None
        called = {renaming.attributes.get((of, found.name), found.name) for of in found.types}
        if len(called) > 1:
            return None
        edits.update((found.at, (found.name, new)) for new in called)
    return _edited(source, edits, renaming.names)


def _edited(source: str, edits: Mapping[int, tuple[str, str]], names: Names) -> str:
    for at in sorted(edits, reverse=True):
        old, new = edits[at]
        own = old != new and new in names.own and not source[:at].endswith(_OWN)
        source = f"{source[:at]}{_OWN if own else ''}{new}{source[at + len(old) :]}"
    return source


def named(
    source: str, names: Names, former: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Word | Used]:
    """The types, layers and attributes that an expression names; of what is none, nothing."""
    try:
        root = asked(source)
    except ExpressionError:
        return
    walk = _Walk(source, names)
    words = (_types_asked(walk, part) for part in _conjuncts(root))
    asked_of = [[former.get(each, each) for each in found] for found in words if found]
    kin = (frozenset(with_kin(found, names.types)) for found in asked_of)
    yield from replace(walk, within=next(kin, None)).of(root)


def _conjuncts(node: Node) -> Iterator[Node]:
    """What must be true in any case for the whole to be."""
    if isinstance(node, Binary) and node.operator == "and":
        yield from _conjuncts(node.left)
        yield from _conjuncts(node.right)
    else:
        yield node


def _types_asked(walk: _Walk, node: Node) -> list[str]:
    """The types that an item must be one of for this to be true; none: it does not say."""
    if not isinstance(node, Binary) or node.operator not in ("==", "in"):
        return []
    if not (isinstance(node.left, Name) and node.left.name == "type"):
        return []
    found = list(walk.compared(node.right, node.left))
    words = [each.text for each in found if isinstance(each, Word)]
    known = all(word in walk.names.types for word in words)
    return words if known and len(words) == len(found) else []


@dataclass(frozen=True, slots=True)
class _Walk:
    source: str
    names: Names
    within: frozenset[str] | None = None
    """The types that an item is of where the whole is true; none: any."""

    def of(self, node: Node) -> Iterator[Word | Used]:
        match node:
            case Name():
                yield from self.path(node)
            case Binary() if node.operator in _COMPARED:
                yield from self.compared(node.left, node.right)
                yield from self.compared(node.right, node.left)
            case Binary():
                yield from self.of(node.left)
                yield from self.of(node.right)
            case Unary():
                yield from self.of(node.operand)
            case ListOf() | Call():
                for each in node.members if isinstance(node, ListOf) else node.arguments:
                    yield from self.of(each)

    def compared(self, node: Node, other: Node) -> Iterator[Word | Used]:
        """What one side of a comparison names: words, where the other side's are known all."""
        meaning = self.names.meaning(other.name.split(DIVIDER)) if isinstance(other, Name) else None
        if meaning is None or meaning.words is None:
            yield from self.of(node)
            return
        for part in node.members if isinstance(node, ListOf) else (node,):
            word = self.word(part)
            if word is None or (isinstance(part, Name) and not self.is_word(word[1], meaning)):
                yield from self.of(part)
            elif meaning.column in ("type", "layer"):
                yield Word(*word, meaning.column)

    def is_word(self, text: str, meaning: Meaning) -> bool:
        return text in (meaning.words or ()) or self.names.meaning(text.split(DIVIDER)) is None

    def word(self, node: Node) -> tuple[int, str] | None:
        """A text within its quotes, or a bare word, as it stands in the source."""
        at, text = begin(node), joined(node)
        if isinstance(node, Literal) and isinstance(node.value, str):
            at, text = node.at + 1, node.value
        return (at, text) if text and self.source.startswith(text, at) else None

    def path(self, node: Name) -> Iterator[Used]:
        at, types, walked = node.at, self.within, list[str]()
        for part in steps(node.name.split(DIVIDER)):
            walked += part.split(DIVIDER)
            meaning = self.names.meaning(walked)
            if meaning is None:
                return
            if meaning.attribute:
                owners = {of for several in meaning.sorts.values() for of in several}
                begins = at + len(part) - len(meaning.attribute)
                yield Used(begins, meaning.attribute, frozenset(owners & (types or owners)))
            at, types = at + len(part) + len(DIVIDER), frozenset(meaning.to)
