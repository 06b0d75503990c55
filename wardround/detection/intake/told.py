"""What is told of a rule that comes from elsewhere: why it was not taken, what differs here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from wardround.detection.errors import NotTakenError


@dataclass(frozen=True)
class Source:
    """Where something stands."""

    file: str
    line: int
    rule: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place}: {self.rule}" if self.rule else place


@dataclass(frozen=True)
class Note:
    """One sentence about a place. `part` is what it is about, as written; `advice` what to do."""

    source: Source
    template: str
    details: Mapping[str, object] = field(default_factory=dict)
    part: str = ""
    advice_template: str = ""

    @property
    def message(self) -> str:
        return gettext(self.template) % self.details

    @property
    def advice(self) -> str:
        return gettext(self.advice_template) % self.details if self.advice_template else ""


def note_of(error: NotTakenError, source: Source) -> Note:
    """What is told of a rule that was not taken."""
    return Note(source, error.template, error.details, error.part, error.advice)
