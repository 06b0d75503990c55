from __future__ import annotations

from django.apps import AppConfig


class SchemaConfig(AppConfig):
    name = "wardround.schema"
    label = "schema"

    def ready(self) -> None:
        from wardround.kernel import live  # noqa: PLC0415  # apps are loaded now
        from wardround.kernel.permissions import SIGNED_IN  # noqa: PLC0415
        from wardround.schema import kinds, metamodel, permissions  # noqa: F401, PLC0415  # apps are loaded now

        for kind in metamodel.KINDS:
            kinds.register(kind)
        live.topic("definitions", SIGNED_IN)
