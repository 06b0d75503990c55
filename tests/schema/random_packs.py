"""Random definitions of every kind, drawn from the declarations themselves.

A body is drawn from the JSON-schema that its model makes; references are drawn from names that are
there. What the check refuses is taken out again at the place it names, so that a problem without a
true place shows itself: nothing would become sound.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from wardround.schema import documents, kinds, packs
from wardround.schema.neighbours import Installed
from wardround.schema.sources import Source
from wardround.schema.types import Path, Problem

HEAD = 'pack: random\nversion: "{version}"\nlabel: Random\nrequires: [base, service]\n'
_WORDS = st.text(string.ascii_lowercase, min_size=1, max_size=6)
_TEXTS = _WORDS | st.sampled_from(["名称", "a b", "#", "- x", "'", '"', "1", "no", "é: x"])
_MOST_ROUNDS = 40
_ROUNDS_OF_PARTS = 8


Schema = Mapping[str, Any]
_DEEPEST = 4


def _scalar(schema: Schema) -> st.SearchStrategy[Any]:
    """A text, a number, yes or no, or one of a few."""
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    high = min(schema.get("maximum", low + 90), low + 90)
    by_type = {
        "boolean": st.booleans(),
        "null": st.none(),
        "integer": st.integers(int(low), int(high)),
        "number": st.integers(int(low) + 1, int(high)),
    }
    if schema.get("type") in by_type:
        return by_type[schema["type"]]
    if "pattern" in schema:
        ascii_ = st.characters(codec="ascii")
        return st.from_regex(schema["pattern"], fullmatch=True, alphabet=ascii_).map(_short)
    return _TEXTS


def _short(text: str) -> str:
    return text[:50]


@dataclass(frozen=True)
class Drawing:
    """What is drawn from: the definitions there are, by kind."""

    names: Mapping[str, Sequence[str]]

    def body(self, draw: Any, kind: str, name: str) -> dict[str, Any]:
        """The kind's example under another name, with some of its keys drawn anew."""
        schema = kinds.kind_named(kind).json_schema()  # type: ignore[union-attr]
        drawn = self._value(draw, schema, schema.get("$defs", {}), 0)
        chosen = {key: value for key, value in drawn.items() if draw(st.integers(0, 2)) == 0}
        return {**example(kind, name), **chosen, "kind": kind, "name": name}

    def _value(  # noqa: PLR0911  # one way for each sort of shape
        self, draw: Any, schema: Schema, defs: Schema, deep: int
    ) -> Any:
        """A value of a shape; what only the whole can tell (a pattern's meaning) it may miss."""
        if "$ref" in schema:
            said = {key: value for key, value in schema.items() if key != "$ref"}
            return self._value(
                draw, {**defs[schema["$ref"].rpartition("/")[2]], **said}, defs, deep
            )
        if several := schema.get("anyOf") or schema.get("oneOf"):
            chosen = draw(st.sampled_from(several))
            said = {key: value for key, value in schema.items() if key == "x-reference"}
            return self._value(draw, {**chosen, **said}, defs, deep)
        names = self.names.get(schema.get("x-reference", ""))
        if names and schema.get("type") != "array":
            return draw(st.sampled_from(names))
        if schema.get("type") == "object":
            return self._mapping(draw, schema, defs, deep)
        if schema.get("type") == "array":
            return self._list(draw, schema, defs, deep)
        return draw(_scalar(schema))

    def _list(self, draw: Any, schema: Schema, defs: Schema, deep: int) -> Any:
        least = schema.get("minItems", 0)
        size = draw(st.integers(least, max(least, 0 if deep > _DEEPEST else 2)))
        said = {key: value for key, value in schema.items() if key == "x-reference"}
        each = {**schema.get("items", {"type": "string"}), **said}
        return [self._value(draw, each, defs, deep + 1) for _ in range(size)]

    def _mapping(
        self, draw: Any, schema: Mapping[str, Any], defs: Mapping[str, Any], deep: int
    ) -> Any:
        required = schema.get("required", [])
        found = {}
        for key, inner in schema.get("properties", {}).items():
            if key in required or (deep < 5 and draw(st.integers(0, 3)) == 0):
                found[key] = self._value(draw, inner, defs, deep + 1)
        inner = schema.get("additionalProperties")
        if isinstance(inner, Mapping):
            for key in draw(st.lists(_WORDS, min_size=schema.get("minProperties", 0), max_size=2)):
                found[key] = self._value(draw, inner, defs, deep + 1)
        if not found and schema.get("minProperties") and schema.get("properties"):
            key, inner = next(iter(schema["properties"].items()))
            found[key] = self._value(draw, inner, defs, deep + 1)
        return found


