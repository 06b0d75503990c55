"""Shipped templates are whole; mistakes in others are named with their place."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.collect.targets import MONITORS, shipped
from wardround.collect.definitions import MONITOR_TEMPLATES, TARGET_LISTS
from wardround.schema.errors import BadDefinition
from wardround.schema.kinds import DefinitionView
from wardround.schema.metamodel import ITEM_TYPE
from wardround.schema.types import Reference, with_inherited


def template(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "monitor-template",
        "name": "mine",
        "label": {"zh": "我的", "en": "Mine"},
        "driver": "machine",
        "groups": [
            {"name": "system", "metrics": {"node_load1": {"label": "Load"}}},
        ],
        "panels": [{"name": "p", "label": "P", "metrics": [{"metric": "node_load1"}]}],
    } | changes


PAGE: dict[str, Any] = {
    "driver": "prometheus",
    "groups": [{"name": "page", "metrics": {"node_load1": {"label": "Load"}}}],
}
"""The same read from a page, where a template may name what comes."""


def problems(body: dict[str, Any]) -> list[str]:
    """Paths of everything wrong: by the schema, by reading, by the check."""
    assert MONITOR_TEMPLATES.check is not None
    try:
        value = MONITOR_TEMPLATES.read(body)
    except BadDefinition as bad:
        return [problem.dotted for problem in bad.problems]
    return [problem.dotted for problem in MONITOR_TEMPLATES.check(value, DefinitionView({}))]


def test_sound_one_has_no_problems() -> None:
    assert problems(template()) == []
    renamed = {"drop": ["node_.*"], "rename": {"load": "node_load1"}, "drop_labels": ["job"]}
    assert problems(template(naming=renamed, **PAGE)) == []
    assert problems(template(naming=renamed)) == ["naming"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"driver": "telepathy"}, "driver"),
        ({"groups": [{"name": "weather"}], "panels": []}, "groups[0].name"),
        ({"groups": [{"name": "system"}, {"name": "system"}], "panels": []}, "groups[1].name"),
        (
            {"groups": [{"name": "system", "interval": "200ms", "timeout": "100ms"}], "panels": []},
            "groups[0].interval",
        ),
        (
            {"groups": [{"name": "system", "interval": "2s", "timeout": "3s"}], "panels": []},
            "groups[0].timeout",
        ),
        (
            {"groups": [{"name": "system", "metrics": {"up": {"label": "x"}}}], "panels": []},
            "groups[0].metrics.up",
        ),
        (
            {"panels": [{"name": "p", "label": "P", "metrics": [{"metric": "node_lod1"}]}]},
            "panels[0].metrics[0].metric",
        ),
        (PAGE | {"naming": {"keep": ["("]}}, "naming.keep[0]"),
        (PAGE | {"naming": {"item_label": "host", "drop_labels": ["host"]}}, "naming.item_label"),
        (PAGE | {"naming": {"drop": [".*"]}}, "groups[0].metrics.node_load1"),
        (PAGE | {"naming": {"keep": ["nope", "node_load15"]}}, "groups[0].metrics.node_load1"),
        (PAGE | {"naming": {"rename": {"node_load1": "load"}}}, "groups[0].metrics.node_load1"),
        (
            PAGE | {"naming": {"drop": ["l1"], "rename": {"l1": "node_load1", "node_load1": "x"}}},
            "groups[0].metrics.node_load1",
        ),
        (
            PAGE
            | {
                "groups": [
                    {
                        "name": "page",
                        "metrics": {"node_load1": {"label": "Load", "labels": ["job"]}},
                    }
                ],
                "naming": {"drop_labels": ["cpu"]},
                "panels": [
                    {"name": "p", "label": "P", "metrics": [{"metric": "node_load1", "by": "cpu"}]}
                ],
            },
            "panels[0].metrics[0].by",
        ),
        (
            {
                "driver": "prometheus",
                "groups": [
                    {"name": "page", "metrics": {"m": {"label": "M", "labels": ["a", "port"]}}}
                ],
                "naming": {"drop_labels": ["port"]},
                "panels": [],
            },
            "groups[0].metrics.m.labels[1]",
        ),
    ],
)
def test_mistakes_have_a_place(changes: dict[str, Any], path: str) -> None:
    assert problems(template(**changes)) == [path]


@pytest.mark.parametrize(
    "changes",
    [
        {"groups": []},
        {"interval": "soon"},
        {"groups": [{"name": "system", "metrics": {"bad name": {"label": "x"}}}]},
        {"groups": [{"name": "system", "metrics": {"m": {"label": "x", "type": "meter"}}}]},
        {"colour": "red"},
        {
            "panels": [
                {"name": "p", "label": "P", "kind": "pie", "metrics": [{"metric": "node_load1"}]}
            ]
        },
    ],
)
def test_shape_is_checked(changes: dict[str, Any]) -> None:
    assert problems(template(**changes))


def test_everything_shipped_is_sound_and_told_twice() -> None:
    found = shipped()
    assert {"linux-machine", "postgresql", "prometheus", "wardround"} <= set(found)
    for one in found.values():
        assert MONITOR_TEMPLATES.check is not None
        assert not list(MONITOR_TEMPLATES.check(one, DefinitionView({})))
        for metric in one.metrics:
            assert metric.label.zh
            assert metric.label.en
            assert metric.label.zh != metric.label.en or metric.label.en.isupper(), metric.name
            assert (metric.kind == "counter") == metric.name.endswith("_total"), metric.name


def test_everything_shipped_says_what_it_is_for() -> None:
    """And what it says there is: a form offers no template of a database for a switch."""
    types = MONITORS.parent / "base"
    known = {
        body["name"]
        for file in sorted(types.rglob("*.yaml"))
        for body in yaml.safe_load_all(file.read_text())
        if body.get("kind") in {"item-type", "layer"}
    }
    for name, value in shipped().items():
        assert value.item_types or value.layers, name
        assert {*value.item_types, *value.layers} <= known, name


@pytest.mark.parametrize(
    ("said", "type_name", "fits"),
    [
        ({}, "host", True),
        ({"item_types": "host"}, "host", True),
        ({"item_types": "host"}, "hypervisor", True),
        ({"item_types": ["hypervisor"]}, "host", False),
        ({"layers": "hardware"}, "host", True),
        ({"layers": "hardware"}, "hypervisor", False),
        ({"layers": "virtualisation", "item_types": "host"}, "hypervisor", True),
        ({"item_types": "database"}, "host", False),
    ],
)
def test_what_a_template_is_for(said: dict[str, Any], type_name: str, *, fits: bool) -> None:
    """A type and its descendants, or whatever stands in a layer; one that says nothing, all."""
    layers = {"host": "hardware", "hypervisor": "virtualisation"}
    own = {
        name: ITEM_TYPE.read(
            {"name": name, "label": name, "layer": layer}
            | ({"extends": "host"} if name == "hypervisor" else {})
        )
        for name, layer in layers.items()
    }
    value = MONITOR_TEMPLATES.read(template(**said))
    assert value.is_for(with_inherited(own[type_name], own)) is fits


@pytest.mark.django_db
def test_targets_are_checked_beside_templates_and_items() -> None:
    body = {
        "kind": "targets",
        "name": "t",
        "targets": [
            {"item": "host-1", "template": "prometheus", "interval": "1m"},
            {"item": "hots-1", "template": "prometheus"},
            {"item": "host-1", "template": "prometeus"},
            {"item": "host-1", "template": "prometheus", "parameters": {"tokn": "x"}},
        ],
    }
    value = TARGET_LISTS.read(body)
    assert value.targets[0].interval == 60
    view = DefinitionView(
        {"monitor-template": shipped()}, outside=lambda _thing, keys: frozenset(keys) & {"host-1"}
    )
    assert TARGET_LISTS.check is not None
    wrong = {one.dotted: one for one in TARGET_LISTS.check(value, view)}
    assert set(wrong) == {
        "targets[1].item",
        "targets[3].parameters.tokn",
    }
    assert wrong["targets[1].item"].suggestion == "host-1"
    assert wrong["targets[3].parameters.tokn"].suggestion == "token"
    references = [*TARGET_LISTS.references(value)]
    assert references[2] == Reference(("targets", 2, "template"), "monitor-template", "prometeus")
