"""What is wrong in a definition, and where: problems, places, and references that are checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
"""Where a value stands inside one definition: keys and list positions from its top."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file of a pack; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Words:
    """A part of a message that has words of its own: an English template and what fills it."""

    template: str
    details: Mapping[str, object] = field(default_factory=dict)

    def told(self, translate: Callable[[str], str]) -> str:
        """The words in the language of `translate`."""
        text = translate(self.template)
        filled = {
            name: value.told(translate) if isinstance(value, Words) else value
            for name, value in self.details.items()
        }
        return text % filled if filled else text

    def __str__(self) -> str:
        return self.told(str)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a definition.

    `message` is an English template with %(name)s parts, translated at the edge; `details` fills
    it. A check says only the `path` inside its definition; whoever read the file adds the place.
    `offset` counts characters into the text at `path` (a mistake inside an expression).
    """

    path: Path
    message: str
    details: Mapping[str, object] = field(default_factory=dict)
    found: str = ""
    expected: str = ""
    suggestion: str = ""
    offset: int | None = None
    place: Place | None = None
    at_key: bool = False
    """The mistake is the key itself (unknown key), not its value."""
    missing: str = ""
    """The key that is missing at `path`, where that is the mistake."""
    judged_by: tuple[str, ...] = ()
    """Keys beside it, or further up, without which this may be no mistake at all."""

    @property
    def dotted(self) -> str:
        """The path as people write it: `attributes[2].type`."""
        parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return "".join(parts).removeprefix(".")

    def text(self) -> str:
        """The message in English, without its place."""
        return self.message % self.details if self.details else self.message

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        what = f"{self.dotted}: {self.text()}" if self.path else self.text()
        return where + what


@dataclass(frozen=True, slots=True)
class Reference:
    """One definition naming another; `acyclic` ones may not lead back to their start."""

    path: Path
    kind: str
    name: str
    acyclic: bool = False


Keys = tuple[str, ...]
"""Keys from the top of a body down; places in lists are passed over."""


@dataclass(frozen=True, kw_only=True)
class InPart:
    """How what a kind checks is checked where something in a definition has the wrong shape.

    What must be there and is wrong, or is not, is left with a stand-in, of which nothing is said.
    """

    stand_ins: Mapping[Keys, Any]
