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
from wardround.kernel.types import Named
from wardround.kernel.wire import Ref
from wardround.tickets.types import TicketFilter
from wardround.tickets.wire import Category, TicketRow
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


class NodeItemOut(Ref):
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
    assignee: Ref | None


class NodeOut(Schema):
    item: NodeItemOut
    condition: _Condition
    since: datetime | None
    alerts: list[NodeAlertOut]
    tickets: list[NodeTicketOut]
    systems: list[Ref]


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
        colours=tuple(Colour(colour) for colour in filters.colour),
        assignees=tuple(filters.assignee),
        items=tuple(filters.item),
        systems=tuple(filters.system),
    )
    board = queries.information(
        _seen(request), wanted, at=clock.now(), limit=filters.limit, cursor=filters.cursor
    )
    return InformationOut(
        items=[TicketRow.model_validate(listed) for listed in board.tickets],
        next=board.next,
        counts={colour: board.counts[Colour(colour)] for colour in _COUNTED},
        as_of=board.as_of,
    )


@router.get("/boards/status", needs=permissions.READ, response=StatusOut)
def status_board(request: Request, filters: Query[StatusFilters]) -> StatusOut:
    wanted = ItemFilters(
        types=tuple(filters.type),
        layers=tuple(filters.layer),
        conditions=tuple(Condition(condition) for condition in filters.condition),
        systems=tuple(filters.system),
    )
    board = queries.status(
        _seen(request), wanted, at=clock.now(), limit=filters.limit, cursor=filters.cursor
    )
    return StatusOut(
        items=[_node(node) for node in board.nodes],
        next=board.next,
        counts={condition.value: board.counts.get(condition, 0) for condition in Condition},
        as_of=board.as_of,
    )


def _node(node: types.Node) -> NodeOut:
    return NodeOut(
        item=NodeItemOut(
            id=node.item.id, name=node.item.name, type=node.item.type, layer=node.layer
        ),
        condition=node.item.condition.value,
        since=node.item.condition_since,
        alerts=[
            NodeAlertOut(
                id=alert.id,
                severity=alert.severity,
                summary=alert.summary.text(),
                started_at=alert.started_at,
            )
            for alert in node.alerts
        ],
        tickets=[
            NodeTicketOut(
                id=open_ticket.id,
                number=open_ticket.number,
                state_label=open_ticket.state_label.text(language()),
                colour=open_ticket.colour.value,
                assignee=_ref(open_ticket.assignee),
            )
            for open_ticket in node.tickets
        ],
        systems=[Ref(id=ref.id, name=ref.name) for ref in node.item.systems],
    )


@router.get("/boards/systems", needs=permissions.READ, response=SystemsOut)
def systems_board(request: Request, filters: Query[SystemsFilters]) -> SystemsOut:
    board = queries.systems(_seen(request), at=clock.now())
    chosen = [
        _system(state)
        for state in board.systems
        if (not filters.importance or state.item.importance in filters.importance)
        and (not filters.condition or state.item.condition in filters.condition)
    ]
    page = short_page(chosen, filters)
    return SystemsOut(items=page.items, next=page.next, as_of=board.as_of)


def _system(state: types.SystemState) -> SystemOut:
    return SystemOut(
        id=state.item.id,
        name=state.item.name,
        importance=state.item.importance,
        condition=state.item.condition.value,
        since=state.item.condition_since,
        open_alerts=state.open_alerts,
        open_tickets=state.open_tickets,
        worst_colour=state.worst_colour.value,
        parts=state.parts,
        parts_abnormal=state.parts_abnormal,
    )


def _ref(named: Named | None) -> Ref | None:
    return Ref.model_validate(named) if named else None
