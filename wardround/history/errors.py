"""What can go wrong with the history: for readers in their language, and inside its own process."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from wardround.history.engine_codes import UNKNOWN
from wardround.kernel.errors import BadInput, Conflict, Unavailable, WardroundError

_ERROR_CODE = re.compile(r"Code: (\d+)[.,]")


class HistoryUnavailable(Unavailable):
    code = "history_unavailable"
    message = _(
        "The history store does not answer (%(reason)s). Samples wait on the collectors' disks "
        "meanwhile; “wardround doctor” says more."
    )


class HistorySignInRefused(HistoryUnavailable):
    """Its own class, so that whoever asks again and again can stop before an account is locked."""


class HistoryTooSlow(Unavailable):
    status = 504
    code = "history_too_slow"
    message = _(
        "The history store took longer than %(seconds)s s. Ask for a shorter time or fewer items."
    )


class HistoryFull(Unavailable):
    status = 507
    code = "history_full"
    message = _("The disk of the history store is full. Free some space; nothing stored is lost.")


class HistoryFailed(WardroundError):
    code = "history_failed"
    message = _("The history store refused a statement (code %(engine_code)s). It has been logged.")


class HistoryDamaged(WardroundError):
    """`table` names what cannot be read, `when` the time of it."""

    code = "history_damaged"
    message = _(
        "The disk has damaged a part of the history: %(table)s cannot be read %(when)s. Other times"
        " can be asked for; “wardround doctor” says what to do."
    )


class HistoryMisconfigured(WardroundError):
    code = "history_misconfigured"
    message = _("WARDROUND_HISTORY_URL must read http://USER:PASSWORD@HOST:PORT/DATABASE.")


class HistoryFromTheFuture(WardroundError):
    code = "history_from_the_future"
    message = _(
        "The history store was last used by a newer Wardround (its migration %(number)s is "
        "unknown here). Start that version."
    )


class MigrationChanged(WardroundError):
    code = "history_migration_changed"
    message = _("Migration %(name)s was changed after it had been applied. Restore its text.")


class BatchMalformed(BadInput):
    code = "batch_malformed"
    message = _("The batch of samples does not fit together (%(reason)s). Nothing was stored.")


class SeriesRefused(BadInput):
    code = "series_refused"
    message = _(
        "A series of the batch cannot be stored: %(reason)s (%(metric)s). Nothing of the batch was "
        "stored."
    )


class BadNumber(BadInput):
    code = "bad_number"
    message = _("This must be a whole number from 1 to %(limit)s.")


class BadMoment(BadInput):
    code = "bad_moment"
    message = _("This must be a moment with a time zone.")


class BadAggregate(BadInput):
    code = "bad_aggregate"
    message = _("There is no such aggregate. There are: %(known)s.")


class BatchChanged(Conflict):
    code = "batch_changed"
    message = _(
        "Another batch of samples has been stored under this batch_id. Nothing of this one was "
        "stored: send it under an id of its own."
    )


class BadRange(BadInput):
    code = "bad_range"
    message = _("The beginning must lie before the end.")


class SamplesNotKept(BadInput):
    code = "samples_not_kept"
    message = _(
        "A 95th percentile needs samples, which are kept for %(days)s days. Begin later, or ask for"
        " the maximum."
    )


class BadStep(BadInput):
    code = "bad_step"
    message = _("The step must be at least one second.")


class StepNeeded(BadInput):
    code = "step_needed"
    message = _("This aggregate needs a step.")


class TooManyPoints(BadInput):
    code = "too_many_points"
    message = _(
        "That would be %(points)s points a series; %(limit)s are allowed. Choose a step of at "
        "least %(least)s s, or a shorter time."
    )


class TooManySeries(BadInput):
    code = "too_many_series"
    message = _("That would be %(series)s series; %(limit)s are allowed. Name items or labels.")


class CannotStart(Exception):
    """Why the history server does not start, in words for the person who started it."""


class EngineError(Exception):
    """What the engine answered, with ClickHouse's own error code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @classmethod
    def from_text(cls, text: str) -> EngineError:
        found = _ERROR_CODE.search(text)
        return cls(int(found[1]) if found else UNKNOWN, text[found.start() :] if found else text)


class TableGone(EngineError):
    """A table was let go and does not come back: it does when the engine begins anew."""


class RequestRefused(Exception):
    """A request to the history server that never reaches the engine."""

    def __init__(self, status: int, code: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
