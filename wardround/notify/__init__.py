"""The channels by which people and programs are told, with receipts, retries and limits; so far
programs, by webhooks.

It must never know why somebody is told.
"""
