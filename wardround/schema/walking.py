"""What a declaration is made of, and what its values name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from wardround.schema.field_types import MadeFrom, Part
from wardround.schema.keys import Key, Refers
from wardround.schema.problems import Path, Reference


def parts_of(model: type[Part]) -> tuple[type[Part], ...]:
    """The model and every part it is made of, each once."""
    found: dict[type[Part], None] = {}
    waiting = [model]
    while waiting:
        part = waiting.pop(0)
        if part not in found:
            found[part] = None
            for info in part.model_fields.values():
                waiting.extend(_parts_in(info.annotation))
                made = (note.written_as for note in info.metadata if isinstance(note, MadeFrom))
                waiting.extend(inner for written_as in made for inner in _parts_in(written_as))
    return tuple(found)


def _parts_in(annotation: Any) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts_in(argument)


def key_of(part: type[Part], field: str) -> Key | None:
    """What is said of one field."""
    return next((note for note in part.model_fields[field].metadata if isinstance(note, Key)), None)


@dataclass(frozen=True, slots=True)
class _Naming:
    """The fields of a part that name definitions, and those that hold parts; with their keys."""

    names: tuple[tuple[str, str, Refers], ...]
    holds: tuple[tuple[str, str], ...]


@cache
def _naming(part: type[Part]) -> _Naming:
    keys = [(field, info.alias or field, info) for field, info in part.model_fields.items()]
    names = [
        (field, key, note)
        for field, key, info in keys
        for note in info.metadata
        if isinstance(note, Refers)
    ]
    holds = [(field, key) for field, key, info in keys if [*_parts_in(info.annotation)]]
    return _Naming(tuple(names), tuple(holds))


@cache
def kinds_named(model: type[Part]) -> frozenset[str]:
    """The kinds of things that a declaration, or a part of it, may name by a key that `Refers`."""
    return frozenset(note.kind for part in parts_of(model) for *_, note in _naming(part).names)


def references_in(part: Part, path: Path = ()) -> Iterator[Reference]:
    """Every definition that `part`, or a part of it, names by a key that `Refers`."""
    naming = _naming(type(part))
    for field, key, note in naming.names:
        if note.only and str(getattr(part, note.only[0])) != note.only[1]:
            continue
        if value := getattr(part, field):
            yield from _named(value, note, (*path, key))
    for field, key in naming.holds:
        for inner, at in _parts_of_value(getattr(part, field), (*path, key)):
            yield from references_in(inner, at)


def _named(value: str | Sequence[str], note: Refers, path: Path) -> Iterator[Reference]:
    if isinstance(value, str):
        yield Reference(path, note.kind, value, note.acyclic)
        return
    for index, name in enumerate(value):
        yield Reference((*path, index), note.kind, name, note.acyclic)


def _parts_of_value(value: object, path: Path) -> Iterator[tuple[Part, Path]]:
    if isinstance(value, Part):
        yield value, path
    elif isinstance(value, tuple):
        yield from ((part, (*path, at)) for at, part in enumerate(value) if isinstance(part, Part))
    elif isinstance(value, Mapping):
        yield from ((part, (*path, k)) for k, part in value.items() if isinstance(part, Part))
