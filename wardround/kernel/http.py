"""How a room offers routes: every one declares the permission it needs, or does not exist.

The check runs before the view, so that deny is the default; the view then narrows by scope.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, Protocol, TypeVar, cast

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from ninja.operation import Operation
from ninja.security.base import AuthBase
from ninja.utils import check_csrf
from pydantic import ConfigDict, Field

from wardround.kernel.errors import BadInput, Forbidden, SignInNeeded
from wardround.kernel.permissions import PUBLIC, SIGNED_IN, Permission
from wardround.kernel.types import Actor, ActorKind

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])
_SAFE = {"GET", "HEAD", "OPTIONS"}


class Request(Protocol):
    """A request whose actor the edge has found (`None`: nobody signed in)."""

    actor: Actor | None
    method: str | None
    headers: Any
    META: dict[str, Any]


class CrossSite(Forbidden):
    code = "cross_site"
    message = _(
        "The request did not come from one of our own pages. Reload the page and try again;"
        " programs use an API token."
    )


class UnknownParameter(BadInput):
    code = "unknown_parameter"
    message = _("There is no parameter “%(name)s” here. There are: %(known)s.")


class Gate(AuthBase):
    """Lets a request through to its view when the actor holds what the route needs."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    parameters: frozenset[str] | None = None
    """The parameters that the route's filters know, where they forbid any other."""

    def __init__(self, needs: Permission) -> None:
        super().__init__()
        self.needs = needs

    def __call__(self, request: HttpRequest) -> Any:
        passed = self._passed(request)
        if self.parameters is not None:
            self._refuse_unknown(request, self.parameters)
        return passed

    def _refuse_unknown(self, request: HttpRequest, known: frozenset[str]) -> None:
        for name in request.GET:
            if name not in known:
                raise UnknownParameter(field=name, name=name, known=", ".join(sorted(known)))

    def _passed(self, request: HttpRequest) -> Any:
        if self.needs is PUBLIC:
            return True
        actor = cast("Actor | None", getattr(request, "actor", None))
        if actor is None:
            raise SignInNeeded
        if self.needs is not SIGNED_IN:
            actor.require(self.needs)
        if actor.kind is ActorKind.PERSON and request.method not in _SAFE and check_csrf(request):
            raise CrossSite
        return actor


class RoomRouter(Router):
    """A ninja router on which `needs=` is mandatory."""

    def __init__(self, *, tags: list[str]) -> None:
        super().__init__(tags=tags)

    def _declare(
        self, method: str, path: str, needs: Permission, options: dict[str, Any]
    ) -> Callable[[View], View]:
        gate = Gate(needs)
        register = self.api_operation([method], path, auth=gate, **options)

        def declare(view: View) -> View:
            declared = register(view)
            operation: Operation = view._ninja_operation  # type: ignore[attr-defined]  # noqa: SLF001
            gate.parameters = _parameters(operation)
            return declared

        return declare

    def get(  # type: ignore[override]
        self, path: str, *, needs: Permission, **options: Any
    ) -> Callable[[View], View]:
        return self._declare("GET", path, needs, options)

    def post(  # type: ignore[override]
        self, path: str, *, needs: Permission, **options: Any
    ) -> Callable[[View], View]:
        return self._declare("POST", path, needs, options)

    def put(  # type: ignore[override]
        self, path: str, *, needs: Permission, **options: Any
    ) -> Callable[[View], View]:
        return self._declare("PUT", path, needs, options)

    def patch(  # type: ignore[override]
        self, path: str, *, needs: Permission, **options: Any
    ) -> Callable[[View], View]:
        return self._declare("PATCH", path, needs, options)

    def delete(  # type: ignore[override]
        self, path: str, *, needs: Permission, **options: Any
    ) -> Callable[[View], View]:
        return self._declare("DELETE", path, needs, options)


def _parameters(operation: Operation) -> frozenset[str] | None:
    """The names of a route's query parameters, where one of its filters forbids others.

    ninja hands a filter only the names it knows, so its own `extra="forbid"` never sees the rest.
    """
    for model in operation.models:
        if model.__ninja_param_source__ != "query":
            continue
        filters = [field.annotation for field in model.model_fields.values()]
        if any(getattr(one, "model_config", {}).get("extra") == "forbid" for one in filters):
            return frozenset(model.__ninja_flatten_map__)
    return None


def actor_of(request: Request) -> Actor:
    """Who asks; raises `SignInNeeded` when nobody is signed in."""
    if request.actor is None:
        raise SignInNeeded
    return request.actor


class Ref(Schema):
    """A thing named by another: its id, and its name as the reader may see it."""

    id: str
    name: str


class Page(Schema, Generic[T]):
    """One page of a list. `next` goes back as `cursor`; `total` is given where it is cheap."""

    items: list[T]
    next: str | None = None
    total: int | None = None


class ListFilters(Schema):
    """What every list understands; a room's filters extend it with fields of its own."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: str | None = None
    sort: str | None = None
    q: str | None = None
    format: Literal["json", "xlsx"] = "json"
    columns: str | None = None
