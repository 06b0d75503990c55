"""Alert rules as definitions: what is read from them, and how mistakes are told."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from wardround.detection.definitions import ALERT_RULES
from wardround.detection.rules import Timing
from wardround.detection.types import Severity
from wardround.schema.errors import BadDefinition
from wardround.schema.packs import load
from wardround.schema.sources import Source
from wardround.schema.types import Problem

TEMPLATE = """
kind: monitor-template
name: linux
label: Linux
driver: prometheus
groups: [{name: page, metrics: {
  node_load1: {label: load}, node_filesystem_free_bytes: {label: free},
  node_filesystem_size_bytes: {label: size}}}]
"""
RULE = """
alert: DiskLow
label: {zh: 磁盘空间不足, en: Disk low}
expr: node_filesystem_free_bytes{mountpoint!="/boot"} / node_filesystem_size_bytes < 0.1
recover: node_filesystem_free_bytes / node_filesystem_size_bytes > 0.15
for: 5m
keep_firing_for: 1m30s
no_data: 60s
times: 2
of: 3
unit: ratio
labels: {severity: critical, availability: "true", team: os}
annotations: {summary: {zh: "{{ item }} 剩 {{ value | percent }}", en: "{{ value }} left"}}
"""


def _load(*rules: dict[str, Any], **body: object) -> tuple[Any, list[Problem]]:
    whole = {
        "kind": "alert-rules",
        "name": "linux",
        "template": "linux",
        "groups": [{"name": "g", "labels": {"by": "g"}, "rules": list(rules)}],
        **body,
    }
    files = {
        "pack.yaml": b'pack: test\nversion: "1"\nlabel: test\n',
        "template.yaml": TEMPLATE.encode(),
        "alerts.yaml": yaml.safe_dump(whole, allow_unicode=True, sort_keys=False).encode(),
    }
    found = load([Source("test", files)])
    values = [one.value for pack in found.packs for one in pack.definitions]
    return values, list(found.problems)


def _rule(**changes: object) -> dict[str, Any]:
    return {**yaml.safe_load(RULE), **changes}


def test_a_rule_in_full() -> None:
    values, problems = _load(_rule())
    assert problems == []
    (rule,) = values[0].rules if hasattr(values[0], "rules") else values[1].rules
    assert (rule.name, rule.label.zh, rule.severity) == (
        "DiskLow",
        "磁盘空间不足",
        Severity.CRITICAL,
    )
    assert rule.timing == Timing(hold=300, keep=90, times=2, of=3, no_data=60, gap=300)
    assert rule.templates == ("linux",)
    assert rule.labels == (("by", "g"), ("team", "os"))
    assert rule.availability
    assert rule.enabled


def test_what_is_left_out_has_a_default() -> None:
    least = {"alert": "Busy", "expr": "node_load1 > 5", "annotations": {"summary": "busy"}}
    values, problems = _load(least)
    assert problems == []
    rule = next(one for one in values if hasattr(one, "rules")).rules[0]
    assert (rule.severity, rule.timing, rule.label.en) == (Severity.WARNING, Timing(), "Busy")


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"expr": "node_load1 >"}, "groups[0].rules[0].expr", "Expected a metric"),
        ({"expr": "node_lod1 > 1"}, "groups[0].rules[0].expr", "node_lod1"),
        ({"recover": "up +"}, "groups[0].rules[0].recover", "Expected a metric"),
        ({"recover": "node_laod1 < 1"}, "groups[0].rules[0].recover", "node_laod1"),
        ({"for": "5 minutes"}, "groups[0].rules[0].for", "5 minutes"),
        ({"times": 4}, "groups[0].rules[0].times", "never fire"),
        ({"of": 0}, "groups[0].rules[0].of", ""),
        ({"labels": {"severity": "bad"}}, "groups[0].rules[0].labels.severity", "bad"),
        ({"alert": "disk low"}, "groups[0].rules[0].alert", ""),
        ({"threshold": 5}, "groups[0].rules[0].threshold", ""),
        (
            {"annotations": {"summary": "{{ valeu }}"}},
            "groups[0].rules[0].annotations.summary",
            "cannot be filled in",
        ),
    ],
)
def test_a_mistake_is_told_where_it_is(changes: dict[str, object], path: str, words: str) -> None:
    _, problems = _load(_rule(**changes))
    assert [one.dotted for one in problems] == [path]
    assert words in f"{problems[0]} {problems[0].found}"
    assert problems[0].place is not None
    assert problems[0].place.file.endswith("alerts.yaml")


def test_an_unknown_metric_names_the_nearest() -> None:
    _, (problem,) = _load(_rule(expr="1 < node_lod1"))
    assert (problem.suggestion, problem.offset) == ("node_load1", 4)


def test_several_mistakes_are_told_at_once() -> None:
    _, problems = _load(_rule(expr="("), _rule(alert="Other", expr=")"))
    assert len(problems) == 2


def test_every_mistake_of_every_sort_is_told_in_one_round() -> None:
    """Neither a wrong shape nor an expression that cannot be read hides what else is wrong."""
    rules = (
        _rule(expr="node_load1 >", recover="node_laod1 < 1", times=4, unit="secnods"),
        _rule(alert="Second", expr="node_lod1 > 1", labels={"availability": 1}),
        _rule(alert="disk low", annotations={"summary": "{{ valeu }}"}),
        _rule(alert="Third", labels={"severity": "bad", "availability": "perhaps"}),
        _rule(expr="sum by (gruop) (scrape_group_up) > 1", recover="up == 1", threshold=5),
        {"alert": "Last", "recover": "node_laod1 < 1"},
        _rule(alert="Sixth", labels={"severity": "bad", "availability": 1, "Te am": "os"}),
    )
    _, problems = _load(*rules, template=["linux", "lunix"])
    at = "groups[0].rules"
    assert sorted(problem.dotted for problem in problems) == [
        f"{at}[0].alert",
        f"{at}[0].expr",
        f"{at}[0].recover",
        f"{at}[0].times",
        f"{at}[0].unit",
        f"{at}[1].expr",
        f"{at}[1].labels.availability",
        f"{at}[2].alert",
        f"{at}[2].annotations.summary",
        f"{at}[3].labels.availability",
        f"{at}[3].labels.severity",
        f"{at}[4].alert",
        f"{at}[4].expr",
        f"{at}[4].threshold",
        f"{at}[5]",
        f"{at}[5]",
        f"{at}[5].recover",
        f"{at}[6].labels.Te am",
        f"{at}[6].labels.availability",
        f"{at}[6].labels.severity",
        "template[1]",
    ]


def test_what_is_judged_by_something_that_cannot_be_read_is_not_blamed() -> None:
    own = {"expr": "scrape_group_up == 0", "recover": "up == 1"}
    told = {"summary": "{{ labels.team }} {{ valeu }}"}
    at = "groups[0].rules[0]"
    rule = _rule(**own, annotations=told, labels={"crew": "os"})
    _, problems = _load(rule)
    assert [problem.dotted for problem in problems] == [f"{at}.annotations.summary"] * 2
    _, problems = _load({**rule, "labels": ["team"], "times": 9})
    assert sorted((problem.dotted, problem.found) for problem in problems) == [
        (f"{at}.annotations.summary", "{{ valeu }}"),
        (f"{at}.labels", "a list of 1"),
        (f"{at}.times", "9"),
    ]
    _, problems = _load({**rule, "expr": "scrape_group_up =="})
    assert sorted(problem.dotted for problem in problems) == [
        f"{at}.annotations.summary",
        f"{at}.expr",
    ]
    _, problems = _load(
        groups=[{"name": "g", "labels": 5, "rules": [{**rule, "annotations": 7}]}], template=5
    )
    assert sorted(problem.dotted for problem in problems) == [
        "groups[0].labels",
        f"{at}.annotations",
        "template",
    ]


def test_two_rules_of_one_name() -> None:
    _, problems = _load(_rule(), _rule())
    assert {one.dotted for one in problems} == {
        "groups[0].rules[0].alert",
        "groups[0].rules[1].alert",
    }


def test_an_unknown_template() -> None:
    _, problems = _load(_rule(), template=["linux", "lunix"])
    assert any(one.found == "lunix" for one in problems)


def test_what_every_target_yields_needs_no_template() -> None:
    _, problems = _load(_rule(expr="up == 0 or scrape_duration_seconds > 5", recover="up == 1"))
    assert problems == []


def test_what_a_rule_means_and_its_group_reach_the_rule() -> None:
    told = {"summary": "busy", "description": {"zh": "查看 {{ item }}", "en": "Look at {{ item }}"}}
    group = {"name": "g", "label": {"zh": "负载", "en": "Load"}, "rules": [_rule(annotations=told)]}
    values, problems = _load(groups=[group])
    assert problems == []
    rule = next(value for value in values if hasattr(value, "rules")).rules[0]
    assert (rule.description.en, rule.group.zh) == ("Look at {{ item }}", "负载")


@pytest.mark.parametrize(
    ("changes", "path", "meant"),
    [
        ({"unit": "secnods"}, "groups[0].rules[0].unit", "seconds"),
        ({"unit": "zork"}, "groups[0].rules[0].unit", ""),
        (
            {"expr": 'scrape_group_up{gruop="x"} == 0', "recover": "up == 1"},
            "groups[0].rules[0].expr",
            "group",
        ),
        (
            {"expr": "sum by (gruop) (scrape_group_up) > 1", "recover": "up == 1"},
            "groups[0].rules[0].expr",
            "group",
        ),
        (
            {
                "expr": "scrape_group_up == 0",
                "recover": "up == 1",
                "annotations": {"summary": "{{ labels.gruop }}"},
            },
            "groups[0].rules[0].annotations.summary",
            "group",
        ),
    ],
)
def test_a_name_that_nothing_has_is_told_with_the_nearest(
    changes: dict[str, object], path: str, meant: str
) -> None:
    _, problems = _load(_rule(**changes))
    assert [(problem.dotted, problem.suggestion) for problem in problems] == [(path, meant)]


def test_a_group_takes_no_interval_of_its_own() -> None:
    _, (problem,) = _load(groups=[{"name": "g", "interval": "15s", "rules": [_rule()]}])
    assert (problem.dotted, problem.at_key) == ("groups[0].interval", True)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "ftp://x/y", "https://", "https://user:secret@x/y", "https://x/y z",
        "https://x/?token=abc", "wiki/page",
    ],
)  # fmt: skip
def test_a_runbook_is_a_page_that_can_be_linked_to(address: str) -> None:
    texts = {"summary": "x", "runbook_url": address}
    rule = {"alert": "A", "expr": "up == 0", "annotations": texts}
    with pytest.raises(BadDefinition, match="no address of a page"):
        ALERT_RULES.read({"name": "t", "groups": [{"name": "g", "rules": [rule]}]})
