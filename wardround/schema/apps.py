from __future__ import annotations

from django.apps import AppConfig


class SchemaConfig(AppConfig):
    name = "wardround.schema"
    label = "schema"
