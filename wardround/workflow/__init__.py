"""Procedures drawn as BPMN and their running instances.

It must never know a ticket type.
"""
