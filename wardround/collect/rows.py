"""From rows to the values that may leave the room, and secrets in and out of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from wardround.collect import target_rules
from wardround.collect.models import CollectorProcessRow, TargetRow, TargetStateRow
from wardround.collect.types import (
    CollectorRow,
    Metric,
    MonitorTemplate,
    Reason,
    State,
    Target,
    TargetSpec,
)
from wardround.kernel.addresses import HIDDEN, signs_in, without_sign_in
from wardround.kernel.errors import SecretUnreadable
from wardround.kernel.secrets import seal, unseal
from wardround.kernel.wording import Label

_SEALED = "sealed"
ITEMS_PARAMETER = "items"
"""The parameter of a target that lists the keys of items its page may speak for."""


def target(row: TargetRow, item: str, templates: Mapping[str, MonitorTemplate]) -> Target:
    """A target, with the name of its item and the label of its template."""
    template = templates.get(row.template)
    standing = getattr(row, "standing", None) or TargetStateRow()
    state, reason, detail = _stands(row, template, standing)
    return Target(
        id=row.id,
        name=row.name,
        item=row.item_id,
        item_name=item,
        template=row.template,
        template_label=template.label if template else Label.parse(row.template),
        driver=template.driver if template else "",
        address=row.address,
        interval_s=row.interval_s,
        timeout_s=row.timeout_s,
        enabled=row.enabled and row.undeclared_at is None,
        parameters=target_rules.without_secrets(
            template,
            {name: HIDDEN if is_sealed(value) else value for name, value in row.parameters.items()},
        ),
        state=state,
        reason=reason,
        detail=detail,
        last_at=standing.last_at,
        last_seconds=standing.last_seconds,
        last_samples=standing.last_samples,
        asked_at=row.asked_at,
        worked=standing.worked_as == row.asked_at,
        unfilled=_unfilled(template, standing.unfilled),
        collector=standing.collector,
        version=row.version,
    )


def _unfilled(template: MonitorTemplate | None, names: str) -> tuple[Metric, ...]:
    """In the template's order; one that it declares no more is missed no more."""
    missing = set(names.split())
    return tuple(each for each in (template.metrics if template else ()) if each.name in missing)


def _stands(
    row: TargetRow, template: MonitorTemplate | None, standing: TargetStateRow
) -> tuple[State, Reason, str]:
    """State, reason and detail. What is not collected never stands as it did when it last was."""
    if row.undeclared_at is not None:
        return State.PAUSED, Reason.UNDECLARED, ""
    if not row.enabled:
        return State.PAUSED, Reason(standing.reason), standing.detail
    if template is None:
        return State.UNKNOWN, Reason.TEMPLATE, row.template
    return _collected_state(row, standing), Reason(standing.reason), standing.detail


def _collected_state(row: TargetRow, standing: TargetStateRow) -> State:
    """One that was up as it was asked before is not known to be so as it is asked now."""
    if standing.worked_as == row.asked_at:
        return State(standing.state)
    return State.NEVER if standing.state == State.DOWN else State.UNKNOWN


Asked = tuple[object, ...]
"""What a target is asked: another one has yet to work."""


def asked(row: TargetRow) -> Asked:
    """How often, how patiently and under which name is no part of it, nor which other items its
    page may speak for.
    """
    parameters = {name: it for name, it in row.parameters.items() if name != ITEMS_PARAMETER}
    return row.item_id, row.template, row.address, row.sealed_address, parameters


def spec(
    row: TargetRow, template: MonitorTemplate, *, alone: bool, keys: Mapping[str, UUID]
) -> TargetSpec:
    """A target for its collector, its secrets open."""
    defaults = {
        parameter.name: parameter.default
        for parameter in template.parameters
        if parameter.default is not None
    }
    return TargetSpec(
        id=row.id,
        name=row.name,
        item=row.item_id,
        template=template,
        address=address_of(row),
        interval=row.interval_s,
        timeout=row.timeout_s,
        parameters={**defaults, **opened(row.parameters)},
        items_by_key={key: keys[key] for key in row.parameters.get("items") or () if key in keys}
        if template.naming.item_label
        else {},
        alone=alone,
        asked_at=row.asked_at,
        worked=_worked(row),
    )


def _worked(row: TargetRow) -> bool:
    standing = getattr(row, "standing", None)
    return standing is not None and standing.worked_as == row.asked_at


_DRAFTED = (
    "item_id", "template", "name", "address", "sealed_address", "interval_s", "timeout_s",
    "parameters",
)  # fmt: skip


def draft(row: TargetRow) -> str:
    """What a trial needs of a row that is not saved, as text; secrets stay sealed."""
    kept = {field: getattr(row, field) for field in _DRAFTED}
    return json.dumps({"id": str(row.id), **kept, "item_id": str(row.item_id)})


def from_draft(text: str) -> TargetRow:
    """The row that `draft` told."""
    kept = json.loads(text)
    ids = {"id": UUID(kept.pop("id")), "item_id": UUID(kept.pop("item_id"))}
    return TargetRow(**ids, **kept)


def address_of(row: TargetRow) -> str:
    """The address that is collected."""
    return unseal(row.sealed_address) if row.sealed_address else row.address


def sealed_address(address: str, before: TargetRow | None = None) -> tuple[str, str]:
    """An address for its row: as it may be shown, and the whole of it sealed if it signs in."""
    if not signs_in(address):
        return address, ""
    if before is not None and before.sealed_address and address_of(before) == address:
        return before.address, before.sealed_address
    return without_sign_in(address), seal(address)


def is_sealed(value: object) -> bool:
    """Whether a stored parameter is a secret, whatever its template says of it today."""
    return isinstance(value, dict) and _SEALED in value


def sealed(
    template: MonitorTemplate, given: Mapping[str, Any], before: Mapping[str, Any]
) -> dict[str, Any]:
    """Parameters for their row: secrets sealed, a hidden one as it was before, empty ones gone. One
    that is given as it was stays as it was sealed: nothing else is asked with it.
    """
    stored: dict[str, Any] = {}
    for name, value in given.items():
        if value in (None, ""):
            continue
        if value == HIDDEN and is_sealed(before.get(name)):
            stored[name] = before[name]
        elif name not in template.secrets:
            stored[name] = value
        elif value != HIDDEN:
            same = _opens_as(before.get(name), str(value))
            stored[name] = before[name] if same else {_SEALED: seal(str(value))}
        elif name in before:
            stored[name] = before[name]
    return stored


def _opens_as(stored: object, text: str) -> bool:
    """Whether a stored parameter is this secret; one sealed under another key is none."""
    if not isinstance(stored, dict) or not is_sealed(stored):
        return False
    try:
        return unseal(stored[_SEALED]) == text
    except SecretUnreadable:
        return False


def opened(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: unseal(value[_SEALED]) if is_sealed(value) else value
        for name, value in stored.items()
    }


def collector(row: CollectorProcessRow) -> CollectorRow:
    return CollectorRow(
        id=row.id,
        host=row.host,
        pid=row.pid,
        started_at=row.started_at,
        last_at=row.last_at,
        targets=row.targets,
        samples_per_second=row.samples_per_second,
        spool_bytes=row.spool_bytes,
        figures=row.figures,
    )
