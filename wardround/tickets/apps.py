from __future__ import annotations

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "wardround.tickets"
    label = "tickets"

    def ready(self) -> None:
        # Apps are loaded now: what imports models may be imported.
        from wardround.kernel import finding, live  # noqa: PLC0415
        from wardround.schema import dependents as living  # noqa: PLC0415
        from wardround.schema import kinds  # noqa: PLC0415
        from wardround.tickets import (  # noqa: F401, PLC0415  # listeners listen once imported
            audit_words,
            definitions,
            dependents,
            leaving,
            listeners,
            permissions,
            queries,
            searching,
        )

        for kind in definitions.KINDS:
            kinds.register(kind)
        for holder in dependents.HOLDERS:
            living.register(holder)
        audit_words.declare()
        leaving.declare()
        live.topic("tickets", permissions.READ, queries.visible)
        finding.register(searching.TICKETS)
