"""Every error as one problem+json answer (RFC 9457), in the reader's language."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.db import Error as DatabaseError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import ValidationError
from psycopg_pool import PoolTimeout

from wardround.kernel.errors import (
    BadInput,
    FieldProblem,
    NotFound,
    Unavailable,
    WardroundError,
)
from wardround.kernel.ids import new_id

logger = logging.getLogger("wardround.web")
_PLACES = {"query", "path", "header", "cookie", "form", "body", "file"}


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    message = _(
        "The database does not answer at the moment. Nothing was lost; try again in a few seconds."
    )


class Internal(WardroundError):
    message = _(
        "Something went wrong on our side. It has been logged as %(reference)s; tell an"
        " administrator this number if it happens again."
    )


def problem(error: WardroundError) -> HttpResponse:
    """The answer for an error that we raised ourselves."""
    body: dict[str, Any] = {
        "type": f"urn:wardround:problem:{error.code}",
        "title": str(type(error).message).split(".", maxsplit=1)[0].split("。")[0]
        if not error.details
        else str(error),
        "status": error.status,
        "code": error.code,
        "detail": str(error),
    }
    if error.field is not None:
        body["field"] = error.field
    if error.problems:
        body["problems"] = [
            {"field": one.field, "row": one.row, "message": str(one.message)}
            for one in error.problems
        ]
        body.setdefault("field", error.problems[0].field)
    return HttpResponse(
        json.dumps(body, ensure_ascii=False, default=str),
        status=error.status,
        content_type="application/problem+json",
    )


_WORDS: Mapping[str, Any] = {
    "extra_forbidden": _("There is no such field here."),
    "missing": _("This field is required."),
    "uuid_parsing": _("This must be an id (a UUID)."),
    "uuid_type": _("This must be an id (a UUID)."),
    "int_parsing": _("This must be a whole number."),
    "int_type": _("This must be a whole number."),
    "float_parsing": _("This must be a number."),
    "float_type": _("This must be a number."),
    "bool_parsing": _("This must be true or false."),
    "string_type": _("This must be text."),
    "json_invalid": _("The body is not valid JSON."),
    "dict_type": _("This must be an object."),
    "list_type": _("This must be a list."),
    "model_attributes_type": _("This must be an object."),
}
_WORDS_WITH_LIMIT: Mapping[str, tuple[Any, str]] = {
    "greater_than_equal": (_("This must be at least %(limit)s."), "ge"),
    "greater_than": (_("This must be more than %(limit)s."), "gt"),
    "less_than_equal": (_("This must be at most %(limit)s."), "le"),
    "less_than": (_("This must be less than %(limit)s."), "lt"),
    "string_too_short": (_("This needs at least %(limit)s characters."), "min_length"),
    "string_too_long": (_("This may have at most %(limit)s characters."), "max_length"),
    "literal_error": (_("This must be one of %(limit)s."), "expected"),
    "enum": (_("This must be one of %(limit)s."), "expected"),
    "datetime_from_date_parsing": (
        _("This must be a moment such as 2026-11-23T08:00:00Z (%(limit)s)."),
        "error",
    ),
}


def _field_problem(found: Mapping[str, Any]) -> FieldProblem:
    """One of pydantic's findings in our words; what we have no words for keeps its own."""
    place = [str(one) for one in found.get("loc", ())]
    if len(place) > 1 and place[0] in _PLACES:
        place = place[1:]
    if len(place) > 1 and place[0] in {"filters", "payload"}:
        place = place[1:]
    kind = str(found.get("type", ""))
    if kind in _WORDS_WITH_LIMIT:
        words, key = _WORDS_WITH_LIMIT[kind]
        message = str(words) % {"limit": found.get("ctx", {}).get(key, "")}
    else:
        message = str(_WORDS.get(kind) or found.get("msg", ""))
    return FieldProblem(field=".".join(place) or "body", message=message)


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    return problem(BadInput(problems=[_field_problem(one) for one in error.errors]))


def _ours(_request: HttpRequest, error: Any) -> HttpResponse:
    if error.status >= 500:
        logger.error("%s", error, exc_info=error)
    return problem(error)


def _missing(_request: HttpRequest, _error: Any) -> HttpResponse:
    return problem(NotFound())


def _database(request: HttpRequest, error: Any) -> HttpResponse:
    logger.error("%s %s: the database failed: %s", request.method, request.path, error)
    return problem(DatabaseUnavailable())


def _anything(request: HttpRequest, error: Any) -> HttpResponse:
    reference = str(new_id())
    logger.error("%s %s (%s)", request.method, request.path, reference, exc_info=error)
    return problem(Internal(reference=reference))


def install(api: NinjaAPI) -> None:
    """Answer every error of the API in this way."""
    api.add_exception_handler(WardroundError, _ours)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(Http404, _missing)
    for kind in (OperationalError, PoolTimeout):
        api.add_exception_handler(kind, _database)
    api.add_exception_handler(DatabaseError, _anything)
    api.add_exception_handler(Exception, _anything)
