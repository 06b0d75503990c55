"""Values of an expression as SQL: for each class of values that a part may have, what gives it.

A part is missing where none of its classes has a value. What stands in JSON and is of another class
than its type declares is missing, too, and so is what is sealed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    F,
    Field,
    FloatField,
    Func,
    OuterRef,
    Q,
    TextField,
    UUIDField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.lookups import In

from wardround.cmdb.where.names import Meaning, Sort
from wardround.kernel.among import ids_of
from wardround.kernel.reach import Reach
from wardround.kernel.secrets import SEALED
from wardround.schema.expressions import moment, number

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

_DAY = (
    r"(?!0000)\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    r"|02-(?:0[1-9]|1\d|2[0-8]))"
    r"|(?!0000)(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29"
)
DATE = rf"^(?:{_DAY})$"
MOMENT = rf"^(?:{_DAY})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{{1,6}})?Z$"
"""The forms in which dates and times are stored: what has another is none."""
ID = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_SEALED = rf"^{SEALED}[A-Za-z0-9_-]{{90,}}=?=?$"


# How the language's operators and functions are said.
ORDER = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
ARITHMETIC = {"+": "@0@ + @1@", "-": "@0@ - @1@", "*": "@0@ * @1@", "/": "@0@ / NULLIF(@1@, 0)"}
SAYING = {
    "contains": "strpos(cmdb_casefold(@0@), cmdb_casefold(@1@)) > 0",
    "starts_with": "starts_with(@0@, @1@)",
    "ends_with": "right(@0@, char_length(@1@)) = @1@",
}
_BLANKS = "||".join(f"chr({code})" for code in range(1, 0x3001) if chr(code).isspace())
OF_TEXT = {
    "lower": "cmdb_lower(@0@)",
    "upper": "cmdb_upper(@0@)",
    "trim": f"btrim(@0@, {_BLANKS})",
}
SPANS = {
    "days_since": (1, 86_400),
    "hours_since": (1, 3_600),
    "days_until": (-1, 86_400),
}

_PLACES = re.compile(r"@(\d)@")


class Sql(Func):
    """A piece of SQL with places for expressions: `@0@ = @1@`."""

    def __init__(self, form: str, *parts: Any, gives: Field[Any, Any] | None = None) -> None:
        super().__init__(*parts, output_field=gives or BooleanField())
        self.form = form

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, _connection: BaseDatabaseWrapper, **_extra: Any
    ) -> tuple[str, list[Any]]:
        texts, values = [], list[Any]()
        compiled = [_compiled(compiler, part) for part in self.get_source_expressions()]
        for piece in _PLACES.split(self.form):
            if piece.isdigit():
                text, given = compiled[int(piece)]
                texts.append(text)
                values.extend(given)
            else:
                texts.append(piece.replace("%", "%%"))
        return "".join(texts), values


def _compiled(compiler: SQLCompiler, part: Any) -> tuple[str, Any]:
    """What would look among no rows at all finds nothing."""
    try:
        return compiler.compile(part)
    except EmptyResultSet:
        return "NULL", ()


def true(form: str, *parts: Any) -> Q:
    """A condition that is false where it would be unknown."""
    return Q(Sql(f"(({form}) IS TRUE)", *parts))


@dataclass(frozen=True, slots=True)
class Parts:
    """What gives a value, by its class; nothing where it is never of that class."""

    text: Any = None
    number: Any = None
    boolean: Any = None
    moment: Any = None
    written: datetime | None = None
    """The moment that a literal text is, where it is one."""
    literal: bool = False

    @classmethod
    def of(cls, classes: Mapping[str, Any]) -> Parts:
        return cls(**dict(classes))

    @property
    def classes(self) -> dict[str, Any]:
        found = {each.name: getattr(self, each.name) for each in fields(self)[:4]}
        return {name: part for name, part in found.items() if part is not None}

    def missing(self) -> Q:
        if self.literal:
            return NEVER if self.classes else ALWAYS
        absent = [true("@0@ IS NULL", part) for part in self.classes.values()]
        return reduce(and_, absent, ALWAYS)

    def as_moment(self) -> Any:
        """The moment, or that of a literal's text; nothing where it can be none."""
        return moment_of(self.written) if self.moment is None and self.written else self.moment


NEVER = Q(pk__in=())
ALWAYS = ~NEVER


def either(conditions: Sequence[Q]) -> Q:
    return reduce(or_, conditions, NEVER) if conditions else NEVER


def literal(value: Any) -> Parts:
    """A value that is known before."""
    if value is None:
        return Parts(literal=True)
    if isinstance(value, bool):
        return Parts(boolean=Sql("@0@::boolean", Value(value)), literal=True)
    if isinstance(value, str):
        return Parts(text=_text(value), written=moment(value), literal=True)
    known = number(value)
    cast = "@0@::numeric" if isinstance(known, int) else "@0@::double precision"
    return Parts(number=Sql(cast, Value(known), gives=FloatField()), literal=True)


def _text(value: str) -> Sql:
    return Sql("@0@::text", Value(value), gives=TextField())


def of_number(form: str, *parts: Any) -> Parts:
    """A number computed from these; never one where one of them is none."""
    return Parts() if None in parts else Parts(number=Sql(form, *parts, gives=FloatField()))


def of_text(form: str, part: Any) -> Parts:
    return Parts() if part is None else Parts(text=Sql(form, part, gives=TextField()))


