"""The room's background work: changes become letters, letters are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from wardround.cmdb import queries as cmdb
from wardround.cmdb.signals import (
    ConditionChanged,
    ItemChanged,
    ItemCreated,
    ItemDeleted,
    ItemRestored,
    ItemRetired,
    condition_changed,
    item_changed,
    item_created,
    item_deleted,
    item_restored,
    item_retired,
)
from wardround.kernel import clock
from wardround.kernel.jobs import job
from wardround.notify import actions, sending
from wardround.notify.webhook_types import Change, ChangeKind

KEPT = timedelta(days=30)


@job("notify.send_letters", every="* * * * * */10", lock="notify.send_letters")
def send_what_waits(timestamp: int) -> None:  # noqa: ARG001  # periodic jobs are told their time
    """Letters that failed, or whose worker died."""
    sending.send_what_is_due(clock.now)


@job("notify.send_new_letters", lock="notify.send_letters")
def send_new() -> None:
    """Never beside the one above: a receiver gets its letters one after the other."""
    sending.send_what_is_due(clock.now)


@job("notify.forget_letters", every="41 3 * * *")
def forget(timestamp: int) -> None:  # noqa: ARG001
    actions.forget(before=clock.now() - KEPT)


def _tell(changes: Sequence[Change]) -> None:
    if actions.tell(changes, at=clock.now()):
        send_new.defer()


@item_created.in_worker("notify.tell_of_new_items")
def tell_of_new(values: Sequence[ItemCreated]) -> None:
    if not actions.anybody_listens():
        return
    _tell([Change(ChangeKind.CREATED, each.item, each.type, (), each.at) for each in values])


@item_changed.in_worker("notify.tell_of_changed_items")
def tell_of_changed(values: Sequence[ItemChanged]) -> None:
    if not actions.anybody_listens():
        return
    types = _types(values)
    _tell([_change(ChangeKind.CHANGED, each, types, *each.fields) for each in values])


@item_retired.in_worker("notify.tell_of_retired_items")
def tell_of_retired(values: Sequence[ItemRetired]) -> None:
    if not actions.anybody_listens():
        return
    types = _types(values)
    _tell([_change(ChangeKind.RETIRED, each, types) for each in values])


@item_deleted.in_worker("notify.tell_of_deleted_items")
def tell_of_deleted(values: Sequence[ItemDeleted]) -> None:
    _tell([Change(ChangeKind.DELETED, each.item, each.type, (), each.at) for each in values])


@item_restored.in_worker("notify.tell_of_restored_items")
def tell_of_restored(values: Sequence[ItemRestored]) -> None:
    _tell([Change(ChangeKind.RESTORED, each.item, each.type, (), each.at) for each in values])


@condition_changed.in_worker("notify.tell_of_conditions")
def tell_of_conditions(values: Sequence[ConditionChanged]) -> None:
    if not actions.anybody_listens():
        return
    types = _types(values)
    _tell([_change(ChangeKind.CONDITION, each, types, str(each.new)) for each in values])


Told = ItemChanged | ItemRetired | ConditionChanged


def _types(values: Sequence[Told]) -> Mapping[UUID, str]:
    found = cmdb.refs({each.item for each in values})
    return {id_: ref.type for id_, ref in found.items()}


def _change(kind: ChangeKind, told: Told, types: Mapping[UUID, str], *fields: str) -> Change:
    """An item that is no longer there at all has no type any more, and its change is told."""
    return Change(kind, told.item, types.get(told.item, ""), fields, told.at)
