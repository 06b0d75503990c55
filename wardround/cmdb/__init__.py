"""The configuration database: items, relations, layers, and the history of every attribute.

It must never know monitoring or tickets.
"""
