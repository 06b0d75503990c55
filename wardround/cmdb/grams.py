"""What texts are looked up by: numbers for every two characters that stand together, kept in one
index whatever the database's locale knows of Chinese. Pure.

Another text may have the same number: what is looked up is read before it counts as found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from zlib import crc32

from wardround.kernel.finding import Texts
from wardround.kernel.spoken import begins, first_letters, is_character

_MASK = 0x7FFFFFFF
_INITIALS, _FIRST, _ALONE = 1, 2, 3


def _pairs(text: str, sort: int = 0) -> set[int]:
    return {
        (ord(first) * 1_114_111 + ord(other)) * 4 + sort & _MASK for first, other in pairwise(text)
    }


def _alone(text: str) -> set[int]:
    return {ord(each) * 4 + _ALONE & _MASK for each in text if is_character(each)}


def _first(letters: str) -> int:
    return crc32(letters.encode(), _FIRST) & _MASK


def of(held: Texts) -> list[int]:
    """Everything that the texts are looked up by."""
    name = held.text[1 : held.text.find("\n", 1)]
    found = _pairs(held.text) | _alone(name)
    for line in held.initials.split("\n"):
        found |= _pairs(line, _INITIALS)
    for line in held.sound.split("\n"):
        found.update(map(_first, first_letters(line)))
    return sorted(found)


def standing(part: str) -> Collection[int]:
    """Of a text in which this stands; nothing for a single character."""
    return sorted(_pairs(part))


def initials(sound: str) -> Collection[int]:
    return sorted(_pairs(sound, _INITIALS))


def reading(sound: str) -> Collection[int]:
    return [_first(begins(sound))]


def surviving(part: str) -> Collection[int]:
    """Of a name in which this stands, a single Chinese character too."""
    return sorted(_pairs(part) | _alone(part))


def pieces(word: str) -> Iterator[str]:
    """Every two characters of a word that stand together, and each Chinese one."""
    yield from filter(is_character, word)
    yield from (word[at : at + 2] for at in range(len(word) - 1))
