"""How acts on tickets are told in the audit chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from wardround.kernel import audit_words
from wardround.kernel.audit_rules import AuditLine
from wardround.kernel.audit_words import Detail, Lookup, Said, Subject, of
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated
from wardround.schema import queries as schema
from wardround.tickets import models, timeline
from wardround.tickets.alert_checks import TICKET_TYPE
from wardround.tickets.permissions import READ
from wardround.tickets.types import TicketType

TICKET = "ticket"
_TYPE_OF = "the type of a ticket"
"""No kind of thing: by a ticket's id the name of its type, which tells the words of its states."""


def _tickets(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    rows = models.visible(reach(actor, READ)).filter(id__in=audit_words.ids(ids))
    named = rows.values_list("id", "number", "title")
    return {str(id_): f"{number} {title}" for id_, number, title in named}


def _types_of(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    rows = models.visible(reach(actor, READ)).filter(id__in=audit_words.ids(ids))
    return {str(id_): type_ for id_, type_ in rows.values_list("id", "type")}


def _type(called: Lookup, line: AuditLine) -> TicketType | None:
    found: Mapping[str, TicketType] = schema.remembered(TICKET_TYPE)
    return found.get(str(called(_TYPE_OF, line.subject_id)))


def _state(value: Any, called: Lookup, line: AuditLine) -> object:
    of_type = _type(called, line)
    states = {state.name: state.label for state in of_type.states} if of_type else {}
    return states.get(value, value)


def _transition(value: Any, called: Lookup, line: AuditLine) -> object:
    of_type = _type(called, line)
    ways = {way.name: way.label for way in of_type.transitions} if of_type else {}
    return ways.get(value, value)


def _field_names(value: Any, called: Lookup, line: AuditLine) -> object:
    of_type = _type(called, line)
    fields = {each.name: each.label for each in of_type.fields} if of_type else {}
    return [timeline.field_name(name) or fields.get(name, name) for name in value]


_DETAILS = {
    "number": Detail(),
    "type": Detail(untranslated("Type"), of(TICKET_TYPE)),
    "level_row": Detail(untranslated("Level by the row")),
    "alert": Detail(untranslated("Alert"), of("alert")),
    "transition": Detail(untranslated("Step"), _transition),
    "before": Detail(untranslated("State before"), _state),
    "after": Detail(untranslated("State after"), _state),
    "state": Detail(untranslated("State"), _state),
    "fields": Detail(untranslated("Fields"), _field_names),
    "changed": Detail(untranslated("Changed"), _field_names),
    "to": Detail(untranslated("Assigned to"), of("account")),
    "old": Detail(untranslated("Was called")),
    "new": Detail(untranslated("Is called")),
    "reason": Detail(untranslated("Why")),
    "count": Detail(untranslated("How many")),
}
_ACTS = {
    "ticket.alert_again": untranslated("Heard an alert again"),
    "ticket.alert_end": untranslated("Heard that an alert is over"),
    "ticket.assign": untranslated("Assigned a ticket"),
    "ticket.decide_level": untranslated("Decided the level of a ticket anew"),
    "ticket.rename_level": untranslated("Gave a level of tickets another name"),
    "ticket.comment": untranslated("Commented on a ticket"),
    "ticket.move": untranslated("Took a ticket a step on"),
    "ticket.open": untranslated("Opened a ticket"),
    "ticket.read_clocks": untranslated("Read the clocks of open tickets anew"),
    "ticket.rename": untranslated("Gave what tickets live by another name"),
    "ticket.retarget": untranslated("Set the time limits of a ticket anew"),
    "ticket.seal": untranslated("Sealed what is a secret now"),
    "ticket.update": untranslated("Changed a ticket"),
}


def declare() -> None:
    audit_words.declare(
        _ACTS,
        subjects=[
            Subject(TICKET, Wording("Ticket"), _tickets),
        ],
        lookups={_TYPE_OF: _types_of},
        details=_DETAILS,
        parts={
            "monitoring": untranslated("Monitoring"),
            "platform": untranslated("The platform"),
        },
    )
