"""Templates as they are shipped, and targets of them, for tests without a database."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.collect.scrapes import ITEM
from wardround.collect.definitions import MONITOR_TEMPLATES
from wardround.collect.types import CollectedBatch, MonitorTemplate, TargetSpec
from wardround.kernel.ids import new_id

MONITORS = Path(__file__).resolve().parents[2] / "packs" / "monitors"


@cache
def shipped() -> dict[str, MonitorTemplate]:
    """Every template of the pack `monitors`, checked and parsed by the kind itself."""
    bodies = [
        body
        for file in sorted(MONITORS.rglob("*.yaml"))
        for body in yaml.safe_load_all(file.read_text())
        if body.get("kind") == "monitor-template"
    ]
    return {body["name"]: MONITOR_TEMPLATES.read(body) for body in bodies}


def target(
    template: str, address: str = "", *, interval: float = 15, timeout: float = 5, **parameters: Any
) -> TargetSpec:
    return TargetSpec(
        id=new_id(),
        name=f"{template} here",
        item=ITEM,
        template=shipped()[template],
        address=address,
        interval=interval,
        timeout=timeout,
        parameters=parameters,
    )


def only(spec: TargetSpec, *groups: str) -> TargetSpec:
    """The target with these groups of its template alone."""
    chosen = tuple(group for group in spec.template.groups if group.name in groups)
    return replace(spec, template=spec.template.model_copy(update={"groups": chosen}))


def values(batch: CollectedBatch) -> dict[str, float]:
    """Metric and labels in exposition's way → value; our own labels left out."""
    found = {}
    for key, value in zip(batch.keys, batch.values.tolist(), strict=True):
        labels = [(name, text) for name, text in key.labels if name != "target"]
        inside = ",".join(f"{name}={text}" for name, text in labels)
        found[f"{key.metric}{{{inside}}}" if inside else key.metric] = value
    return found
