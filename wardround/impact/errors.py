"""What can go wrong in impact, in words for the reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import NotFound


class UnknownSystem(NotFound):
    code = "unknown_system"
    message = _("This is no business system. Choose one from the list of systems.")


class UnknownItems(NotFound):
    code = "unknown_items"
    message = _(
        "%(count)s of the items are not there, or out of your reach. Choose them from the list."
    )
