"""What is wrong with monitor templates and targets beyond what their declaration sees. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from django.utils.translation import gettext_noop as _

from wardround.collect.drivers.driver import DriverKind
from wardround.collect.types import (
    OWN_LABELS,
    OWN_METRICS,
    DeclaredTarget,
    Metric,
    MetricType,
    MonitorTemplate,
    Naming,
    Panel,
    Parameter,
    ParameterType,
    ScrapeGroup,
    TableSpec,
)
from wardround.schema.suggestions import unknown
from wardround.schema.types import Path, Problem
from wardround.schema.units import unit_problems

Drivers = Mapping[str, DriverKind]

SHORTEST_INTERVAL, LONGEST_INTERVAL = 1.0, 86_400.0


def labels_of(template: MonitorTemplate, metric: str, drivers: Drivers) -> tuple[str, ...] | None:
    """The labels that series of a declared metric may have; None where any may come."""
    if metric in OWN_LABELS:
        return (*OWN_LABELS[metric], "target")
    said = next((known for known in template.metrics if known.name == metric), None)
    driver = drivers.get(template.driver)
    labels = said.labels if said is not None else None
    if labels is None and driver is not None:
        labels = driver.yields.get(metric)
    if labels is not None:
        labels = tuple(label for label in labels if label not in template.naming.drop_labels)
    return None if labels is None else (*labels, "target")


def template_problems(template: MonitorTemplate, drivers: Drivers) -> Iterator[Problem]:
    """Its groups beside its driver's, its metrics, its panels and its parameters."""
    if template.driver not in drivers:
        message = _("there is no driver “%(name)s”")
        yield unknown(("driver",), message, template.driver, drivers)
        return
    driver = drivers[template.driver]
    names: set[str] = set()
    for index, group in enumerate(template.groups):
        path: Path = ("groups", index)
        if driver.reads and group.name not in driver.reads:
            message = _("the driver has no group “%(name)s”")
            yield unknown((*path, "name"), message, group.name, driver.reads)
        if group.name in names:
            yield Problem((*path, "name"), _("two groups of one name"), found=group.name)
        names.add(group.name)
        yield from _group_problems(group, driver, path)
    if driver.reads and template.naming != Naming():
        message = _("the driver names its metrics itself: “naming” is for pages")
        yield Problem(("naming",), message, at_key=True)
    else:
        yield from _naming_problems(template)
    for index, panel in enumerate(template.panels):
        yield from _panel_problems(panel, template, drivers, ("panels", index))
    for index, parameter in enumerate(template.parameters):
        yield from _parameter_problems(parameter, ("parameters", index, "default"))


def _group_problems(group: ScrapeGroup, driver: DriverKind, path: Path) -> Iterator[Problem]:
    if group.interval < SHORTEST_INTERVAL:
        yield Problem((*path, "interval"), _("shorter than one second"), expected="1s or longer")
    if group.interval > LONGEST_INTERVAL:
        yield Problem((*path, "interval"), _("longer than one day"), expected="1d or shorter")
    if group.timeout > group.interval:
        expected = f"{group.interval}s"
        yield Problem((*path, "timeout"), _("longer than the interval"), expected=expected)
    for metric in group.metrics:
        yield from _metric_problems(metric, group, driver, (*path, "metrics", metric.name))
    for at, table in enumerate(group.tables):
        yield from _table_problems(table, group, driver, (*path, "tables", at))


def _table_problems(
    table: TableSpec, group: ScrapeGroup, driver: DriverKind, path: Path
) -> Iterator[Problem]:
    """A table, or a column of one, that its driver does not read in this group stays empty."""
    for index, column in enumerate(table.columns):
        yield from unit_problems(column.unit, (*path, "columns", index, "unit"))
    read = driver.reads.get(group.name)
    if driver.reads and read is None:
        return  # there is no such group, which is told
    tables = read.tables if read else {}
    if table.name not in tables:
        elsewhere = [name for name, other in driver.reads.items() if table.name in other.tables]
        yield (
            _read_elsewhere((*path, "name"), table.name, elsewhere)
            if elsewhere
            else unknown(
                (*path, "name"),
                _("the driver never reads a table “%(name)s” here"),
                table.name,
                tables,
            )
        )
        return
    for index, column in enumerate(table.columns):
        if column.name not in tables[table.name]:
            message = _("the table has no column “%(name)s”")
            yield unknown(
                (*path, "columns", index, "name"), message, column.name, tables[table.name]
            )


def _read_elsewhere(
    path: Path, name: str, groups: Sequence[str], *, at_key: bool = False
) -> Problem:
    message = _("the driver reads “%(name)s” in the group “%(group)s” alone; declare it there")
    details = {"name": name, "group": groups[0]}
    return Problem(path, message, details, found=name, expected=groups[0], at_key=at_key)


