"""What others may know of metrics before they name one: their labels, and units."""

from __future__ import annotations

from wardround.collect.drivers.registry import DRIVERS
from wardround.collect.templates import labels_of as _labels_of
from wardround.collect.types import MonitorTemplate
from wardround.schema.units import unit_problems

__all__ = ["labels_of", "unit_problems"]


def labels_of(template: MonitorTemplate, metric: str) -> tuple[str, ...] | None:
    """The labels that series of a metric may have at targets of the template; None for any."""
    return _labels_of(template, metric, DRIVERS)
