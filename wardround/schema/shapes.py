"""Whether a body has the shape its kind asks for: JSON-schema, told in words of the pack.

The schema language is JSON-schema 2020-12; what it finds is turned into problems that say what
stands there, what was expected, and which known key was probably meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_noop as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from wardround.schema.problems import Path, Problem
from wardround.schema.suggestions import closest

_TYPES = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "true or false",
    "array": "list",
    "object": "mapping",
    "null": "nothing",
}
_LIMITS = {
    "minimum": "at least %(limit)s",
    "maximum": "at most %(limit)s",
    "exclusiveMinimum": "more than %(limit)s",
    "exclusiveMaximum": "less than %(limit)s",
    "minLength": "at least %(limit)s characters",
    "maxLength": "at most %(limit)s characters",
    "minItems": "at least %(limit)s entries",
    "maxItems": "at most %(limit)s entries",
    "minProperties": "at least %(limit)s entries",
    "pattern": "text like %(limit)s",
    "const": "%(limit)s",
}


LABEL_SCHEMA: Mapping[str, Any] = MappingProxyType(
    {
        "type": ["object", "string"],
        "minLength": 1,
        "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
        "additionalProperties": False,
        "minProperties": 1,
    }
)
"""JSON-schema of a label, for the kinds of every room."""


class Shape:
    """A JSON-schema made ready. That every kind's is sound is for the tests to check."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = thawed(schema)
        self._validator = Draft202012Validator(self.schema)

    def problems(self, value: Any) -> Iterator[Problem]:
        """Everything about `value` that does not fit, in no special order."""
        missing: set[Path] = set()
        for error in self._validator.iter_errors(value):
            deepest = _deepest(error)
            path: Path = tuple(deepest.absolute_path)
            if deepest.validator == "required":
                if path not in missing:
                    yield from _missing(deepest, path)
                missing.add(path)
            else:
                yield from _told(deepest, path)


def thawed(value: Any) -> Any:
    """Plain dicts and lists of a schema that was declared frozen."""
    if isinstance(value, Mapping):
        return {key: thawed(one) for key, one in value.items()}
    return [thawed(one) for one in value] if isinstance(value, list | tuple) else value


def _deepest(error: ValidationError) -> Any:
    """Of the alternatives of anyOf and oneOf, what is wrong with the one that was likely meant."""
    return best_match(iter([error])) if error.context else error


def _missing(error: Any, path: Path) -> Iterator[Problem]:
    known = list(error.schema.get("properties", ()))
    for key in error.validator_value:
        if key not in error.instance:
            mistyped = closest(key, [one for one in error.instance if one not in known])
            details = {"key": key}
            message = _("“%(key)s” is missing")
            yield Problem(path, message, details, expected=key, found=mistyped)


def _told(error: Any, path: Path) -> Iterator[Problem]:
    match error.validator:
        case "additionalProperties" | "unevaluatedProperties":
            yield from _unknown_keys(error, path)
        case "propertyNames":
            yield Problem(path, _("“%(found)s” is no possible key"), {"found": error.instance})
        case "enum":
            yield _not_listed(error, path)
        case "type":
            expected = _types(error.validator_value)
            yield _unfit(path, error.instance, expected)
        case "uniqueItems":
            yield Problem(path, _("an entry stands here twice"), found=shown(error.instance))
        case name if name in _LIMITS:
            expected = _LIMITS[str(name)] % {"limit": error.validator_value}
            yield _unfit(path, error.instance, expected)
        case _:
            yield _unfit(path, error.instance, error.message)


def _unfit(path: Path, instance: Any, expected: str) -> Problem:
    details = {"found": shown(instance), "expected": expected}
    message = _("found %(found)s, expected %(expected)s")
    return Problem(path, message, details, found=shown(instance), expected=expected)


def _unknown_keys(error: Any, path: Path) -> Iterator[Problem]:
    known = list(error.schema.get("properties", ()))
    free = [key for key in known if key not in error.instance]
    for key in error.instance:
        if key not in known:
            yield Problem(
                (*path, key),
                _("“%(key)s” is not known here"),
                {"key": key},
                found=key,
                expected=", ".join(known),
                suggestion=closest(key, free) or closest(key, known),
                at_key=True,
            )


def _not_listed(error: Any, path: Path) -> Problem:
    expected = ", ".join(shown(one) for one in error.validator_value)
    suggestion = closest(str(error.instance), map(str, error.validator_value))
    details = {"found": shown(error.instance), "expected": expected}
    return Problem(
        path,
        _("found %(found)s, expected one of: %(expected)s"),
        details,
        found=shown(error.instance),
        expected=expected,
        suggestion=suggestion,
    )


def _types(wanted: str | list[str]) -> str:
    names = [wanted] if isinstance(wanted, str) else wanted
    return " or ".join(_TYPES.get(name, name) for name in names)


def shown(value: Any) -> str:
    """A value as a message shows it: short, and unmistakable in its type."""
    match value:
        case None:
            text = "nothing"
        case dict():
            text = f"a mapping ({', '.join(map(str, value))})" if value else "an empty mapping"
        case list():
            text = f"a list of {len(value)}"
        case str():
            text = value or "an empty text"
        case _:
            text = json.dumps(value)
    return text if len(text) <= 80 else text[:79] + "…"
