"""Whether working time can be counted in the weeks ahead; asks a running installation's stores."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import DatabaseError

from wardround.kernel.wording import untranslated as _
from wardround.site.doctor import Finding, Health, finding
from wardround.worktime import queries as worktime

AHEAD = timedelta(days=30)


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
    lists = sorted({f"{absent.year} ({absent.region})" for absent in missing})
    message = _(
        "Holiday lists are missing: %(lists)s; working time counts by weekday until they are"
        " imported, see docs/tickets.md."
    )
    return finding("calendar", Health.WARNING, message, lists=lists)
