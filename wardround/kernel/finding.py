"""Finding things by what somebody types: how words are read, what is found first, and who is asked.

Every room registers how its things are searched, each for whoever holds its permission and as far
as that reaches. The words are read alike everywhere: without case, width and blanks; Chinese in
pinyin and by initials too; a code however it is grouped; a name although a letter is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import Generic, TypeVar

from wardround.kernel.likeness import mistakes, mistakes_allowed
from wardround.kernel.permissions import Permission
from wardround.kernel.spoken import heard, sound_asked, spoken
from wardround.kernel.telephone import dialled
from wardround.kernel.typed_text import compatible
from wardround.kernel.types import Actor
from wardround.kernel.wording import Label

MOST_WORDS = 10
MOST_TYPED = 200
MOST_COUNTED = 500
"""More are not counted, nor put into order: whoever finds so many has to say more."""
MOST_OF_A_PIECE = 4_000
"""Characters of one value that are searched."""
_SHORTEST_CODE, _SHORTEST_CODE_ASKED = 4, 5
_GROUPED = re.compile(r"[-:./()_+#*·,转]")
_CODE = re.compile(r"(?=.*[0-9])[a-z0-9]+\Z")
_HARDWARE = re.compile(r"([0-9a-f]{2}[:-]){2,}[0-9a-f]{1,2}|([0-9a-f]{4}[.-])+[0-9a-f]{1,4}")
"""An address of a network card, or the beginning of one."""
_ADDRESS = re.compile(r"[0-9./]+\Z")
"""Its dots tell one from another: `10.1.11.1` is not `10.11.1.1`."""


class Match(IntEnum):
    """How something matches what was typed, the best first."""

    EXACT = 0
    PREFIX = 1
    PART = 2
    SOUND = 3
    ALIKE = 4


def folded(text: str) -> str:
    """Without what does not tell two texts apart: case, width, blanks."""
    return "".join(compatible(text).casefold().split())


def code(piece: str) -> str:
    """A folded code without what groups it: `aa-bb-cc-dd` as `aabbccdd`; else nothing."""
    if _ADDRESS.match(piece) or not _GROUPED.search(piece):
        return ""
    bare = _GROUPED.sub("", piece)
    is_code = _CODE.match(bare) or _HARDWARE.fullmatch(piece)
    return bare if len(bare) >= _SHORTEST_CODE and is_code else ""


@dataclass(frozen=True, slots=True)
class Texts:
    """One thing as it is searched: a line for each piece of text, its name's readings, initials."""

    text: str
    sound: str = ""
    initials: str = ""

    @property
    def name(self) -> str:
        return self.text[1 : self.text.find("\n", 1)]


def texts(name: str, pieces: Iterable[str] = (), codes: Iterable[str] = ()) -> Texts:
    """What a thing of this name and these pieces is searched by; `codes` as they are dialled."""
    lines = dict.fromkeys([folded(name), *(folded(piece) for piece in pieces), *codes])
    short = [line[:MOST_OF_A_PIECE] for line in lines if line]
    bare = [found for line in short if (found := code(line))]
    said = spoken(folded(name))
    every = dict.fromkeys([*short, *bare])
    text = "\n".join(("", *every, ""))
    return Texts(text, "\n".join(said.readings), "\n".join(said.initials))


@lru_cache(maxsize=50_000)
def texts_of_name(name: str, *pieces: str) -> Texts:
    """The same, remembered: for what is matched here and not in the store."""
    return texts(name, pieces)


