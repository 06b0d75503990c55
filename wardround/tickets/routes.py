"""Tickets over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Header, Query, Status

from wardround.kernel import clock
from wardround.kernel.http import (
    Page,
    Request,
    RoomRouter,
    ShortFilters,
    actor_of,
    short_page,
)
from wardround.kernel.lists import chosen_columns
from wardround.kernel.reach import reach
from wardround.kernel.wording import listed
from wardround.kernel.workbook import ROWS_TO_ASK_FOR, xlsx_response
from wardround.tickets import actions, permissions, queries, types
from wardround.tickets.criteria import Grade
from wardround.tickets.wire import (
    AssigneeIn,
    CommentIn,
    DecisionOut,
    LineOut,
    MoveIn,
    RetargetIn,
    TicketFilters,
    TicketIn,
    TicketOut,
    TicketRow,
    TicketTypeOut,
    TimelineFilters,
    UpdateIn,
)
from wardround.tickets.wire_many import ChosenIn, OfferedOut, TicketActsIn, TicketActsOut
from wardround.worktime.types import Colour

router = RoomRouter(tags=["tickets"])


@router.get("/ticket-types", needs=permissions.READ, response=Page[TicketTypeOut], by_alias=True)
def list_ticket_types(request: Request, filters: Query[ShortFilters]) -> Page[TicketTypeOut]:
    known = [TicketTypeOut.of(ticket_type) for ticket_type in queries.ticket_types()]
    return short_page(known, filters)


@router.get("/alerts/{uuid:alert_id}/ticket-decision", needs=permissions.READ, response=DecisionOut)
def get_decision(request: Request, alert_id: UUID) -> DecisionOut:
    found = queries.decided(reach(actor_of(request), permissions.READ), alert_id)
    return DecisionOut.of(found)


@router.get("/tickets", needs=permissions.READ, response=Page[TicketRow])
def list_tickets(request: Request, filters: Query[TicketFilters]) -> Page[TicketRow] | HttpResponse:
    """Tickets, newest first. `since` and `until`: opened."""
    actor, at = actor_of(request), clock.now()
    seen, wanted = reach(actor, permissions.READ), filters.wanted(actor)
    if filters.format == "xlsx":
        found = queries.every(seen, wanted, at=at, most=ROWS_TO_ASK_FOR)
        return xlsx_response(
            _("Tickets"),
            _chosen(filters.columns),
            (_cells(ticket) for ticket in found),
        )
    page = queries.tickets(
        seen, wanted, at=at, limit=filters.limit, cursor=filters.cursor, sort=filters.sort
    )
    items = [TicketRow.model_validate(ticket) for ticket in page.items]
    return Page(items=items, next=page.next)


RequestKey = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]


@router.post("/tickets", needs=permissions.OPEN, response={201: TicketOut})
def open_ticket(
    request: Request, body: TicketIn, idempotency_key: RequestKey = ""
) -> Status[TicketOut]:
    """Open a ticket. With an `Idempotency-Key` the same report may be sent again when its answer
    was lost: it opens one ticket and gets that one.
    """
    report = types.OpenTicket(
        type=body.type,
        title=body.title,
        description=body.description,
        item=body.item,
        fields=body.fields,
        impact=body.impact,
        urgency=body.urgency,
        request=idempotency_key.strip(),
    )
    ticket_id = actions.open_ticket(actor_of(request), report, at=clock.now())
    return Status(201, _detail(request, ticket_id))


@router.post("/tickets/offers", needs=permissions.READ, response=OfferedOut)
def offer_acts(request: Request, body: ChosenIn) -> OfferedOut:
    """What can be done now with which of several chosen tickets."""
    return OfferedOut.model_validate(
        queries.offered(actor_of(request), body.tickets, at=clock.now())
    )


@router.post("/tickets/acts", needs=permissions.READ, response=TicketActsOut)
def act_on_tickets(
    request: Request, body: TicketActsIn, idempotency_key: RequestKey = ""
) -> TicketActsOut:
    """Do one thing with several tickets: take new ones (`accept`), carry out a step of their life
    cycle (`step`), give them to somebody (`assign`), say something (`comment`). With each it is an
    act of its own with its own permission: who is refused one has the others. With an
    `Idempotency-Key` the same request may be sent again when its answer was lost: it is done once
    with each.
    """
    wanted = body.wanted(idempotency_key.strip())
    return TicketActsOut.model_validate(actions.act_on_many(actor_of(request), wanted))


@router.get("/tickets/{ticket_id}", needs=permissions.READ, response=TicketOut)
def get_ticket(request: Request, ticket_id: UUID) -> TicketOut:
    return _detail(request, ticket_id)


@router.get("/tickets/{ticket_id}/timeline", needs=permissions.READ, response=Page[LineOut])
def list_timeline(
    request: Request, ticket_id: UUID, filters: Query[TimelineFilters]
) -> Page[LineOut]:
    """What happened to a ticket, newest first. `since` and `until`: happened."""
    seen = reach(actor_of(request), permissions.READ)
    page = queries.timeline(
        seen,
        ticket_id,
        happened=filters.time_range(),
        limit=filters.limit,
        cursor=filters.cursor,
    )
    return Page(items=[LineOut.of(line) for line in page.lines], next=page.next)


@router.post("/tickets/{ticket_id}/retargeting", needs=permissions.RETARGET, response=TicketOut)
def retarget_ticket(request: Request, ticket_id: UUID, body: RetargetIn) -> TicketOut:
    """Set the time limits anew by what the level promises today, for the whole of the log: what
    clocks had come to as well. Old and new results stay in the timeline, with the reason.
    """
    wanted = types.Retarget(body.reason, body.version)
    actions.retarget(actor_of(request), ticket_id, wanted, at=clock.now())
    return _detail(request, ticket_id)


@router.patch("/tickets/{ticket_id}", needs=permissions.WORK, response=TicketOut)
def update_ticket(request: Request, ticket_id: UUID, body: UpdateIn) -> TicketOut:
    wanted = types.Update(
        version=body.version,
        title=body.title,
        fields=body.fields,
        impact=body.impact,
        urgency=body.urgency,
        item=body.item,
    )
    actions.update(actor_of(request), ticket_id, wanted, at=clock.now())
    return _detail(request, ticket_id)


@router.post(
    "/tickets/{ticket_id}/transitions",
    needs=permissions.WORK,
    response=TicketOut,
)
def move_ticket(request: Request, ticket_id: UUID, body: MoveIn) -> TicketOut:
    wanted = types.Move(body.name, body.fields, body.comment, body.version)
    actions.move(actor_of(request), ticket_id, wanted, at=clock.now())
    return _detail(request, ticket_id)


@router.post(
    "/tickets/{ticket_id}/comments",
    needs=permissions.COMMENT,
    response={201: TicketOut},
)
def comment_on_ticket(request: Request, ticket_id: UUID, body: CommentIn) -> Status[TicketOut]:
    actions.comment(actor_of(request), ticket_id, body.text, at=clock.now())
    return Status(201, _detail(request, ticket_id))


@router.post("/tickets/{ticket_id}/assignee", needs=permissions.WORK, response=TicketOut)
def assign_ticket(request: Request, ticket_id: UUID, body: AssigneeIn) -> TicketOut:
    actions.assign(actor_of(request), ticket_id, body.account, at=clock.now())
    return _detail(request, ticket_id)


def _detail(request: Request, ticket_id: UUID) -> TicketOut:
    return TicketOut.of(queries.ticket(actor_of(request), ticket_id, at=clock.now()))


# As a workbook -----------------------------------------------------------------------------------


def _labels() -> dict[str, str]:
    """Columns in the order they are written."""
    return {
        "number": _("Number"),
        "type_label": _("Type"),
        "title": _("Title"),
        "state_label": _("State"),
        "colour": _("Colour"),
        "due_at": _("Due"),
        "level": _("Level"),
        "impact": _("Impact"),
        "urgency": _("Urgency"),
        "importance": _("Class"),
        "assignee": _("Assignee"),
        "item": _("Item"),
        "systems": _("Systems"),
        "opened_at": _("Opened at"),
        "resolved_at": _("Resolved"),
        "closed_at": _("Closed"),
    }


def _chosen(columns: str | None) -> list[tuple[str, str]]:
    """What was asked for, and where some ticket cannot be read whole, what is missing of it."""
    labels = {**_labels(), "missing": _("Missing")}
    chosen = chosen_columns(labels, columns or ",".join(_labels()))
    missing = ("missing", labels["missing"])
    return [*chosen, missing] if missing not in chosen and queries.missing() else chosen


def _cells(ticket: types.Ticket) -> Mapping[str, Any]:
    row = TicketRow.model_validate(ticket)
    cells = {name: getattr(row, name) for name in (*_labels(), "missing")}
    cells["assignee"] = row.assignee.name if row.assignee else None
    cells["item"] = row.item.name if row.item else None
    cells["systems"] = listed(ref.name for ref in row.systems)
    cells |= {name: _grade(getattr(row, name)) for name in ("impact", "urgency")}
    cells["colour"] = _colours()[ticket.colour]
    return cells


def _grade(value: str) -> Grade | None:
    return Grade(value) if value else None


def _colours() -> dict[Colour, str]:
    return {
        Colour.BLACK: _("black"),
        Colour.RED: _("red"),
        Colour.YELLOW: _("yellow"),
        Colour.GREEN: _("green"),
        Colour.GREY: _("grey"),
        Colour.NONE: "",
    }
