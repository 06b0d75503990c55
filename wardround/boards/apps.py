from __future__ import annotations

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "wardround.boards"
    label = "boards"

    def ready(self) -> None:
        from wardround.boards import permissions  # noqa: PLC0415  # apps are loaded now
        from wardround.cmdb import queries as cmdb  # noqa: PLC0415
        from wardround.kernel import live  # noqa: PLC0415

        live.topic("board", permissions.READ, cmdb.visible)  # its things are items
