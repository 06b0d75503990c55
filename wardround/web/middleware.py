"""What happens to every request before and after its view: who asks, in which language, and the
headers that keep a browser from being turned against its user.
"""

from __future__ import annotations

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


def hardening(handle: Handler) -> Handler:
    """Add the security headers; answers of the API are never kept by a cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
