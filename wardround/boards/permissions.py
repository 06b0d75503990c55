"""What can be permitted in this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.permissions import permission

READ = permission("boards.read", _("Look at the boards"))
