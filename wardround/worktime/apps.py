from __future__ import annotations

from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    name = "wardround.worktime"
    label = "worktime"

    def ready(self) -> None:
        from wardround.schema import dependents as living  # noqa: PLC0415  # apps are loaded now
        from wardround.schema import kinds  # noqa: PLC0415
        from wardround.worktime import definitions, dependents  # noqa: PLC0415

        for kind in definitions.KINDS:
            kinds.register(kind)
        for holder in dependents.HOLDERS:
            living.register(holder)
