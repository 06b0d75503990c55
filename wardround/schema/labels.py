"""A name in both languages of the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages of the product."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """The label for a reader of `language` ("zh-hans", "en-gb"); the other one if empty."""
        wanted, other = (self.zh, self.en) if language.startswith("zh") else (self.en, self.zh)
        return wanted or other

    @classmethod
    def parse(cls, value: object) -> Label:
        """From `{zh: …, en: …}`; a plain text stands for both languages."""
        if isinstance(value, Mapping):
            zh, en = str(value.get("zh") or ""), str(value.get("en") or "")
            return cls(zh=zh or en, en=en or zh)
        return cls(zh=str(value), en=str(value))
