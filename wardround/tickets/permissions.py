"""What can be permitted in this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.permissions import permission

READ = permission("tickets.read", _("Read tickets"))
OPEN = permission("tickets.open", _("Open tickets"), needs=(READ,))
WORK = permission(
    "tickets.work", _("Work on tickets: transitions, fields, taking one"), needs=(READ,)
)
COMMENT = permission("tickets.comment", _("Comment on tickets"), needs=(READ,))
ASSIGN = permission("tickets.assign", _("Assign tickets to others"), needs=(READ,))
RETARGET = permission(
    "tickets.retarget",
    _("Set the time limits of tickets anew, what they came to as well"),
    needs=(READ,),
)

AUTOMATIC = "tickets.automatic"
"""Right of transitions that only the platform itself carries out; nobody can be given it."""
