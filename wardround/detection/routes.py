"""Rules over HTTP. They are changed as definitions."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Query
from ninja.files import UploadedFile

from wardround.detection import actions, queries
from wardround.detection.intake.packing import pack
from wardround.detection.intake.taking import take
from wardround.detection.permissions import READ
from wardround.detection.wire import (
    IntakeWishes,
    RuleIntakeOut,
    RuleOut,
    RuleQuery,
    SwitchCheckIn,
    SwitchIn,
    SwitchOut,
)
from wardround.kernel import clock
from wardround.kernel.http import Page, Request, RoomRouter, actor_of
from wardround.kernel.short_lists import short_list
from wardround.schema import actions as schema
from wardround.schema.permissions import EDIT, IMPORT

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
        "switched_because": _("Why switched"),
    }
    return short_list(
        _("Alert rules"),
        [RuleOut.model_validate(rule) for rule in found],
        filters,
        columns,
        {"template": queries.template_label},
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


@router.get("/alert-rules/{name}", needs=READ, response=RuleOut)
def get_rule(request: Request, name: str) -> RuleOut:
    del request
    return RuleOut.model_validate(queries.rule(name))


@router.post("/alert-rules/{name}/switch", needs=EDIT, response=RuleOut)
def switch_rule(request: Request, name: str, body: SwitchIn) -> RuleOut:
    """Switch a rule on or off, as a new version of the definition that holds it."""
    actions.switch_rule(
        actor_of(request),
        name,
        on=body.enabled,
        reason=body.reason,
        consent=body.consent,
        at=clock.now(),
    )
    return RuleOut.model_validate(queries.rule(name))


@router.post("/alert-rules/{name}/check-switch", needs=EDIT, response=SwitchOut)
def check_switch(request: Request, name: str, body: SwitchCheckIn) -> SwitchOut:
    """What switching would end; writes nothing."""
    difference, problems = actions.check_switch(actor_of(request), name, on=body.enabled)
    return SwitchOut(
        ending=schema.lost_in_words(difference),
        needs_consent=bool(difference.lost),
        problems=[schema.wording(problem) for problem in problems],
    )
