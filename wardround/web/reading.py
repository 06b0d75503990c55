"""Reading what is sent, once for every route: what no store could keep and no answer could tell
is refused here with its place named, before a room sees it.

JSON as RFC 7493 (I-JSON) narrows it: no name twice, no number that another program would read as
a different one, no half of a surrogate pair.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn, cast

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from ninja.parser import Parser

from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.http import may_repeat
from wardround.web.errors import GivenTwice, NotJson, NotJsonAt, TooDeep, WrongMediaType

MOST_DEPTH = 32
MOST_WHOLE = 2**53 - 1
"""Beyond it a browser reads another number than was written."""
_MOST_PROBLEMS = 20
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")

Place = tuple[str, ...]


class CarefulParser(Parser):
    """What ninja reads bodies and parameters with."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        kind = request.content_type or ""
        if kind and not (kind == "application/json" or kind.endswith("+json")):
            raise WrongMediaType(field="Content-Type")
        read = _json(request.body)
        found = list(islice(_wrong(read), _MOST_PROBLEMS))
        if found:
            raise BadInput(problems=found)
        return cast("dict[str, Any]", read)

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        for name, values in data.lists():
            if any(isinstance(value, str) and _UNWRITABLE.search(value) for value in values):
                raise BadInput(problems=[FieldProblem(name, str(_unwritable()))])
            if len(values) > 1 and name not in list_fields and not may_repeat(request, name):
                raise GivenTwice(field=name, name=name)
        return super().parse_querydict(data, list_fields, request)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise NotJsonAt(field="body", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise TooDeep(field="body", most=MOST_DEPTH) from error
    except ValueError as error:  # bytes of no encoding, thousands of digits, NaN
        raise NotJson(field="body") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        seen: set[str] = set()
        for name, _value in pairs:
            if name in seen:
                raise GivenTwice(field=name, name=name)
            seen.add(name)
    return read


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _wrong(body: Any) -> Iterator[FieldProblem]:
    """What in the body cannot be kept, and where."""
    waiting: list[tuple[Place, Any]] = [((), body)]
    while waiting:
        place, value = waiting.pop()
        if len(place) > MOST_DEPTH:
            raise TooDeep(field=place[0], most=MOST_DEPTH)
        if isinstance(value, dict):
            waiting += [((*place, name), inner) for name, inner in value.items()]
            yield from (_problem((*place, name), _unwritable()) for name in value if _bad(name))
        elif isinstance(value, list):
            waiting += [((*place, str(number)), inner) for number, inner in enumerate(value)]
        elif why := _why_not(value):
            yield _problem(place, why)


def _bad(text: str) -> bool:
    return _UNWRITABLE.search(text) is not None


def _why_not(value: Any) -> Any:
    if isinstance(value, str):
        return _unwritable() if _bad(value) else None
    if isinstance(value, int):
        return _too_large() if abs(value) > MOST_WHOLE else None
    if isinstance(value, float):
        return None if math.isfinite(value) else _too_large()
    return None


def _problem(place: Place, why: Any) -> FieldProblem:
    return FieldProblem(_UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", ".".join(place)), str(why))


def _unwritable() -> Any:
    return _("This holds a character that cannot be kept (U+0000, or half of a surrogate pair).")


def _too_large() -> Any:
    return _("This number is too large.")
