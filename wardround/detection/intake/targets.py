"""Labels that Prometheus gives to targets (`job`, `instance`): here a rule looks at one target, and
monitor templates say at which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_noop

from wardround.collect.types import OWN_METRICS
from wardround.detection.errors import NotTakenError
from wardround.detection.expression import (
    Aggregate,
    Binary,
    Call,
    Matcher,
    Node,
    Selector,
    Window,
    nodes,
)
from wardround.detection.intake.records import rebuilt
from wardround.detection.written import written

JOB, INSTANCE = "job", "instance"
ALWAYS = frozenset({JOB, INSTANCE})


@dataclass
class Jobs:
    """Which targets an expression asks for; collected while its target labels are taken out."""

    templates_of: Mapping[str, str]
    """By job, the monitor template of its targets, as whoever takes the rules in says."""
    target_labels: frozenset[str] = ALWAYS
    templates: frozenset[str] | None = None
    """The templates asked for; None where none is."""
    told_by_metric: set[str] = field(default_factory=set)
    """Matchers of jobs that were left out, since the metrics say the same."""
    constant: str = ""
    """The one job that the expression asks for."""

    def taken_out(self, node: Node) -> Node:
        """The expression without labels of targets. Raises NotTakenError."""
        match node:
            case Selector():
                return self._selector(node)
            case Window():
                return replace(node, selector=self._selector(node.selector))
            case Aggregate():
                node = replace(node, by=self._without(node.by))
            case Binary() if node.matching is not None:
                matching = node.matching
                labels, taken = self._without(matching.labels), self._without(matching.taken)
                node = replace(node, matching=replace(matching, labels=labels, taken=taken))
            case _:
                pass
        return rebuilt(node, self.taken_out)

    def _without(self, labels: Iterable[str]) -> tuple[str, ...]:
        return tuple(label for label in labels if label not in self.target_labels)

    def _selector(self, selector: Selector) -> Selector:
        kept = []
        for matcher in selector.matchers:
            if matcher.label not in self.target_labels:
                kept.append(matcher)
            elif not _always(matcher):
                self._resolve(matcher, selector)
        return replace(selector, matchers=tuple(kept))

    def _resolve(self, matcher: Matcher, selector: Selector) -> None:
        if matcher.label == JOB:
            self._job(matcher, selector)
            return
        if matcher.label != INSTANCE:
            return  # a label that says where a target stands, not which of several it is
        message = gettext_noop("It asks for certain targets by “%(label)s”")
        advice = gettext_noop(
            "Give these targets a monitor template of their own and name that in the rule"
        )
        raise NotTakenError(message, advice, written(selector), label=matcher.label)

    def _job(self, matcher: Matcher, selector: Selector) -> None:
        if matcher.operator == "=":
            self.constant = matcher.value
        found = frozenset(
            template for job, template in self.templates_of.items() if matcher.fits(job)
        )
        if not found and selector.metric not in OWN_METRICS and selector.metric:
            self.told_by_metric.add(f"{matcher.label}{matcher.operator}{matcher.value!r}")
            return
        if not found:
            message = gettext_noop(
                "It asks for targets of a job, and “%(metric)s” is of every target"
            )
            advice = gettext_noop(
                "Say which monitor template these targets have: --job JOB=TEMPLATE"
            )
            raise NotTakenError(message, advice, written(selector), metric=selector.metric or "{…}")
        self.templates = found if self.templates is None else self.templates & found
        if not self.templates:
            message = gettext_noop("It combines targets of different jobs; a rule looks at one")
            raise NotTakenError(message, part=written(selector))


def _always(matcher: Matcher) -> bool:
    """Whether a matcher of a label that every target has says nothing."""
    if matcher.operator == "=~":
        return matcher.value in {".*", ".+", "^.*$", "^.+$"}
    return matcher.operator == "!=" and not matcher.value


def over_targets(node: Node, target_labels: frozenset[str] = ALWAYS) -> Node | None:
    """The first aggregate that Prometheus makes over all targets, and we of each."""
    for part in nodes(node):
        if isinstance(part, Aggregate):
            named = target_labels & set(part.by)
            if (INSTANCE in named) is part.without:
                return part
        elif isinstance(part, Call) and part.function == "absent":
            return part
    return None
