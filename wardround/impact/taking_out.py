"""What is taken out, as ids: items one by one, and sets, within the reader's reach."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.cmdb import item_sets
from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import ItemRef
from wardround.impact import held
from wardround.impact.errors import NothingTakenOut, TooManyTakenOut, UnknownItems
from wardround.impact.scenario_types import MOST_OUT, SetAsked, SetFound, SetKind, TakenOut
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.reach import Reach

_MOST_TOLD = 20


def taken_out(
    reach: Reach, failed: Sequence[UUID], sets: Sequence[SetAsked], *, at: datetime
) -> TakenOut:
    """All of these items.

    Raises UnknownItems naming the rows, TooManyTakenOut, NothingTakenOut, BadInput for an
    expression that cannot be read.
    """
    if not (failed or sets):
        raise NothingTakenOut(field="failed")
    wanted = {*failed, *(each.item for each in sets if each.item)}
    refs = cmdb.visible_refs(reach, wanted)
    _refuse_unknown(failed, sets, refs)
    found = [_found(reach, each, row, at) for row, each in enumerate(sets)]
    ids = frozenset(failed).union(*found)
    if len(ids) > MOST_OUT:
        raise TooManyTakenOut(field="sets" if sets else "failed", most=MOST_OUT)
    told = (_told(each, of, refs) for each, of in zip(sets, found, strict=True))
    return TakenOut(ids, tuple(told))


def readable(
    reach: Reach, sets: Sequence[SetAsked], *, at: datetime
) -> tuple[list[SetAsked], tuple[str, ...]]:
    """Those of these sets that can be found still, and the expressions that cannot be read."""
    good, bad = list[SetAsked](), list[str]()
    for each in sets:
        try:
            if each.item is None:
                item_sets.where(reach, each.where, at=at, most=0)
        except BadInput:
            bad.append(each.where)
        else:
            good.append(each)
    return good, tuple(bad)


def _refuse_unknown(
    failed: Sequence[UUID], sets: Sequence[SetAsked], known: Collection[UUID]
) -> None:
    text = _("There is no such item, or it is out of your reach.")
    rows = [
        FieldProblem("failed", text, row) for row, id_ in enumerate(failed, 1) if id_ not in known
    ]
    rows += [
        FieldProblem("sets", text, row)
        for row, each in enumerate(sets, 1)
        if each.item and each.item not in known
    ]
    if rows:
        field = rows[0].field
        raise UnknownItems(count=len(rows), field=field, problems=rows[:_MOST_TOLD])


def _found(reach: Reach, asked: SetAsked, row: int, at: datetime) -> frozenset[UUID]:
    if asked.item is None:
        return _where(reach, asked.where, row, at)
    found = item_sets.within if asked.kind is SetKind.WITHIN else item_sets.kept_running_by
    return found(reach, asked.item, most=MOST_OUT)


def _where(reach: Reach, expression: str, row: int, at: datetime) -> frozenset[UUID]:
    try:
        return item_sets.where(reach, expression, at=at, most=MOST_OUT)
    except BadInput as refused:
        raise BadInput(
            problems=[
                FieldProblem(f"sets.{row}.where", each.message, offset=each.offset)
                for each in refused.problems
            ]
        ) from None


def _told(asked: SetAsked, ids: frozenset[UUID], refs: dict[UUID, ItemRef]) -> SetFound:
    there = held.hospital().graph.places(ids)
    item = refs[asked.item] if asked.item else None
    return SetFound(asked.kind, item, asked.where, len(ids), len(ids) - len(there))
