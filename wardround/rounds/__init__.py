"""Inspection rounds: what is looked at when, what was found, what was missed.

It must never collect by itself: it asks collect.
"""
