"""Boards over HTTP."""

from __future__ import annotations

from ninja import Query

from wardround.boards import permissions, queries, searching
from wardround.boards.wire import (
    InformationFilters,
    InformationOut,
    SearchAsked,
    SearchOut,
    StatusFilters,
    StatusOut,
    SystemOut,
    SystemsFilters,
    SystemsOut,
)
from wardround.kernel import clock
from wardround.kernel.http import Request, RoomRouter, actor_of, short_page
from wardround.kernel.permissions import SIGNED_IN
from wardround.kernel.reach import Reach, reach

router = RoomRouter(tags=["boards"])


def _seen(request: Request) -> Reach:
    return reach(actor_of(request), permissions.READ)


@router.get("/boards/information", needs=permissions.READ, response=InformationOut)
def information_board(request: Request, filters: Query[InformationFilters]) -> InformationOut:
    board = queries.information(
        _seen(request),
        filters.wanted(),
        at=clock.now(),
        limit=filters.limit,
        cursor=filters.cursor,
    )
    return InformationOut.model_validate(board)


@router.get("/boards/status", needs=permissions.READ, response=StatusOut)
def status_board(request: Request, filters: Query[StatusFilters]) -> StatusOut:
    board = queries.status(
        _seen(request),
        filters.wanted(),
        at=clock.now(),
        limit=filters.limit,
        cursor=filters.cursor,
    )
    return StatusOut.model_validate(board)


@router.get("/boards/systems", needs=permissions.READ, response=SystemsOut)
def systems_board(request: Request, filters: Query[SystemsFilters]) -> SystemsOut:
    board = queries.systems(_seen(request), at=clock.now()).narrowed(
        frozenset(filters.importance), frozenset(filters.condition)
    )
    page = short_page([SystemOut.model_validate(state) for state in board.systems], filters)
    return SystemsOut(items=page.items, next=page.next, as_of=board.as_of)


@router.get("/search", needs=SIGNED_IN, response=SearchOut)
def search(request: Request, asked: Query[SearchAsked]) -> SearchOut:
    """Everything that is found by what was typed, the best of each group first.

    `scope` narrows it, and so does a prefix: `@` people, `!` tickets, `#` items, `:` definitions.
    """
    found = searching.search(
        actor_of(request), asked.q, asked.scope or "", limit=asked.limit, at=clock.now()
    )
    return SearchOut.of(found)
