"""What is said of a key of a definition, and of the values it may have; in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import GetJsonSchemaHandler as JsonSchemaHandler
from pydantic_core import CoreSchema

from wardround.kernel.wording import call_values
from wardround.schema.labels import Label

E = TypeVar("E", bound=type[StrEnum])


@dataclass(frozen=True, slots=True)
class Key:
    """What a key is called and, in one sentence, what it does; both languages."""

    zh: str
    en: str
    about_zh: str
    about_en: str

    @property
    def label(self) -> Label:
        return Label(self.zh, self.en)

    @property
    def about(self) -> Label:
        return Label(self.about_zh, self.about_en)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: JsonSchemaHandler
    ) -> dict[str, Any]:
        title = {"zh": self.zh, "en": self.en}
        about = {"zh": self.about_zh, "en": self.about_en}
        return {**handler(schema), "x-title": title, "x-description": about}


@dataclass(frozen=True, slots=True)
class Refers:
    """The key names a definition of `kind`; `acyclic` ones may not lead back to their start.

    With `only`, a key beside it and a value: it does so where that key has this value.
    """

    kind: str
    acyclic: bool = False
    only: tuple[str, str] | None = None

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: JsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "x-reference": self.kind}


LABEL_KEY = Key(
    "名称", "Label", "显示给人看的名称，中英文。", "What people see it called, in both languages."
)
NAME_KEY = Key(
    "标识",
    "Name",
    "这个定义的唯一标识，其他定义以它引用。",
    "What other definitions call it by; once for each kind.",
)


def told_as(words: Mapping[str, tuple[str, str]]) -> Callable[[E], E]:
    """What people see each value of an enumeration called, in Chinese and in English.

    Raises ValueError where a value has no word or a word no value.
    """

    def told(values: E) -> E:
        if set(words) != {value.value for value in values}:
            message = f"the words of {values.__name__} are not those of its values"
            raise ValueError(message)
        call_values({values(value): Label(zh, en) for value, (zh, en) in words.items()})
        spoken = {value: {"zh": zh, "en": en} for value, (zh, en) in words.items()}

        def schema(_values: E, core: CoreSchema, handler: JsonSchemaHandler) -> dict[str, Any]:
            told = handler(core)
            handler.resolve_ref_schema(told)["x-words"] = spoken
            return told

        values.__get_pydantic_json_schema__ = classmethod(schema)  # type: ignore[attr-defined, arg-type]
        return values

    return told
