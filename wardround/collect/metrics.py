"""What others may know of metrics before they name one: who has it, its labels, and units."""

from __future__ import annotations

from wardround.collect.drivers.registry import DRIVERS
from wardround.collect.templates import labels_of as _labels_of
from wardround.collect.types import OWN_METRICS, MonitorTemplate
from wardround.schema.units import unit_problems

__all__ = ["gives", "labels_of", "unit_problems"]


def gives(template: MonitorTemplate, metric: str) -> bool:
    """Whether targets of the template can have the metric.

    One that declares none takes pages as they are, as far as its naming leaves them; a driver that
    reads by itself keeps what is declared alone, and so nothing there.
    """
    declared = {known.name for known in template.metrics}
    if metric in declared or metric in OWN_METRICS:
        return True
    driver = DRIVERS.get(template.driver)
    reads_pages = driver is not None and not driver.reads
    return not declared and reads_pages and template.naming.may_give(metric)


def labels_of(template: MonitorTemplate, metric: str) -> tuple[str, ...] | None:
    """The labels that series of a metric may have at targets of the template; None for any."""
    return _labels_of(template, metric, DRIVERS)
