"""What can go wrong with targets, in words for the reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import BadInput, Conflict, NotFound


class UnknownTarget(NotFound):
    code = "unknown_target"
    message = _("There is no such target, or you may not see it.")


class UnknownTable(NotFound):
    code = "unknown_table"
    message = _("Nothing collects a table “%(name)s” of this item.")


class BadTarget(BadInput):
    code = "bad_target"
    message = _("The target has a mistake; see the fields named. Nothing was changed.")


class TargetTwice(Conflict):
    code = "target_twice"
    message = _("The item already has a target of this template and name. Choose another name.")


class TargetChanged(Conflict):
    code = "target_changed"
    message = _("Somebody else changed this target meanwhile. Reload it and try again.")
