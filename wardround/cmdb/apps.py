from __future__ import annotations

from django.apps import AppConfig


class CmdbConfig(AppConfig):
    name = "wardround.cmdb"
    label = "cmdb"
