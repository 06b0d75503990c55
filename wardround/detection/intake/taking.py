"""Taking rules of Prometheus in: each becomes a rule of ours, or it is said why not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop

from wardround.collect.types import OWN_METRICS, MonitorTemplate
from wardround.detection.declared import is_web_address
from wardround.detection.errors import BadExpression, NotTakenError
from wardround.detection.expression import Node, selectors
from wardround.detection.intake.files import RuleText, read
from wardround.detection.intake.records import Records, by_name
from wardround.detection.intake.severities import severity_of
from wardround.detection.intake.targets import ALWAYS, Jobs, over_targets
from wardround.detection.intake.texts import Text
from wardround.detection.intake.together import Meaning, of_one_target, stands_alone
from wardround.detection.intake.told import Note, note_of
from wardround.detection.parse import parse
from wardround.detection.written import duration, written

_NAME = re.compile(r"[^A-Za-z0-9_]+")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_LONGEST_NAME = 90
_SUMMARIES = ("summary", "title", "message")
_DESCRIPTIONS = ("description", "message")
_RUNBOOKS = ("runbook_url", "runbook")
_EXCERPT = 160
_AMISS = {
    Meaning.WRONG: gettext_noop(
        "Prometheus looks at all targets together here; looked at by itself, a target "
        "that is fine would be told"
    ),
    Meaning.SILENT: gettext_noop(
        "Prometheus looks at all targets together here; looked at by itself, a target "
        "keeps its own alert away"
    ),
}
_FOR_ONE_TARGET = gettext_noop(
    "Write it for one target; where one target has it all, take it with --each-target"
)


@dataclass(frozen=True)
class Wishes:
    """What whoever takes rules in says beforehand."""

    jobs: Mapping[str, str] = field(default_factory=dict)
    """By job of Prometheus, the monitor template of its targets."""
    templates: tuple[str, ...] = ()
    """Templates of rules that ask for no job; every target that has the metrics if none."""
    severities: Mapping[str, str] = field(default_factory=dict)
    target_labels: frozenset[str] = frozenset()
    """Labels that Prometheus gave to targets, beside `job` and `instance`."""
    each_target: bool = False
    """Rules over all targets together are taken in for each by itself, whatever they say then."""


@dataclass(frozen=True)
class Known:
    """What there is already."""

    templates: Mapping[str, MonitorTemplate]
    rules: Collection[str]


@dataclass(frozen=True)
class Taken:
    """A rule of ours made of one of Prometheus."""

    text: RuleText
    body: Mapping[str, Any]
    templates: tuple[str, ...]
    needs: tuple[str, ...]
    """Metrics that no monitor template collects by name."""
    notes: tuple[Note, ...]

    @property
    def name(self) -> str:
        return str(self.body["alert"])


@dataclass(frozen=True)
class Intake:
    """What came of some files."""

    taken: tuple[Taken, ...]
    refused: tuple[Note, ...]
    records: tuple[Note, ...]
    """Recording rules that no alert uses: they are not taken in."""

    @property
    def alerts(self) -> int:
        """How many alerting rules were in the files."""
        return len(self.taken) + sum(1 for note in self.refused if note.source.rule)


def take(files: Mapping[str, bytes], wishes: Wishes, known: Known) -> Intake:
    """Read rule files by name and make our rules of what they hold. Pure."""
    texts = read(files)
    records = by_name(texts.records)
    used: set[str] = set()
    names = {name.lower() for name in known.rules}
    taken: list[Taken] = []
    refused = list(texts.refused)
    for text in texts.alerts:
        try:
            rule = _Taking(text, wishes, known).rule(Records(records), used, names)
        except NotTakenError as error:
            refused.append(note_of(error, text.source))
            continue
        names.add(rule.name.lower())
        taken.append(rule)
    return Intake(tuple(taken), tuple(refused), tuple(_unused(texts.records, used)))


def _unused(records: Sequence[RuleText], used: Collection[str]) -> Iterator[Note]:
    message = gettext_noop("A recording rule that no alert uses is not taken in")
    for record in records:
        if record.name not in used:
            yield Note(record.source, message)


@dataclass
class _Taking:
    """One rule on its way."""

    text: RuleText
    wishes: Wishes
    known: Known
    notes: list[Note] = field(default_factory=list)

    def rule(self, records: Records, used: set[str], names: Collection[str]) -> Taken:
        node = _parsed(self.text.expr)
        jobs = Jobs(self.wishes.jobs, ALWAYS | self.wishes.target_labels)
        found: list[str] = []
        whole = records.put_in(node, found)
        turned = jobs.taken_out(whole)
        used.update(found)
        templates = self._templates(turned, jobs)
        expr = self.text.expr.strip() if turned == node else written(turned)
        if turned != node:
            _parsed(expr)  # with what was put in it must still be short enough
        self._look_at_targets(whole, jobs, templates)
        return Taken(
            text=self.text,
            body=self._body(expr, _name(self.text, names), jobs.constant),
            templates=templates,
            needs=self._needs(turned),
            notes=tuple(self.notes),
        )

    # Targets -------------------------------------------------------------------------------------

    def _templates(self, node: Node, jobs: Jobs) -> tuple[str, ...]:
        """The templates that the rule is for, all of which can have its metrics."""
        wanted = sorted(jobs.templates) if jobs.templates else self.wishes.templates
        metrics = {selector.metric for selector in selectors(node)} - OWN_METRICS - {""}
        for name in wanted:
            template = self.known.templates.get(name)
            if template is None:
                message = gettext_noop("There is no monitor template “%(name)s”")
                raise NotTakenError(message, name=name)
            missing = sorted(metrics - _collected(template)) if template.metrics else []
            if missing:
                message = gettext_noop(
                    "The monitor template “%(name)s” does not collect %(metric)s"
                )
                advice = gettext_noop("Add the metric to the template, or name another template")
                raise NotTakenError(message, advice, missing[0], name=name, metric=missing[0])
        if not wanted:
            self._meet_somewhere(metrics)
        return tuple(wanted)

    def _meet_somewhere(self, metrics: Collection[str]) -> None:
        """Metrics that templates collect, but none of them together, are of different targets."""
        homes = {
            metric: {
                name
                for name, template in self.known.templates.items()
                if metric in _collected(template)
            }
            for metric in metrics
        }
        known = {metric: found for metric, found in homes.items() if found}
        if len(known) > 1 and not frozenset.intersection(*map(frozenset, known.values())):
            message = gettext_noop("%(metrics)s come from different targets; a rule looks at one")
            raise NotTakenError(message, metrics=", ".join(sorted(known)))

    def _needs(self, node: Node) -> tuple[str, ...]:
        collected = {
            metric for template in self.known.templates.values() for metric in _collected(template)
        }
        metrics = {selector.metric for selector in selectors(node)}
        return tuple(sorted(metrics - collected - OWN_METRICS - {""}))

    def _look_at_targets(self, node: Node, jobs: Jobs, templates: Collection[str]) -> None:
        """What Prometheus judges over all targets together must not tell of healthy ones, nor keep
        silent for ever.
        """
        if stands_alone(node) and not templates:
            message = gettext_noop(
                "It can hold of a target that has none of its metrics, and nothing says which "
                "targets are meant"
            )
            advice = gettext_noop("Name their monitor template: --template NAME, --job JOB=NAME")
            raise NotTakenError(message, advice, written(node))
        meaning = of_one_target(node)
        over = over_targets(node, ALWAYS | self.wishes.target_labels) or node
        if meaning in _AMISS and not self.wishes.each_target:
            raise NotTakenError(_AMISS[meaning], _FOR_ONE_TARGET, written(over))
        self._tell_of_targets(meaning, written(over))
        if jobs.told_by_metric:
            message = gettext_noop(
                "The job is left out: the rule is for every target that has the metric"
            )
            self._note(message, ", ".join(sorted(jobs.told_by_metric)))

    def _tell_of_targets(self, meaning: Meaning, part: str) -> None:
        if meaning is Meaning.FEWER:
            message = gettext_noop(
                "Prometheus looks at all targets together here, Wardround at each by itself; the "
                "same where one target has it all"
            )
            self._note(message, part)
        elif meaning is not Meaning.SAME:
            message = gettext_noop(
                "Prometheus looks at all targets together here, Wardround at each by itself: it "
                "can alert for one where Prometheus is silent; the same where one has it all"
            )
            self._note(message, part)

    def _note(self, template: str, part: str = "", **details: object) -> None:
        self.notes.append(Note(self.text.source, template, details, part))

    # The rule ------------------------------------------------------------------------------------

    def _body(self, expr: str, name: str, job: str) -> dict[str, Any]:
        body: dict[str, Any] = {"alert": name}
        if name != self.text.name:
            body["label"] = self.text.name
        body["expr"] = expr
        if self.text.hold:
            body["for"] = duration(self.text.hold)
        if self.text.keep:
            body["keep_firing_for"] = duration(self.text.keep)
        body["labels"] = self._labels()
        body["annotations"] = self._annotations(job)
        return body

    def _labels(self) -> dict[str, str]:
        written_severity = self.text.labels.get("severity", "")
        severity = severity_of(written_severity, self.wishes.severities)
        if severity is None:
            message = gettext_noop(
                "The severity “%(found)s” is not known; it is taken as a warning"
            )
            self._note(message, found=written_severity)
            severity = "warning"
        labels = {"severity": severity}
        for label, value in self.text.labels.items():
            if label in {"severity", "alertname", "availability"}:
                continue
            if "{{" in value or not _LABEL.fullmatch(label):
                message = gettext_noop("The label “%(label)s” is left out: it is not a fixed text")
                self._note(message, value, label=label)
                continue
            labels[label] = value
        return labels

    def _annotations(self, job: str) -> dict[str, str]:
        turned, left_out = {}, []
        for key in dict.fromkeys((*_SUMMARIES, *_DESCRIPTIONS)):
            text = Text(job)
            turned[key] = text.turned(self.text.annotations.get(key, ""))
            left_out += text.left_out
        summary = next((turned[key] for key in _SUMMARIES if turned[key]), "")
        description = next((turned[key] for key in _DESCRIPTIONS if turned[key]), "")
        found = {"summary": summary or description or self.text.name}
        if description and description != found["summary"]:
            found["description"] = description
        if left_out:
            message = gettext_noop("Places of the texts that cannot be filled in are left out")
            self._note(message, "; ".join(dict.fromkeys(left_out))[:_EXCERPT])
        self._runbook(found)
        return found

    def _runbook(self, found: dict[str, str]) -> None:
        address = next(
            (self.text.annotations[key] for key in _RUNBOOKS if key in self.text.annotations), ""
        )
        if is_web_address(address):
            found["runbook_url"] = address
        elif address:
            message = gettext_noop(
                "The runbook is left out: it is no address that a page can link to"
            )
            self._note(message, address[:_EXCERPT])


def _parsed(text: str) -> Node:
    try:
        return parse(text)
    except BadExpression as bad:
        part = text[bad.position : bad.position + _EXCERPT].strip() or text[:_EXCERPT].strip()
        raise NotTakenError(bad.template, _advice(bad), part, **bad.details) from None


def _advice(bad: BadExpression) -> str:
    if bad.template == "The expression names no metric":
        return gettext_noop(
            "A rule that always fires shows that the way to people works; here the platform itself "
            "tells when a collector is dead"
        )
    return gettext_noop("Write the condition anew; docs/alerts.md says what it may hold")


def _collected(template: MonitorTemplate) -> frozenset[str]:
    return frozenset(metric.name for metric in template.metrics)


def _name(text: RuleText, names: Collection[str]) -> str:
    """A name that no other rule has: a second one of the same name is told by its severity."""
    plain = _NAME.sub("_", text.name).strip("_")[:_LONGEST_NAME]
    if not plain[:1].isalpha():
        plain = f"Rule_{plain}".rstrip("_")
    severity = _NAME.sub("", text.labels.get("severity", "")).capitalize()[:20]
    if plain.lower() in names and severity:
        plain = f"{plain}{severity}"
    found, number = plain, 2
    while found.lower() in names:
        found, number = f"{plain}_{number}", number + 1
    return found
