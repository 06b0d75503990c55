from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "wardround.alerts"
    label = "alerts"

    def ready(self) -> None:
        from wardround.alerts import (  # noqa: F401, PLC0415  # listeners listen once imported
            audit_words,
            dependents,
            history,
            leaving,
            listeners,
            permissions,
            queries,
            tasks,
        )
        from wardround.kernel import live  # noqa: PLC0415
        from wardround.schema import dependents as living  # noqa: PLC0415

        for holder in dependents.HOLDERS:
            living.register(holder)
        audit_words.declare()
        leaving.declare()
        live.topic("alerts", permissions.READ, queries.visible)
