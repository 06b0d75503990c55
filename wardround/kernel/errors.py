"""Errors that carry their HTTP status, a stable code and a message in the reader's language.

A room subclasses the nearest class here; the edge turns any of them into one problem+json answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with one field; `row` counts from 1 where the input has rows, `offset` the
    characters before it where it is at one place of a text.
    """

    field: str
    message: str
    row: int | None = None
    offset: int | None = None


class WardroundError(Exception):
    """Base of every error a reader may see; `details` fill the message's %-placeholders."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    message: ClassVar[StrOrPromise] = _("Something went wrong on our side. It has been logged.")

    def __init__(
        self,
        *,
        field: str | None = None,
        problems: Sequence[FieldProblem] = (),
        **details: object,
    ) -> None:
        super().__init__()
        self.field = field
        self.problems = tuple(problems)
        self.details = details

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.details if self.details else text


class BadInput(WardroundError):
    status = 422
    code = "bad_input"
    message = _("The input has a mistake; see the fields named. Nothing was changed.")


class NotFound(WardroundError):
    status = 404
    code = "not_found"
    message = _(
        "There is no such thing here, or you may not see it. Check the address, look for it in its"
        " list, or ask an administrator how far you may see."
    )


class SignInNeeded(WardroundError):
    status = 401
    code = "sign_in_needed"
    message = _("Please sign in first.")


class Forbidden(WardroundError):
    status = 403
    code = "forbidden"
    message = _("You may not do this. Ask an administrator for the permission “%(permission)s”.")


class Conflict(WardroundError):
    status = 409
    code = "conflict"
    message = _("Somebody else changed this meanwhile. Reload it and try again.")


class TooMany(WardroundError):
    status = 429
    code = "too_many"
    message = _("Too many requests. Wait a little and try again.")


class Unavailable(WardroundError):
    status = 503
    code = "unavailable"
    message = _("A part of the platform does not answer at the moment. Try again shortly.")


class CrossSite(Forbidden):
    code = "cross_site"
    message = _(
        "The request did not come from one of our own pages. Reload the page and try again;"
        " programs use an API token."
    )


class UnknownParameter(BadInput):
    code = "unknown_parameter"
    message = _("There is no parameter “%(name)s” here. There are: %(known)s.")


class NoBody(BadInput):
    code = "no_body"
    message = _("This address takes nothing in the body.")


class BadSort(BadInput):
    code = "bad_sort"
    message = _("This list cannot be sorted by “%(given)s”. It can be sorted by: %(known)s.")


class BadColumn(BadInput):
    code = "bad_column"
    message = _("There is no column “%(given)s”. There are: %(known)s.")


class BadCursor(BadInput):
    code = "bad_cursor"
    message = _("The cursor does not belong to this list. Start again without one.")


class SecretUnreadable(WardroundError):
    code = "secret_unreadable"
    message = _(
        "A stored secret cannot be opened: the key file of this installation is not the one it"
        " was sealed with. Restore the key file, or enter the secret again."
    )


class BadPattern(ValueError):
    """Why a text is no regular expression, and at which character, if that is known."""

    def __init__(self, why: str, offset: int | None) -> None:
        super().__init__(why)
        self.why = why
        self.offset = offset
