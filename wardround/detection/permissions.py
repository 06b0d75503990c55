"""What may be allowed in detection."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.permissions import permission

READ = permission("detection.read", _("Read alert rules"))
