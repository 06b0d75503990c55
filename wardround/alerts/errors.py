"""What can go wrong with alerts, in words for the reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import BadInput, Conflict, NotFound


class UnknownAlert(NotFound):
    code = "unknown_alert"


class AlertOver(Conflict):
    code = "alert_over"
    message = _("The alert is over since %(ended)s; there is nothing to be done with it any more.")


class AlreadyAcknowledged(Conflict):
    code = "already_acknowledged"
    message = _(
        "%(name)s acknowledged it at %(at)s. Ask there before you do the same; nothing was changed."
    )


class AlreadySilenced(Conflict):
    code = "already_silenced"
    message = _(
        "%(name)s has silenced it until %(until)s: %(reason)s. Lift that silence first if it shall"
        " end at another time; nothing was changed."
    )


class NotSilenced(Conflict):
    code = "not_silenced"
    message = _("It is not silenced, or not any more: its silence ended or somebody lifted it.")


class StillHolds(Conflict):
    code = "still_holds"
    message = _(
        "Its condition was seen to hold at %(seen)s, so it cannot be closed. Repair the cause, and"
        " it ends by itself; or silence it for a while."
    )


class ReasonMissing(BadInput):
    code = "reason_missing"
    message = _("Say why: whoever comes next must understand it.")


class EndMissing(BadInput):
    code = "end_missing"
    message = _("Say until when it is silenced; there is no silence without an end.")


class EndPast(BadInput):
    code = "end_past"
    message = _("This moment has passed. Choose a later end.")


class SilenceTooLong(BadInput):
    code = "silence_too_long"
    message = _(
        "A silence lasts %(days)s days at most. What nobody wants to hear of for longer is a rule"
        " to be changed or switched off."
    )
