"""“Did you mean”: the known name nearest to a mistyped one, and filters that take none unknown."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.wording import listed

_MOST_LISTED = 20


def closest(name: str, known: Iterable[str]) -> str:
    """The most alike of `known`, or an empty text where nothing is alike enough."""
    by_folded = {str(candidate).casefold(): str(candidate) for candidate in known}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""


def unknown_name(name: str, known: Collection[str]) -> str:
    """What the reader is told of a name that nothing has: the nearest one, else which there are."""
    if suggestion := closest(name, known):
        text = _("nothing is called “%(name)s” here; did you mean “%(suggestion)s”?")
        return text % {"name": name[:100], "suggestion": suggestion}
    names = sorted(known)
    shown = listed(names[:_MOST_LISTED]) + (" …" if len(names) > _MOST_LISTED else "")
    text = _("nothing is called “%(name)s” here; there are: %(known)s")
    return text % {"name": name[:100], "known": shown or "–"}


def refuse_unknown(field: str, names: Iterable[str], known: Collection[str]) -> None:
    """Raise BadInput for each of a filter's names that is not among those the reader may know."""
    problems = [
        FieldProblem(f"{field}.{place}", unknown_name(name, known))
        for place, name in enumerate(names)
        if name not in known
    ]
    if problems:
        raise BadInput(problems=problems)


@dataclass(frozen=True)
class Named:
    """Of a filter whose value is the name of something defined: one that nothing has, or ever had,
    is refused, since a list that it leaves empty would look like an answer.

    `known` gives the names. It is not asked for whom, so it must hold none that a reader of the
    list may not know (else `refuse_unknown`, in the route). The API's document tells
    `kind` as `x-names`.
    """

    kind: str
    known: Callable[[], Collection[str]]

    def _checked(self, name: str) -> str:
        known = self.known()
        if name not in known:
            told = {"told": unknown_name(name, known)}
            raise PydanticCustomError("unknown_name", "{told}", told)
        return name

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "x-names": self.kind}
