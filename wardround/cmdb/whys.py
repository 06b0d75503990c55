"""Why somebody changes something: told by whoever does, kept with every change of the act."""

from __future__ import annotations

from dataclasses import dataclass

MOST_REASON, MOST_TICKET = 500, 50


@dataclass(frozen=True, slots=True)
class Why:
    reason: str = ""
    ticket: str = ""
    """The number of a ticket, as people write it; whether there is one is known further up."""


UNSAID = Why()
