"""How a kind of definition is declared: once, as a strict typed model.

    class Layer(Declaration):
        label: Annotated[LabelField, Key("名称", "Label", "层的名称。", "What it is called.")]
        order: Annotated[int, Field(ge=1), Key("次序", "Order", "自上而下。", "From the top.")]

The model is the frozen value that rules use. Its JSON-schema, the browser's form, the messages
about a wrong body and the printed reference all come from it (`kinds`, `mistakes`, `forms`).
What people write (`15s`, a plain text for a label, one name where several may stand) becomes a
typed value by the field types below; each takes its own value too, so that code can make a part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Any, NoReturn, TypeVar, get_args, get_origin

from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, StringConstraints
from pydantic import GetJsonSchemaHandler as JsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core import core_schema as core

from wardround.schema.keys import LABEL_KEY, NAME_KEY, Key, Refers, told_as
from wardround.schema.labels import Label
from wardround.schema.problems import Path, Problem, Reference

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
TYPE_NAME_PATTERN = r"^[a-z][a-z0-9-]{0,49}$"
FIELD_NAME_PATTERN = r"^[a-z][a-z0-9_]{0,49}$"

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""The name of a definition."""
TypeName = Annotated[str, StringConstraints(pattern=TYPE_NAME_PATTERN)]
FieldName = Annotated[str, StringConstraints(pattern=FIELD_NAME_PATTERN)]
Text = Annotated[str, StringConstraints(min_length=1)]
"""Any text but an empty one."""


class Part(BaseModel):
    """A part of a definition: frozen, no key beside those declared, nothing turned silently.

    Code names fields as they are called here, packs by their alias where one is given.
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        allow_inf_nan=False,
    )


class Declaration(Part):
    """A whole definition."""

    name: Annotated[Name, NAME_KEY]


STORED: Mapping[str, Any] = {"stored": True}
"""The context in which a body is read that was accepted before."""


def refused(problem: Problem) -> PydanticCustomError:
    """What a field type raises; the problem's `path` counts from the field."""
    return PydanticCustomError("refused", "refused", {"problem": problem})


def refusal(
    message: str, details: Mapping[str, object] | None = None, *, found: str = "", path: Path = ()
) -> PydanticCustomError:
    """`refused` of a problem with this message."""
    return refused(Problem(path, message, details or {}, found=found))


# Field types ------------------------------------------------------------------------------------

MAPPING, TEXT, LIST, NUMBER, OTHER = "«mapping»", "«text»", "«list»", "«number»", "«other»"
SHAPES = frozenset({MAPPING, TEXT, LIST, NUMBER, OTHER})
"""Ways in which a value may be written; in pydantic's places they stand between the steps."""


def shape_of(value: object) -> str:
    """Which of SHAPES a value as written has."""
    known = (shape for types, shape in _SHAPE_OF_TYPES if isinstance(value, types))
    return OTHER if isinstance(value, bool) else next(known, OTHER)


_SHAPE_OF_TYPES: tuple[tuple[Any, str], ...] = (
    (str, TEXT),
    ((list, tuple), LIST),
    ((int, float), NUMBER),
    ((Mapping, Part), MAPPING),
)


def written(
    ways: Mapping[str, CoreSchema], make: Callable[[Any], Any], *, value: type
) -> CoreSchema:
    """A value written in one of several shapes, which `make` turns into one of type `value`."""
    return _either(value, make, core.tagged_union_schema(dict(ways), shape_of))


def _either(value: type, make: Callable[[Any], Any], as_written: CoreSchema) -> CoreSchema:
    """What packs write, turned by `make`; code may give the value itself."""
    made = core.no_info_after_validator_function(make, as_written)
    in_code = core.tagged_union_schema(
        {"value": core.is_instance_schema(value), "written": made},
        lambda given: "value" if isinstance(given, value) else "written",
    )
    return core.json_or_python_schema(json_schema=made, python_schema=in_code)


class _LabelShape:
    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        language = core.typed_dict_field(core.str_schema(), required=False)
        both = core.typed_dict_schema({"zh": language, "en": language}, extra_behavior="forbid")
        ways = {MAPPING: filled(both), TEXT: core.str_schema(min_length=1)}
        return written(ways, Label.parse, value=Label)


def filled(schema: CoreSchema) -> CoreSchema:
    """A mapping with at least one key."""

    def check(value: Mapping[str, Any]) -> Mapping[str, Any]:
        if not value:
            raise PydanticCustomError("too_short", "empty", {"min_length": 1})
        return value

    return core.no_info_after_validator_function(
        check, schema, metadata={"pydantic_js_extra": {"minProperties": 1}}
    )


LabelField = Annotated[Label, _LabelShape()]
"""`{zh: …, en: …}`, or a plain text that stands for both."""


@dataclass(frozen=True, slots=True)
class FromText:
    """The part may be written as a plain text too, which then stands for its key `key`."""

    key: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        text = core.no_info_after_validator_function(
            lambda text: source(**{self.key: text}), core.str_schema(min_length=1)
        )
        return core.tagged_union_schema({MAPPING: handler(source), TEXT: text}, shape_of)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: JsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "x-text": self.key}


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """The value is written as `written_as` and made from it by `make`.

    `make` may raise what `refusal` gives. In code the field takes its own value too.
    """

    written_as: Any
    make: Callable[[Any], Any]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        value = get_origin(source) or source
        return _either(value, self.make, handler.generate_schema(self.written_as))


