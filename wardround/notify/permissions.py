"""What may be allowed in notify."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.permissions import permission

WEBHOOKS = permission("notify.webhooks", _("See what webhooks delivered, and send it again"))
