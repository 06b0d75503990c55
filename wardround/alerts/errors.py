"""What can go wrong with alerts, in words for the reader."""

from __future__ import annotations

from wardround.kernel.errors import NotFound


class UnknownAlert(NotFound):
    code = "unknown_alert"
