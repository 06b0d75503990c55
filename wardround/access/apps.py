from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "wardround.access"
    label = "access"

    def ready(self) -> None:
        from wardround.access import audit_words, permissions, tasks  # noqa: F401, PLC0415  # they register

        audit_words.declare()
        post_migrate.connect(_ship_built_in_roles, sender=self)


def _ship_built_in_roles(**_kwargs: object) -> None:
    from wardround.access.actions import ship_built_in  # noqa: PLC0415  # needs loaded models
    from wardround.kernel import clock  # noqa: PLC0415

    ship_built_in(at=clock.now())
