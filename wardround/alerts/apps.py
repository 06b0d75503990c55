from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "wardround.alerts"
    label = "alerts"

    def ready(self) -> None:
        from wardround.alerts import history, listeners, permissions  # noqa: F401, PLC0415
