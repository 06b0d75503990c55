"""The kinds of definition of this room: monitor templates, and targets as data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.cmdb import queries as cmdb
from wardround.collect import actions, target_rules, templates
from wardround.collect.drivers.registry import DRIVERS, reads_platform
from wardround.collect.permissions import MANAGE, READ
from wardround.collect.queries import templates as templates_in_force
from wardround.collect.types import TEMPLATE, DeclaredTarget, MonitorTemplate, TargetList
from wardround.kernel.addresses import signs_in
from wardround.kernel.secrets import is_token
from wardround.kernel.types import Actor
from wardround.schema.kinds import Content, DefinitionKind, DefinitionView
from wardround.schema.sealing import Secret
from wardround.schema.suggestions import closest
from wardround.schema.types import ItemType, Label, Path, Problem, with_inherited

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
        yield from _time_problems(target, view, ("targets", place))
    yield from _declared_twice(declared, view)
    yield from _misfits(declared, view)
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


def _misfits(declared: TargetList, view: DefinitionView) -> Iterator[Problem]:
    """Templates that are not for the item's type: nobody could set them by hand either."""
    types, templates_there = view.once(_whole_types), view.all(TEMPLATE)
    here = view.once(_types_of_items)
    keys = {target.item for target in declared.targets} - here.keys()
    stored = cmdb.items_by_key(keys) if view.sees_database else {}
    for place, target in enumerate(declared.targets):
        name = here.get(target.item) or (stored[target.item].type if target.item in stored else "")
        item_type, template = types.get(name), templates_there.get(target.template)
        if item_type is None or template is None:
            continue  # that is told of by others
        wrong = target_rules.unfit(template, item_type, templates_there.values())
        if wrong is not None:
            _field, text, fill = wrong
            yield Problem(("targets", place, "template"), text, fill, found=target.template)


def _whole_types(view: DefinitionView) -> Mapping[str, ItemType]:
    own: Mapping[str, ItemType] = view.all("item-type")
    return {name: with_inherited(value, own) for name, value in own.items()}


def _types_of_items(view: DefinitionView) -> Mapping[str, str]:
    """By key, the types of items that packs declare."""
    return {
        str(item.key): item.type
        for value in view.all("items").values()
        for item in getattr(value, "items", ())
        if hasattr(item, "key")
    }


def _time_problems(target: DeclaredTarget, view: DefinitionView, path: Path) -> Iterator[Problem]:
    """Times that nobody could set by hand either; what is not said is the template's."""
    template: MonitorTemplate | None = view.get(TEMPLATE, target.template)
    if template is None:
        return
    interval = target.interval or template.interval
    timeout = target.timeout or min(template.timeout, interval)
    for field, message, details in target_rules.wrong_times(interval, timeout):
        yield Problem((*path, field.removesuffix("_s")), message, details)


def _declared_twice(declared: TargetList, view: DefinitionView) -> Iterator[Problem]:
    """What another line declares already would be collected twice, or one would undo the other."""
    declaring = view.once(_declaring)
    for place, target in enumerate(declared.targets):
        others = (
            other
            for same in _marks(target, view)
            for other in declaring.get(same, ())
            if other != (declared.name, place)
        )
        if other := next(others, None):
            message = _(
                "this target is declared twice: entry %(entry)s of “%(other)s” declares it, too"
            )
            details = {"entry": other[1] + 1, "other": other[0]}
            yield Problem(("targets", place), message, details, found=target.item)


def _declaring(view: DefinitionView) -> Mapping[object, Sequence[tuple[str, int]]]:
    """By what tells a target, the definitions and their entries that tell it."""
    found: dict[object, list[tuple[str, int]]] = {}
    for name, declared in sorted(view.all(TARGETS).items()):
        for place, target in enumerate(declared.targets):
            for same in _marks(target, view):
                found.setdefault(same, []).append((name, place))
    return found


def _marks(target: DeclaredTarget, view: DefinitionView) -> Iterator[object]:
    """Its place, and what is collected from where; secrets do not tell two targets apart."""
    yield target.place
    template: MonitorTemplate | None = view.get(TEMPLATE, target.template)
    secret = template.secrets if template else frozenset()
    said = {name: value for name, value in target.parameters.items() if name not in secret}
    told = json.dumps(said, sort_keys=True, default=str)
    yield target.item, target.template, target.address, told


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
        "/".join((str(target.get("item")), template, target.get("name") or "", str(within[-1])))
        for template in (str(target.get("template")), former)
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


def _beyond(declared: TargetList, actor: Actor) -> Iterator[Problem]:
    """Targets that read the platform itself, whichever item they are said to be of."""
    if actor.scope_of(MANAGE).everything:
        return
    known = templates_in_force()
    for place, target in enumerate(declared.targets):
        template = known.get(target.template)
        if template is not None and reads_platform(template.driver, target.address):
            yield Problem(("targets", place, "template"), target_rules.ONLY_EVERYWHERE)


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
    beyond=_beyond,
)
