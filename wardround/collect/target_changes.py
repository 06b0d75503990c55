"""A change as it would stand in its target's row: taken over and checked, and not saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from wardround.cmdb import queries as cmdb
from wardround.cmdb.permissions import READ as SEE
from wardround.collect import rows, seen, target_rules
from wardround.collect.drivers.prometheus import page_address
from wardround.collect.drivers.registry import reads_platform
from wardround.collect.errors import BadTarget, TargetFailed
from wardround.collect.models import TargetRow
from wardround.collect.permissions import MANAGE
from wardround.collect.queries import templates
from wardround.collect.types import MonitorTemplate, TargetChange
from wardround.kernel.addresses import signs_in
from wardround.kernel.errors import FieldProblem
from wardround.kernel.ids import new_id
from wardround.kernel.reach import Reach, reach, require
from wardround.kernel.secrets import looks_sealed
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.sealing import SEALED_ELSEWHERE


def begun(actor: Actor, change: TargetChange) -> tuple[TargetRow, MonitorTemplate]:
    """The row of a new target as its template would have it. Raises BadTarget, Forbidden."""
    item = change.item
    if item is None:
        raise BadTarget(problems=[FieldProblem("item", gettext("is required"))])
    _require_item(actor, item)
    template = _template(change.template)
    _require_fit(item, template)
    row = TargetRow(
        id=new_id(),
        item_id=item,
        template=template.name,
        name=change.name or template.label.text(settings.LANGUAGE_CODE),
        interval_s=template.interval,
        timeout_s=template.timeout,
    )
    return row, template


def turned(actor: Actor, row: TargetRow, change: TargetChange) -> MonitorTemplate:
    """Turn a row to the item and template that the change names. Raises BadTarget, Forbidden."""
    before = row.item_id, row.template
    if change.item is not None:
        _require_item(actor, change.item)
        row.item_id = change.item
    template = _template(change.template or row.template)
    row.template = template.name
    if (row.item_id, row.template) != before:  # what does not fit any more may stay
        _require_fit(row.item_id, template)
    return template


def take(row: TargetRow, change: TargetChange, template: MonitorTemplate, inside: Reach) -> None:
    """Take over the rest of the change and check the whole. Raises BadTarget."""
    _take_columns(row, change)
    wrong = list(_wrong(row, change, template))
    if not (inside.everything or _stays(change)) and reads_platform(template.driver, row.address):
        wrong.append(("template", target_rules.ONLY_EVERYWHERE, {}))
    if change.parameters is not None:
        wrong += _take_parameters(row, change.parameters, template, inside)
    if wrong:
        raise BadTarget(
            problems=[FieldProblem(field, gettext(text) % fill) for field, text, fill in wrong]
        )


def _require_item(actor: Actor, item: UUID) -> None:
    if item not in cmdb.visible(reach(actor, SEE), [item]):
        problem = FieldProblem("item", gettext("there is no such item, or you may not see it"))
        raise BadTarget(problems=[problem])
    require(actor, MANAGE, item=item, systems=cmdb.systems_of([item])[item])


def _require_fit(item: UUID, template: MonitorTemplate) -> None:
    item_type = schema.remembered_item_types()[cmdb.refs([item])[item].type]
    wrong = target_rules.unfit(template, item_type, templates().values())
    if wrong is not None:
        field, text, fill = wrong
        raise BadTarget(problems=[FieldProblem(field, gettext(text) % fill)])


def _template(name: str | None) -> MonitorTemplate:
    found = templates().get(name or "")
    if found is None:
        names = ", ".join(sorted(templates()))
        problem = FieldProblem("template", gettext("must be one of: %(names)s") % {"names": names})
        raise BadTarget(problems=[problem])
    return found


def _stays(change: TargetChange) -> bool:
    """Whether what is read, and whose it is, are left as they are."""
    return change.item is None and change.template is None and change.address is None


def _take_columns(row: TargetRow, change: TargetChange) -> None:
    if change.enabled and row.undeclared_at is not None:
        row.declared, row.undeclared_at = "", None  # kept by hand from now on
    if change.address is not None and change.address != row.address:  # else it is as it was shown
        row.address, row.sealed_address = change.address, ""
    for field in ("name", "interval_s", "timeout_s", "enabled"):
        value = getattr(change, field)
        if value is not None:
            setattr(row, field, value)
    if change.interval_s is not None and change.timeout_s is None:
        row.timeout_s = min(row.timeout_s, change.interval_s)


def _wrong(
    row: TargetRow, change: TargetChange, template: MonitorTemplate
) -> Iterator[target_rules.Wrong]:
    yield from target_rules.wrong_times(row.interval_s, row.timeout_s)
    if change.parameters is not None:
        yield from target_rules.wrong_parameters(template, change.parameters)
    if not row.sealed_address and signs_in(row.address):
        yield "address", target_rules.NO_SIGN_IN, {}
    for field, said in (("name", row.name), ("address", row.address)):
        if looks_sealed(said):
            yield field, SEALED_ELSEWHERE, {}
    if not row.name.strip():
        yield "name", _("must not be empty"), {}
    if template.driver == "prometheus" and not looks_sealed(row.address):
        try:
            page_address(rows.address_of(row))
        except TargetFailed:
            yield "address", _("must be host:port, or an address with http:// or https://"), {}


def _take_parameters(
    row: TargetRow, given: Mapping[str, Any], template: MonitorTemplate, inside: Reach
) -> Iterator[target_rules.Wrong]:
    """Take over parameters; what they name out of reach is not there, and stays if it was."""
    before = seen.item_keys(row.parameters)
    row.parameters = rows.sealed(template, given, row.parameters)
    named = seen.item_keys(row.parameters)
    visible = cmdb.visible_keys(inside, {*named, *before})
    for key in named:
        if key not in visible:
            field = f"parameters.{seen.ITEMS_PARAMETER}"
            yield field, _("there is no item with the key “%(key)s”"), {"key": key}
    kept = [] if inside.everything else [key for key in before if key not in visible]
    if kept:
        row.parameters[seen.ITEMS_PARAMETER] = [*named, *kept]