@dataclass(frozen=True, slots=True)
class Word:
    """One word that was typed: as it stands, as a code, as a sound; empty where it is none."""

    text: str
    code: str
    sound: str
    allowed: int
    """Mistakes in it that are looked past."""

    @classmethod
    def of(cls, typed: str) -> Word:
        bare = code(typed)
        asked = bare if len(bare) >= _SHORTEST_CODE_ASKED else ""
        return cls(typed, asked, sound_asked(typed), mistakes_allowed(typed))

    def stands_in(self, held: Texts) -> bool:
        return self.text in held.text or bool(self.code and self.code in held.text)

    def sounds_in(self, held: Texts) -> bool:
        if not self.sound or not held.sound:
            return False
        return self.sound in held.initials or re.search(heard(self.sound), held.sound) is not None

    def mistakes_in(self, held: Texts, name: str) -> int | None:
        """0 where it stands there or is heard, else how many mistakes it takes; None: too many."""
        if self.stands_in(held) or self.sounds_in(held):
            return 0
        return mistakes(self.text, name, self.allowed) if self.allowed else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed, read."""

    whole: str
    words: tuple[Word, ...]
    number: str
    """The digits to look for where it is a telephone's; else empty."""

    @classmethod
    def of(cls, typed: str) -> Asked:
        text = compatible(typed)[:MOST_TYPED].casefold()
        words = tuple(map(Word.of, dict.fromkeys(text.split()[:MOST_WORDS])))
        return cls("".join(text.split()), words, dialled(typed[:MOST_TYPED]))

    @property
    def lines(self) -> tuple[str, ...]:
        """What a whole line is, or begins with, where it matches as well as can be."""
        bare = self.words[0].code if len(self.words) == 1 else ""
        return tuple(line for line in (self.whole, bare) if line)

    def match(self, held: Texts) -> Match | None:
        """How well, mistakes not looked past; None where it does not."""
        if any(f"\n{line}\n" in held.text for line in self.lines):
            return Match.EXACT
        stands = all(word.stands_in(held) for word in self.words)
        if not stands and not (self.number and self.number in held.text):
            heard_too = all(word.stands_in(held) or word.sounds_in(held) for word in self.words)
            return Match.SOUND if heard_too else None
        begins = any(f"\n{line}" in held.text for line in self.lines)
        return Match.PREFIX if begins else Match.PART

    def heard_as(self, held: Texts) -> str:
        """The reading of the name in which its words are heard."""
        for reading in held.sound.split("\n"):
            if any(word.sound and re.search(heard(word.sound), reading) for word in self.words):
                return reading.strip()
        return next((line for line in held.initials.split("\n") if self._abbreviates(line)), "")

    def _abbreviates(self, line: str) -> bool:
        return any(word.sound and word.sound in line for word in self.words)

    def mistakes(self, held: Texts, name: str) -> int | None:
        """How many mistakes in all; None where a word has more than are looked past."""
        found = [word.mistakes_in(held, compatible(name).casefold()) for word in self.words]
        several = [number for number in found if number is not None]
        return sum(several) if several and len(several) == len(found) else None


# What is found -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found, as the list of what was found shows it."""

    id: str
    name: str
    note: Label
    """What it is."""
    match: Match
    by: str = ""
    """What of it matched, where its name does not show that: its reading, a value."""
    by_label: Label | None = None
    """What that is: the attribute's label."""
    mark: str = ""
    """How it fares, in its room's word."""


@dataclass(frozen=True, slots=True)
class Found:
    hits: tuple[Hit, ...] = ()
    total: int = 0
    """How many match, those that are only alike not among them."""
    more: bool = False
    """There are more than `total`: they were not counted further."""


@dataclass(frozen=True, slots=True)
class Searched:
    """One group of things that are searched together."""

    name: str
    scope: str
    """What somebody narrows a search to; several groups may answer to one."""
    label: Label
    needs: Permission
    find: Callable[[Actor, Asked, int, datetime], Found]
    """Within the actor's reach, at most so many hits, as of a moment."""
    order: int
    """Where it is shown among the others."""


_registry: dict[str, Searched] = {}


def register(searched: Searched) -> None:
    """Say how a room's things are searched; it does so in its `ready`."""
    if _registry.setdefault(searched.name, searched) is not searched:
        message = f"{searched.name} is searched already"
        raise ValueError(message)


def groups() -> Iterator[Searched]:
    """Everything that is searched, in the order in which it is shown."""
    return iter(sorted(_registry.values(), key=lambda each: each.order))


PREFIXES = {"@": "people", "!": "tickets", "#": "items", ":": "definitions"}
"""What the first character of a search narrows it to; in full width, as Chinese is typed, too."""


def scoped(typed: str, scope: str) -> tuple[str, str]:
    """What is searched and where, by a prefix unless a scope is named."""
    text = compatible(typed).strip()
    if not scope and text[:1] in PREFIXES:
        return text[1:].strip(), PREFIXES[text[0]]
    return text, scope


# What is matched here and not in the store -------------------------------------------------------

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Thing]):
    """Something of which few are there, so that all are looked at."""

    thing: Thing
    name: str
    held: Texts


@dataclass(frozen=True, slots=True)
class Chosen(Generic[Thing]):
    best: tuple[tuple[Thing, Match], ...]
    total: int


def chosen(asked: Asked, candidates: Iterable[Candidate[Thing]], limit: int) -> Chosen[Thing]:
    """The best of them first, of those that match alike as they come; what is only alike where
    there is room.
    """
    if not asked.words:
        return Chosen((), 0)
    known = list(candidates)
    judged = [(match, each) for each in known if (match := asked.match(each.held)) is not None]
    judged.sort(key=lambda pair: pair[0])
    best = [(each.thing, match) for match, each in judged[:limit]]
    if len(best) < limit:
        best += [(thing, Match.ALIKE) for thing in _alike(asked, known)[: limit - len(best)]]
    return Chosen(tuple(best), len(judged))


def _alike(asked: Asked, known: Iterable[Candidate[Thing]]) -> list[Thing]:
    if not any(word.allowed for word in asked.words):
        return []
    wrong = ((asked.mistakes(each.held, each.name), each.thing) for each in known)
    counted = [(number, thing) for number, thing in wrong if number]
    return [thing for _number, thing in sorted(counted, key=lambda pair: pair[0])]
