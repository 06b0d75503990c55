"""Targets that live by definitions: by their template, or by the line that declares them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from wardround.cmdb.types import ItemsDefinition
from wardround.collect import actions
from wardround.collect.definitions import TARGETS, secret_of
from wardround.collect.models import TargetRow
from wardround.collect.rows import is_sealed, sealed
from wardround.collect.types import TEMPLATE, MonitorTemplate, Parameter, TargetList
from wardround.kernel import audit, live
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.dependents import Changed, Holder, Renames, rows_by
from wardround.schema.kinds import parts
from wardround.schema.sealing import Secret
from wardround.schema.stored_secrets import seal_kept
from wardround.schema.types import Capability, ItemType, Label, with_inherited

_LABEL = Label("监控对象", "target")


def _of_templates(names: Collection[str]) -> Mapping[str, int]:
    return _counted(TargetRow.objects.filter(template__in=names), "template")


def _rows_of_templates(names: Collection[str]) -> Mapping[str, Collection[UUID]]:
    return rows_by("template", TargetRow.objects.filter(template__in=names))


def _declared(places: Collection[str]) -> Mapping[str, int]:
    rows = TargetRow.objects.filter(declared__in=places, undeclared_at=None)
    return _counted(rows, "declared")


def _rows_declared(places: Collection[str]) -> Mapping[str, Collection[UUID]]:
    return rows_by("declared", TargetRow.objects.filter(declared__in=places, undeclared_at=None))


def _counted(rows: Any, column: str) -> Mapping[str, int]:
    counted = rows.values(column).annotate(number=Count("id")).order_by()
    return {row[column]: row["number"] for row in counted}


def _of_items(keys: Collection[str]) -> Mapping[str, int]:
    return {key: len(ids) for key, ids in _rows_of_items(keys).items()}


def _rows_of_items(keys: Collection[str]) -> Mapping[str, Collection[UUID]]:
    """By key, the targets of items that a definition declares: with the item they are paused."""
    rows = TargetRow.objects.filter(item__key__in=keys, item__retired_at=None)
    return rows_by("item__key", rows.exclude(item__origin=""))


def _keys(_name: str, definition: ItemsDefinition, _renames: Renames) -> Sequence[str]:
    return [entry.key for entry in definition.items]


def _places(_name: str, declared: TargetList, renames: Renames) -> Sequence[str]:
    renamed = {old: new for (kind, old), new in renames.items() if kind == TEMPLATE}
    return [
        target.model_copy(update={"template": renamed.get(target.template, target.template)}).place
        for target in declared.targets
    ]


def _give_templates(actor: Actor, names: Mapping[str, str], at: datetime) -> None:
    """Targets of a renamed template take its new name, in the place they are declared at too."""
    for old, new in names.items():
        rows = list(TargetRow.objects.filter(template=old))
        for row in rows:
            row.template, row.updated_at, row.version = new, at, row.version + 1
            if row.declared:
                item, _template, name = row.declared.split("/", 2)
                row.declared = f"{item}/{new}/{name}"
        TargetRow.objects.bulk_update(rows, ["template", "declared", "updated_at", "version"])
        subject = ("monitor-template", new)
        audit.record(actor, "target.rename_template", subject=subject, old=old, count=len(rows))
    _tell()


def _templates_gone(_actor: Actor, _names: Collection[str], _at: datetime) -> None:
    """Nothing is written: a target whose template is gone says so whenever it is read."""
    _tell()


_SLASH = "/"
"""Stands between the names of a template and of a parameter of it."""


def _parameters_taken(changed: Changed) -> Mapping[str, Collection[str]]:
    """By template that stays, the parameters that it has no more, or of a type that does not take
    what targets set.
    """
    found = {}
    for name, before in changed.before.items():
        after = changed.after.get(changed.renames.get(name, name))
        if after is not None:
            kept = {known.name: _kept_as(known) for known in after.parameters}
            lost = [
                each.name for each in before.parameters if kept.get(each.name) != _kept_as(each)
            ]
            found[name] = [_SLASH.join((name, parameter)) for parameter in lost]
    return found


def _kept_as(parameter: Parameter) -> str:
    """What sort of value a target keeps for it: a secret is a text."""
    return "text" if parameter.type == "secret" else parameter.type


def _setting(marks: Collection[str]) -> Mapping[str, int]:
    """By template and parameter, how many targets set it."""
    found = {}
    for mark in marks:
        template, _slash, parameter = mark.rpartition(_SLASH)
        rows = TargetRow.objects.filter(template=template, parameters__has_key=parameter)
        if count := rows.count():
            found[mark] = count
    return found


def _parameter_of(mark: str) -> str:
    return mark.rpartition(_SLASH)[2]


def _parameters_needed(changed: Changed) -> Mapping[str, Collection[str]]:
    """By template that stays, the parameters that it needs from now on."""
    found = {}
    for name, before in changed.before.items():
        after = changed.after.get(changed.renames.get(name, name))
        if after is not None:
            needed = _needed(after) - _needed(before)
            found[name] = [_SLASH.join((name, parameter)) for parameter in sorted(needed)]
    return found


def _needed(template: MonitorTemplate) -> set[str]:
    return {known.name for known in template.parameters if known.required and known.default is None}


def _without(marks: Collection[str]) -> Mapping[str, Collection[UUID]]:
    """By template and parameter, the targets that do not set it."""
    found = {}
    for mark in marks:
        template, _slash, parameter = mark.rpartition(_SLASH)
        rows = TargetRow.objects.filter(template=template, undeclared_at=None)
        found[mark] = set(rows.exclude(parameters__has_key=parameter).values_list("id", flat=True))
    return found


def _not_for_any_more(changed: Changed) -> Mapping[str, Collection[str]]:
    """By template that stays, the types of the items that it is for no longer: their targets stay,
    and nobody could set them up again.
    """
    now: Mapping[str, ItemType] = schema.item_types()
    own = changed.view.all("item-type")
    then = {
        changed.view.former("item-type", name): with_inherited(each, own)
        for name, each in own.items()
    }
    found = {}
    for name, before in changed.before.items():
        after = changed.after.get(changed.renames.get(name, name))
        if after is not None and (after.item_types, after.layers) != (
            before.item_types, before.layers
        ):  # fmt: skip
            found[name] = [
                _SLASH.join((name, old))
                for old, becomes in then.items()
                if old in now and before.is_for(now[old]) and not after.is_for(becomes)
            ]
    return found


def _monitored_no_more(changed: Changed) -> Mapping[str, Collection[str]]:
    """By type, itself and those below it whose items are monitored no longer."""
    found: dict[str, list[str]] = {}
    for name in changed.all_before:
        now = with_inherited(changed.all_before[name], changed.all_before)
        becomes = changed.after.get(changed.renames.get(name, name))
        then = becomes and with_inherited(becomes, changed.after)
        if then and now.can(Capability.MONITORED) and not then.can(Capability.MONITORED):
            cause = next((kin for kin in now.lineage if kin in changed.differing), name)
            found.setdefault(cause, []).append(name)
    return found


def _by_type_of_item(types: Collection[str]) -> Mapping[str, Collection[UUID]]:
    """By type of item, the targets."""
    rows = TargetRow.objects.filter(item__type__in=types, item__retired_at=None, undeclared_at=None)
    return rows_by("item__type", rows)


def _how_many_of_items(types: Collection[str]) -> Mapping[str, int]:
    return {name: len(ids) for name, ids in _by_type_of_item(types).items()}


def _of_types(marks: Collection[str]) -> Mapping[str, Collection[UUID]]:
    """By template and type of item, the targets."""
    found: dict[str, Collection[UUID]] = {}
    for mark in marks:
        template, _slash, item_type = mark.rpartition(_SLASH)
        rows = TargetRow.objects.filter(
            template=template, item__type=item_type, item__retired_at=None, undeclared_at=None
        )
        if ids := set(rows.values_list("id", flat=True)):
            found[mark] = ids
    return found


def _how_many_of_types(marks: Collection[str]) -> Mapping[str, int]:
    return {mark: len(ids) for mark, ids in _of_types(marks).items()}


def _how_many_without(marks: Collection[str]) -> Mapping[str, int]:
    return {mark: len(ids) for mark, ids in _without(marks).items()}


def _nothing(_name: str, _template: object, _renames: Renames) -> Sequence[str]:
    return ()


def _seal_what_is_secret_now(actor: Actor, changed: Changed, _at: datetime) -> None:
    """A parameter that a template calls a secret from now on is one in every target of it."""
    for name, before in changed.before.items():
        after = changed.after.get(changed.renames.get(name, name))
        if after is not None and (fresh := after.secrets - before.secrets):
            rows = TargetRow.objects.filter(
                template=after.name, parameters__has_any_keys=sorted(fresh)
            )
            kept = list(rows)
            for row in kept:
                shown = {name: row.parameters[name] for name in fresh & row.parameters.keys()}
                clear = {name: value for name, value in shown.items() if not is_sealed(value)}
                row.parameters = {**row.parameters, **sealed(after, clear, {})}
            TargetRow.objects.bulk_update(kept, ["parameters"])
            told = {"parameters": sorted(fresh), "count": len(kept)}
            audit.record(actor, "target.seal", subject=(TEMPLATE, after.name), **told)
            _seal_texts(fresh, {name, after.name}, changed.after)


def _seal_texts(fresh: Collection[str], names: Collection[str], known: Collection[str]) -> None:
    """In every version of `targets`; one that names a template that is no more may mean this."""

    def declared(body: Mapping[str, Any]) -> Iterator[Secret]:
        for place, target in parts(body, "targets"):
            template, given = str(target.get("template")), target.get("parameters")
            if template in names or template not in known:
                for parameter in {*given}.intersection(fresh) if isinstance(given, dict) else ():
                    yield secret_of(place, target, template, ("parameters", parameter))

    seal_kept(TARGETS, fresh, declared)


def _undeclare(actor: Actor, places: Collection[str], at: datetime) -> None:
    """Targets that nothing declares any more are collected no longer, and say why."""
    rows = TargetRow.objects.filter(declared__in=places, undeclared_at=None)
    ids = list(rows.values_list("id", flat=True))
    rows.update(undeclared_at=at, updated_at=at)
    audit.record_many(actor, "target.undeclare", {("target", target): {} for target in ids})
    _tell()


def _tell() -> None:
    actions.tell_collectors()
    live.publish("targets")


HOLDERS = (
    Holder(
        kind=TEMPLATE,
        thing="target",
        label=_LABEL,
        count=_of_templates,
        rows=_rows_of_templates,
        carry=_give_templates,
        let_go=_templates_gone,
        follow=_seal_what_is_secret_now,
    ),
    Holder(
        kind=TEMPLATE,
        thing="parameter",
        label=Label("监控对象的参数不再有效", "parameter of a target that counts no more"),
        several=Label("监控对象的参数不再有效", "parameters of targets that count no more"),
        count=_setting,
        marks=_nothing,
        losing=_parameters_taken,
        naming=_parameter_of,
    ),
    Holder(
        kind=TEMPLATE,
        thing="target-unset",
        label=Label("监控对象缺少今后必填的参数", "target without a parameter that is needed then"),
        several=Label(
            "监控对象缺少今后必填的参数", "targets without a parameter that is needed then"
        ),
        count=_how_many_without,
        rows=_without,
        marks=_nothing,
        losing=_parameters_needed,
        naming=_parameter_of,
    ),
    Holder(
        kind=TEMPLATE,
        thing="target-unfit",
        label=Label("监控对象的配置项不再适用", "target of an item that it is for no longer"),
        several=Label("监控对象的配置项不再适用", "targets of items that it is for no longer"),
        count=_how_many_of_types,
        rows=_of_types,
        marks=_nothing,
        losing=_not_for_any_more,
        naming=_parameter_of,
    ),
    Holder(
        kind="item-type",
        thing="target-unmonitored",
        label=Label("监控对象的配置项不再监控", "target of an item that is monitored no longer"),
        several=Label("监控对象的配置项不再监控", "targets of items that are monitored no longer"),
        count=_how_many_of_items,
        rows=_by_type_of_item,
        marks=_nothing,
        losing=_monitored_no_more,
    ),
    Holder(
        kind=TARGETS,
        thing="target",
        label=_LABEL,
        count=_declared,
        rows=_rows_declared,
        marks=_places,
        let_go=_undeclare,
    ),
    Holder(
        kind="items",
        thing="target",
        label=_LABEL,
        count=_of_items,
        rows=_rows_of_items,
        marks=_keys,
    ),
)
