"""What the drivers of our own can read is known, so that a template cannot wait for the rest."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.collect.targets import shipped
from wardround.collect import drivers
from wardround.collect.drivers.driver import DriverKind
from wardround.collect.drivers.postgresql import _DATABASE_COUNTERS
from wardround.collect.drivers.registry import DRIVERS
from wardround.collect.templates import template_problems
from wardround.collect.types import MonitorTemplate
from wardround.schema import kinds
from wardround.schema.types import Problem

FOLDER = Path(drivers.__file__).parent
FILES = {
    "history": ("history.py",),
    "machine": ("machine.py", "machine_facts.py", "machine_processes.py", "machine_services.py"),
    "postgresql": ("postgresql.py", "postgresql_replication.py"),
    "wardround": ("platform.py",),
}
MADE = {
    "node_load{}": [f"node_load{minutes}" for minutes in (1, 5, 15)],
    "pg_stat_database_{}_total": [f"pg_stat_database_{name}_total" for name in _DATABASE_COUNTERS],
    "wardround_collector_{}": [],  # the collector's own figures, which come and go with listeners
}
"""Metrics whose names are put together while they are read."""


GROUPS = {
    "_system": "system", "_processor": "system", "_disks": "disks", "_file_system": "disks",
    "_network": "network", "read_facts": "facts",
    "ProcessReader.read": "processes", "ServiceReader.read": "services",
    "_hit_ratio": "databases", "_work": "store", "_keeping_up": "store", "_table": "store",
    "_process": "processes", "ReplicationReader.read": "replication", "_receivers": "replication",
    "_say_standby": "replication", "_say_slot": "replication", "_say_receiver": "replication",
}  # fmt: skip
"""Functions that read, by the group they read for; others are called as their group is."""


def places(file: str) -> dict[str, set[str]]:
    """Metrics and tables that a file of a driver adds, with the groups they are read in."""
    found: dict[str, set[str]] = {}
    tree = ast.parse((FOLDER / file).read_text())
    named = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    owners = {
        member: owner.name
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef)
        for member in owner.body
    }
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        name = f"{owners[function]}.{function.name}" if function.name == "read" else function.name
        group = GROUPS.get(name, function.name.removeprefix("_"))
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"out.add", "Table"}:
                first = node.args[0]
                name = first.value if isinstance(first, ast.Constant) else ""
                if name := named.get(ast.unparse(first), name):
                    found.setdefault(str(name), set()).add(group)
    return found


@pytest.mark.parametrize("driver", FILES)
def test_a_driver_reads_in_a_group_what_it_says(driver: str) -> None:
    for file in FILES[driver]:
        for name, groups in places(file).items():
            for group in groups - {"collect"}:
                reads = DRIVERS[driver].reads[group]
                assert name in {*reads.metrics, *reads.tables}, (name, group)
    read = {name for file in FILES[driver] for name in places(file)}
    assert {name for reads in DRIVERS[driver].reads.values() for name in reads.tables} <= read


def added(file: str) -> dict[str, set[str]]:
    """Metrics that a driver's file adds, with the labels that stand beside them."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse((FOLDER / file).read_text())):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "out.add"):
            continue
        labels = {keyword.arg for keyword in node.keywords if keyword.arg}
        name = node.args[0]
        if isinstance(name, ast.Constant):
            found.setdefault(str(name.value), set()).update(labels)
        elif isinstance(name, ast.JoinedStr):
            parts = [str(p.value) if isinstance(p, ast.Constant) else "{}" for p in name.values]
            for made in MADE["".join(parts)]:
                found.setdefault(made, set()).update(labels)
    return found


@pytest.mark.parametrize("driver", FILES)
def test_a_driver_yields_what_it_adds_and_nothing_else(driver: str) -> None:
    read = {name: labels for file in FILES[driver] for name, labels in added(file).items()}
    yields = DRIVERS[driver].yields
    assert set(read) <= set(yields)
    assert {name for name in yields if name not in read} <= {
        name for name in yields if name.startswith("wardround_collector_")
    }
    for name, labels in read.items():
        assert labels <= set(yields[name]), name


def mine(**changes: Any) -> list[Problem]:
    body = {
        "name": "mine",
        "label": "Mine",
        "driver": "machine",
        "groups": [{"name": "disks", "metrics": {"node_disk_busy_ratio": {"label": "Busy"}}}],
        **changes,
    }
    value: MonitorTemplate = kinds.read(MonitorTemplate, body)
    return list(template_problems(value, DRIVERS))


def metrics(**declared: dict[str, object]) -> list[dict[str, object]]:
    return [
        {
            "name": "disks",
            "metrics": {name: {"label": "x", **said} for name, said in declared.items()},
        }
    ]


