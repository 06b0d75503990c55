"""The hospital of the ticket tests, looked at from its boards."""

from __future__ import annotations

from tests.tickets.conftest import committed_world, world

__all__ = ["committed_world", "world"]
