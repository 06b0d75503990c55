from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "wardround.access"
    label = "access"

    def ready(self) -> None:
        from wardround.access import (  # noqa: PLC0415  # apps are loaded now
            audit_words,
            permissions,  # noqa: F401  # declares them
            searching,
            tasks,  # noqa: F401  # registers its jobs
        )
        from wardround.kernel import finding  # noqa: PLC0415

        audit_words.declare()
        finding.register(searching.ACCOUNTS)
        post_migrate.connect(_ship_built_in_roles, sender=self)


def _ship_built_in_roles(**_kwargs: object) -> None:
    from wardround.access.actions import ship_built_in  # noqa: PLC0415  # needs loaded models
    from wardround.kernel import clock  # noqa: PLC0415

    ship_built_in(at=clock.now())
