"""From what somebody asks to a plain condition: names found, choices by their labels, what is said
of a reference said of the name or the key of what it leads to. Pure.

What comes out has only names, values and operators of the language of conditions, so `Evaluation`
says what it means of one item, and SQL must say the same of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import NoReturn

from django.utils.translation import gettext_noop as _

from wardround.cmdb.where.names import ATTRIBUTE, DIVIDER, MOST_HOPS, Meaning, Names, Sort, steps
from wardround.cmdb.where.paths import begin, joined
from wardround.schema.errors import ExpressionError
from wardround.schema.expressions import (
    Binary,
    Call,
    Check,
    Field,
    FieldType,
    ListOf,
    Literal,
    Name,
    Node,
    Unary,
    asked,
)
from wardround.schema.suggestions import closest
from wardround.schema.types import Label

MOST_PATHS = 12
_EQUAL = {"==": True, "!=": False}
_MEMBER = {"in": True, "not in": False}
_COMPARED = frozenset({"==", "!=", "in", "not in", "<", "<=", ">", ">="})
ASKED_BY_NAME: Mapping[Sort, tuple[str, str]] = {
    Sort.SYSTEMS: (_("a system is asked for as “NAME OR KEY” in systems"), '"…" in systems'),
    Sort.ORGANISATIONS: (
        _("an organisation is asked for as “NAME OR KEY” in organisations"),
        '"…" in organisations',
    ),
}
"""What has several values that are items: what is wrong otherwise, and how to ask."""
_FIELD_TYPES: Mapping[Sort, FieldType] = {
    Sort.TEXT: FieldType.TEXT,
    Sort.NUMBER: FieldType.NUMBER,
    Sort.BOOLEAN: FieldType.BOOLEAN,
    Sort.DATE: FieldType.DATE,
    Sort.DATETIME: FieldType.DATETIME,
    Sort.SYSTEMS: FieldType.LIST,
    Sort.ORGANISATIONS: FieldType.LIST,
}


@dataclass(frozen=True, slots=True)
class Plain:
    """A condition whose names are all known. `meanings` by name as it stands in `root`."""

    source: str
    root: Node
    meanings: Mapping[str, Meaning]


def read(source: str, names: Names) -> Plain:
    """Raises ExpressionError with the place of what is not right."""
    root = asked(source)
    reading = _Reading(source, names)
    plain = reading.condition(root)
    Check(source, reading.fields).wants(plain, FieldType.BOOLEAN)
    return Plain(source, plain, reading.found)


def _type(meaning: Meaning) -> FieldType:
    return _FIELD_TYPES[meaning.plain[0]] if len(meaning.plain) == 1 else FieldType.ANY


@dataclass(frozen=True, slots=True)
class _Sides:
    """A comparison as it is said of one of its sides."""

    node: Binary
    own: Node
    other: Node
    back: bool
    """It stands on the right."""

    @property
    def name(self) -> str:
        return self.own.name if isinstance(self.own, Name) else ""


@dataclass(slots=True)
class _Reading:
    source: str
    names: Names
    found: dict[str, Meaning] = field(default_factory=dict)
    by_name: bool = False
    """What is a reference of one type and no text of another stands for what it leads to."""

    # Conditions ------------------------------------------------------------------------------

    def condition(self, node: Node) -> Node:
        match node:
            case Binary(operator="and" | "or"):
                sides = self.condition(node.left), self.condition(node.right)
                found: Node = Binary(node.at, node.operator, *sides)
            case Unary(operator="not"):
                found = Unary(node.at, node.operator, self.condition(node.operand))
            case Binary() if node.operator in _COMPARED:
                found = self.comparison(node)
            case _:
                found = self.value(node)
        return found

    def comparison(self, node: Binary) -> Node:
        """What is compared with something whose values are known is one of these."""
        sides = [_Sides(node, node.left, node.right, back=False)]
        sides.append(_Sides(node, node.right, node.left, back=True))
        for said in sides:
            meaning = self.meant(said.own)
            if meaning is not None and (found := self.special(said, meaning)) is not None:
                return found
        return self.either(
            lambda: Binary(node.at, node.operator, self.value(node.left), self.value(node.right))
        )

    def either(self, said: Callable[[], Node]) -> Node:
        """What is said of values, or where these are of no such class, of names."""
        found = said()
        if self.by_name or self.makes_sense(found):
            return found
        self.by_name = True
        of_names = said()
        self.by_name = False
        return of_names if self.makes_sense(of_names) else found

    def makes_sense(self, node: Node) -> bool:
        try:
            Check(self.source, self.fields).type_of(node)
        except ExpressionError:
            return False
        return True

    @property
    def fields(self) -> dict[str, Field]:
        return {name: Field(_type(meaning)) for name, meaning in self.found.items()}

    def special(self, said: _Sides, meaning: Meaning) -> Node | None:
        """What is said of systems, choices and references; nothing where it is plain."""
        operator = said.node.operator
        for sort, told in ASKED_BY_NAME.items():
            if sort in meaning.sorts:
                return self.membership(said, *told)
        if said.back and operator in _MEMBER:
            return None
        if meaning.words is not None:
            return self.of_words(said, meaning)
        return self.of_reference(said, meaning) if self.by_reference(said, meaning) else None

    def by_reference(self, said: _Sides, meaning: Meaning) -> bool:
        return meaning.leads and said.node.operator in (*_EQUAL, *_MEMBER)

    def meant(self, node: Node) -> Meaning | None:
        """What a name is; nothing of what is no name, or a word that may be a value."""
        if not isinstance(node, Name):
            return None
        return self.names.meaning(node.name.split(DIVIDER))

    # Systems and organisations ---------------------------------------------------------------

    def membership(self, said: _Sides, message: str, expected: str) -> Node:
        node, own, other = said.node, said.own, said.other
        if node.operator in _MEMBER and said.back and _is_text(other):
            return Binary(node.at, node.operator, other, self.name(own.at, said.name))
        raise ExpressionError(self.source, own.at, message, expected=expected)

    # Choices ---------------------------------------------------------------------------------

    def of_words(self, said: _Sides, meaning: Meaning) -> Node:
        node, other = said.node, said.other
        mine = self.name(said.own.at, said.name)
        if isinstance(other, ListOf) and node.operator in _MEMBER:
            members = (self.words(said, meaning, part) for part in other.members)
            listed = ListOf(other.at, tuple(word for found in members for word in found))
            return Binary(node.at, node.operator, mine, listed)
        if node.operator in _MEMBER:  # a part of a text
            return Binary(node.at, node.operator, mine, self.value(other))
        words = self.words(said, meaning, other)
        if node.operator in _EQUAL and len(words) != 1:
            operator = "in" if _EQUAL[node.operator] else "not in"
            return Binary(node.at, operator, mine, ListOf(other.at, words))
        sides = (words[0], mine) if said.back else (mine, words[0])
        return Binary(node.at, node.operator, *sides)

    def words(self, said: _Sides, meaning: Meaning, node: Node) -> tuple[Node, ...]:
        """The values that `node` names, by value or by what people call it."""
        text, words = self.word(node), meaning.words or {}
        if text is None:
            return (self.no_type(node) if meaning.column == "type" else self.value(node),)
        if text in words or text == "":
            return (Literal(node.at, text),)
        named = tuple(Literal(node.at, value) for value in _called(text.casefold(), words))
        if named or meaning.column == "type" or self.meant(node) is None:
            return named or self.no_word(said.name, words, node, text)
        return (self.value(node),)

    def no_type(self, node: Node) -> NoReturn:
        message = _("a type is compared with the name of a type")
        raise ExpressionError(self.source, begin(node), message)

    def no_word(
        self, name: str, words: Mapping[str, tuple[Label, ...]], node: Node, text: str
    ) -> NoReturn:
        labels = [each for found in words.values() for label in found for each in _both(label)]
        raise ExpressionError(
            self.source,
            begin(node),
            _("“%(name)s” can never be “%(value)s”"),
            {"name": name, "value": text[:100]},
            found=text,
            expected=", ".join(words),
            suggestion=closest(text, words) or closest(text, labels),
        )

    def word(self, node: Node) -> str | None:
        """A text, or a bare word (`my-type`) as it stands in the source."""
        if isinstance(node, Literal):
            return node.value if isinstance(node.value, str) else self.number_word(node)
        text = joined(node)
        if text is None or not self.source.startswith(text, begin(node)):
            return None
        return text

    def number_word(self, node: Literal) -> str | None:
        """`protection_level = 3`, whose values are texts."""
        number = isinstance(node.value, int) and not isinstance(node.value, bool)
        return str(node.value) if number else None

    # References ------------------------------------------------------------------------------

    def of_reference(self, said: _Sides, meaning: Meaning) -> Node:
        """It is what is called so, or has this key; nothing where there is nothing."""
        node, own, other = said.node, said.own, said.other
        beyond = self.meant(other)
        nothing = isinstance(other, Literal) and other.value is None
        if nothing and _mixed(meaning):
            unset = Unary(node.at, "not", self.set_at_all(own.at, said.name))
            return unset if _EQUAL.get(node.operator) else Unary(node.at, "not", unset)
        if nothing or (beyond is not None and beyond.leads):
            theirs = self.value(other) if nothing else self.value(other, of="key")
            return Binary(node.at, node.operator, self.value(own, of="key"), theirs)
        wanted = self.value(other)
        positive = "==" if node.operator in _EQUAL else "in"
        names = [f"{said.name}{DIVIDER}{part}" for part in ("name", "key")]
        if meaning.plain:
            names.append(said.name)
        several = [Binary(node.at, positive, self.name(own.at, each), wanted) for each in names]
        if meaning.plain:  # of another type it may be a number: a text is said of names alone
            several = [each for each in several if self.makes_sense(each)] or several
        found: Node = several[0]
        for way in several[1:]:
            found = Binary(node.at, "or", found, way)
        return found if node.operator in ("==", "in") else Unary(node.at, "not", found)

    def set_at_all(self, at: int, name: str) -> Node:
        """It leads somewhere, or has a value."""
        leads, has = (self.name(at, each) for each in (f"{name}{DIVIDER}key", name))
        return Binary(at, "or", Call(at, "is_set", (leads,)), Call(at, "is_set", (has,)))

    # Values ----------------------------------------------------------------------------------

    def value(self, node: Node, *, of: str = "name") -> Node:
        """The same with its names found; a reference stands for the name of what it leads to."""
        match node:
            case Name():
                found: Node = self.valued(node, of)
            case ListOf():
                self.refuse_types(node.members)
                found = ListOf(node.at, tuple(map(self.value, node.members)))
            case Unary():
                found = Unary(node.at, node.operator, self.condition(node.operand))
            case Binary() if node.operator in (*_COMPARED, "and", "or"):
                found = self.condition(node)
            case Binary():
                sides = self.value(node.left), self.value(node.right)
                found = Binary(node.at, node.operator, *sides)
            case Call():
                found = self.called(node)
            case Literal():
                found = self.storable(node)
        return found

    def refuse_types(self, nodes: Iterable[Node]) -> None:
        """A type is equal to whatever it extends, so it can stand for no other value."""
        for node in nodes:
            meaning = self.meant(node)
            if meaning is not None and meaning.column == "type":
                self.no_type(node)

    def called(self, node: Call) -> Node:
        if node.function == "coalesce":
            self.refuse_types(node.arguments)
        asks = node.function == "is_set"
        if asks and len(node.arguments) == 1 and isinstance(own := node.arguments[0], Name):
            meaning = self.known(own)
            if _mixed(meaning):
                return self.set_at_all(own.at, own.name)
        part = "key" if asks else "name"
        return self.either(
            lambda: Call(
                node.at,
                node.function,
                tuple(self.value(argument, of=part) for argument in node.arguments),
            )
        )

    def storable(self, node: Literal) -> Literal:
        if isinstance(node.value, str) and "\x00" in node.value:
            message = _("the text has a character that cannot be stored (NUL)")
            raise ExpressionError(self.source, node.at, message)
        return node

    def valued(self, node: Name, of: str) -> Node:
        meaning = self.known(node)
        if not meaning.leads or (_mixed(meaning) and not self.by_name):
            return self.name(node.at, node.name)
        beyond = self.name(node.at, f"{node.name}{DIVIDER}{of}")
        if not meaning.plain or _mixed(meaning):
            return beyond
        return Call(node.at, "coalesce", (beyond, self.name(node.at, node.name)))

    # Names -----------------------------------------------------------------------------------

    def name(self, at: int, name: str) -> Name:
        """A name as it stands in the plain condition, and what it is."""
        meaning = self.known(Name(at, name))
        self.found[name] = meaning
        paths = sum(DIVIDER in each for each in self.found)
        if paths > MOST_PATHS:
            message = _("the expression leads to other items more than %(most)s times")
            raise ExpressionError(self.source, at, message, {"most": MOST_PATHS})
        return Name(at, name)

    def known(self, node: Name) -> Meaning:
        parts = list(steps(node.name.split(DIVIDER)))
        if len(parts) > MOST_HOPS + 1:
            message = _("a name leads through more than %(most)s items")
            raise ExpressionError(self.source, node.at, message, {"most": MOST_HOPS})
        meaning, at = self.part(node.at, parts[0], ()), node.at
        for before, part in pairwise(parts):
            at += len(before) + 1
            if not meaning.leads:
                self.no_way(at, part, before)
            meaning = self.part(at, part, meaning.to)
        return meaning

    def part(self, at: int, name: str, types: tuple[str, ...]) -> Meaning:
        return self.names.meaning(name.split(DIVIDER)) or self.unknown(at, name, types)

    def no_way(self, at: int, part: str, before: str) -> NoReturn:
        message = _("“%(before)s” leads to no other item, so it has no “%(name)s”")
        raise ExpressionError(self.source, at, message, {"before": before, "name": part})

    def unknown(self, at: int, name: str, types: tuple[str, ...]) -> NoReturn:
        bare = name.removeprefix(ATTRIBUTE + DIVIDER)
        if bare in self.names.secrets:
            message = _("“%(name)s” is a secret, which nobody can ask for")
            raise ExpressionError(self.source, at, message, {"name": bare}, found=bare)
        known = self.names.known(types)
        Check(self.source, dict.fromkeys(known, Field(FieldType.ANY))).named(Name(at, name))
        message = _("there is no field “%(name)s”")  # known, and of another type alone
        raise ExpressionError(self.source, at, message, {"name": name}, found=name)


def _mixed(meaning: Meaning) -> bool:
    """A reference of one type, and of another what no name is: a number, a day."""
    return meaning.leads and len(meaning.plain) == 1 and Sort.TEXT not in meaning.plain


def _is_text(node: Node) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, str)


def _called(folded: str, words: Mapping[str, tuple[Label, ...]]) -> list[str]:
    """The values that people call so, in either language."""
    return [
        value
        for value, labels in words.items()
        if folded in (each.casefold() for each in (value, *chain(*map(_both, labels))))
    ]


def _both(label: Label) -> tuple[str, str]:
    return label.zh, label.en