def moment_of(value: datetime) -> Sql:
    return Sql("@0@::timestamptz", Value(value.isoformat()), gives=DateTimeField())


def boolean(condition: Q) -> Parts:
    return Parts(
        boolean=Case(When(condition, then=Value(True)), default=Value(False))  # noqa: FBT003
    )


_KINDS: Mapping[str, tuple[str, type[Field[Any, Any]]]] = {
    "text": ("text", TextField),
    "number": ("numeric", FloatField),
    "boolean": ("boolean", BooleanField),
    "moment": ("timestamptz", DateTimeField),
}


def found_there(name: str, part: Any) -> Sql:
    """What a query for one value gives; nothing where it would look among no rows at all."""
    kind, gives = _KINDS[name]
    return Sql(f"(@0@)::{kind}", part, gives=gives())


# Of items ----------------------------------------------------------------------------------------


def of_column(meaning: Meaning) -> Parts:
    """What every item has; `type` by its name, `layer` by that of its type's."""
    if Sort.DATETIME in meaning.sorts:
        return Parts(moment=F(meaning.column))
    return Parts(text=Sql("(@0@)::text", F(meaning.column), gives=TextField()))


def of_attribute(meaning: Meaning, column: Any, seen: Callable[[Sequence[str]], Q]) -> Parts:
    """Where it is seen, of types that have it; else it is missing.

    Args:
        meaning: of an attribute.
        column: the attributes of the item.
        seen: the condition on items of some types that it is seen in these.

    """
    made: dict[str, list[When]] = {}
    for sort, owners in meaning.sorts.items():
        if sort in _OF_SORT:
            name, form, gives = _OF_SORT[sort]
            json = KeyTransform(meaning.attribute, column)
            text = KeyTextTransform(meaning.attribute, column)
            part = Sql(form, json, text, gives=gives())
            made.setdefault(name, []).append(When(seen(owners), then=part))
    return Parts.of({name: Case(*whens) for name, whens in made.items()})


def reference(attribute: str, column: Any) -> Sql:
    """The id that stands in a reference; nothing where it is none."""
    text = KeyTextTransform(attribute, column)
    return Sql(f"CASE WHEN @0@ ~ '{ID}' THEN (@0@)::uuid END", text, gives=UUIDField())


def names_in_attribute(attribute: str, ids: Collection[UUID]) -> Q:
    """Items whose reference leads to one of these; found by the index of all references."""
    text = Sql(
        "coalesce(lower(@0@), '')", KeyTextTransform(attribute, "attributes"), gives=TextField()
    )
    return names_somewhere(ids) & Q(In(text, [str(id_) for id_ in ids]))


def names_somewhere(ids: Collection[UUID]) -> Q:
    """Items that have one of these ids as a value of an attribute, whatever that is."""
    texts = _array([str(id_) for id_ in ids], TextField())
    return Q(Sql("cmdb_references(@0@) ?| @1@", F("attributes"), texts))


def seen_there(apart: Iterable[tuple[Sequence[str], Reach]]) -> Sql:
    """Whether the row that is asked from is of some of these types and within the reach of them."""
    return reduce(partial(Sql, "@0@ OR @1@"), (_of_types_within(*each) for each in apart))


def _of_types_within(types: Sequence[str], seen: Reach) -> Sql:
    of_types = Sql("@0@ = ANY (@1@)", OuterRef("type"), _array(types, TextField()))
    if seen.everything:
        return of_types
    within = Sql(
        "@0@ && @1@ OR @2@ = ANY (@3@)",
        OuterRef("systems"),
        _array(sorted(seen.systems), UUIDField()),
        OuterRef("id"),
        _array(sorted(seen.organisations), UUIDField()),
    )
    if seen.among:
        within = Sql("@0@ OR @1@", within, In(OuterRef("id"), ids_of(seen.among)))
    return Sql("@0@ AND (@1@)", of_types, within)


def _array(values: Sequence[Any], of: Field[Any, Any]) -> Sql:
    kind = "text[]" if isinstance(of, TextField) else "uuid[]"
    given = Value(list(values), output_field=ArrayField(of))
    return Sql(f"(@0@)::{kind}", given, gives=ArrayField(of))


_UNSEALED = (
    "CASE WHEN jsonb_typeof(@0@) = 'string'"
    f" AND NOT (starts_with(@1@, '{SEALED}') AND @1@ ~ '{_SEALED}') THEN @1@ END"
)
_OF_SORT: dict[Sort, tuple[str, str, type[Field[Any, Any]]]] = {
    Sort.TEXT: (
        "text",
        _UNSEALED,
        TextField,
    ),
    Sort.NUMBER: (
        "number",
        "CASE WHEN jsonb_typeof(@0@) = 'number' THEN (@0@)::numeric END",
        FloatField,
    ),
    Sort.BOOLEAN: (
        "boolean",
        "CASE WHEN jsonb_typeof(@0@) = 'boolean' THEN (@0@)::boolean END",
        BooleanField,
    ),
    Sort.DATE: (
        "moment",
        f"CASE WHEN @1@ ~ '{DATE}' THEN (@1@ || 'T00:00:00Z')::timestamptz END",
        DateTimeField,
    ),
    Sort.DATETIME: (
        "moment",
        f"CASE WHEN @1@ ~ '{MOMENT}' THEN (@1@)::timestamptz END",
        DateTimeField,
    ),
}
