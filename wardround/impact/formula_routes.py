"""Formulas of items, over HTTP."""

from __future__ import annotations

from uuid import UUID

from ninja import Query, Status

from wardround.cmdb.permissions import READ, WRITE
from wardround.impact import formula_actions, formula_queries
from wardround.impact.formula_wire import (
    FormulaBody,
    FormulaCheckBody,
    FormulaCheckedOut,
    FormulaDropQuery,
    FormulaHistoryOut,
    FormulaOut,
    FormulaVersionOut,
)
from wardround.kernel import clock
from wardround.kernel.http import Request, RoomRouter, actor_of
from wardround.kernel.reach import reach

router = RoomRouter(tags=["impact"])


@router.get("/items/{uuid:item_id}/formula", needs=READ, response=FormulaOut)
def formula_of_item(request: Request, item_id: UUID) -> FormulaOut:
    """On what terms an item needs the things that it is related to."""
    actor = actor_of(request)
    return FormulaOut.model_validate(formula_queries.formula(actor, reach(actor, READ), item_id))


@router.put("/items/{uuid:item_id}/formula", needs=WRITE, response=FormulaOut)
def put_formula(request: Request, item_id: UUID, body: FormulaBody) -> FormulaOut:
    """Put a formula in force. It may name what the item needs by a relation that counts; what else
    relations name is needed as before.
    """
    return FormulaOut.model_validate(
        formula_actions.keep(
            actor_of(request),
            item_id,
            body.said(),
            version=body.version,
            reason=body.reason,
            at=clock.now(),
        )
    )


@router.delete("/items/{uuid:item_id}/formula", needs=WRITE, response={204: None})
def drop_formula(request: Request, item_id: UUID, asked: Query[FormulaDropQuery]) -> Status[None]:
    """Let the item go by its relations again. `version`: refused where it is at another."""
    formula_actions.drop(actor_of(request), item_id, version=asked.version, at=clock.now())
    return Status(204, None)


@router.post("/items/{uuid:item_id}/formula/check", needs=READ, response=FormulaCheckedOut)
def check_formula(request: Request, item_id: UUID, body: FormulaCheckBody) -> FormulaCheckedOut:
    """What a formula means, what is wrong with it, and which cells of the matrix it would change.
    Nothing is kept.
    """
    seen = reach(actor_of(request), READ)
    return FormulaCheckedOut.model_validate(formula_queries.check(seen, item_id, body.said()))


@router.get("/items/{uuid:item_id}/formula/history", needs=READ, response=FormulaHistoryOut)
def history_of_formula(request: Request, item_id: UUID) -> FormulaHistoryOut:
    """What the formula of an item was, the newest first; one put again undoes the others."""
    found = formula_queries.history(reach(actor_of(request), READ), item_id)
    return FormulaHistoryOut(versions=[FormulaVersionOut.model_validate(each) for each in found])
