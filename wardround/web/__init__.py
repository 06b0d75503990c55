"""The HTTP edge: settings, addresses, live stream and the built interface.

It must never hold a rule.
"""
