"""The hospital in a box: the demonstration hospital's machines as real Prometheus endpoints.

Every machine has a loopback address of its own, so that a machine that is down refuses the
connection as a real one does. It must never know the platform's rooms: it is only looked at.
"""
