"""What detection knows: its rules, and how far they have come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from wardround.collect import queries as collect
from wardround.collect.types import MonitorTemplate, Target
from wardround.detection.declared import RuleSet
from wardround.detection.definitions import KIND, alert_labels
from wardround.detection.errors import UnknownRule
from wardround.detection.intake.taking import Known
from wardround.detection.models import Standing as StandingRow
from wardround.detection.rules import FIRING
from wardround.detection.types import Labels, Rule, Standing
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.suggestions import Named
from wardround.schema.kinds import parts
from wardround.schema.queries import definitions, derived, every_body, revision
from wardround.schema.types import Path

__all__ = [
    "RuleName",
    "every_standing",
    "every_target",
    "firing",
    "known_to_intake",
    "labels_of_alerts",
    "metric_groups",
    "place_of",
    "revision",
    "rule",
    "rules",
    "standings",
]

_MOST_AT_ONCE = 5_000


def rules() -> Mapping[str, Rule]:
    """Every rule by name, from the definitions of now; `revision` tells when to ask again."""
    return derived("detection.rules", _rules)


def _rules() -> Mapping[str, Rule]:
    rule_sets: Mapping[str, RuleSet] = definitions(KIND)
    return MappingProxyType(
        {rule.name: rule for rule_set in rule_sets.values() for rule in rule_set.rules}
    )


def rule(name: str) -> Rule:
    """One rule. Raises UnknownRule."""
    found = rules().get(name)
    if found is None:
        raise UnknownRule(name=name)
    return found


def place_of(rule_name: str) -> tuple[str, Path]:
    """The rule set that holds a rule, and where in it. Raises UnknownRule."""
    rule_sets: Mapping[str, RuleSet] = definitions(KIND)
    for name, rule_set in rule_sets.items():
        for at_group, group in enumerate(rule_set.groups):
            for at_rule, declared in enumerate(group.rules):
                if declared.alert == rule_name:
                    return name, ("groups", at_group, "rules", at_rule)
    raise UnknownRule(name=rule_name)


def known_to_intake() -> Known:
    """The monitor templates and rules that there are, for rules that come from elsewhere."""
    return Known(templates=definitions("monitor-template"), rules=rules())


def known_rule_names() -> frozenset[str]:
    """The names of every rule that there is or was: alerts keep that of the rule they are by."""
    return derived("detection.rule names", _known_rule_names)


def _known_rule_names() -> frozenset[str]:
    return frozenset(
        str(rule.get("alert", ""))
        for body in every_body(KIND)
        for _place, group in parts(body, "groups")
        for _place, rule in parts(group, "rules")
    )


RuleName = Annotated[str, Named("rule", known_rule_names)]
"""Of a filter: the name of a rule that there is or was."""


def labels_of_alerts(
    rule_sets: Iterable[RuleSet], templates: Mapping[str, MonitorTemplate]
) -> dict[str, tuple[frozenset[str], bool]]:
    """By rule, the labels that its alerts may have, and whether any others may come too."""
    return {
        rule.alert: alert_labels(rule, group, rule_set, templates)
        for rule_set in rule_sets
        for group in rule_set.groups
        for rule in group.rules
    }


def template_label(name: str) -> str:
    """What a monitor template is called for the reader; one that is gone by its name."""
    known = collect.templates().get(name)
    return known.label.text() if known else name


def metric_groups() -> Mapping[str, Mapping[str, str]]:
    """By monitor template, the group in which each declared metric is collected."""
    return derived("detection.metric_groups", _metric_groups)


def _metric_groups() -> Mapping[str, Mapping[str, str]]:
    templates: Mapping[str, MonitorTemplate] = definitions("monitor-template")
    return {
        name: {metric.name: group.name for group in template.groups for metric in group.metrics}
        for name, template in templates.items()
    }


def standings(targets: Collection[UUID]) -> list[Standing]:
    """What is kept of these targets' instances."""
    return _read(StandingRow.objects.filter(target_id__in=targets))


def firing(items: Collection[UUID]) -> frozenset[tuple[str, UUID, Labels]]:
    """What fires of these items, by whichever target: rule, item and labels; one query."""
    rows = _read(StandingRow.objects.filter(item_id__in=items, phase__gte=FIRING))
    return frozenset((row.rule, row.item, row.labels) for row in rows)


def every_standing() -> list[Standing]:
    """What is kept of all instances."""
    return _read(StandingRow.objects.all())


def every_target() -> list[Target]:
    """All targets as they last stood."""
    found: list[Target] = []
    cursor: str | None = None
    while True:
        wanted = collect.TargetsWanted(limit=_MOST_AT_ONCE, cursor=cursor)
        page, cursor, _ = collect.targets(EVERYTHING, wanted)
        found += page
        if cursor is None:
            return found


def _read(rows: Iterable[StandingRow]) -> list[Standing]:
    return [
        Standing(
            rule=row.rule,
            target=row.target_id,
            item=row.item_id,
            labels=_labels(row.labels),
            phase=row.phase,
            active_at=row.active_at,
            keep_since=row.keep_since,
            looked_at=row.looked_at,
        )
        for row in rows
    ]


def _labels(pairs: list[list[str]]) -> Labels:
    return tuple((name, value) for name, value in pairs)
