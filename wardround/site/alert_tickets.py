"""Whether every alert finds its ticket; asks a running installation's stores."""

from __future__ import annotations

from django.db import DatabaseError

from wardround.kernel.wording import untranslated as _
from wardround.site.doctor import Finding, Health, finding
from wardround.tickets import queries as tickets

_MOST_NAMED = 5


def examine() -> Finding:
    """An alert that no row of `alert-ticket` takes opens no ticket."""
    try:
        rules = tickets.left_alone()
    except DatabaseError:
        message = _(
            "The alert rules cannot be read now; perhaps this is the first start. Try again soon."
        )
        return finding("alert-ticket", Health.WARNING, message)
    if not rules:
        return finding("alert-ticket", Health.OK, _("Every alert finds the row of its ticket."))
    message = _(
        "No row of “alert-ticket” takes some alerts of %(count)s rules, which open no ticket:"
        " %(rules)s; see docs/tickets.md."
    )
    named = ", ".join([*rules[:_MOST_NAMED], *(["…"] if len(rules) > _MOST_NAMED else [])])
    return finding("alert-ticket", Health.WARNING, message, count=len(rules), rules=named)
