"""Targets that live by alert rules: what a rule no longer watches is counted before it goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from wardround.collect import queries as collect
from wardround.collect.metrics import gives
from wardround.collect.types import MonitorTemplate
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
    """A rule for any template watches those that have one of its metrics."""
    if rule.templates:
        return template.name in rule.templates
    return any(gives(template, selector.metric) for selector in selectors(rule.condition))


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
    """By changed template that stays, itself where a rule asks for a metric that it has no more:
    it declares it no longer, or its naming takes it away.

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
        if after is None:
            continue  # what goes is counted as such
        asked = {metric for rule in rules for metric in _asked(rule, after.name)}
        if any(gives(before, metric) and not gives(after, metric) for metric in asked):
            found[name] = [name]
    return found


def _asked(rule: Rule, template: str) -> set[str]:
    """The metrics that a rule needs of a template whose targets it watches."""
    concerned = not rule.templates or template in rule.templates
    return {each.metric for each in selectors(rule.condition)} if concerned else set()


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
