"""The one API object: every room's routes, under /api/v1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from wardround.kernel.http import Gate
from wardround.kernel.permissions import Permission
from wardround.web import problems, refusals
from wardround.web.reading import CarefulParser

_ROUTES = (
    "access.routes", "access.audit_routes", "schema.routes", "cmdb.routes",
    "cmdb.interface_routes", "cmdb.graph_list_routes", "cmdb.import_routes", "cmdb.care_routes",
    "cmdb.seen_by_routes", "cmdb.source_routes", "cmdb.bin_routes", "cmdb.zone_routes",
    "cmdb.place_routes", "cmdb.virtual_routes", "cmdb.networks.routes",
    "cmdb.networks.circuit_routes", "cmdb.documents.routes",
    "impact.routes", "impact.fault_routes", "impact.formula_routes", "impact.scenario_routes",
    "impact.ranking_routes", "collect.routes", "history.routes", "detection.routes",
    "notify.routes", "alerts.routes", "tickets.routes", "boards.routes", "boards.unified_routes",
    "web.routes",
)  # fmt: skip


class _Described(NinjaAPI):
    """Its OpenAPI document also says what a refusal looks like."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        refusals.describe(
            document, {(method, _place(path)): needs for method, path, needs in routes()}
        )
        return document


class _AsWritten(JSONRenderer):
    """Chinese as Chinese: escaped it is twice as long, and no one can read it."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}  # as its base


def _build() -> NinjaAPI:
    built = _Described(
        title="Wardround 查房",
        version="1",
        description="One open platform with which a hospital runs its systems.",
        docs_url=None,
        openapi_url="/openapi.json",
        urls_namespace="api",
        parser=CarefulParser(),
        renderer=_AsWritten(),
    )
    problems.install(built)
    for module in _ROUTES:
        built.add_router("", import_module(f"wardround.{module}").router)
    return built


api = _build()


def _place(path: str) -> str:
    """A path as the document has it: without the kinds of what stands in it."""
    return re.sub(r"{\w+:", "{", path)


def routes() -> list[tuple[str, str, Permission]]:
    """Every route: its method, its path below /api/v1, and the permission it needs."""
    found = []
    for prefix, router in api._routers:  # noqa: SLF001  # ninja offers no public walk
        for path, view in router.path_operations.items():
            for operation in view.operations:
                needs = cast(Gate, operation.auth_callbacks[0]).needs
                found += [(method, f"{prefix}{path}", needs) for method in operation.methods]
    return found
