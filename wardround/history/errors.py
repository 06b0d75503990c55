"""What can go wrong with the history, in words for the reader."""

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import BadInput, Unavailable, WardroundError


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


class BadRange(BadInput):
    code = "bad_range"
    message = _("The beginning must lie before the end.")


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
