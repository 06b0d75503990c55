from __future__ import annotations

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "wardround.history"
    label = "history"

    def ready(self) -> None:
        from wardround.history import permissions, tasks  # noqa: F401, PLC0415  # they register
