from __future__ import annotations

from django.apps import AppConfig


class DetectionConfig(AppConfig):
    name = "wardround.detection"
    label = "detection"

    def ready(self) -> None:
        from wardround.detection import (  # noqa: F401, PLC0415  # they register
            definitions,
            dependents,
            listeners,
            permissions,
            tasks,
        )
        from wardround.schema import dependents as living  # noqa: PLC0415
        from wardround.schema import kinds  # noqa: PLC0415

        kinds.register(definitions.ALERT_RULES)
        for holder in dependents.HOLDERS:
            living.register(holder)
