from __future__ import annotations

from django.apps import AppConfig


class ImpactConfig(AppConfig):
    name = "wardround.impact"
    label = "impact"

    def ready(self) -> None:
        from wardround.cmdb.permissions import READ  # noqa: PLC0415
        from wardround.impact import (  # noqa: F401, PLC0415  # jobs are known once imported
            audit_words,
            formula_leaving,
            leaving,
            permissions,
            tasks,
        )
        from wardround.kernel import live  # noqa: PLC0415

        audit_words.declare()
        formula_leaving.declare()
        leaving.declare()
        live.topic("scenarios", READ)
