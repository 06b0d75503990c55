from __future__ import annotations

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "wardround.boards"
    label = "boards"
