"""Rules over HTTP. They are changed as definitions."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query

from wardround.detection import queries
from wardround.detection.permissions import READ
from wardround.detection.wire import RuleOut, RuleQuery
from wardround.kernel.http import Page, Request, RoomRouter
from wardround.kernel.short_lists import short_list

router = RoomRouter(tags=["detection"])


@router.get("/alert-rules", needs=READ, response=Page[RuleOut])
def list_rules(request: Request, filters: Query[RuleQuery]) -> Page[RuleOut] | HttpResponse:
    """Every rule in use, by name."""
    rules = queries.rules()
    found = [rules[name] for name in sorted(rules) if filters.wants(rules[name])]
    columns = {
        "label": _("Label"),
        "name": _("Identifier"),
        "severity": _("Severity"),
        "expr": _("Expression"),
        "recover": _("Recovery"),
        "for_s": _("For (s)"),
        "keep_firing_for_s": _("Keep firing for (s)"),
        "template": _("Template"),
        "enabled": _("Enabled"),
    }
    return short_list(
        "alert-rules", [RuleOut.model_validate(rule) for rule in found], filters, columns
    )
