"""Open alerts that live by the rules of `alert-rules` definitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from django.db.models import Count

from wardround.alerts.models import Alert
from wardround.collect import queries as collect
from wardround.detection.declared import RuleSet
from wardround.detection.types import Rule
from wardround.schema.dependents import Changed, Holder, Renames
from wardround.schema.types import Label


def _open(rules: Collection[str]) -> Mapping[str, int]:
    rows = Alert.objects.filter(rule__in=rules, ended_at=None).values("rule")
    return {row["rule"]: row["number"] for row in rows.annotate(number=Count("id")).order_by()}


def _rules(_name: str, rule_set: RuleSet, _renames: Renames) -> Sequence[str]:
    """Rules that are on; an alert whose rule is switched off or gone ends within a minute."""
    return [rule.name for rule in rule_set.rules if rule.enabled]


def _ending(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed rule set, its rules that are on no longer, and those that are for fewer templates.

    The latter with the templates that are left: `RULE TEMPLATE …`.
    """
    after = {
        rule.name: rule
        for rule_set in changed.after.values()
        for rule in rule_set.rules
        if rule.enabled
    }
    return {
        name: [
            mark
            for rule in rule_set.rules
            if rule.enabled and (mark := _mark(rule, after.get(rule.name)))
        ]
        for name, rule_set in changed.before.items()
    }


def _mark(was: Rule, becomes: Rule | None) -> str:
    if becomes is None:
        return was.name
    left = {*becomes.templates}
    fewer = bool(left) and (not was.templates or not left.issuperset(was.templates))
    return " ".join([was.name, *sorted(left)]) if fewer else ""


def _ended_by(marks: Collection[str]) -> Mapping[str, int]:
    whole = _open({mark for mark in marks if " " not in mark})
    narrowed = {mark.partition(" ")[0]: mark for mark in marks if " " in mark}
    rows = Alert.objects.filter(rule__in=narrowed, ended_at=None)
    pairs = list(rows.values_list("rule", "target_id"))
    templates = collect.templates_of({target for _rule, target in pairs if target})
    found = Counter(
        narrowed[rule]
        for rule, target in pairs
        if target is None or templates.get(target, "") not in narrowed[rule].split(" ")[1:]
    )
    return {**whole, **found}


HOLDERS = (
    Holder(
        kind="alert-rules",
        thing="alert",
        label=Label("未恢复告警", "open alert"),
        count=_ended_by,
        marks=_rules,
        losing=_ending,
    ),
)
