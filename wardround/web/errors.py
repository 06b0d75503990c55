"""What can be wrong with a request before any room sees it, in words for the reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import (
    BadInput,
    Conflict,
    NotFound,
    TooMany,
    Unavailable,
    WardroundError,
)


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    message = _(
        "The database does not answer at the moment. Nothing was lost; try again in a few seconds."
    )


class Occupied(Unavailable):
    """Something else held for too long what this was to change."""

    code = "occupied"
    message = _(
        "Somebody writes many items at the moment, such as an import. Nothing was changed; try"
        " again in a minute."
    )


class DiskFull(Unavailable):
    status = 507
    code = "disk_full"
    message = _(
        "The disk of the platform is full, so nothing can be kept. Nothing was changed. Tell an"
        " administrator to free some space; all goes on by itself then."
    )


class BadRequest(BadInput):
    status = 400
    code = "bad_request"
    message = _("The request could not be understood.")


class NoSuchAddress(NotFound):
    message = _(
        "There is nothing at this address. Check it for a mistyped word;"
        " GET /api/v1/openapi.json tells every address there is."
    )


class NotJson(BadInput):
    status = 400
    code = "not_json"
    message = _("The body is not valid JSON.")


class NotJsonAt(NotJson):
    message = _("The body is not valid JSON: line %(line)s, column %(column)s.")


class TooDeep(BadInput):
    status = 400
    code = "too_deep"
    message = _("The body is nested too deeply; %(most)s levels are allowed.")


class WrongMediaType(BadInput):
    status = 415
    code = "unsupported_media_type"
    message = _("Send the body as JSON, with the header “Content-Type: application/json”.")


class GivenTwice(BadInput):
    code = "given_twice"
    message = _("“%(name)s” may be given once only.")


class TooLarge(BadInput):
    status = 413
    code = "too_large"
    message = _("The body may have at most %(limit)s MB.")


class NotAllowed(BadInput):
    status = 405
    code = "method_not_allowed"
    message = _("This address does not take %(method)s. It takes: %(allowed)s.")


class TooManyStreams(TooMany):
    code = "too_many_streams"
    message = _(
        "%(limit)s pages of this account listen already. Close some; those that are open go on."
    )


class StreamsUsedUp(Unavailable):
    code = "streams_used_up"
    message = _(
        "This front end already has the %(limit)s listening pages it may have. Pages can be loaded"
        " by hand; the limit is WARDROUND_STREAMS."
    )


class NotKeepable(BadInput):
    code = "not_keepable"
    message = _(
        "A value in the request is one that the database cannot hold: too large, too long or too"
        " far away in time. Nothing was changed. It has been logged as %(reference)s."
    )


class Clash(Conflict):
    code = "clash"
    message = _(
        "This does not fit what is there already; perhaps somebody was faster. Reload and try"
        " again. It has been logged as %(reference)s."
    )


class Internal(WardroundError):
    message = _(
        "Something went wrong on our side. It has been logged as %(reference)s; tell an"
        " administrator this number if it happens again."
    )
