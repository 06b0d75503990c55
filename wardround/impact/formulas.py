"""On what terms an item needs the things that its formula names: a small tree, by their ids. Pure.

People write it in the engine's own language (`dependability.text`); a name stands for an item here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from wardround.dependability import HOT, Expression, quoted

MOST_TERMS = 500
DEEPEST = 40
MOST_MINUTES = 1_000_000.0
_LEFTMOST_FIRST = {"or": 1, "and": 2, "hot": 3}


class Word(StrEnum):
    """How many of its parts a term needs.

    AND  all
    OR   one
    HOT  one, of which some may be cold standbys of the others
    OF   as many as it says, of which some may be cold standbys
    """

    AND = "and"
    OR = "or"
    HOT = "hot"
    OF = "of"


@dataclass(frozen=True, slots=True)
class Term:
    """An item, or a gate over other terms."""

    item: UUID | None = None
    word: Word | None = None
    need: int = 0
    """How many, of OF."""
    parts: tuple[Term, ...] = ()
    minutes: float | None = None
    """Of a part that is a cold standby, those of the switch."""

    @property
    def needed(self) -> int:
        """How many of its parts must be up."""
        if self.word is Word.AND:
            return len(self.parts)
        return self.need if self.word is Word.OF else 1


class Fault(StrEnum):
    """Why something is no tree of a formula."""

    NOT_ONE = "not-one"
    EMPTY = "empty"
    VOTE = "vote"
    COLD = "cold"
    MINUTES = "minutes"
    TOO_LARGE = "too-large"


_JSON: TypeAdapter[Term] = TypeAdapter(Term)


def stored(term: Term) -> Any:
    """As JSON says it."""
    return _JSON.dump_python(term, mode="json", exclude_defaults=True)


def read(value: object) -> Term:
    """What `stored` gave."""
    return _JSON.validate_python(value)


def terms(term: Term) -> Iterator[Term]:
    """It and all below it, from left to right."""
    yield term
    for part in term.parts:
        yield from terms(part)


def items(term: Term) -> tuple[UUID, ...]:
    """What it names, each once, from left to right."""
    return tuple(dict.fromkeys(each.item for each in terms(term) if each.item is not None))


def faults(term: Term) -> Iterator[Fault]:
    """What is wrong with a tree that a program sent; the text form can say nothing of it."""
    if _depth(term, DEEPEST) > DEEPEST or sum(1 for _each in terms(term)) > MOST_TERMS:
        yield Fault.TOO_LARGE
        return
    if term.minutes is not None:
        yield Fault.COLD
    for each in terms(term):
        yield from _faults(each)


def _faults(term: Term) -> Iterator[Fault]:
    if (term.item is None) == (term.word is None):
        yield Fault.NOT_ONE
    if term.word is not None and not term.parts:
        yield Fault.EMPTY
    if term.word is None and term.parts:
        yield Fault.NOT_ONE
    if term.word is Word.OF and term.parts and not 1 <= term.need <= len(term.parts):
        yield Fault.VOTE
    marked = [part.minutes for part in term.parts if part.minutes is not None]
    if marked and term.word in {Word.AND, Word.OR}:
        yield Fault.COLD
    if any(not 0 <= minutes <= MOST_MINUTES for minutes in marked):
        yield Fault.MINUTES


def _depth(term: Term, most: int) -> int:
    if most < 0 or not term.parts:
        return 0
    return 1 + max(_depth(part, most - 1) for part in term.parts)


# The text form -----------------------------------------------------------------------------------


def of_expression(found: Expression, meant: Mapping[str, UUID]) -> Term:
    """The same by ids; every name of it must be in `meant`."""
    minutes = None if found.minutes == HOT else round(found.minutes, 4)
    if not found.word:
        return Term(item=meant[found.name], minutes=minutes)
    word = Word(found.word)
    parts = tuple(of_expression(part, meant) for part in found.parts)
    return Term(word=word, need=found.need if word is Word.OF else 0, parts=parts, minutes=minutes)


def names_in(found: Expression) -> Iterator[Expression]:
    """The names of a formula where they stand, from left to right."""
    if not found.word:
        yield found
    for part in found.parts:
        yield from names_in(part)


def text(term: Term, called: Callable[[UUID], str]) -> str:
    """As people write it; reading it again gives the same tree."""
    if term.item is not None:
        return quoted(called(term.item))
    if term.word is Word.OF or (term.word is Word.HOT and _all_cold(term.parts)):
        inside = ", ".join(_cold(part) + text(part, called) for part in term.parts)
        return f"{term.needed} of ({inside})"
    first, *others = _hot_first(term.parts) if term.word is Word.HOT else term.parts
    found = _inside(first, term, called)
    for part in others:
        word = str(term.word) if part.minutes is None else _cold(part).strip()
        found += f" {word} {_inside(part, term, called)}"
    return found


def _all_cold(parts: Sequence[Term]) -> bool:
    return len(parts) == 1 or all(part.minutes is not None for part in parts)


def _hot_first(parts: Sequence[Term]) -> list[Term]:
    """What stands first cannot be marked."""
    return sorted(parts, key=lambda part: part.minutes is not None)


def _inside(part: Term, gate: Term, called: Callable[[UUID], str]) -> str:
    found = text(part, called)
    strength = _LEFTMOST_FIRST.get(str(part.word), 4)
    lone = len(part.parts) == 1
    alone = part.word is Word.HOT and _all_cold(part.parts)
    return (
        found
        if alone or (strength > _LEFTMOST_FIRST[str(gate.word)] and not lone)
        else f"({found})"
    )


def _cold(part: Term) -> str:
    if part.minutes is None:
        return ""
    said = f"{part.minutes:.4f}".rstrip("0").rstrip(".")
    return f"cold[{said}min] "


# What is left of it ------------------------------------------------------------------------------


def without(term: Term, gone: Collection[UUID]) -> Term | None:
    """What it says of what is left; None where nothing is. How many an OF needs stays as said."""
    if term.item is not None:
        return None if term.item in gone else term
    parts = tuple(part for each in term.parts if (part := without(each, gone)) is not None)
    return replace(term, parts=parts) if parts else None


def instead(term: Term, gone: UUID, stays: UUID) -> Term:
    """The same with another item in the place of one."""
    if term.item is not None:
        return replace(term, item=stays) if term.item == gone else term
    return replace(term, parts=tuple(instead(part, gone, stays) for part in term.parts))


def also(before: Term | None, more: Term) -> Term:
    """Both are needed."""
    if before is None:
        return more
    first = before.parts if before.word is Word.AND else (before,)
    return Term(word=Word.AND, parts=(*first, more))


def called_apart(names: Iterable[tuple[UUID, str, str | None]]) -> dict[UUID, str]:
    """What each of these is called in a formula: by its name; by name and code where another has
    the same name, and by the end of its id where it has no code.

    Args:
        names: id, name and code of each.

    """
    rows = [(id_, name.strip(), key) for id_, name, key in names]
    often: dict[str, int] = {}
    for _id, name, _key in rows:
        often[name] = often.get(name, 0) + 1
    taken = {name for name, times in often.items() if times == 1}
    found: dict[UUID, str] = {}
    for id_, name, key in sorted(rows):
        called = name
        if often[name] > 1:
            called = f"{name} ({key or id_.hex[-6:]})"
            if called in taken:
                called = f"{name} ({id_.hex})"
            taken.add(called)
        found[id_] = called
    return found
