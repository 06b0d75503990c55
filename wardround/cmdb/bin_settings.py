"""How long the recycle bin keeps what was deleted, from the environment."""

from __future__ import annotations

import os
from datetime import timedelta

_VARIABLE, _USUAL = "WARDROUND_RECYCLE_BIN_DAYS", 90


def kept_for() -> timedelta:
    return timedelta(days=max(1, int(os.environ.get(_VARIABLE) or _USUAL)))
