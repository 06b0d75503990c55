"""From the bodies of definitions, already checked by their schemas, to frozen values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.collect.types import (
    OWN_METRICS,
    Column,
    DeclaredTarget,
    Group,
    Metric,
    MonitorTemplate,
    Naming,
    Panel,
    PanelMetric,
    Parameter,
    TableSpec,
)
from wardround.schema.types import Label, Problem

Body = Mapping[str, Any]
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)\Z")
_INTERVAL, _TIMEOUT = 15.0, 10.0
SHORTEST_INTERVAL = 1.0


def seconds(text: str | float) -> float:
    """A duration such as `15s`, `500ms` or `5m`; a bare number is seconds."""
    if isinstance(text, int | float):
        return float(text)
    found = _DURATION.match(text)
    if found is None:
        message = f"not a duration: {text!r}"
        raise ValueError(message)
    return float(found[1]) * _UNITS[found[2]]


def parse_template(body: Body) -> MonitorTemplate:
    interval = seconds(body.get("interval", _INTERVAL))
    timeout = seconds(body.get("timeout", min(_TIMEOUT, interval)))
    return MonitorTemplate(
        name=body["name"],
        label=Label.parse(body["label"]),
        driver=body["driver"],
        groups=tuple(_group(one, interval, timeout) for one in body["groups"]),
        parameters=tuple(_parameter(one) for one in body.get("parameters", ())),
        panels=tuple(_panel(one) for one in body.get("panels", ())),
        naming=_naming(body.get("naming", {})),
    )


def _group(body: Body, interval: float, timeout: float) -> Group:
    metrics = body.get("metrics", {})
    return Group(
        name=body["name"],
        interval=seconds(body.get("interval", interval)),
        timeout=seconds(body.get("timeout", timeout)),
        metrics=tuple(_metric(name, one) for name, one in metrics.items()),
        tables=tuple(_table(one) for one in body.get("tables", ())),
    )


def _metric(name: str, body: Body) -> Metric:
    return Metric(name, Label.parse(body["label"]), body.get("type", "gauge"), body.get("unit", ""))


def _column(body: Body) -> Column:
    return Column(body["name"], Label.parse(body["label"]), body.get("unit", ""))


def _table(body: Body) -> TableSpec:
    columns = tuple(_column(one) for one in body["columns"])
    return TableSpec(body["name"], Label.parse(body["label"]), columns)


def _parameter(body: Body) -> Parameter:
    return Parameter(
        name=body["name"],
        label=Label.parse(body["label"]),
        type=body.get("type", "text"),
        required=body.get("required", False),
        default=body.get("default"),
    )


def _panel(body: Body) -> Panel:
    return Panel(
        name=body["name"],
        label=Label.parse(body["label"]),
        metrics=tuple(_panel_metric(one) for one in body["metrics"]),
        unit=body.get("unit", ""),
        kind=body.get("kind", "line"),
    )


def _panel_metric(body: Body) -> PanelMetric:
    label = Label.parse(body["label"]) if "label" in body else None
    return PanelMetric(body["metric"], label, body.get("aggregate", ""), body.get("by", ""))


def _naming(body: Body) -> Naming:
    return Naming(
        keep=tuple(body.get("keep", ())),
        drop=tuple(body.get("drop", ())),
        rename=tuple(body.get("rename", {}).items()),
        drop_labels=tuple(body.get("drop_labels", ())),
        item_label=body.get("item_label", ""),
    )


def parse_targets(body: Body) -> tuple[DeclaredTarget, ...]:
    return tuple(
        DeclaredTarget(
            item=one["item"],
            template=one["template"],
            address=one.get("address", ""),
            name=one.get("name", ""),
            interval=seconds(one.get("interval", 0)),
            timeout=seconds(one.get("timeout", 0)),
            parameters=one.get("parameters", {}),
        )
        for one in body["targets"]
    )


def template_problems(
    template: MonitorTemplate, drivers: Mapping[str, Iterable[str]]
) -> Iterator[Problem]:
    """What the schema cannot say. `drivers` gives the group names each driver knows; an empty
    list means that it takes any.
    """
    if template.driver not in drivers:
        yield Problem(
            ("driver",),
            _("there is no driver of this name"),
            found=template.driver,
            expected=", ".join(sorted(drivers)),
        )
        return
    known = frozenset(drivers[template.driver])
    names: set[str] = set()
    for place, group in enumerate(template.groups):
        path = ("groups", place, "name")
        if known and group.name not in known:
            expected = ", ".join(sorted(known))
            yield Problem(
                path, _("the driver has no such group"), found=group.name, expected=expected
            )
        if group.name in names:
            yield Problem(path, _("two groups of one name"), found=group.name)
        names.add(group.name)
        yield from _group_problems(group, ("groups", place))
    for place, parameter in enumerate(template.parameters):
        if parameter.name in template.secrets and parameter.default is not None:
            path = ("parameters", place, "default")
            yield Problem(path, _("a secret has no default"), at_key=True)
    yield from _panel_problems(template)


def _group_problems(group: Group, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if group.interval < SHORTEST_INTERVAL:
        yield Problem((*path, "interval"), _("shorter than one second"), expected="1s or longer")
    if group.timeout > group.interval:
        yield Problem(
            (*path, "timeout"), _("longer than the interval"), expected=f"{group.interval}s"
        )
    for metric in group.metrics:
        if metric.name in OWN_METRICS:
            yield Problem(
                (*path, "metrics", metric.name),
                _("every target yields this by itself"),
                at_key=True,
            )


def _panel_problems(template: MonitorTemplate) -> Iterator[Problem]:
    known = {metric.name for metric in template.metrics()} | OWN_METRICS
    for place, panel in enumerate(template.panels):
        for row, one in enumerate(panel.metrics):
            if one.metric not in known:
                path = ("panels", place, "metrics", row, "metric")
                yield Problem(path, _("the template declares no such metric"), found=one.metric)


def target_problems(
    targets: tuple[DeclaredTarget, ...], templates: Mapping[str, MonitorTemplate]
) -> Iterator[Problem]:
    """What is wrong with declared targets, seen beside the templates."""
    for place, target in enumerate(targets):
        template = templates.get(target.template)
        if template is None:
            yield Problem(
                ("targets", place, "template"), _("no such template"), found=target.template
            )
            continue
        known = {one.name for one in template.parameters}
        for name in target.parameters:
            if name not in known:
                yield Problem(
                    ("targets", place, "parameters", name),
                    _("the template has no such parameter"),
                    found=name,
                    expected=", ".join(sorted(known)) or "none",
                    at_key=True,
                )
