"""Open alerts that live by the rules of `alert-rules` definitions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db.models import Count

from wardround.alerts.models import Alert
from wardround.detection.declared import RuleSet
from wardround.schema.dependents import Holder, Renames
from wardround.schema.types import Label


def _open(rules: Collection[str]) -> Mapping[str, int]:
    rows = Alert.objects.filter(rule__in=rules, ended_at=None).values("rule")
    return {row["rule"]: row["number"] for row in rows.annotate(number=Count("id")).order_by()}


def _rules(_name: str, rule_set: RuleSet, _renames: Renames) -> Sequence[str]:
    """Rules that are on; an alert whose rule is switched off or gone ends within a minute."""
    return [rule.name for rule in rule_set.rules if rule.enabled]


HOLDERS = (
    Holder(
        kind="alert-rules",
        thing="alert",
        label=Label("未恢复告警", "open alert"),
        count=_open,
        marks=_rules,
    ),
)
