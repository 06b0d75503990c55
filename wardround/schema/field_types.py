"""The types of fields that definitions are declared with, and how each is written in a pack."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn, TypeVar, get_args, get_origin

from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic import GetJsonSchemaHandler as JsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core import core_schema as core

from wardround.schema.labels import Label
from wardround.schema.problems import Path, Problem

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")


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


STORED: Mapping[str, Any] = {"stored": True}
"""The context in which a body is read that was accepted before."""


def refused(*problems: Problem) -> PydanticCustomError:
    """What a field type raises; the `path` of each problem counts from the field."""
    return PydanticCustomError("refused", "refused", {"problems": problems})


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
        ways = {MAPPING: _telling(filled(both)), TEXT: core.str_schema(min_length=1, pattern=r"\S")}
        return written(ways, Label.parse, value=Label)


def _telling(schema: CoreSchema) -> CoreSchema:
    """A label that says something in one of its languages at least."""

    def check(value: Mapping[str, str]) -> Mapping[str, str]:
        if not any(text.strip() for text in value.values()):
            raise refusal(_("the label is empty in both languages"))
        return value

    return core.no_info_after_validator_function(check, schema)


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
