"""Whether every open ticket has a level; asks a running installation's stores."""

from __future__ import annotations

from django.db import DatabaseError

from wardround.kernel.wording import untranslated as _
from wardround.site.doctor import Finding, Health, finding
from wardround.tickets import queries as tickets


def examine() -> Finding:
    """A ticket that no row of its level matrix took has no agreement and no clocks."""
    try:
        count = tickets.without_level()
    except DatabaseError:
        message = _("The tickets cannot be read now; perhaps this is the first start. Try again.")
        return finding("level-matrix", Health.WARNING, message)
    if not count:
        return finding("level-matrix", Health.OK, _("Every open ticket has a level."))
    message = _(
        "%(count)s open tickets have no level and no clocks: no row of their level matrix takes"
        " them. Give it a row without “when” as its last; they are decided then."
    )
    return finding("level-matrix", Health.WARNING, message, count=count)
