from __future__ import annotations

from django.apps import AppConfig


class SchemaConfig(AppConfig):
    name = "wardround.schema"
    label = "schema"

    def ready(self) -> None:
        from wardround.access import queries as access  # noqa: PLC0415
        from wardround.kernel import finding, live  # noqa: PLC0415  # apps are loaded now
        from wardround.kernel.permissions import SIGNED_IN  # noqa: PLC0415
        from wardround.schema import (  # noqa: F401, PLC0415  # apps are loaded now
            audit_words,
            dependents,
            kinds,
            listeners,
            metamodel,
            permissions,
            roles,
            searching,
        )

        for kind in (*metamodel.KINDS, roles.KIND):
            kinds.register(kind)
        dependents.register(roles.HOLDER)
        dependents.register(roles.RIGHTS)
        kinds.register_outside(roles.ROLE, access.role_names)
        kinds.register_outside(roles.BY_HAND, roles.hand_made)
        kinds.register_outside("account", access.user_names)
        audit_words.declare()
        live.topic("definitions", SIGNED_IN)
        finding.register(searching.DEFINITIONS)
