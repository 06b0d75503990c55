"""What can be done with tickets: each is one transaction, one permission check, one audit line."""

from wardround.tickets.actions.events import (
    end_event_tickets,
    open_event_tickets,
    read_clocks_again,
)
from wardround.tickets.actions.levels import decide_levels_again
from wardround.tickets.actions.many import act_on_many
from wardround.tickets.actions.people import (
    assign,
    comment,
    move,
    retarget,
    update,
)
from wardround.tickets.actions.reporting import open_ticket

__all__ = [
    "act_on_many",
    "assign",
    "comment",
    "decide_levels_again",
    "end_event_tickets",
    "move",
    "open_event_tickets",
    "open_ticket",
    "read_clocks_again",
    "retarget",
    "update",
]
