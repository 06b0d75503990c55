"""Reading rule files: groups of Prometheus, and PrometheusRule manifests of Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from wardround.detection.intake.told import Note, Source
from wardround.schema import documents
from wardround.schema.declarations import seconds_of

MOST_BYTES = 16 * 1024 * 1024
MOST_RULES = 20_000
"""Of all files together."""
_MANIFESTS = {"PrometheusRule", "PrometheusRuleList", "List"}
_YEARS = re.compile(r"(\d+)y")

Node = documents.Node


@dataclass(frozen=True)
class RuleText:
    """One rule as it stands in a file; `is_record` for a recording rule. Times in seconds."""

    name: str
    expr: str
    source: Source
    group: str
    is_record: bool = False
    hold: float = 0.0
    keep: float = 0.0
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass
class RuleTexts:
    """What stands in some files, and what of it could not be read."""

    rules: list[RuleText] = field(default_factory=list)
    refused: list[Note] = field(default_factory=list)

    @property
    def alerts(self) -> list[RuleText]:
        return [rule for rule in self.rules if not rule.is_record]

    @property
    def records(self) -> list[RuleText]:
        return [rule for rule in self.rules if rule.is_record]


def read(files: Mapping[str, bytes]) -> RuleTexts:
    """Read rule files by name. Never raises for what stands in them."""
    found = RuleTexts()
    for file, data in files.items():
        if len(data) > MOST_BYTES:
            message = gettext_noop("The file is larger than %(most)s MB")
            details = {"most": MOST_BYTES // 1024 // 1024}
            found.refused.append(Note(Source(file, 1), message, details))
            continue
        _read(file, data, found)
    return found


def _read(file: str, data: bytes, found: RuleTexts) -> None:
    reading = documents.read(data, file)
    for problem in reading.problems:
        line = problem.place.line if problem.place else 1
        found.refused.append(Note(Source(file, line), problem.message, problem.details))
    groups = [group for document in reading.documents for group in _groups(document.root)]
    if not groups and not reading.problems:
        message = gettext_noop("There are no groups of rules in this file")
        advice = gettext_noop("Name a rule file of Prometheus or a PrometheusRule manifest")
        found.refused.append(Note(Source(file, 1), message, advice_template=advice))
    for group in groups:
        _read_group(file, group, found)


def _groups(root: Node) -> Iterator[Node]:
    """The groups of one document, wherever its kind has them."""
    kind = _text(_value(root, "kind"))
    if kind in _MANIFESTS:
        for item in _items(_value(root, "items")):
            yield from _groups(item)
        root = _value(root, "spec") or root
    yield from _items(_value(root, "groups"))


def _read_group(file: str, group: Node, found: RuleTexts) -> None:
    name = _text(_value(group, "name")) or "rules"
    labels = _texts(_value(group, "labels"))
    for node in _items(_value(group, "rules")):
        if len(found.rules) >= MOST_RULES:
            message = gettext_noop("There are more than %(most)s rules; the others were not read")
            found.refused.append(Note(Source(file, node.line), message, {"most": MOST_RULES}))
            return
        _read_rule(file, node, name, labels, found)


def _read_rule(
    file: str, node: Node, group: str, labels: Mapping[str, str], found: RuleTexts
) -> None:
    alert, record = _text(_value(node, "alert")), _text(_value(node, "record"))
    source = Source(file, node.line, alert or record)
    expr = _text(_value(node, "expr"))
    if bool(alert) == bool(record) or not expr.strip():
        message = gettext_noop("A rule has “alert” or “record”, and “expr”")
        found.refused.append(Note(source, message))
        return
    times = {}
    for key in ("for", "keep_firing_for"):
        written = _text(_value(node, key))
        seconds = _seconds(written)
        if seconds is None:
            message = gettext_noop("“%(key)s: %(found)s” is no duration")
            found.refused.append(Note(source, message, {"key": key, "found": written}))
            return
        times[key] = seconds
    found.rules.append(
        RuleText(
            name=alert or record,
            expr=expr,
            source=source,
            group=group,
            is_record=bool(record),
            hold=times["for"],
            keep=times["keep_firing_for"],
            labels={**labels, **_texts(_value(node, "labels"))},
            annotations=_texts(_value(node, "annotations")),
        )
    )


def _seconds(text: str) -> float | None:
    try:
        return seconds_of(_YEARS.sub(lambda years: f"{int(years[1]) * 365}d", text) or "0")
    except (ValueError, OverflowError):
        return None


def _value(node: Node | None, key: str) -> Node | None:
    if node is None or not isinstance(node.value, dict) or key not in node.value:
        return None
    found: Node = node.value[key][1]
    return found


def _items(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _text(node: Node | None) -> str:
    if node is None or node.value is None or isinstance(node.value, list | dict):
        return ""
    if isinstance(node.value, bool):
        return str(node.value).lower()
    return str(node.value)


def _texts(node: Node | None) -> dict[str, str]:
    if node is None or not isinstance(node.value, dict):
        return {}
    return {str(key): _text(value) for key, (_key, value) in node.value.items()}
