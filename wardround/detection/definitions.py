"""The definition kind `alert-rules`: groups of rules with the field names of Prometheus.

Added are `recover` (a condition of its own for recovery), `times` and `of` (N of the last M),
`no_data`, and summaries in two languages. `declared` has the shape; here is what else must hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from django.utils.translation import gettext_noop

from wardround.collect.metrics import gives, labels_of, unit_problems
from wardround.collect.types import OWN_METRICS, MonitorTemplate
from wardround.detection.declared import DeclaredRule, RuleGroup, RuleSet
from wardround.detection.expression import Aggregate, Node, Relabel, Selector, nodes, selectors
from wardround.detection.summary import label_places, unknown_places
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.suggestions import unknown
from wardround.schema.types import InPart, Label, Path, Problem

KIND = "alert-rules"
Templates = Mapping[str, MonitorTemplate]


def problems_of(rule_set: RuleSet, others: DefinitionView) -> Iterator[Problem]:
    """What is wrong with a rule set among all definitions."""
    homes = others.once(_homes)
    every: Templates = others.all("monitor-template")
    templates = {name: every[name] for name in rule_set.templates if name in every} or every
    for at_group, group in enumerate(rule_set.groups):
        for at_rule, rule in enumerate(group.rules):
            path: Path = ("groups", at_group, "rules", at_rule)
            if homes.get(rule.alert, []) != [rule_set.name]:
                message = gettext_noop("two rules are called “%(name)s”")
                yield Problem((*path, "alert"), message, {"name": rule.alert}, found=rule.alert)
            yield from _rule_problems(rule, path)
            yield from _metric_problems(rule, templates, path)
            yield from _label_problems(rule, group, templates, path)


def _homes(others: DefinitionView) -> dict[str, list[str]]:
    """In which rule sets each rule's name occurs."""
    found: dict[str, list[str]] = {}
    for rule_set in others.all(KIND).values():
        for rule in rule_set.rules:
            found.setdefault(rule.name, []).append(rule_set.name)
    return found


def _rule_problems(rule: DeclaredRule, path: Path) -> Iterator[Problem]:
    yield from unit_problems(rule.unit, (*path, "unit"))
    if rule.times > rule.last:
        message = gettext_noop("“times” is more than “of”, so the rule could never fire")
        yield Problem((*path, "times"), message, found=str(rule.times), expected=f"≤ {rule.last}")
    for name, text in rule.annotations.texts():
        for place in unknown_places(text):
            yield Problem(
                (*path, "annotations", name),
                gettext_noop("“%(place)s” cannot be filled in"),
                {"place": place},
                found=place,
                expected="{{ value }}, {{ item }}, {{ labels.NAME }}",
            )


def _conditions(rule: DeclaredRule) -> Iterator[tuple[str, Node]]:
    yield "expr", rule.expr.node
    if rule.recover is not None:
        yield "recover", rule.recover.node


# Metrics and labels ------------------------------------------------------------------------------


def _metric_problems(rule: DeclaredRule, templates: Templates, path: Path) -> Iterator[Problem]:
    if not templates:
        return
    known = {metric.name for template in templates.values() for metric in template.metrics}
    for key, node in _conditions(rule):
        for selector in selectors(node):
            metric = selector.metric
            if (
                metric
                and metric not in known
                and not any(gives(each, metric) for each in templates.values())
            ):
                message = gettext_noop("no monitor template declares the metric “%(name)s”")
                problem = unknown((*path, key), message, selector.metric, known | OWN_METRICS)
                yield replace(problem, offset=selector.position)


def _label_problems(
    rule: DeclaredRule, group: RuleGroup, templates: Templates, path: Path
) -> Iterator[Problem]:
    """Labels that no series of the rule's metrics ever has; nothing where any may come."""
    message = gettext_noop("no series here has a label “%(name)s”")
    everywhere: set[str] | None = {*group.labels, *rule.labels, *_made_labels(rule)}
    for key, node in _conditions(rule):
        for selector in selectors(node):
            labels = _labels(selector, templates)
            everywhere = None if labels is None or everywhere is None else everywhere | labels
            for matcher in selector.matchers if labels is not None else ():
                if matcher.label not in (labels or ()):
                    problem = unknown((*path, key), message, matcher.label, labels or ())
                    yield replace(problem, offset=selector.position, judged_by=("template",))
    if everywhere is None:
        return
    for where, name in dict.fromkeys(_named_labels(rule)):
        if name not in everywhere:
            problem = unknown((*path, *where), message, name, everywhere)
            yield replace(problem, judged_by=_LABELS_COME_FROM)


_LABELS_COME_FROM = ("labels", "expr", "recover", "template")


def alert_labels(
    rule: DeclaredRule, group: RuleGroup, rule_set: RuleSet, every: Templates
) -> tuple[frozenset[str], bool]:
    """The labels that alerts of a rule may have, and whether any others may come too.

    An aggregate leaves fewer; they are counted all the same.
    """
    templates = {name: every[name] for name in rule_set.templates if name in every} or every
    found = {*group.labels, *rule.labels, *_made_labels(rule)} - _SAID_OTHERWISE
    anything = not templates
    for _key, node in _conditions(rule):
        for selector in selectors(node):
            labels = _labels(selector, templates)
            anything |= labels is None
            found |= labels or set()
    return frozenset(found), anything


_SAID_OTHERWISE = {"severity", "availability"}
"""Labels that say something of the alert itself, and are not kept as labels."""


def _labels(selector: Selector, templates: Templates) -> set[str] | None:
    """Labels of a metric in any of the templates; None where one of them leaves it open, or takes
    pages as they are.
    """
    if any(not template.metrics for template in templates.values()):
        return None
    homes = [
        template
        for template in templates.values()
        if selector.metric in OWN_METRICS
        or any(metric.name == selector.metric for metric in template.metrics)
    ]
    found = [labels_of(template, selector.metric) for template in homes]
    if not found or any(labels is None for labels in found):
        return None
    return {label for labels in found for label in labels or ()}


def _made_labels(rule: DeclaredRule) -> set[str]:
    """Labels that the conditions make of others."""
    return {
        part.label
        for _key, node in _conditions(rule)
        for part in nodes(node)
        if isinstance(part, Relabel)
    }


def _named_labels(rule: DeclaredRule) -> Iterator[tuple[Path, str]]:
    for key, node in _conditions(rule):
        for part in nodes(node):
            if isinstance(part, Aggregate):
                yield from (((key,), name) for name in part.by)
    for annotation, text in rule.annotations.texts():
        for name in label_places(text):
            yield ("annotations", annotation), name


ALERT_RULES: DefinitionKind[RuleSet] = DefinitionKind(
    name=KIND,
    model=RuleSet,
    label=Label("告警规则", "Alert rules"),
    about=Label(
        "何时告警：对指标的条件、持续时间和给人看的摘要。",
        "When to alert: conditions on metrics, how long they hold, and what people are told.",
    ),
    check=problems_of,
    order=60,
    in_part=InPart(
        stand_ins={
            ("groups", "rules", "alert"): "Nameless",
            ("groups", "rules", "expr"): "up",
            ("groups", "rules", "annotations"): {"summary": "-"},
            ("groups", "rules", "annotations", "summary"): "-",
            ("groups", "name"): "-",
        }
    ),
)
