"""The kinds of definition of this room: monitor templates, and targets as data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.collect import actions, template_schema, templates
from wardround.collect.drivers.registry import DRIVERS
from wardround.collect.permissions import READ
from wardround.collect.types import TEMPLATE, DeclaredTarget, MonitorTemplate
from wardround.kernel.types import Actor
from wardround.schema.errors import BadDefinition
from wardround.schema.kinds import Content, DefinitionKind, DefinitionView
from wardround.schema.sealing import Secret
from wardround.schema.suggestions import closest
from wardround.schema.types import Label, Problem, Reference

TARGETS = "targets"


def _template(body: Mapping[str, Any]) -> MonitorTemplate:
    for field in ("keep", "drop"):
        for place, pattern in enumerate(body.get("naming", {}).get(field, ())):
            try:
                re.compile(pattern)
            except re.error as error:
                path = ("naming", field, place)
                raise BadDefinition(
                    Problem(
                        path,
                        _("not a regular expression: %(why)s"),
                        {"why": str(error)},
                        found=pattern,
                    )
                ) from error
    return templates.parse_template(body)


def _template_problems(template: MonitorTemplate, _view: DefinitionView) -> Iterator[Problem]:
    yield from templates.template_problems(
        template, {name: kind.groups for name, kind in DRIVERS.items()}
    )


def _apply_templates(_values: Sequence[MonitorTemplate], _actor: Actor, _at: datetime) -> None:
    actions.tell_collectors()


def _target_problems(
    targets: tuple[DeclaredTarget, ...], view: DefinitionView
) -> Iterator[Problem]:
    yield from templates.target_problems(targets, view.all(TEMPLATE))
    keys = view.outside("item", {one.item for one in targets}) | _declared_items(view)
    if not keys:
        return  # neither a database nor a pack with items: nothing to compare with
    for place, one in enumerate(targets):
        if one.item not in keys:
            yield Problem(
                ("targets", place, "item"),
                _("there is no item with the key “%(key)s”"),
                {"key": one.item},
                found=one.item,
                suggestion=closest(one.item, list(keys)),
            )


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


def _references(targets: tuple[DeclaredTarget, ...]) -> Iterator[Reference]:
    for place, one in enumerate(targets):
        yield Reference(("targets", place, "template"), TEMPLATE, one.template)


def _secrets(body: Mapping[str, Any], view: DefinitionView) -> Iterator[Secret]:
    known: Mapping[str, MonitorTemplate] = view.all(TEMPLATE)
    for place, target in enumerate(body["targets"]):
        template, given = known.get(target["template"]), target.get("parameters", {})
        for name in template.secrets if template else ():
            if name in given:
                of = "/".join((target["item"], target["template"], target.get("name", ""), name))
                yield Secret(("targets", place, "parameters", name), of)


def _held(targets: tuple[DeclaredTarget, ...]) -> Iterator[str]:
    """The keys of the items that are watched, and of those that their pages speak for."""
    for one in targets:
        yield one.item
        yield from map(str, one.parameters.get("items") or ())


def _apply_targets(
    values: Sequence[tuple[DeclaredTarget, ...]], actor: Actor, at: datetime
) -> None:
    actions.declare_targets(actor, [one for value in values for one in value], at=at)


MONITOR_TEMPLATES = DefinitionKind(
    name=TEMPLATE,
    label=Label(zh="监控模板", en="Monitor template"),
    schema=template_schema.TEMPLATE_SCHEMA,
    parse=_template,
    check=_template_problems,
    apply=_apply_templates,
    order=40,
)
TARGET_LISTS = DefinitionKind(
    name=TARGETS,
    label=Label(zh="监控对象", en="Targets"),
    schema=template_schema.TARGETS_SCHEMA,
    parse=templates.parse_targets,
    check=_target_problems,
    named=_references,
    apply=_apply_targets,
    order=60,
    content=Content(READ, _held),
    secrets=_secrets,
)
