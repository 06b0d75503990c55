"""The history store: samples, roll-ups and state changes in ClickHouse's dialect, embedded or not.

It must never know what an item means; nobody else may speak to the store.
"""
