"""The collectors: targets, monitor templates, protocol drivers, shards and the spool on disk.

It must never judge a value: thresholds are detection's.
"""
