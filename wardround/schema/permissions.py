from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.permissions import permission

READ = permission("schema.read", _("Read definitions and packs"))
IMPORT = permission("schema.import", _("Import packs"), needs=(READ,))
EDIT = permission("schema.edit", _("Create, change, rename and retire definitions"), needs=(READ,))
