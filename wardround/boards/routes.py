"""Boards over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils.translation import get_language
from ninja import Query, Schema
from pydantic import ConfigDict, Field

from wardround.alerts.types import Severity
from wardround.boards import permissions, queries, types
from wardround.cmdb.types import Condition, ItemFilters
from wardround.kernel import clock
from wardround.kernel.http import Request, RoomRouter, ShortFilters, actor_of, short_page
from wardround.kernel.reach import Reach, reach
from wardround.tickets.types import TicketFilter
from wardround.tickets.wire import Category, RefOut, TicketRow
from wardround.tickets.wire import Colour as ColourOut
from wardround.worktime.types import Colour

router = RoomRouter(tags=["boards"])
_COUNTED: tuple[ColourOut, ...] = ("black", "red", "yellow", "green", "grey")
_Condition = Literal["ok", "warning", "critical", "down", "unknown", "maintenance"]


class BoardFilters(Schema):
    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None
    system: list[UUID] = Field(default_factory=list)


class InformationFilters(BoardFilters):
    type: list[str] = Field(default_factory=list)
    category: list[Category] = Field(default_factory=list)
    colour: list[ColourOut] = Field(default_factory=list)
    assignee: list[UUID] = Field(default_factory=list)
    item: list[UUID] = Field(default_factory=list)


class StatusFilters(BoardFilters):
    type: list[str] = Field(default_factory=list)
    layer: list[str] = Field(default_factory=list)
    condition: list[_Condition] = Field(default_factory=list)


class SystemsFilters(ShortFilters):
    importance: list[Literal["A", "B", "C"]] = Field(default_factory=list)
    condition: list[_Condition] = Field(default_factory=list)


class InformationOut(Schema):
    items: list[TicketRow]
    next: str | None
    counts: dict[ColourOut, int]
    as_of: datetime


class NodeItemOut(RefOut):
    type: str
    layer: str


class NodeAlertOut(Schema):
    id: UUID
    severity: Severity
    summary: str
    started_at: datetime


class NodeTicketOut(Schema):
    id: UUID
    number: str
    state_label: str
    colour: ColourOut
    assignee: RefOut | None


class NodeOut(Schema):
    item: NodeItemOut
    condition: _Condition
    since: datetime | None
    alerts: list[NodeAlertOut]
    tickets: list[NodeTicketOut]
    systems: list[RefOut]


class StatusOut(Schema):
    items: list[NodeOut]
    next: str | None
    counts: dict[_Condition, int]
    as_of: datetime


class SystemOut(Schema):
    id: UUID
    name: str
    importance: str | None
    condition: _Condition
    since: datetime | None
    open_alerts: int
    open_tickets: int
    worst_colour: ColourOut
    parts: int
    parts_abnormal: int


class SystemsOut(Schema):
    items: list[SystemOut]
    next: str | None = None
    as_of: datetime


def _seen(request: Request) -> Reach:
    return reach(actor_of(request), permissions.READ)


def language() -> str:
    return get_language() or "zh-hans"


@router.get("/boards/information", needs=permissions.READ, response=InformationOut)
def information_board(request: Request, filters: Query[InformationFilters]) -> InformationOut:
    wanted = TicketFilter(
        types=tuple(filters.type),
        categories=tuple(filters.category),
        colours=tuple(Colour(one) for one in filters.colour),
        assignees=tuple(filters.assignee),
        items=tuple(filters.item),
        systems=tuple(filters.system),
    )
    board = queries.information(
        _seen(request), wanted, at=clock.now(), limit=filters.limit, cursor=filters.cursor
    )
    return InformationOut(
        items=[TicketRow.of(one, language()) for one in board.tickets],
        next=board.next,
        counts={one: board.counts[Colour(one)] for one in _COUNTED},
        as_of=board.as_of,
    )


@router.get("/boards/status", needs=permissions.READ, response=StatusOut)
def status_board(request: Request, filters: Query[StatusFilters]) -> StatusOut:
    wanted = ItemFilters(
        types=tuple(filters.type),
        layers=tuple(filters.layer),
        conditions=tuple(Condition(one) for one in filters.condition),
        systems=tuple(filters.system),
    )
    board = queries.status(
        _seen(request), wanted, at=clock.now(), limit=filters.limit, cursor=filters.cursor
    )
    return StatusOut(
        items=[_node(one) for one in board.nodes],
        next=board.next,
        counts={one.value: board.counts.get(one, 0) for one in Condition},
        as_of=board.as_of,
    )


def _node(one: types.Node) -> NodeOut:
    return NodeOut(
        item=NodeItemOut(id=one.item.id, name=one.item.name, type=one.item.type, layer=one.layer),
        condition=one.item.condition.value,
        since=one.item.condition_since,
        alerts=[
            NodeAlertOut(
                id=each.id,
                severity=each.severity,
                summary=each.summary.text(),
                started_at=each.started_at,
            )
            for each in one.alerts
        ],
        tickets=[
            NodeTicketOut(
                id=each.id,
                number=each.number,
                state_label=each.state_label.text(language()),
                colour=each.colour.value,
                assignee=RefOut.of(each.assignee),
            )
            for each in one.tickets
        ],
        systems=[RefOut(id=ref.id, name=ref.name) for ref in one.item.systems],
    )


@router.get("/boards/systems", needs=permissions.READ, response=SystemsOut)
def systems_board(request: Request, filters: Query[SystemsFilters]) -> SystemsOut:
    board = queries.systems(_seen(request), at=clock.now())
    chosen = [
        _system(one)
        for one in board.systems
        if (not filters.importance or one.item.importance in filters.importance)
        and (not filters.condition or one.item.condition in filters.condition)
    ]
    page = short_page(chosen, filters)
    return SystemsOut(items=page.items, next=page.next, as_of=board.as_of)


def _system(one: types.SystemState) -> SystemOut:
    return SystemOut(
        id=one.item.id,
        name=one.item.name,
        importance=one.item.importance,
        condition=one.item.condition.value,
        since=one.item.condition_since,
        open_alerts=one.open_alerts,
        open_tickets=one.open_tickets,
        worst_colour=one.worst_colour.value,
        parts=one.parts,
        parts_abnormal=one.parts_abnormal,
    )
