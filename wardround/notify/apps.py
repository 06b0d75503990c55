from __future__ import annotations

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "wardround.notify"
    label = "notify"

    def ready(self) -> None:
        from wardround.kernel import live  # noqa: PLC0415  # apps are loaded now
        from wardround.notify import (  # noqa: PLC0415
            audit_words,
            definitions,
            permissions,
            tasks,  # noqa: F401  # listens, and registers its jobs
        )
        from wardround.schema import dependents, kinds  # noqa: PLC0415

        kinds.register(definitions.KIND)
        dependents.register(definitions.HOLDER)
        audit_words.declare()
        live.topic("webhooks", permissions.WEBHOOKS)
