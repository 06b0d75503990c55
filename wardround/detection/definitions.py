"""The definition kind `alert-rules`: groups of rules with the field names of Prometheus.

Added are `recover` (a condition of its own for recovery), `times` and `of` (N of the last M),
`no_data`, and summaries in two languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from wardround.collect.types import OWN_METRICS, MonitorTemplate
from wardround.detection.errors import BadExpression
from wardround.detection.expression import Node, selectors
from wardround.detection.parse import parse, parse_duration
from wardround.detection.rules import Timing
from wardround.detection.summary import unknown_places
from wardround.detection.types import Rule, RuleSet, Severity
from wardround.schema.errors import BadDefinition
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.shapes import LABEL_SCHEMA
from wardround.schema.suggestions import closest
from wardround.schema.types import Label, Path, Problem, Reference

Body = Mapping[str, Any]

KIND = "alert-rules"
_LONGEST_GAP = 300.0
_DURATION = {"type": "string", "pattern": r"^(0|(\d+(\.\d+)?(ms|s|m|h|d|w))+)$"}
_LABELS = {
    "type": "object",
    "propertyNames": {"pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"},
    "additionalProperties": {"type": "string"},
    "properties": {
        "severity": {"enum": [str(severity) for severity in Severity]},
        "availability": {"enum": ["true", "false"]},
    },
}
_RULE = {
    "type": "object",
    "required": ["alert", "expr", "annotations"],
    "additionalProperties": False,
    "properties": {
        "alert": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]{0,99}$"},
        "label": LABEL_SCHEMA,
        "enabled": {"type": "boolean"},
        "expr": {"type": "string", "minLength": 1},
        "recover": {"type": "string", "minLength": 1},
        "for": _DURATION,
        "keep_firing_for": _DURATION,
        "no_data": _DURATION,
        "times": {"type": "integer", "minimum": 1, "maximum": 60},
        "of": {"type": "integer", "minimum": 1, "maximum": 60},
        "unit": {"type": "string", "maxLength": 20},
        "labels": _LABELS,
        "annotations": {
            "type": "object",
            "required": ["summary"],
            "properties": {"summary": LABEL_SCHEMA, "description": LABEL_SCHEMA},
            "additionalProperties": False,
        },
    },
}
_SCHEMA = {
    "required": ["groups"],
    "properties": {
        "label": LABEL_SCHEMA,
        "template": {
            "type": ["string", "array"],
            "items": {"type": "string"},
            "minItems": 1,
            "uniqueItems": True,
        },
        "groups": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "rules"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string"},
                    "interval": _DURATION,
                    "labels": _LABELS,
                    "rules": {"type": "array", "items": _RULE},
                },
            },
        },
    },
}


def _rule_set(body: Body) -> RuleSet:
    given = body.get("template", ())
    templates = (given,) if isinstance(given, str) else tuple(given)
    rules: list[Rule] = []
    places: list[tuple[int, int]] = []
    problems: list[Problem] = []
    for at_group, group in enumerate(body["groups"]):
        for at_rule, rule in enumerate(group["rules"]):
            path: Path = ("groups", at_group, "rules", at_rule)
            try:
                rules.append(_rule(rule, group.get("labels", {}), templates, path))
                places.append((at_group, at_rule))
            except BadDefinition as bad:
                problems.extend(bad.problems)
    if problems:
        raise BadDefinition(*problems)
    return RuleSet(body["name"], templates, tuple(rules), tuple(places))


def _rule(body: Body, group_labels: Body, templates: tuple[str, ...], path: Path) -> Rule:
    condition = _node(body["expr"], (*path, "expr"))
    recover = body.get("recover", "")
    labels: dict[str, str] = {**group_labels, **body.get("labels", {})}
    return Rule(
        name=body["alert"],
        label=Label.parse(body.get("label", body["alert"])),
        severity=Severity(labels.pop("severity", Severity.WARNING)),
        availability=labels.pop("availability", "false") == "true",
        expr=body["expr"],
        condition=condition,
        recover=recover,
        recovery=_node(recover, (*path, "recover")) if recover else None,
        timing=_timing(body, path),
        summary=_summary(body, path),
        templates=templates,
        unit=body.get("unit", ""),
        labels=tuple(sorted(labels.items())),
        enabled=body.get("enabled", True),
    )


def _node(text: str, path: Path) -> Node:
    try:
        return parse(text)
    except BadExpression as bad:
        raise BadDefinition(
            Problem(path, bad.template, bad.details, found=text, offset=bad.position)
        ) from None


def _timing(body: Body, path: Path) -> Timing:
    times = body.get("times", 1)
    of = body.get("of", times)
    if times > of:
        message = gettext_noop("“times” is more than “of”, so the rule could never fire")
        raise BadDefinition(
            Problem((*path, "times"), message, found=str(times), expected=f"≤ {of}")
        )
    hold = _seconds(body, "for")
    return Timing(
        hold=hold,
        keep=_seconds(body, "keep_firing_for"),
        times=times,
        of=of,
        no_data=_seconds(body, "no_data"),
        gap=max(_LONGEST_GAP, hold),
    )


def _seconds(body: Body, key: str) -> float:
    text = body.get(key, "0")
    return 0.0 if text == "0" else parse_duration(text)


def _summary(body: Body, path: Path) -> Label:
    summary = Label.parse(body["annotations"]["summary"])
    for text in (summary.zh, summary.en):
        for place in unknown_places(text):
            raise BadDefinition(
                Problem(
                    (*path, "annotations", "summary"),
                    gettext_noop("“%(place)s” cannot be filled in"),
                    {"place": place},
                    found=place,
                    expected="{{ value }}, {{ item }}, {{ labels.NAME }}",
                )
            )
    return summary


def _references(rule_set: RuleSet) -> Iterator[Reference]:
    for template in rule_set.templates:
        yield Reference(("template",), "monitor-template", template)


def _check(rule_set: RuleSet, others: DefinitionView) -> Iterator[Problem]:
    homes = others.once(_homes)
    known = _metrics(rule_set, others)
    for rule, (at_group, at_rule) in zip(rule_set.rules, rule_set.places, strict=True):
        path: Path = ("groups", at_group, "rules", at_rule)
        if homes.get(rule.name, []) != [rule_set.name]:
            message = gettext_noop("two rules are called “%(name)s”")
            yield Problem((*path, "alert"), message, {"name": rule.name}, found=rule.name)
        if known is not None:
            yield from _unknown_metrics(rule.condition, known, (*path, "expr"))
            if rule.recovery is not None:
                yield from _unknown_metrics(rule.recovery, known, (*path, "recover"))


def _homes(others: DefinitionView) -> dict[str, list[str]]:
    """In which rule sets each rule's name occurs."""
    found: dict[str, list[str]] = {}
    for rule_set in others.all(KIND).values():
        for rule in rule_set.rules:
            found.setdefault(rule.name, []).append(rule_set.name)
    return found


def _metrics(rule_set: RuleSet, others: DefinitionView) -> frozenset[str] | None:
    """The metrics a rule may name; None where any will do, as on a page scraped as it is."""
    templates: Mapping[str, MonitorTemplate] = others.all("monitor-template")
    if rule_set.templates:
        templates = {name: templates[name] for name in rule_set.templates if name in templates}
    known = {metric.name for template in templates.values() for metric in template.metrics()}
    open_ended = any(not template.metrics() for template in templates.values())
    return None if open_ended or not templates else frozenset(known | OWN_METRICS)


def _unknown_metrics(node: Node, known: frozenset[str], path: Path) -> Iterator[Problem]:
    for selector in selectors(node):
        if selector.metric not in known:
            yield Problem(
                path,
                gettext_noop("no monitor template declares the metric “%(metric)s”"),
                {"metric": selector.metric},
                found=selector.metric,
                suggestion=closest(selector.metric, known),
                offset=selector.position,
            )


ALERT_RULES: DefinitionKind[RuleSet] = DefinitionKind(
    name=KIND,
    label=Label("告警规则", "Alert rules"),
    schema=_SCHEMA,
    parse=_rule_set,
    check=_check,
    named=_references,
    order=60,
)
