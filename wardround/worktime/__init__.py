"""Working time: calendars with Chinese holidays and make-up days, and SLA clocks as pure functions
of an interval log.

It must never know a ticket.
"""