@pytest.mark.parametrize(
    ("changes", "path", "meant"),
    [
        (
            {"groups": metrics(node_disc_busy_ratio={})},
            "groups[0].metrics.node_disc_busy_ratio",
            "node_disk_busy_ratio",
        ),
        (
            {"groups": metrics(node_disk_busy_ratio={"labels": ["devise"]})},
            "groups[0].metrics.node_disk_busy_ratio.labels[0]",
            "device",
        ),
        (
            {"groups": metrics(node_disk_busy_ratio={"unit": "ration"})},
            "groups[0].metrics.node_disk_busy_ratio.unit",
            "ratio",
        ),
        (
            {
                "panels": [
                    {
                        "name": "p",
                        "label": "P",
                        "metrics": [{"metric": "node_disk_busy_ratio", "by": "devise"}],
                    }
                ]
            },
            "panels[0].metrics[0].by",
            "device",
        ),
        (
            {"parameters": [{"name": "p", "label": "P", "type": "number", "default": "3"}]},
            "parameters[0].default",
            "",
        ),
    ],
)
def test_what_can_never_come_is_refused(changes: dict[str, Any], path: str, meant: str) -> None:
    assert [(problem.dotted, problem.suggestion) for problem in mine(**changes)] == [(path, meant)]


def table(name: str, *columns: str, group: str = "processes") -> dict[str, Any]:
    told = [{"name": column, "label": column} for column in columns]
    return {"groups": [{"name": group, "tables": [{"name": name, "label": "x", "columns": told}]}]}


@pytest.mark.parametrize(
    ("changes", "path", "said", "meant"),
    [
        (
            table("proceses", "pid"),
            "name",
            "the driver never reads a table “proceses”",
            "processes",
        ),
        (table("processes", "pid", "usr"), "columns[1].name", "has no column “usr”", "user"),
        (table("services", "name"), "name", "“services” in the group “services” alone", ""),
        (
            {**table("services", "name"), "driver": "prometheus"},
            "name",
            "the driver never reads a table “services”",
            "",
        ),
    ],
)
def test_a_table_that_would_stay_empty_is_refused(
    changes: dict[str, Any], path: str, said: str, meant: str
) -> None:
    (problem,) = mine(**changes)
    assert problem.dotted == f"groups[0].tables[0].{path}"
    assert said in problem.text()
    assert problem.suggestion == meant


def test_a_metric_in_a_group_that_never_reads_it_is_refused() -> None:
    (problem,) = mine(groups=[{"name": "disks", "metrics": {"node_load1": {"label": "x"}}}])
    assert problem.dotted == "groups[0].metrics.node_load1"
    assert "in the group “system” alone" in problem.text()


def test_units_are_known_wherever_something_is_counted() -> None:
    counted = {"node_disk_busy_ratio": {"label": "x", "unit": "zork"}}
    drawn = {"name": "p", "label": "P", "metrics": [{"metric": "node_disk_busy_ratio"}]}
    shown = table("processes", "pid")["groups"][0]
    shown["tables"][0]["columns"][0]["unit"] = "zork"
    groups = [{"name": "disks", "metrics": counted}, shown]
    problems = mine(groups=groups, panels=[{**drawn, "unit": "zork"}])
    assert {problem.text() for problem in problems} == {"there is no unit “zork”"}
    assert [problem.dotted for problem in problems] == [
        "groups[0].metrics.node_disk_busy_ratio.unit",
        "groups[1].tables[0].columns[0].unit",
        "panels[0].unit",
    ]
    for unit in ("张", "bit/s", "req/人", "千瓦时", ""):
        said = [{**drawn, "unit": unit}]
        assert [problem.text() for problem in mine(panels=said)] == (
            ["there is no unit “req/人”"] if unit == "req/人" else []
        )


def test_help_and_labels_reach_the_reader() -> None:
    """Declared once, told by the API beside the metric."""
    declared = mine_metric(labels=["device"], help={"zh": "磁盘有多忙", "en": "How busy it is"})
    assert declared.labels == ("device",)
    assert declared.help is not None
    assert declared.help.en == "How busy it is"


def mine_metric(**said: object) -> Any:
    body = {
        "name": "mine",
        "label": "Mine",
        "driver": "machine",
        "groups": metrics(node_disk_busy_ratio=said),
    }
    return kinds.read(MonitorTemplate, body).metrics[0]


def test_what_is_shipped_waits_for_nothing_that_never_comes() -> None:
    drivers_: dict[str, DriverKind] = DRIVERS
    for template in shipped().values():
        assert list(template_problems(template, drivers_)) == []
