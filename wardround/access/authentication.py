"""Who sends this request? The edge asks once, before any view: a cookie, or a bearer token."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token, rotate_token

from wardround.access import actions
from wardround.access.errors import TokenRefused
from wardround.access.types import Recognised, SignedIn
from wardround.kernel import clock
from wardround.kernel.types import Actor

COOKIE = "wardround_session"
BACKGROUND = "X-Wardround-Background"
"""Sent by an open page that asks by itself: it does not keep an idle session alive."""


def authenticate(request: HttpRequest) -> Actor | None:
    """The actor of a request; `None` when nobody signed in, or the session has ended.

    A bearer token goes before a cookie. Forgery from other sites (CSRF) is refused by the gate of
    each route, which asks for a token of the form on every write by a person.

    Raises:
        TokenRefused: a bearer token was given and opens nothing.

    """
    found = _recognised(request)
    request.recognised = found  # type: ignore[attr-defined]
    return found.actor if found else None


def recognised(request: object) -> Recognised | None:
    """What `authenticate` found for this request."""
    found: Recognised | None = getattr(request, "recognised", None)
    return found


def _recognised(request: HttpRequest) -> Recognised | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        found = actions.by_token(secret.strip(), at=clock.now())
        if found is None:
            raise TokenRefused
        return found
    key = request.COOKIES.get(COOKIE, "")
    if not key:
        return None
    return actions.by_session(key, at=clock.now(), background=_by_itself(request))


def _by_itself(request: HttpRequest) -> bool:
    """Whether the page asks, not a person; a stream opens itself again and cannot say so."""
    stream = request.headers.get("Accept", "").startswith("text/event-stream")
    return stream or BACKGROUND in request.headers


def address_of(request: HttpRequest) -> str:
    """The caller's address; behind a proxy the server has put the forwarded one here."""
    return str(request.META.get("REMOTE_ADDR") or "")


def keep_session(request: HttpRequest, response: HttpResponse, signed_in: SignedIn) -> None:
    """Hand the browser its key. Script cannot read it; other sites cannot send it with a write."""
    response.set_cookie(
        COOKIE,
        signed_in.key,
        expires=signed_in.session.ends_at,
        max_age=None if signed_in.session.ends_at else 400 * 86_400,  # browsers keep no longer
        httponly=True,
        samesite="Lax",
        secure=_secure(request),
    )
    rotate_token(request)
    keep_form_token(request, response)


def keep_form_token(request: HttpRequest, response: HttpResponse) -> None:
    """Give the page the token that its writes must carry as X-CSRFToken."""
    get_token(request)
    response.set_cookie(
        settings.CSRF_COOKIE_NAME,
        request.META["CSRF_COOKIE"],
        max_age=settings.CSRF_COOKIE_AGE,
        samesite="Lax",
        secure=_secure(request),
    )


def drop_session(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def comes_from_elsewhere(request: HttpRequest) -> bool:
    """Whether a browser says that another site made it send this; sign-in has no form token yet."""
    return request.headers.get("Sec-Fetch-Site", "") == "cross-site"


def _secure(request: HttpRequest) -> bool:
    return request.is_secure() or bool(settings.SESSION_COOKIE_SECURE)
