"""The JSON-schema of a declaration: for editors' forms, for references, for telling mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any, Protocol, runtime_checkable

from pydantic.json_schema import GenerateJsonSchema

from wardround.schema.declarations import Declaration, Part
from wardround.schema.labels import Label

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@runtime_checkable
class HasNotation(Protocol):
    """A value that says how a pack writes it."""

    def written(self) -> Any: ...


class _Generated(GenerateJsonSchema):
    """Defaults that have no form of their own in JSON are shown as they are written."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Part):
            return dft.model_dump(mode="json", by_alias=True)
        if isinstance(dft, timedelta):
            return f"{dft.total_seconds():g}s"
        if isinstance(dft, HasNotation):
            return dft.written()
        return dict(dft) if isinstance(dft, Mapping) else super().encode_default(dft)


def schema_of(model: type[Part]) -> Mapping[str, Any]:
    """The JSON-schema (2020-12) of a model, titles and descriptions in both languages as
    `x-title` and `x-description`.
    """
    return _schema_of(model)


@cache
def _schema_of(model: type[Part]) -> Mapping[str, Any]:
    return model.model_json_schema(by_alias=True, schema_generator=_Generated)


def body_schema(model: type[Declaration], kind: str) -> dict[str, Any]:
    """The schema of a whole definition as it stands in a pack, with its `kind`."""
    schema = dict(schema_of(model))
    schema["properties"] = {"kind": {"const": kind}, **schema["properties"]}
    return {"$schema": DIALECT, **schema}


def told(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with titles and descriptions in the language of whoever reads now."""
    words = {name: _told(value) for name, value in schema.items() if name not in _BILINGUAL}
    for name, plain in _BILINGUAL.items():
        if name in schema:
            words[plain] = Label.parse(schema[name]).text()
    if _WORDS in schema:
        words[_WORDS] = {value: Label.parse(word).text() for value, word in schema[_WORDS].items()}
    return words


def _told(value: Any) -> Any:
    if isinstance(value, list):
        return [_told(entry) for entry in value]
    return told(value) if isinstance(value, dict) else value


_WORDS = "x-words"
"""What the values of an enumeration are called."""
_BILINGUAL = {"x-title": "title", "x-description": "description"}
