from __future__ import annotations

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "wardround.boards"
    label = "boards"

    def ready(self) -> None:
        from wardround.boards import permissions  # noqa: F401, PLC0415  # declares them
