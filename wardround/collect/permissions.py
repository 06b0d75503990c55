from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.permissions import permission

READ = permission("collect.read", _("Read targets and what was collected"))
MANAGE = permission("collect.manage", _("Manage targets"), needs=(READ,))
