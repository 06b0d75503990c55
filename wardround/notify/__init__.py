"""The channels by which people are told, with receipts, retries and limits.

It must never know why somebody is told.
"""
