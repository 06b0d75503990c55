from __future__ import annotations

from django.apps import AppConfig


class CmdbConfig(AppConfig):
    name = "wardround.cmdb"
    label = "cmdb"

    def ready(self) -> None:
        from wardround.cmdb import (  # noqa: PLC0415  # apps are loaded now
            audit_words,
            definitions,
            dependents,
            granted,
            granted_following,
            own_findings,
            own_leaving,
            permissions,
            queries,
            ruling,
            searching,
            sourcing,
            systems,
            tasks,  # noqa: F401  # registers its jobs
        )
        from wardround.cmdb.documents import following  # noqa: PLC0415
        from wardround.cmdb.documents import searching as in_documents  # noqa: PLC0415
        from wardround.cmdb.networks import findings as network_findings  # noqa: PLC0415
        from wardround.kernel import among, finding, live, reach  # noqa: PLC0415
        from wardround.schema import dependents as living  # noqa: PLC0415
        from wardround.schema import kinds  # noqa: PLC0415

        reach.resolve_organisations_by(systems.used_by)
        among.resolve_expressions_by(granted.Granted())
        audit_words.declare()
        own_findings.declare()
        own_leaving.declare()
        network_findings.declare()
        following.declare()
        live.topic("items", permissions.READ, queries.visible)
        live.topic("imports", permissions.WRITE)
        live.topic("recycle-bin", permissions.DELETE)
        kinds.register(definitions.ITEMS)
        kinds.register(ruling.RELATION_RULE)
        kinds.register(sourcing.KIND)
        kinds.register(sourcing.PROFILE_KIND)
        kinds.register_outside("item", definitions.existing_keys)
        kinds.register_reached("item", definitions.reached_keys)
        for holder in (
            *dependents.HOLDERS,
            *ruling.HOLDERS,
            *sourcing.HOLDERS,
            *granted_following.HOLDERS,
        ):
            living.register(holder)
        for group in (*searching.GROUPS, in_documents.GROUP):
            finding.register(group)
