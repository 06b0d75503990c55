"""Targets that live by alert rules: what a rule no longer watches is counted before it goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from wardround.collect import queries as collect
from wardround.collect.types import OWN_METRICS, MonitorTemplate
from wardround.detection.declared import RuleSet
from wardround.detection.definitions import KIND
from wardround.detection.expression import selectors
from wardround.detection.types import Rule
from wardround.schema.dependents import Changed, Holder, Renames
from wardround.schema.types import Label

Templates = Mapping[str, MonitorTemplate]
Watched = tuple[str, str]
"""The names of a rule and of a template whose targets it watches."""


def _watched(rule_set: RuleSet, templates: Templates) -> set[Watched]:
    return {
        (rule.name, name)
        for rule in rule_set.rules
        if rule.enabled
        for name, template in templates.items()
        if _watches(rule, template)
    }


def _watches(rule: Rule, template: MonitorTemplate) -> bool:
    """A rule for any template watches those that have its metrics, one without any may have all."""
    if rule.templates:
        return template.name in rule.templates
    declared = {metric.name for metric in template.metrics}
    asked = {selector.metric for selector in selectors(rule.condition)}
    return not declared or not asked.isdisjoint(declared | OWN_METRICS)


def _unwatched(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed rule set, the templates whose targets lose a rule with it."""
    templates: Templates = changed.view.all("monitor-template")
    after: set[Watched] = set()
    for rule_set in changed.after.values():
        after |= _watched(rule_set, templates)
    return {
        name: sorted({template for _rule, template in _watched(rule_set, templates) - after})
        for name, rule_set in changed.before.items()
    }


def _metrics_taken(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed template that stays, itself where a rule asks for a metric that it has no more.

    Another template may have the metric still, so that the rule itself is sound.
    """
    rules = [
        rule
        for rule_set in changed.view.all(KIND).values()
        for rule in rule_set.rules
        if rule.enabled
    ]
    found = {}
    for name, before in changed.before.items():
        after: MonitorTemplate | None = changed.after.get(changed.renames.get(name, name))
        if after is None or not after.metrics:
            continue  # what goes is counted as such; a page taken as it is may have any metric
        gone = {metric.name for metric in before.metrics} - {
            metric.name for metric in after.metrics
        }
        if any(_asks(rule, after.name, gone) for rule in rules):
            found[name] = [name]
    return found


def _asks(rule: Rule, template: str, metrics: Collection[str]) -> bool:
    """Whether a rule that watches targets of a template needs one of these metrics."""
    concerned = not rule.templates or template in rule.templates
    return concerned and any(each.metric in metrics for each in selectors(rule.condition))


def _nothing(_name: str, _rule_set: object, _renames: Renames) -> Sequence[str]:
    return ()


_UNWATCHED = Label("监控对象不再受某条规则监测", "target that a rule watches no longer")
_SEVERAL_UNWATCHED = Label("监控对象不再受某条规则监测", "targets that a rule watches no longer")

HOLDERS = (
    Holder(
        kind="monitor-template",
        thing="watched-target",
        label=_UNWATCHED,
        several=_SEVERAL_UNWATCHED,
        count=collect.targets_by_template,
        marks=_nothing,
        losing=_metrics_taken,
    ),
    Holder(
        kind=KIND,
        thing="target",
        label=_UNWATCHED,
        several=_SEVERAL_UNWATCHED,
        count=collect.targets_by_template,
        marks=_nothing,
        losing=_unwatched,
    ),
)
