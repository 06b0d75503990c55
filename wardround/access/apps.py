from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "wardround.access"
    label = "access"
