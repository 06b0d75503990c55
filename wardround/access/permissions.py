"""What can be permitted in this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.permissions import permission

READ = permission("access.read", _("See people and roles"))
MANAGE = permission("access.manage", _("Manage accounts and roles"), needs=(READ,))
AUDIT = permission("access.audit", _("Read the audit chain"))
