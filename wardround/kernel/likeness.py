"""How alike a mistyped word and a name are: letters or characters that are wrong, missing, too many
or swapped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wardround.kernel.spoken import is_character

_SHORTEST, _LONG = 4, 8
"""Letters: fewer are no word to mistype; from so many on, two may be wrong."""
_SHORTEST_CHINESE = 3


def mistakes_allowed(word: str) -> int:
    """How many mistakes of a folded word are looked past; in numbers none: each is another."""
    if any(character.isdigit() for character in word):
        return 0
    if any(map(is_character, word)):
        return 1 if len(word) >= _SHORTEST_CHINESE else 0
    if not word.isalpha() or len(word) < _SHORTEST:
        return 0
    return 2 if len(word) >= _LONG else 1


def mistakes(word: str, name: str, allowed: int) -> int | None:
    """The fewest mistakes that make some part of the name the word; None where more than allowed.

    A part begins with a Chinese character, or where a word of other letters begins.
    """
    text, begins = _squeezed(name)
    never = allowed + 1
    row = [0 if begin else never for begin in begins] + [never]
    before: Sequence[int] = ()
    for place, letter in enumerate(word, start=1):
        before, last, row = row, before, [min(row[0] + 1, never)]
        for at, other in enumerate(text, start=1):
            best = min(before[at - 1] + (letter != other), before[at] + 1, row[at - 1] + 1)
            if place > 1 and at > 1 and letter == text[at - 2] and other == word[place - 2]:
                best = min(best, last[at - 2] + 1)
            row.append(min(best, never))
    fewest = min(row)
    return None if fewest > allowed else fewest


def _squeezed(name: str) -> tuple[str, list[bool]]:
    """A name without blanks, and of each character whether a part can begin with it."""
    text, begins, before = [], [], ""
    for character in name:
        if not character.isspace():
            text.append(character)
            begins.append(is_character(character) or _sort(character) != _sort(before))
        before = character
    return "".join(text), begins


def _sort(character: str) -> str:
    if character.isdigit():
        return "digit"
    return "letter" if character.isalpha() and not is_character(character) else character


def surviving(word: str, allowed: int) -> Iterator[str]:
    """Parts of the word of which a name that is so alike has one as it stands.

    So many mistakes leave one of one part more untouched; or two that are swapped stand over the
    end of a part, which then ends with the other of them.
    """
    size, more = divmod(len(word), allowed + 1)
    start = 0
    for place in range(allowed + 1):
        end = start + size + (place < more)
        yield word[start:end]
        if end < len(word):
            yield word[start : end - 1] + word[end]
        start = end
