"""What is wrong with the shape of a body, told in words of the pack.

A declared model finds the mistakes; here they become problems that say what stands there, what
was expected, and which known key or value was probably meant. What is possible at a place is read
from the model's JSON-schema, which is what an editor gets too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_noop as _
from pydantic import ValidationError

from wardround.schema.declarations import SHAPES
from wardround.schema.problems import Path, Problem, Words
from wardround.schema.suggestions import closest

Schema = Mapping[str, Any]

_TYPES = {
    "string": _("text"),
    "number": _("number"),
    "integer": _("whole number"),
    "boolean": _("true or false"),
    "array": _("list"),
    "object": _("mapping"),
    "null": _("nothing"),
}
_LIMITS = {
    "greater_than_equal": ("ge", _("at least %(limit)s")),
    "less_than_equal": ("le", _("at most %(limit)s")),
    "greater_than": ("gt", _("more than %(limit)s")),
    "less_than": ("lt", _("less than %(limit)s")),
    "string_too_short": ("min_length", _("at least %(limit)s characters")),
    "string_too_long": ("max_length", _("at most %(limit)s characters")),
    "too_short": ("min_length", _("at least %(limit)s entries")),
    "too_long": ("max_length", _("at most %(limit)s entries")),
    "string_pattern_mismatch": ("pattern", _("text like %(limit)s")),
}
_OF_ONE = {
    "string_too_short": _("at least %(limit)s character"),
    "string_too_long": _("at most %(limit)s character"),
    "too_short": _("at least %(limit)s entry"),
    "too_long": _("at most %(limit)s entry"),
}
"""The same of a limit of one."""


def told(error: ValidationError, body: object, schema: Schema) -> list[Problem]:
    """Every mistake pydantic found in `body`, once each."""
    found: dict[tuple[Path, str], Problem] = {}
    for mistake in error.errors(include_url=False):
        for problem in _told(mistake, body, schema):
            found.setdefault((problem.path, problem.message % problem.details), problem)
    return list(found.values())


def _told(mistake: Any, body: object, schema: Schema) -> Iterator[Problem]:
    path = _path(mistake["loc"], body)
    match mistake["type"]:
        case "missing":
            yield _missing(str(mistake["loc"][-1]), path, body, schema)
        case "extra_forbidden":
            yield _unknown_key(path, body, schema)
        case "refused":
            inner: Sequence[Problem] = mistake["ctx"]["problems"]
            yield from (_placed(problem, path) for problem in inner)
        case _ if mistake["loc"][-1:] == ("[key]",):
            yield _impossible_key(path, schema)
        case "enum" | "literal_error":
            yield _not_listed(path, mistake["input"], _possible(schema, path))
        case "too_short" if len(mistake["input"]) >= mistake["ctx"]["min_length"]:
            return  # long enough, had its entries no mistakes of their own
        case kind if kind in _LIMITS:
            yield _unfit(path, mistake["input"], _limit(kind, mistake["ctx"]))
        case _:
            yield _unfit(path, _at(body, path), _types(schema, path) or Words(mistake["msg"]))


def _limit(kind: str, context: Mapping[str, Any]) -> Words:
    name, template = _LIMITS[kind]
    limit = context[name]
    return Words(_OF_ONE.get(kind, template) if limit == 1 else template, {"limit": limit})


def _path(steps: Sequence[str | int], body: object) -> Path:
    """The steps that lead somewhere in the body; what pydantic calls its branches is left out.

    A key that is missing ends it before that key.
    """
    path: list[str | int] = []
    for step in steps:
        if step in SHAPES:
            continue
        if not _leads(body, step):
            break
        path.append(step)
        body = body[step]  # type: ignore[index]  # it leads there
    return tuple(path)


def _leads(body: object, step: str | int) -> bool:
    if isinstance(body, dict):
        return step in body
    return isinstance(body, list) and isinstance(step, int) and step < len(body)


def _at(body: Any, path: Path) -> Any:
    for step in path:
        body = body[step]
    return body


def _placed(problem: Problem, path: Path) -> Problem:
    return replace(problem, path=(*path, *problem.path))


# Each mistake ------------------------------------------------------------------------------------


def _missing(key: str, path: Path, body: object, schema: Schema) -> Problem:
    given, known = _at(body, path), _known_keys(schema, path)
    mistyped = closest(key, [name for name in given if name not in known])
    message = _("“%(key)s” is missing")
    return Problem(path, message, {"key": key}, expected=key, found=mistyped, missing=key)


def _unknown_key(path: Path, body: object, schema: Schema) -> Problem:
    key, parent = str(path[-1]), path[:-1]
    given, known = _at(body, parent), _known_keys(schema, parent)
    free = [name for name in known if name not in given]
    return _unknown(path, key, known, closest(key, free) or closest(key, known))


def _unknown(path: Path, key: str, known: Sequence[str], suggestion: str) -> Problem:
    return Problem(
        path,
        _("“%(key)s” is not known here"),
        {"key": key},
        found=key,
        expected=", ".join(known),
        suggestion=suggestion,
        at_key=True,
    )


def _impossible_key(path: Path, schema: Schema) -> Problem:
    key = str(path[-1])
    names = [node.get("propertyNames", {}) for node in _nodes(schema, path[:-1])]
    known = [str(name) for node in names for name in _listed(_resolved(node, schema))]
    if known:
        return _unknown(path, key, known, closest(key, known))
    return Problem(path, _("“%(found)s” is no possible key"), {"found": key}, key, at_key=True)


def _unfit(path: Path, value: object, expected: Words) -> Problem:
    found = shown(value)
    details = {"found": found, "expected": expected}
    message = _("found %(found)s, expected %(expected)s")
    return Problem(path, message, details, found=str(found), expected=str(expected))


def _not_listed(path: Path, value: object, possible: Sequence[object]) -> Problem:
    """The problem of a value that is none of those possible."""
    found, expected = shown(value), ", ".join(str(shown(choice)) for choice in possible)
    return Problem(
        path,
        _("found %(found)s, expected one of: %(expected)s"),
        {"found": found, "expected": expected},
        found=str(found),
        expected=expected,
        suggestion=closest(value, map(str, possible)) if isinstance(value, str) else "",
    )


# What the schema says of a place -----------------------------------------------------------------


def _resolved(node: Schema, schema: Schema) -> Schema:
    """The node itself where it only points to a definition."""
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _nodes(schema: Schema, path: Path) -> list[Schema]:
    """What may stand at `path`: every alternative, in the order declared."""
    nodes = [*_alternatives(schema, schema)]
    for step in path:
        below = [inner for node in nodes for inner in _below(node, step)]
        nodes = [inner for node in below for inner in _alternatives(node, schema)]
    return nodes


def _alternatives(node: Schema, schema: Schema) -> Iterator[Schema]:
    node = _resolved(node, schema)
    branches = [branch for way in ("anyOf", "oneOf", "allOf") for branch in node.get(way, ())]
    if not branches:
        yield node
    for branch in branches:
        yield from _alternatives(branch, schema)


def _below(node: Schema, step: str | int) -> Iterator[Schema]:
    if isinstance(step, int):
        inner = node.get("items")
    else:
        inner = node.get("properties", {}).get(step, node.get("additionalProperties"))
    if isinstance(inner, Mapping):
        yield inner


def _known_keys(schema: Schema, path: Path) -> list[str]:
    return [key for node in _nodes(schema, path) for key in node.get("properties", ())]


def _listed(node: Schema) -> list[object]:
    return [node["const"]] if "const" in node else list(node.get("enum", ()))


def _possible(schema: Schema, path: Path) -> list[object]:
    values = [value for node in _nodes(schema, path) for value in _listed(node)]
    nothing = any(node.get("type") == "null" for node in _nodes(schema, path))
    return [*values, None] if nothing and None not in values else values


def _types(schema: Schema, path: Path) -> Words | None:
    """What kinds of value may stand there: `mapping or text`."""
    kinds = dict.fromkeys(str(node["type"]) for node in _nodes(schema, path) if "type" in node)
    names = [Words(_TYPES[kind]) for kind in kinds]
    if not names:
        return None
    told = names[0]
    for name in names[1:]:
        told = Words(_("%(first)s or %(second)s"), {"first": told, "second": name})
    return told


def shown(value: object) -> Words:
    """A value as a message shows it: short, and unmistakable in its type."""
    if value is None or value == "":
        return Words(_("nothing") if value is None else _("an empty text"))
    if isinstance(value, list):
        return Words(_("a list of %(count)s"), {"count": len(value)})
    if isinstance(value, dict):
        keys = _short(", ".join(map(str, value)))
        return Words(_("a mapping (%(keys)s)") if value else _("an empty mapping"), {"keys": keys})
    text = value if isinstance(value, str) else json.dumps(value)
    return Words("%(text)s", {"text": _short(text)})


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
