"""What tickets announces, in the transaction that made it true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wardround.kernel.announcements import Announcement


@dataclass(frozen=True)
class TicketOpened:
    ticket_id: UUID
    number: str
    type: str
    title: str
    level: str
    assignee: UUID | None
    alert_id: UUID | None
    at: datetime


@dataclass(frozen=True)
class TicketChanged:
    """Something about a ticket changed; `what` is the kind of its newest line."""

    ticket_id: UUID
    what: str
    state: str
    at: datetime


ticket_opened = Announcement("tickets.ticket_opened", TicketOpened)
ticket_changed = Announcement("tickets.ticket_changed", TicketChanged)
