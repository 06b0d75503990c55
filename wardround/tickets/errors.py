"""What can be wrong when somebody acts on a ticket. Each says what to do next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import BadInput, Conflict, Forbidden, NotFound


class NoSuchTicket(NotFound):
    code = "no_such_ticket"
    message = _(
        "There is no such ticket, or you may not see it. Look for it by its number in the list of"
        " tickets, or ask an administrator how far you may see."
    )


class NoSuchType(BadInput):
    code = "no_such_ticket_type"
    message = _("There is no ticket type “%(given)s”. Known: %(known)s.")


class TypeMissing(Conflict):
    code = "ticket_type_missing"
    message = _(
        "The ticket type “%(type)s” in version %(version)s, with which this ticket began, cannot be"
        " read, so nothing can be done that it decides. Comments and assignments work; an"
        " administrator can bring the version back from a backup. Nothing was changed."
    )


class NoSuchTransition(Conflict):
    code = "no_such_transition"
    message = _("“%(given)s” cannot be done from the state “%(state)s”. Possible now: %(known)s.")


class NothingToAccept(Conflict):
    code = "nothing_to_accept"
    message = _(
        "%(number)s is “%(state)s” and is not waiting to be accepted. Open it to see who works on"
        " it."
    )


class NotNow(Conflict):
    code = "transition_not_allowed"
    message = _("This cannot be done now: %(why)s")


class FieldsMissing(BadInput):
    code = "fields_missing"
    message = _("Fill in the fields named, then try again. Nothing was changed.")


class BadFields(BadInput):
    code = "bad_fields"
    message = _("Some fields have a mistake; see the fields named. Nothing was changed.")


class CommentMissing(BadInput):
    code = "comment_missing"
    message = _("Say why in a comment, then try again.")


class ChangedMeanwhile(Conflict):
    code = "changed_meanwhile"
    message = _(
        "Somebody else changed this ticket meanwhile (version %(present)s, you had %(given)s). "
        "Reload it and try again."
    )


class NoSuchAccount(BadInput):
    code = "no_such_account"
    message = _("There is no such account to assign the ticket to.")


class CannotWork(BadInput):
    code = "cannot_work"
    message = _(
        "%(name)s may not work on this ticket. Choose somebody who may, or ask an administrator to"
        " give the permission “Work on tickets” for its systems."
    )


class RequestReused(Conflict):
    code = "request_reused"
    message = _(
        "The key “%(key)s” already opened the ticket %(number)s, for another report. Send a new key"
        " with a new report."
    )


class KeyUsed(Conflict):
    code = "key_used"
    message = _(
        "The key “%(key)s” already did something else with the ticket %(number)s. Send a new key"
        " with a new act."
    )


class NothingPromised(Conflict):
    code = "nothing_promised"
    message = _("Nothing is promised to this ticket: no row of its level matrix takes it.")


class NoSuchItem(BadInput):
    code = "no_such_item"
    message = _("There is no such item, or you may not see it.")


class NoText(BadInput):
    code = "no_text"
    message = _("A text is needed here.")


class MayNot(Forbidden):
    code = "may_not"


class AgreementMissing(BadInput):
    code = "agreement_missing"
    message = _("The ticket type “%(type)s” needs the %(kind)s “%(name)s”, which is not installed.")
