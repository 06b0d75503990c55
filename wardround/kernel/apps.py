from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "wardround.kernel"
    label = "kernel"

    def ready(self) -> None:
        from wardround.kernel import tasks  # noqa: F401, PLC0415  # registers its jobs
