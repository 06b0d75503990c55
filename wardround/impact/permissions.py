"""What may be allowed in impact."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.cmdb.permissions import READ
from wardround.kernel.permissions import permission

SCENARIOS = permission(
    "impact.scenarios", _("Save what-if scenarios, and share them"), needs=(READ,)
)
