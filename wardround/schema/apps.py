from __future__ import annotations

from django.apps import AppConfig


class SchemaConfig(AppConfig):
    name = "wardround.schema"
    label = "schema"

    def ready(self) -> None:
        from wardround.schema import kinds, metamodel, permissions  # noqa: F401, PLC0415  # apps are loaded now

        for kind in metamodel.KINDS:
            kinds.register(kind)
