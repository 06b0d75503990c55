"""One installation: its data folder, its embedded stores, its processes and what ails them.

It must never hold a business rule; it starts, watches and stops.
"""
