r"""Regular expressions that people write.

RE2 matches them in time that grows with the text and with nothing else, so that none of them holds
up whoever reads a thousand pages: `(a+)+$` against thirty characters costs Python's own engine a
minute. What that takes away is looking around and referring back. Text is taken character by
character; classes such as `\d` and `\w` mean ASCII, as in Prometheus (`\p{Han}` is a Chinese
character).
"""

from __future__ import annotations

from functools import lru_cache

import re2

from wardround.kernel.errors import BadPattern

_MOST_BYTES = 1 << 20
"""Of a compiled pattern; one that would need more is refused."""


class Pattern:
    """A compiled regular expression; raises BadPattern for a text that is none."""

    __slots__ = ("_compiled", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._compiled = re2.compile(text, _options())
        except re2.error as error:
            raise _bad(text, error) from None
        except UnicodeEncodeError as error:
            raise BadPattern("half a character", error.start) from None

    def fits(self, text: str) -> bool:
        """Whether it matches the whole text."""
        return self._compiled.fullmatch(_sound(text)) is not None

    def found_in(self, text: str) -> bool:
        """Whether it matches some part of the text."""
        return self._compiled.search(_sound(text)) is not None

    def groups_of(self, text: str) -> dict[str, str] | None:
        """What each group found, by number (`0` is the whole) and by name, where it matches the
        whole text; a group without part in it is empty.
        """
        found = self._compiled.fullmatch(_sound(text))
        if found is None:
            return None
        numbered = {"0": found.group(0)}
        numbered.update((str(at), part or "") for at, part in enumerate(found.groups(), 1))
        return {**numbered, **{name: part or "" for name, part in found.groupdict().items()}}


@lru_cache(maxsize=1024)
def pattern(text: str) -> Pattern:
    """The same as `Pattern(text)`, compiled once."""
    return Pattern(text)


def any_of(texts: tuple[str, ...]) -> Pattern | None:
    """What matches where one of these does; None where there are none."""
    return pattern("|".join(f"(?:{text})" for text in texts)) if texts else None


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_BYTES
    return options


def _bad(text: str, error: re2.error) -> BadPattern:
    """RE2 says what is wrong and repeats the part where it is."""
    said = error.args[0]
    told = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    part = told.rpartition(": ")[2]
    at = text.find(part) if part else -1
    return BadPattern(told, at if at >= 0 else None)


def _sound(text: str) -> str:
    """Half a character, as a broken page may bring it, is any character."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
