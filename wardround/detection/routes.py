"""Rules over HTTP. They are changed as definitions."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import Field

from wardround.detection import queries
from wardround.detection.permissions import READ
from wardround.detection.types import Rule, Severity
from wardround.kernel.http import Page, Request, RoomRouter, WholeListFilters
from wardround.kernel.short_lists import short_list

router = RoomRouter(tags=["detection"])


class RuleFilters(WholeListFilters):
    name: Annotated[list[str], Field(default_factory=list)]
    template: Annotated[list[str], Field(default_factory=list)]
    severity: Annotated[list[Severity], Field(default_factory=list)]

    def wants(self, rule: Rule) -> bool:
        return (
            (not self.name or rule.name in self.name)
            and (not self.template or not {*self.template}.isdisjoint(rule.templates))
            and (not self.severity or rule.severity in self.severity)
        )


class RuleOut(Schema):
    """One threshold; times in seconds. `of`/`times`: so many of the last evaluations."""

    name: str
    label: str
    severity: Severity
    availability: bool
    expr: str
    recover: str
    for_s: float
    keep_firing_for_s: float
    no_data_s: float
    times: int
    of: int
    unit: str
    labels: dict[str, str]
    summary: str
    template: str
    templates: list[str]
    enabled: bool

    @classmethod
    def of_rule(cls, rule: Rule) -> RuleOut:
        language = get_language() or "zh-hans"
        return cls(
            name=rule.name,
            label=rule.label.text(language),
            severity=rule.severity,
            availability=rule.availability,
            expr=rule.expr,
            recover=rule.recover,
            for_s=rule.timing.hold,
            keep_firing_for_s=rule.timing.keep,
            no_data_s=rule.timing.no_data,
            times=rule.timing.times,
            of=rule.timing.of,
            unit=rule.unit,
            labels=dict(rule.labels),
            summary=rule.summary.text(language),
            template=rule.templates[0] if rule.templates else "",
            templates=list(rule.templates),
            enabled=rule.enabled,
        )


@router.get("/alert-rules", needs=READ, response=Page[RuleOut])
def list_rules(request: Request, filters: Query[RuleFilters]) -> Page[RuleOut] | HttpResponse:
    """Every rule in use, by name."""
    rules = queries.rules()
    found = [rules[name] for name in sorted(rules) if filters.wants(rules[name])]
    columns = {
        "label": _("Label"),
        "name": _("Name"),
        "severity": _("Severity"),
        "expr": _("Expression"),
        "recover": _("Recovery"),
        "for_s": _("For (s)"),
        "keep_firing_for_s": _("Keep firing for (s)"),
        "template": _("Template"),
        "enabled": _("Enabled"),
    }
    return short_list("alert-rules", [RuleOut.of_rule(rule) for rule in found], filters, columns)
