"""Rules over HTTP. They are changed as definitions."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Query
from ninja.files import UploadedFile

from wardround.detection import queries
from wardround.detection.intake.packing import pack
from wardround.detection.intake.taking import take
from wardround.detection.permissions import READ
from wardround.detection.wire import IntakeWishes, RuleIntakeOut, RuleOut, RuleQuery
from wardround.kernel.http import Page, Request, RoomRouter
from wardround.kernel.short_lists import short_list
from wardround.schema.permissions import IMPORT

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
        _("Alert rules"), [RuleOut.model_validate(rule) for rule in found], filters, columns
    )


@router.post("/alert-rules/prometheus", needs=IMPORT, response=RuleIntakeOut)
def take_prometheus_rules(
    request: Request, files: File[list[UploadedFile]], wanted: Query[IntakeWishes]
) -> RuleIntakeOut:
    """Turn rule files of Prometheus into a pack, and tell what could not be; writes nothing.

    The files of the pack, in a zip, are what `POST /packs` takes.
    """
    del request
    named = {file.name or f"file-{at}": file.read() for at, file in enumerate(files, 1)}
    known = queries.known_to_intake()
    return RuleIntakeOut.of(pack(take(named, wanted.wishes(), known), wanted.name, known))