class _OneOrList:
    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        entry = handler.generate_schema(get_args(source)[0])
        several = core.tuple_variable_schema(entry, min_length=1)
        union = core.tagged_union_schema(
            {LIST: several, OTHER: entry},
            lambda given: LIST if isinstance(given, list | tuple) else OTHER,
        )
        return core.no_info_after_validator_function(_as_tuple, union)


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


Several = Annotated[tuple[T, ...], _OneOrList()]
"""One entry or a list of them; at least one where the key is there."""


class Unique:
    """No entry of the list stands there twice."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core.no_info_after_validator_function(_without_twins, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: JsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "uniqueItems": True}


def _without_twins(entries: Sequence[T]) -> Sequence[T]:
    for index, entry in enumerate(entries):
        if entry in entries[:index]:
            raise refusal(_("an entry stands here twice"), found=str(entry), path=(index,))
    return entries


class FrozenMapping(dict[K, V]):
    """A mapping that never changes and can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]  # dict has none
        return hash(frozenset(self.items()))

    def _refuse(self, *_args: object, **_more: object) -> NoReturn:
        message = "a declared mapping does not change"
        raise TypeError(message)

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = _refuse
    __ior__ = _refuse


class _Frozen:
    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        key, value = get_args(source)
        mapping = core.dict_schema(handler.generate_schema(key), handler.generate_schema(value))
        return core.no_info_after_validator_function(FrozenMapping, mapping)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: JsonSchemaHandler
    ) -> dict[str, Any]:
        """Pydantic leaves keys free that do not fit the pattern; here they are refused."""
        told = handler(schema)
        for pattern, value in told.pop("patternProperties", {}).items():
            told["propertyNames"] = {"pattern": pattern}
            told["additionalProperties"] = value
        return told


Keyed = Annotated[Mapping[K, V], _Frozen()]
"""A mapping whose keys the writer chooses."""


# Durations --------------------------------------------------------------------------------------

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PIECE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|[smhdw])")
_DURATION = r"[0-9]+(\.[0-9]+)?(ms|s|m|h|d|w)"
DURATION_PATTERN = f"^(0|{_DURATION}( ?{_DURATION})*)$"


def seconds_of(text: str | float) -> float:
    """A duration such as `90s`, `1h 30m` or `0` in seconds; a bare number is seconds.

    Raises ValueError for any other text.
    """
    if isinstance(text, int | float):
        return float(text)
    if not re.fullmatch(DURATION_PATTERN, text):
        raise ValueError(text)
    return sum(float(number) * _UNITS[unit] for number, unit in _PIECE.findall(text))


_WRITTEN_DURATION = Annotated[str, StringConstraints(pattern=DURATION_PATTERN)]


@dataclass(frozen=True, slots=True)
class _DurationShape:
    above_zero: bool = False

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        text = core.str_schema(pattern=DURATION_PATTERN)
        limit: Any = {"gt": 0} if self.above_zero else {"ge": 0}
        number = core.float_schema(strict=True, **limit)
        union = core.tagged_union_schema({TEXT: text, NUMBER: number}, shape_of)
        return core.no_info_after_validator_function(self.seconds, union)

    def seconds(self, value: str | float) -> float:
        length = seconds_of(value)
        if self.above_zero and length <= 0:
            raise refusal(_("the duration is zero"), found=str(value))
        return length


Duration = Annotated[float, _DurationShape()]
"""Seconds, written `500ms`, `15s`, `1h30m`, or as a bare number."""
PositiveDuration = Annotated[float, _DurationShape(above_zero=True)]


def _period(text: str) -> timedelta:
    return timedelta(seconds=seconds_of(text))


Period = Annotated[timedelta, MadeFrom(_WRITTEN_DURATION, _period)]
"""A `timedelta`, written like a duration."""


# Days -------------------------------------------------------------------------------------------


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refusal(_("there is no such day"), found=text) from None


Day = Annotated[
    date,
    MadeFrom(Annotated[str, StringConstraints(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")], _day),
]
"""A day, written 2026-01-31."""


# Regular expressions ----------------------------------------------------------------------------


class _PatternShape:
    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core.no_info_after_validator_function(_sound_pattern, core.str_schema(strict=True))


def _sound_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        message = _("not a regular expression: %(why)s")
        problem = Problem((), message, {"why": str(error)}, found=text, offset=error.pos)
        raise refused(problem) from None
    return text


PatternText = Annotated[str, _PatternShape()]
"""The text of a regular expression that compiles."""


# Walking a declaration --------------------------------------------------------------------------


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


__all__ = [
    "DURATION_PATTERN",
    "FIELD_NAME_PATTERN",
    "LABEL_KEY",
    "NAME_KEY",
    "NAME_PATTERN",
    "TYPE_NAME_PATTERN",
    "Day",
    "Declaration",
    "Duration",
    "FieldName",
    "FromText",
    "FrozenMapping",
    "Key",
    "Keyed",
    "LabelField",
    "Name",
    "Part",
    "PatternText",
    "PositiveDuration",
    "Refers",
    "Several",
    "Text",
    "TypeName",
    "Unique",
    "key_of",
    "parts_of",
    "references_in",
    "refusal",
    "seconds_of",
    "told_as",
    "written",
]  # fmt: skip