def example(kind: str, name: str) -> dict[str, Any]:
    """The kind's example, by itself: keys of things are those of this definition alone."""
    text = kinds.kind_named(kind).example  # type: ignore[union-attr]
    body: dict[str, Any] = documents.read(text.encode(), "").documents[0].root.plain()
    return {**body, "kind": kind, "name": name}


def source(bodies: Sequence[Mapping[str, Any]], version: str = "1") -> Source:
    texts = {f"{place}.yaml": text_of(body) for place, body in enumerate(bodies)}
    return Source("random", {"pack.yaml": HEAD.format(version=version).encode(), **texts})


def text_of(body: Mapping[str, Any]) -> bytes:
    """JSON is YAML: what is text stays text."""
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def without(body: Any, path: Path) -> bool:
    """Take out what stands at a path, or the nearest thing around it; whether anything went."""
    steps = list(path)
    while steps:
        inner, last = body, steps.pop()
        for step in steps:
            if (isinstance(inner, dict) and step in inner) or (
                isinstance(inner, list) and isinstance(step, int) and step < len(inner)
            ):
                inner = inner[step]
            else:
                break
        else:
            if isinstance(inner, dict) and last in inner:
                del inner[last]
                return True
            if isinstance(inner, list) and isinstance(last, int) and last < len(inner):
                del inner[last]
                return True
    return False


def sound(bodies: list[dict[str, Any]], installed: Installed) -> list[dict[str, Any]]:
    """The definitions without what the check finds wrong in them, and without those that nothing
    can be done about.
    """
    left = [json.loads(json.dumps(body)) for body in bodies]
    for round_ in range(_MOST_ROUNDS):
        problems = check(left, installed)
        if not problems:
            return left
        broken: set[int] = set()
        for problem in problems:
            told(problem)
            place = int(problem.place.file.rpartition("/")[2].removesuffix(".yaml"))  # type: ignore[union-attr]
            if not _mend(left[place], problem, parts=round_ < _ROUNDS_OF_PARTS):
                broken.add(place)
        left = [body for place, body in enumerate(left) if place not in broken]
    return []


def _mend(body: dict[str, Any], problem: Problem, *, parts: bool) -> bool:
    """Take out what a problem is about; later the whole key, as the example has it, or else all."""
    whole, key = example(body["kind"], body["name"]), problem.path[0] if problem.path else None
    if parts and len(problem.path) > 1 and without(body, problem.path):
        return True
    if key is not None and body.get(str(key)) != whole.get(str(key)):
        body.pop(str(key), None)
        body.update({str(key): whole[str(key)]} if key in whole else {})
        return True
    if body != whole:
        body.clear()
        body.update(whole)
        return True
    return False


def check(bodies: Sequence[Mapping[str, Any]], installed: Installed) -> list[Problem]:
    return packs.load([source(bodies)], installed=installed).problems


def told(problem: Problem) -> None:
    """Every mistake has words, and a line and column that are there."""
    assert problem.text()
    place = problem.place
    assert place is not None, problem
    assert place.file.startswith("random/"), problem
    assert place.line >= 1, problem
    assert place.column >= 1, problem
