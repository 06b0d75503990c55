"""What happens to every request before and after its view: who asks, in which language, and the
headers that keep a browser from being turned against its user.
"""

from __future__ import annotations

import gzip
import io
import secrets
from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from psycopg_pool import PoolTimeout

from wardround.access.authentication import authenticate
from wardround.kernel.errors import WardroundError
from wardround.kernel.wording import CHINESE, ENGLISH, is_chinese
from wardround.web.problems import database_refusal, in_our_words, problem

_WORTH_PACKING = 1024
"""Bytes; less goes in one packet anyway."""
_RANDOM = 100
_LEVEL = 4
"""A hundred tickets (247 kB): 18.6 kB in 6 ms; at 6, 16.8 kB in 19 ms; at 1, 22.7 kB in 4."""
_HEALTH = "/api/v1/health"
"""Answered whoever asks: to find out who does would wait for the very database it is about."""
Handler = Callable[[HttpRequest], HttpResponse]
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
        " font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:;"
        " object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}


def security_headers() -> dict[str, str]:
    """The headers of every answer, of the API and of the interface alike."""
    return dict(_HEADERS)


def actor(handle: Handler) -> Handler:
    """Find who asks; a token that opens nothing is refused here, not treated as nobody."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == _HEALTH:
            request.actor = None  # type: ignore[attr-defined]
            return handle(request)
        try:
            request.actor = authenticate(request)  # type: ignore[attr-defined]
        except WardroundError as error:
            return _refused(request, error)
        except (OperationalError, PoolTimeout) as error:
            return _refused(request, database_refusal(error))
        return handle(request)

    return middleware


def _refused(request: HttpRequest, error: WardroundError) -> HttpResponse:
    asked = spoken(request.headers.get("Accept-Language", ""))
    with translation.override(asked or settings.LANGUAGE_CODE):
        return problem(error)


def language(handle: Handler) -> Handler:
    """Answer in the language asked for, else the account's, else the installation's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.headers.get("Accept-Language", "")
        found = getattr(request, "actor", None)
        chosen = spoken(asked) or (found.language if found else "") or settings.LANGUAGE_CODE
        with translation.override(chosen):
            response = handle(request)
        response["Content-Language"] = chosen
        response["Vary"] = "Accept-Language, Cookie"
        return response

    return middleware


def spoken(asked: str) -> str:
    """The first language of the header that we speak."""
    for part in asked.split(","):
        tag = part.split(";")[0].strip().lower()
        if is_chinese(tag):
            return CHINESE
        if tag.startswith(ENGLISH):
            return ENGLISH
    return ""


def problems(handle: Handler) -> Handler:
    """Every refusal as a problem, also those that Django makes before or after our own code."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        asked = spoken(request.headers.get("Accept-Language", ""))
        chosen = response.headers.get("Content-Language") or asked or settings.LANGUAGE_CODE
        with translation.override(chosen):
            return in_our_words(request, response)

    return middleware


def packing(handle: Handler) -> Handler:
    """Answers of some length are compressed for those who take it; streams are not.

    A few random bytes hide the exact length, from which a guess inside an answer could be judged.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        if (
            response.streaming
            or len(response.content) < _WORTH_PACKING
            or response.has_header("Content-Encoding")
            or "json" not in response.headers.get("Content-Type", "")
        ):
            return response
        response.headers["Vary"] = f"{response.headers.get('Vary', '')}, Accept-Encoding".lstrip(
            ", "
        )
        if _takes_gzip(request.headers.get("Accept-Encoding", "")):
            response.content = _packed(response.content)
            response.headers["Content-Encoding"] = "gzip"
            if response.has_header("Content-Length"):
                response.headers["Content-Length"] = str(len(response.content))
        return response

    return middleware


def _packed(content: bytes) -> bytes:
    """The header of gzip carries a name that nobody reads: here the random bytes."""
    name = "a" * (1 + secrets.randbelow(_RANDOM))
    into = io.BytesIO()
    with gzip.GzipFile(name, "wb", _LEVEL, into, mtime=0) as file:
        file.write(content)
    return into.getvalue()


def _takes_gzip(asked: str) -> bool:
    """Whether the header names gzip and does not refuse it by `q=0`."""
    for part in asked.lower().split(","):
        name, _, weight = (word.strip() for word in part.partition(";"))
        if name in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def hardening(handle: Handler) -> Handler:
    """Add the security headers; answers of the API are never kept by a cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
