"""What a ticket follows, as far as it can still be read.

A version of a type is never deleted by the platform; after a restore of half a backup, a repair by
hand, or in a form that nobody reads any more it may be gone all the same. Then a ticket is shown
with what its own row says and tells what is missing, and nothing is done that its type decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from wardround.kernel.wording import Wording, untranslated
from wardround.schema.lifecycle import FieldAccess, State
from wardround.schema.types import Label
from wardround.tickets import catalogue, clocks, models
from wardround.tickets.errors import TypeMissing
from wardround.tickets.types import TicketType
from wardround.worktime.types import Agreement


@dataclass(frozen=True, slots=True)
class Pinned:
    """The definitions a ticket began with; None what cannot be read."""

    type: TicketType | None
    state: State | None
    agreement: Agreement | None
    missing: Wording | None
    """What cannot be read, in one sentence."""
    type_label: Label
    state_label: Label

    @property
    def hidden(self) -> frozenset[str]:
        """Fields that nobody is shown in the present state."""
        if self.type is None or self.state is None:
            return frozenset()
        return frozenset(
            attribute.name
            for attribute in self.type.fields
            if self.state.access_to(attribute.name) is FieldAccess.HIDDEN
        )


def pinned(row: models.Ticket) -> Pinned:
    """What the ticket follows."""
    ticket_type = catalogue.pinned(row.type, row.type_version)
    state = ticket_type.cycle.find(row.state) if ticket_type else None
    agreement = clocks.agreement_of(row)
    return Pinned(
        type=ticket_type if state else None,
        state=state,
        agreement=agreement,
        missing=_missing(row, state, agreement),
        type_label=ticket_type.label if ticket_type else catalogue.type_label(row.type),
        state_label=state.label if state else Label(row.state, row.state),
    )


def followed(row: models.Ticket) -> TicketType:
    """The type by which something shall be done with the ticket. Raises TypeMissing."""
    known = pinned(row)
    if known.type is None:
        raise TypeMissing(type=known.type_label.text(), version=row.type_version)
    return known.type


def _missing(
    row: models.Ticket, state: State | None, agreement: Agreement | None
) -> Wording | None:
    if state is None:
        return Wording(_TYPE, {"type": row.type, "version": row.type_version})
    if agreement is None and clocks.promised(row):
        versions = {"version": row.policy_version, "calendar_version": row.calendar_version}
        return Wording(_AGREEMENT, {"sla": row.sla, "calendar": row.calendar, **versions})
    return None


_TYPE = untranslated(
    "Version %(version)s of the ticket type “%(type)s”, with which this ticket began, cannot be"
    " read: its form and what can be done with it are missing."
)
_AGREEMENT = untranslated(
    "Version %(version)s of the agreement “%(sla)s” or version %(calendar_version)s of the calendar"
    " “%(calendar)s”, by which this ticket counts, cannot be read: its clocks stand as they were"
    " last."
)
