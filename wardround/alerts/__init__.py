"""What is wrong now: one open alert per rule, item and labels, raised once and resolved once.

It must never know how anybody is told or how a ticket is worked.
"""
