"""What every room stands on: actors and permissions, the audit chain, the clock, errors, jobs,
announcements, ids and secrets.

It must never know a business word: no item, alert or ticket.
"""
