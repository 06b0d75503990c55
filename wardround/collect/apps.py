from __future__ import annotations

from django.apps import AppConfig


class CollectConfig(AppConfig):
    name = "wardround.collect"
    label = "collect"

    def ready(self) -> None:
        from wardround.collect import (  # noqa: PLC0415
            audit_words,
            definitions,
            dependents,
            findings,
            leaving,
            message_counts,
            permissions,
            queries,
            tasks,  # noqa: F401
        )
        from wardround.kernel import live  # noqa: PLC0415
        from wardround.schema import dependents as living  # noqa: PLC0415
        from wardround.schema import kinds  # noqa: PLC0415

        kinds.register(definitions.MONITOR_TEMPLATES)
        kinds.register(definitions.TARGET_LISTS)
        for holder in dependents.HOLDERS:
            living.register(holder)
        audit_words.declare()
        findings.declare()
        leaving.declare()
        message_counts.declare()
        live.topic("targets", permissions.READ, queries.visible)
