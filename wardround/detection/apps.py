from __future__ import annotations

from django.apps import AppConfig


class DetectionConfig(AppConfig):
    name = "wardround.detection"
    label = "detection"

    def ready(self) -> None:
        from wardround.detection import definitions, listeners, permissions, tasks  # noqa: F401, PLC0415  # they register
        from wardround.schema import kinds  # noqa: PLC0415

        kinds.register(definitions.ALERT_RULES)
