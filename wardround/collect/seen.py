"""Targets as a reader sees them: with the name of their item, and of the items that they name
those alone that are within reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from wardround.cmdb import queries as cmdb
from wardround.collect import rows
from wardround.collect.models import TargetRow
from wardround.collect.types import MonitorTemplate, Target
from wardround.kernel.reach import Reach

ITEMS_PARAMETER = rows.ITEMS_PARAMETER


def targets(
    reach: Reach, found: Sequence[TargetRow], templates: Mapping[str, MonitorTemplate]
) -> list[Target]:
    """In the order of their rows; two queries, whatever their number."""
    items = cmdb.refs({row.item_id for row in found})
    shown = [rows.target(row, items[row.item_id].name, templates) for row in found]
    named = {key for target in shown for key in item_keys(target.parameters)}
    if reach.everything or not named:
        return shown
    seen = cmdb.visible_keys(reach, named)
    return [
        _with_keys(target, [key for key in item_keys(target.parameters) if key in seen])
        for target in shown
    ]


def _with_keys(target: Target, keys: list[str]) -> Target:
    if ITEMS_PARAMETER not in target.parameters:
        return target
    return replace(target, parameters={**target.parameters, ITEMS_PARAMETER: keys})


def item_keys(parameters: Mapping[str, Any]) -> list[str]:
    """The items that a target names as those its page may speak for."""
    held = parameters.get(ITEMS_PARAMETER)
    return [str(key) for key in held] if isinstance(held, list) else []
