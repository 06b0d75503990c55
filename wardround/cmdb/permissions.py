from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.permissions import permission

READ = permission("cmdb.read", _("Read configuration items"))
WRITE = permission("cmdb.write", _("Create, change and retire configuration items"), needs=(READ,))
CONDITION = permission(
    "cmdb.condition", _("Set the condition of configuration items"), needs=(READ,)
)
DELETE = permission(
    "cmdb.delete",
    _("Delete configuration items into the recycle bin and restore them"),
    needs=(READ, WRITE),
)
PURGE = permission(
    "cmdb.purge", _("Remove deleted configuration items for good"), needs=(READ, DELETE)
)
