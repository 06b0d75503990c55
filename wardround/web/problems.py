"""Every error as one problem+json answer (RFC 9457), in the reader's language."""

from __future__ import annotations

import json
import logging
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, IntegrityError, OperationalError
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from psycopg_pool import PoolTimeout

from wardround.kernel.disk import room_at
from wardround.kernel.errors import (
    BadInput,
    NotFound,
    WardroundError,
)
from wardround.kernel.ids import new_id
from wardround.kernel.shapes import field_problem
from wardround.web.errors import (
    BadRequest,
    Clash,
    DatabaseUnavailable,
    DiskFull,
    Internal,
    NoSuchAddress,
    NotAllowed,
    NotKeepable,
    Occupied,
    TooLarge,
)

logger = logging.getLogger("wardround.web")
PROBLEM = "application/problem+json"


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


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    return problem(BadInput(problems=[field_problem(found) for found in error.errors]))


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
    if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
        return Occupied()
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
    api.add_exception_handler(MultiPartParserError, _suspicious)
    api.add_exception_handler(RequestDataTooBig, _too_large)
    for kind in (OperationalError, PoolTimeout):
        api.add_exception_handler(kind, _database)
    for refusal in (DataError, IntegrityError):
        api.add_exception_handler(refusal, _refused_by_database)
    api.add_exception_handler(DatabaseError, _anything)
    api.add_exception_handler(Exception, _anything)
