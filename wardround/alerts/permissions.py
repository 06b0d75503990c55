"""What may be allowed in alerts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.permissions import permission

READ = permission("alerts.read", _("Read alerts"))
RAISE = permission("alerts.raise", _("Raise and resolve alerts"))
HANDLE = permission("alerts.handle", _("Acknowledge, silence and close alerts"), needs=(READ,))
