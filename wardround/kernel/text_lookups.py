"""Searching in SQL as `typed_text` compares: lookups for columns of text and values of JSON.

Registered when Django starts, so that every process that asks the database has them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Lookup, TextField, UUIDField
from django.db.models.fields.json import KeyTransform, KeyTransformTextLookupMixin

from wardround.kernel.typed_text import JOINERS, NEVER_SEEN, compatible

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

_UNSEEN_IN_SQL = NEVER_SEEN + JOINERS
_GROUPING = " +-()./#*转"
_ESCAPED = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_", **dict.fromkeys(_UNSEEN_IN_SQL, "")})


if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup  # which is generic to the type checker alone


class Says(_Lookup):
    """`column__says=word`: the word stands somewhere in the column, as a person reads both.

    What is kept in its common form, nearly all, is compared as it stands: to bring 100,000 names
    into that form takes seconds, to see that they are in it a tenth of one.
    """

    lookup_name = "says"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        column, column_values = self.process_lhs(compiler, connection)
        column = f"({column})::text"
        word = f"%{compatible(str(self.rhs)).translate(_ESCAPED)}%"
        return (
            (
                f"(upper({column}) LIKE upper(%s)"
                f" OR ({column} IS NOT NFKC NORMALIZED OR {column} ~ %s)"
                f" AND upper(normalize(translate({column}, %s, ''), NFKC)) LIKE upper(%s))"
            ),
            (
                *(*column_values, word),
                *(*column_values, *column_values, f"[{_UNSEEN_IN_SQL}]"),
                *(*column_values, _UNSEEN_IN_SQL, word),
            ),
        )


class Dials(_Lookup):
    """`column__dials=number`: the digits of the number stand in the column's, however grouped."""

    lookup_name = "dials"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        column, column_values = self.process_lhs(compiler, connection)
        digits = re.sub(r"\D", "", str(self.rhs))
        return (
            f"translate(({column})::text, %s, '') LIKE %s",
            (*column_values, _GROUPING, f"%{digits}%"),
        )


class Holds(_Lookup):
    """`column__holds=text`: the text stands somewhere in the column, exactly.

    Of a `LIKE` on something long the planner believes that hardly a row fits, and then looks up
    one by one, in another table, what half of all rows hold.
    """

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        column, column_values = self.process_lhs(compiler, connection)
        return f"strpos({column}, %s) > 0", (*column_values, str(self.rhs))


class Among(_Lookup):
    """`id__among=ids`: one of many ids, sent as one value and not as so many."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        column, column_values = self.process_lhs(compiler, connection)
        return f"{column} = ANY (%s)", (*column_values, list(self.rhs))


class _KeySays(KeyTransformTextLookupMixin, Says):
    """The same of a value inside of a JSON column."""


class _KeyDials(KeyTransformTextLookupMixin, Dials):
    """The same of a value inside of a JSON column."""


def register() -> None:
    """Once, when Django starts."""
    for column in (CharField, TextField):
        column.register_lookup(Says)
        column.register_lookup(Dials)
        column.register_lookup(Holds)
    UUIDField.register_lookup(Among)
    KeyTransform.register_lookup(_KeySays)
    KeyTransform.register_lookup(_KeyDials)
