"""How long a session may last, as this installation wants it."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import lru_cache

from wardround.access.rules import SessionLimits


@lru_cache(maxsize=1)
def session_limits() -> SessionLimits:
    """From WARDROUND_SESSION_IDLE_MINUTES (60) and WARDROUND_SESSION_HOURS (12)."""
    return SessionLimits(
        idle=timedelta(minutes=float(os.environ.get("WARDROUND_SESSION_IDLE_MINUTES", "60"))),
        whole=timedelta(hours=float(os.environ.get("WARDROUND_SESSION_HOURS", "12"))),
    )
