"""Words for readers: the one way a text on a screen, in an error or on a terminal is made.

What a definition is called is a `Label`, kept in both languages. What the platform says is a
`Wording`: an English template, which is also its key in the catalogues of the rooms, and what
fills it. Both become words only at the edge, in the language of whoever reads.

A process with Django speaks the language of the request. Without it (the starter, the commands of
the dependability engine) the same catalogues are read in the language of the terminal.
"""

from __future__ import annotations

import gettext as catalogues
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path

ROOMS = Path(__file__).resolve().parent.parent
CHINESE, ENGLISH = "zh-hans", "en"


def is_chinese(language: str) -> bool:
    """Whether a language as browsers and terminals name it (`zh-CN`, `zh_CN.UTF-8`) is Chinese."""
    return language.lower().startswith("zh")


# The voice ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Voice:
    """Who turns templates into words: which language is read now, how it says a template and a
    moment.
    """

    language: Callable[[], str]
    sentence: Callable[[str], str]
    moment: Callable[[datetime], str]


def terminal_language() -> str:
    """The terminal's language: Chinese unless the environment clearly asks for English."""
    for name in ("WARDROUND_LANGUAGE", "LC_ALL", "LANG"):
        if asked := os.environ.get(name):
            return ENGLISH if asked.lower().startswith("en") else CHINESE
    return CHINESE


def _terminal_sentence(template: str) -> str:
    if not is_chinese(terminal_language()):
        return template
    return _chinese().gettext(template)


@cache
def _chinese() -> catalogues.NullTranslations:
    """Every room's Chinese catalogue in one."""
    joined = catalogues.NullTranslations()
    for folder in sorted(ROOMS.glob("*/locale")):
        joined.add_fallback(
            catalogues.translation("django", str(folder), ["zh_Hans"], fallback=True)
        )
    return joined


def _terminal_moment(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


_TERMINAL = Voice(terminal_language, _terminal_sentence, _terminal_moment)
_voices = [_TERMINAL]


def speak_with(voice: Voice) -> None:
    """Let another voice speak in this process; Django's, once it is set up."""
    _voices[:] = [voice]


def reader_language() -> str:
    """The language of whoever reads what is being made now."""
    return _voices[0].language()


# What is said ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages of the product."""

    zh: str
    en: str

    def text(self, language: str | None = None) -> str:
        """The label for a reader of `language` (none: of the present one); the other if empty."""
        wanted, other = self.zh, self.en
        if not is_chinese(language if language is not None else reader_language()):
            wanted, other = other, wanted
        return wanted or other

    @classmethod
    def parse(cls, value: object) -> Label:
        """From `{zh: …, en: …}`; a plain text stands for both languages."""
        if isinstance(value, Mapping):
            zh, en = str(value.get("zh") or ""), str(value.get("en") or "")
            return cls(zh=zh or en, en=en or zh)
        return cls(zh=str(value), en=str(value))


_called: dict[tuple[type[Enum], object], Label] = {}
"""By enumeration and value: the values of two may be equal texts."""


def call_values(words: Mapping[Enum, Label]) -> None:
    """Declare what people see values of an enumeration called."""
    _called.update({(type(value), value.value): label for value, label in words.items()})


def called(value: Enum) -> str:
    """What a value of an enumeration is called for the reader; undeclared ones as they stand."""
    label = _called.get((type(value), value.value))
    return str(value.value) if label is None else label.text()


def label_of(value: Enum) -> Label:
    """The same in both languages."""
    return _called.get((type(value), value.value)) or Label.parse(value.value)


@dataclass(frozen=True, slots=True)
class Wording:
    """Something the platform says: a template with %(name)s parts, and what fills it.

    What fills it may be labels, moments, further wordings or lists of them; each is put in the
    reader's language when the whole is.
    """

    template: str
    arguments: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str | None = None) -> str:
        """The words for a reader of `language` (none: for the present one)."""
        sentence = _sentence(self.template, language)
        if not self.arguments:
            return sentence
        return sentence % {
            name: _argument(value, language) for name, value in self.arguments.items()
        }

    def __str__(self) -> str:
        return self.text()


def _sentence(template: str, language: str | None) -> str:
    if language is None:
        return _voices[0].sentence(template)
    return _chinese().gettext(template) if is_chinese(language) else template


def _argument(value: object, language: str | None) -> object:
    match value:
        case Label() | Wording():
            return value.text(language)
        case datetime():
            return _voices[0].moment(value)
        case list() | tuple():
            return listed((str(_argument(part, language)) for part in value), language)
        case _:
            return value


def listed(names: Iterable[str], language: str | None = None) -> str:
    """Several names one after another, as a language separates them (none: the reader's)."""
    return ("、" if is_chinese(language or reader_language()) else ", ").join(names)


def untranslated(template: str) -> str:
    """Mark a template for the catalogues where it becomes words only later."""
    return template


def told(template: str, /, **arguments: object) -> str:
    """The words of a template for the present reader, at once."""
    return Wording(template, arguments).text()
