"""Whether working time can be counted in the weeks ahead; asks a running installation's stores."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import DatabaseError

from wardround.kernel.wording import untranslated as _
from wardround.site.doctor import Finding, Health, finding
from wardround.worktime import queries as worktime

AHEAD = timedelta(days=365)
"""So early it is told; the list itself is published some weeks before its year begins."""
SOON = timedelta(days=45)
"""So late it is a warning."""


def examine(at: datetime) -> Finding:
    """Holiday lists are published late in the year; without one, clocks count by weekday."""
    try:
        missing = worktime.missing_lists(at, ahead=AHEAD)
    except DatabaseError:
        message = _(
            "The calendars cannot be read now; perhaps this is the first start. Try again soon."
        )
        return finding("calendar", Health.WARNING, message)
    if not missing:
        return finding("calendar", Health.OK, _("The holidays ahead are known."))
    soon = {absent.year for absent in worktime.missing_lists(at, ahead=SOON)}
    lists = sorted({f"{absent.year} ({absent.region})" for absent in missing})
    if not soon:
        later = _(
            "The holidays of the weeks ahead are known. These lists are not there yet: %(lists)s;"
            " what is due in those years counts by weekday until they are imported."
        )
        return finding("calendar", Health.OK, later, lists=lists)
    message = _(
        "Holiday lists are missing: %(lists)s; working time counts by weekday until they are"
        " imported, see docs/tickets.md."
    )
    return finding("calendar", Health.WARNING, message, lists=lists)
