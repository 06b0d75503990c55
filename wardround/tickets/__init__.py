"""Tickets of every defined type: life cycle, assignment, level, SLA clocks, discussion, timeline.

It must never hold a fixed process: types are definitions.
"""
