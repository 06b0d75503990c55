"""What the text of a document is looked up by. Pure.

Chinese has no word breaks, so every two characters that stand together are a number of their own;
of letters and digits, of which any two stand together in most texts, also every three. A number is
exactly its characters: what is looked up by one need not be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from wardround.kernel.finding import folded as fold

_BITS = 21
"""Of a character: all there are, 2 and 3 of them apart from each other."""
_LETTERS = re.compile(r"[0-9a-z]{3,}")


def folded(text: str) -> str:
    return fold(text)


def of(text: str) -> list[int]:
    """All that a folded text is looked up by."""
    found = {ord(first) << _BITS | ord(other) for first, other in pairwise(text)}
    for run in _LETTERS.findall(text):
        found.update(map(_three, set(zip(run, run[1:], run[2:], strict=False))))
    return sorted(found)


def _three(letters: Sequence[str]) -> int:
    first, second, third = map(ord, letters)
    return (first << _BITS | second) << _BITS | third


def standing(word: str) -> list[int]:
    """Of every text in which this stands; nothing for a single character."""
    found: set[int] = set()
    place = 0
    for run in _LETTERS.finditer(word):
        found.update(_pairs(word[place : run.start() + 1]))
        found.update(map(_three, zip(run[0], run[0][1:], run[0][2:], strict=False)))
        place = run.end() - 1
    found.update(_pairs(word[place:]))
    return sorted(found)


def _pairs(text: str) -> set[int]:
    return {ord(first) << _BITS | ord(other) for first, other in pairwise(text)}


def exact(word: str) -> bool:
    """Whether looking up says it all: the word is one number."""
    return len(word) == 2 or (len(word) == 3 and _LETTERS.fullmatch(word) is not None)