def _naming_problems(template: MonitorTemplate) -> Iterator[Problem]:
    """Metrics and labels that the template declares and its naming takes away."""
    naming = template.naming
    if naming.item_label in naming.drop_labels:
        message = _("“naming” takes this label away")
        yield Problem(("naming", "item_label"), message, found=naming.item_label)
    for at, group in enumerate(template.groups):
        for metric in group.metrics:
            path: Path = ("groups", at, "metrics", metric.name)
            if metric.name not in OWN_METRICS and not naming.may_give(metric.name):
                message = _("“naming” never leaves a metric of this name")
                yield Problem(path, message, found=metric.name, at_key=True)
            for index, label in enumerate(metric.labels or ()):
                if label in naming.drop_labels:
                    message = _("“naming” takes this label away")
                    yield Problem((*path, "labels", index), message, found=label)


def _metric_problems(
    metric: Metric, group: ScrapeGroup, driver: DriverKind, path: Path
) -> Iterator[Problem]:
    yield from unit_problems(metric.unit, (*path, "unit"))
    if metric.messages and metric.messages.grows is not (metric.kind is MetricType.COUNTER):
        needed = MetricType.COUNTER if metric.messages.grows else MetricType.GAUGE
        message = _("what counts messages in this way is of the type “%(type)s”")
        found, details = str(metric.kind), {"type": str(needed)}
        yield Problem((*path, "messages"), message, details, found=found, expected=str(needed))
    if metric.name in OWN_METRICS:
        yield Problem(path, _("every target yields this by itself"), at_key=True)
    elif driver.yields and metric.name not in driver.yields:
        message = _("the driver never reads a metric “%(name)s”")
        yield unknown(path, message, metric.name, driver.yields, at_key=True)
    elif group.name in driver.reads and metric.name not in driver.reads[group.name].metrics:
        places = [name for name, reads in driver.reads.items() if metric.name in reads.metrics]
        yield _read_elsewhere(path, metric.name, places, at_key=True)
    read = driver.yields.get(metric.name)
    for index, label in enumerate(metric.labels or ()):
        if read is not None and label not in read:
            message = _("the metric has no label “%(name)s”")
            yield unknown((*path, "labels", index), message, label, read)


def _panel_problems(
    panel: Panel, template: MonitorTemplate, drivers: Drivers, path: Path
) -> Iterator[Problem]:
    known = {metric.name for metric in template.metrics} | OWN_METRICS
    yield from unit_problems(panel.unit, (*path, "unit"))
    for index, drawn in enumerate(panel.metrics):
        where = (*path, "metrics", index)
        if drawn.metric not in known:
            message = _("the template declares no metric “%(name)s”")
            yield unknown((*where, "metric"), message, drawn.metric, known)
            continue
        labels = labels_of(template, drawn.metric, drivers)
        if drawn.by is not None and drawn.by in template.naming.drop_labels:
            message = _("“naming” takes this label away")
            yield Problem((*where, "by"), message, found=drawn.by)
        elif drawn.by is not None and labels is not None and drawn.by not in labels:
            message = _("the metric has no label “%(name)s”")
            yield unknown((*where, "by"), message, drawn.by, labels)


_DEFAULTS: Mapping[ParameterType, type | tuple[type, ...]] = MappingProxyType(
    {
        ParameterType.TEXT: str,
        ParameterType.NUMBER: (int, float),
        ParameterType.BOOLEAN: bool,
        ParameterType.LIST: tuple,
    }
)


def _parameter_problems(parameter: Parameter, path: Path) -> Iterator[Problem]:
    if parameter.default is None:
        return
    if parameter.type is ParameterType.SECRET:
        yield Problem(path, _("a secret has no default"), at_key=True)
        return
    fits = isinstance(parameter.default, _DEFAULTS[parameter.type])
    if not fits or isinstance(parameter.default, bool) is not (
        parameter.type is ParameterType.BOOLEAN
    ):
        details = {"type": str(parameter.type)}
        yield Problem(path, _("the default is no %(type)s"), details, found=str(parameter.default))


def target_problems(
    targets: tuple[DeclaredTarget, ...], templates: Mapping[str, MonitorTemplate]
) -> Iterator[Problem]:
    """What is wrong with declared targets, seen beside the templates that there are."""
    for index, target in enumerate(targets):
        path: Path = ("targets", index)
        template = templates.get(target.template)
        if template is None:
            continue
        known = {parameter.name: parameter for parameter in template.parameters}
        for name in target.parameters:
            if name not in known:
                message = _("the template has no parameter “%(name)s”")
                yield unknown((*path, "parameters", name), message, name, known, at_key=True)
        for name, parameter in known.items():
            if parameter.required and name not in target.parameters:
                problem = unknown((*path, "parameters"), "", name, known)
                message = _("the parameter “%(name)s” is needed")
                yield replace(problem, message=message, found="", suggestion="")
