"""The kinds of definition of this room: monitor templates, and targets as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.collect import actions, target_rules, templates
from wardround.collect.addresses import signs_in
from wardround.collect.drivers.registry import DRIVERS
from wardround.collect.permissions import MANAGE, READ
from wardround.collect.types import TEMPLATE, DeclaredTarget, MonitorTemplate, TargetList
from wardround.kernel.secrets import is_token
from wardround.kernel.types import Actor
from wardround.schema.kinds import Content, DefinitionKind, DefinitionView
from wardround.schema.sealing import Secret
from wardround.schema.suggestions import closest
from wardround.schema.types import Label, Path, Problem

TARGETS = "targets"


def _template_problems(template: MonitorTemplate, _view: DefinitionView) -> Iterator[Problem]:
    yield from templates.template_problems(template, DRIVERS)


def _apply_templates(_values: Sequence[MonitorTemplate], _actor: Actor, _at: datetime) -> None:
    actions.tell_collectors()


def _target_problems(declared: TargetList, view: DefinitionView) -> Iterator[Problem]:
    yield from templates.target_problems(declared.targets, view.all(TEMPLATE))
    for place, target in enumerate(declared.targets):
        if signs_in(target.address):
            yield Problem(("targets", place, "address"), target_rules.NO_SIGN_IN)
        yield from _parameter_problems(target, view, ("targets", place, "parameters"))
    items = {target.item for target in declared.targets}
    keys = view.outside("item", items) | _declared_items(view)
    if not keys:
        return  # neither a database nor a pack with items: nothing to compare with
    for place, target in enumerate(declared.targets):
        if target.item not in keys:
            yield Problem(
                ("targets", place, "item"),
                _("there is no item with the key “%(key)s”"),
                {"key": target.item},
                found=target.item,
                suggestion=closest(target.item, list(keys)),
            )


def _parameter_problems(
    target: DeclaredTarget, view: DefinitionView, path: Path
) -> Iterator[Problem]:
    """A list in place of one value, or the other way round."""
    template: MonitorTemplate | None = view.get(TEMPLATE, target.template)
    types = {each.name: each.type for each in template.parameters} if template else {}
    for name, value in target.parameters.items():
        several = isinstance(value, list | tuple | Mapping)
        if name in types and value is not None and several is not (types[name] == "list"):
            message = _("must be of the type %(type)s")
            yield Problem((*path, name), message, {"type": str(types[name])})


def _declared_items(view: DefinitionView) -> frozenset[str]:
    return view.once(_keys_of_items)


def _keys_of_items(view: DefinitionView) -> frozenset[str]:
    """Keys of items that packs declare; each value of the kind `items` has `items` with `key`."""
    return frozenset(
        str(item.key)
        for value in view.all("items").values()
        for item in getattr(value, "items", ())
        if hasattr(item, "key")
    )


def _secrets(body: Mapping[str, Any], view: DefinitionView) -> Iterator[Secret]:
    known: Mapping[str, MonitorTemplate] = view.all(TEMPLATE)
    for place, target in enumerate(body["targets"]):
        former = view.former(TEMPLATE, target["template"])
        address = str(target.get("address", ""))
        if signs_in(address) or is_token(address):  # a token is of before ADR 54
            yield secret_of(place, target, former, ("address",))
        template, given = known.get(target["template"]), target.get("parameters", {})
        for name in template.secrets if template else ():
            if name in given:
                yield secret_of(place, target, former, ("parameters", name))


def secret_of(place: int, target: Mapping[str, Any], former: str, within: Path) -> Secret:
    """A secret of a declared target, by what tells the target from others wherever it moves."""
    of, was = (
        "/".join((target["item"], template, target.get("name", ""), str(within[-1])))
        for template in (target["template"], former)
    )
    return Secret(("targets", place, *within), of, was)


def _held(declared: TargetList) -> Iterator[str]:
    """The keys of the items that are watched, and of those that their pages speak for."""
    for target in declared.targets:
        yield target.item
        yield from map(str, target.parameters.get("items") or ())


def _apply_targets(values: Sequence[TargetList], actor: Actor, at: datetime) -> None:
    targets = [target for declared in values for target in declared.targets]
    actions.declare_targets(actor, targets, at=at)


MONITOR_TEMPLATES: DefinitionKind[MonitorTemplate] = DefinitionKind(
    name=TEMPLATE,
    model=MonitorTemplate,
    label=Label(zh="监控模板", en="Monitor template"),
    about=Label(
        "一类对象如何监控：驱动、指标、图表和参数。",
        "How one kind of thing is monitored: driver, metrics, charts and settings.",
    ),
    check=_template_problems,
    apply=_apply_templates,
    order=40,
)
TARGET_LISTS: DefinitionKind[TargetList] = DefinitionKind(
    name=TARGETS,
    model=TargetList,
    label=Label(zh="监控对象", en="Targets"),
    about=Label("作为数据的监控对象。", "Targets as data."),
    check=_target_problems,
    apply=_apply_targets,
    order=60,
    content=Content(READ, MANAGE, _held),
    secrets=_secrets,
)
