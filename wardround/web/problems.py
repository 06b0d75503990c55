"""Every error as one problem+json answer (RFC 9457), in the reader's language."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, IntegrityError, OperationalError
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from psycopg_pool import PoolTimeout

from wardround.kernel.disk import room_at
from wardround.kernel.errors import (
    BadInput,
    FieldProblem,
    NotFound,
    WardroundError,
)
from wardround.kernel.ids import new_id
from wardround.web.errors import (
    BadRequest,
    Clash,
    DatabaseUnavailable,
    DiskFull,
    Internal,
    NoSuchAddress,
    NotAllowed,
    NotKeepable,
    TooLarge,
)

logger = logging.getLogger("wardround.web")
PROBLEM = "application/problem+json"
_ONE_OF_SEVERAL = re.compile(r"(uuid|literal\[.*\])$")
_QUOTED = re.compile(r"'([^']*)'")
"""Where a field may be of several types, pydantic adds which of them it tried."""
_PLACES = {"query", "path", "header", "cookie", "form", "body", "file"}


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
            {
                "field": found.field,
                "row": found.row,
                "message": str(found.message),
                **({} if found.offset is None else {"offset": found.offset}),
            }
            for found in error.problems
        ]
        body.setdefault("field", error.problems[0].field)
    return HttpResponse(
        json.dumps(body, ensure_ascii=False, default=str).encode(errors="replace"),
        status=error.status,
        content_type=PROBLEM,
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
    "moment_out_of_range": _("This must be a moment between the years 1970 and 2200."),
    "timezone_aware": _("This moment needs its offset, such as 2026-11-23T08:00:00Z."),
    "no_phone_number": _("This must be a telephone number, such as +86 20 8133 2199 or 62345."),
    "columns_of_no_workbook": _("Columns are chosen for a workbook: add “format=xlsx”."),
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
    place = [str(step) for step in found.get("loc", ())]
    if len(place) > 1 and place[0] in _PLACES:
        place = place[1:]
    if len(place) > 1 and place[0] in {"filters", "payload"}:
        place = place[1:]
    if len(place) > 1 and _ONE_OF_SEVERAL.match(place[-1]):
        place.pop()
    kind = str(found.get("type", ""))
    if kind in _WORDS_WITH_LIMIT:
        words, key = _WORDS_WITH_LIMIT[kind]
        message = str(words) % {"limit": _limit(found.get("ctx", {}).get(key, ""))}
    else:
        message = str(_WORDS.get(kind) or found.get("msg", ""))
    return FieldProblem(field=".".join(place) or "body", message=message)


def _limit(told: object) -> str:
    """A limit as people read it: pydantic tells choices in English, `'a', 'b' or 'c'`."""
    choices = _QUOTED.findall(told) if isinstance(told, str) else []
    return ", ".join(choices) or str(told)


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    return problem(BadInput(problems=[_field_problem(found) for found in error.errors]))


def _ours(_request: HttpRequest, error: Any) -> HttpResponse:
    if error.status >= 500:
        logger.error("%s", error, exc_info=error)
    return problem(error)


def _missing(_request: HttpRequest, _error: Any) -> HttpResponse:
    return problem(NotFound())


def _database(request: HttpRequest, error: Any) -> HttpResponse:
    logger.error("%s %s: the database failed: %s", request.method, request.path, error)
    return problem(database_refusal(error))


def database_refusal(error: BaseException) -> WardroundError:
    """What the database's failure is to the reader. A full disk may also end it altogether."""
    room = room_at(settings.DATA_FOLDER)
    full = isinstance(error.__cause__, psycopg.errors.DiskFull) or (room and room.full)
    return DiskFull() if full else DatabaseUnavailable()


def _unread(request: HttpRequest, error: Any) -> HttpResponse:
    """What ninja says when its parser raised: our own error is the cause."""
    if isinstance(error.__cause__, WardroundError):
        return problem(error.__cause__)
    return problem(BadRequest()) if error.status_code < 500 else _anything(request, error)


def _too_large(_request: HttpRequest, _error: Any) -> HttpResponse:
    limit = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 2**20
    return problem(TooLarge(field="body", limit=limit))


def _suspicious(_request: HttpRequest, _error: Any) -> HttpResponse:
    return problem(BadRequest())


def _refused_by_database(request: HttpRequest, error: Any) -> HttpResponse:
    """A net under the rooms' own checks, which name the field: whatever falls into it is logged
    as a defect, but the sender learns that sending it again will not help.
    """
    reference = str(new_id())
    logger.error("%s %s (%s)", request.method, request.path, reference, exc_info=error)
    kind = Clash if isinstance(error, IntegrityError) else NotKeepable
    return problem(kind(reference=reference))


def _anything(request: HttpRequest, error: Any) -> HttpResponse:
    reference = str(new_id())
    logger.error("%s %s (%s)", request.method, request.path, reference, exc_info=error)
    return problem(Internal(reference=reference))


def in_our_words(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What Django refused by itself (a method, a host, a broken header) as a problem too."""
    if response.status_code < 400 or response.headers.get("Content-Type", "") == PROBLEM:
        return response
    if response.status_code < 500 or not request.path.startswith("/api/"):
        told = problem(_django_refused(request, response))
    elif "json" in response.headers.get("Content-Type", ""):
        return response  # an answer of its own, such as the health of a platform that is down
    else:
        told = problem(Internal(reference=str(new_id())))
    for name in ("Allow", "Content-Language"):
        if name in response.headers:
            told[name] = response[name]
    return told


def _django_refused(request: HttpRequest, response: HttpResponse) -> WardroundError:
    if response.status_code == 404:
        return NoSuchAddress()
    if response.status_code == 405:
        allowed = response.headers.get("Allow", "")
        return NotAllowed(method=request.method, allowed=allowed)
    return BadRequest()


def install(api: NinjaAPI) -> None:
    """Answer every error of the API in this way."""
    api.add_exception_handler(WardroundError, _ours)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(Http404, _missing)
    api.add_exception_handler(HttpError, _unread)
    api.add_exception_handler(SuspiciousOperation, _suspicious)
    api.add_exception_handler(UnreadablePostError, _suspicious)
    api.add_exception_handler(RequestDataTooBig, _too_large)
    for kind in (OperationalError, PoolTimeout):
        api.add_exception_handler(kind, _database)
    for refusal in (DataError, IntegrityError):
        api.add_exception_handler(refusal, _refused_by_database)
    api.add_exception_handler(DatabaseError, _anything)
    api.add_exception_handler(Exception, _anything)
