"""Targets that live by definitions: by their template, or by the line that declares them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count

from wardround.collect import actions
from wardround.collect.definitions import TARGETS, secret_of
from wardround.collect.models import TargetRow
from wardround.collect.rows import is_sealed, sealed
from wardround.collect.types import TEMPLATE, TargetList
from wardround.kernel import audit, live
from wardround.kernel.types import Actor
from wardround.schema.dependents import Changed, Holder, Renames
from wardround.schema.sealing import Secret
from wardround.schema.stored_secrets import seal_kept
from wardround.schema.types import Label

_LABEL = Label("监控对象", "target")


def _of_templates(names: Collection[str]) -> Mapping[str, int]:
    return _counted(TargetRow.objects.filter(template__in=names), "template")


def _declared(places: Collection[str]) -> Mapping[str, int]:
    rows = TargetRow.objects.filter(declared__in=places, undeclared_at=None)
    return _counted(rows, "declared")


def _counted(rows: Any, column: str) -> Mapping[str, int]:
    counted = rows.values(column).annotate(number=Count("id")).order_by()
    return {row[column]: row["number"] for row in counted}


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
        for place, target in enumerate(body.get("targets", ())):
            template = target["template"]
            if template in names or template not in known:
                for parameter in (target.get("parameters") or {}).keys() & fresh:
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
        carry=_give_templates,
        let_go=_templates_gone,
        follow=_seal_what_is_secret_now,
    ),
    Holder(
        kind=TARGETS,
        thing="target",
        label=_LABEL,
        count=_declared,
        marks=_places,
        let_go=_undeclare,
    ),
)
