"""How a room offers routes: every one declares the permission it needs, or does not exist.

The check runs before the view, so that deny is the default; the view then narrows by scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, Protocol, TypeVar, cast

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.operation import Operation
from ninja.security.base import AuthBase
from ninja.utils import check_csrf
from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from wardround.kernel.errors import (
    BadCursor,
    CrossSite,
    NoBody,
    NotFound,
    SignInNeeded,
    UnknownParameter,
)
from wardround.kernel.permissions import PUBLIC, SIGNED_IN, Permission
from wardround.kernel.typed_text import compatible
from wardround.kernel.types import Actor, ActorKind, TimeRange

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])
_NOTHING = {b"", b"{}", b"null"}
_SAFE = {"GET", "HEAD", "OPTIONS"}


class Request(Protocol):
    """A request whose actor the edge has found (`None`: nobody signed in)."""

    actor: Actor | None
    method: str | None
    headers: Any
    META: dict[str, Any]
    GET: Any


class Gate(AuthBase):
    """Lets a request through to its view when the actor holds what the route needs."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    parameters: frozenset[str] | None = None
    """The parameters that the route knows; `None` where it looks at them itself."""
    prefixes: tuple[str, ...] = ()
    """What names of further parameters begin with."""
    takes_body = True

    def __init__(self, needs: Permission) -> None:
        super().__init__()
        self.needs = needs

    def __call__(self, request: HttpRequest) -> Any:
        passed = self._passed(request)
        request.prefixes = self.prefixes  # type: ignore[attr-defined]  # for `may_repeat`
        if "\x00" in request.path:
            raise NotFound
        if self.parameters is not None:
            self._refuse_unknown(request, self.parameters)
        if not self.takes_body and request.body.strip() not in _NOTHING:
            raise NoBody(field="body")
        return passed

    def _refuse_unknown(self, request: HttpRequest, known: frozenset[str]) -> None:
        for name in request.GET:
            if name not in known and not any(map(name.startswith, self.prefixes)):
                listed = ", ".join(sorted(known)) or "—"
                raise UnknownParameter(field=name, name=name, known=listed)

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
            gate.prefixes = tuple(_prefixes(operation))
            gate.takes_body = any(
                model.__ninja_param_source__ not in {"query", "path"} for model in operation.models
            )
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
    """The names of a route's query parameters; `None` where its filter allows names of its own.

    ninja hands a filter only the names it knows, so its own `extra="forbid"` never sees the rest.
    """
    known: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ != "query":
            continue
        filters = [field.annotation for field in model.model_fields.values()]
        if any(getattr(shape, "model_config", {}).get("extra") == "allow" for shape in filters):
            return None
        known.update(model.__ninja_flatten_map__)
    return frozenset(known)


def _prefixes(operation: Operation) -> Iterator[str]:
    """What a route's filters allow further names of their own to begin with (`prefixes`)."""
    for model in operation.models:
        for field in model.model_fields.values():
            yield from getattr(field.annotation, "prefixes", ())


def may_repeat(request: HttpRequest, name: str) -> bool:
    """Whether the route takes several values of a parameter whose name only its prefix tells."""
    return any(map(name.startswith, getattr(request, "prefixes", ())))


def prefixed(request: Request, prefix: str) -> dict[str, tuple[str, ...]]:
    """The query parameters whose names begin with `prefix`, without it, with all their values."""
    names = (name for name in request.GET if name.startswith(prefix))
    return {name.removeprefix(prefix): tuple(request.GET.getlist(name)) for name in names}


def actor_of(request: Request) -> Actor:
    """Who asks; raises `SignInNeeded` when nobody is signed in."""
    if request.actor is None:
        raise SignInNeeded
    return request.actor


class Page(Schema, Generic[T]):
    """One page of a list. `next` goes back as `cursor`; `total` is given where it is cheap.

    `total_is_at_least`: there are more than `total`, and nobody counted how many.

    `abnormal_hidden`: how many things that are wrong now the filters leave out, of all that the
    reader may see; on the first page of lists that know what is wrong.
    """

    items: list[T]
    next: str | None = None
    total: int | None = None
    total_is_at_least: bool = False
    abnormal_hidden: int | None = None


def _in_our_time(moment: datetime) -> datetime:
    """In UTC. The ends of the calendar have no UTC, and no store holds them."""
    if not 1970 <= moment.year <= 2200:
        raise PydanticCustomError("moment_out_of_range", "between the years 1970 and 2200")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
"""A moment as programs send it, with its offset."""

Version = Annotated[int, Field(ge=0, le=2**31 - 1)]


class TimeFilter(Schema):
    """Of lists that grow: `since` and before `until`, of the moment that the list names."""

    since: Moment | None = None
    until: Moment | None = None

    def time_range(self) -> TimeRange:
        return TimeRange(self.since, self.until)


class ShortFilters(Schema):
    """Of lists that are few: a page holds them all unless `limit` says otherwise."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=2_000)] = 2_000
    cursor: str | None = None


class WholeListFilters(ShortFilters):
    """Of short lists that a page shows: they are searched, sorted and exported like long ones."""

    sort: str | None = None
    q: str | None = None
    format: Literal["json", "xlsx"] = "json"
    columns: str | None = None

    @field_validator("q")
    @classmethod
    def _as_people_mean_it(cls, q: str | None) -> str | None:
        return None if q is None else compatible(q)

    @field_validator("columns")
    @classmethod
    def _of_a_workbook(cls, columns: str | None, info: ValidationInfo) -> str | None:
        """Without one nobody would read them, and a mistyped one would be taken in silence."""
        if columns is not None and info.data.get("format") == "json":
            raise PydanticCustomError("columns_of_no_workbook", "only with format=xlsx")
        return columns


def short_page(everything: Sequence[T], filters: ShortFilters) -> Page[T]:
    """The page of a short list; the cursor is how many came before."""
    start = _place(filters.cursor)
    end = start + filters.limit
    more = str(end) if end < len(everything) else None
    return Page(items=list(everything[start:end]), next=more, total=len(everything))


def _place(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise BadCursor(field="cursor")
    return int(cursor)


class ListFilters(WholeListFilters):
    """What every long list understands; a room's filters extend it with fields of its own."""

    limit: Annotated[int, Field(ge=1, le=500)] = 50


class TimedListFilters(ListFilters, TimeFilter):
    """Of a long list whose rows show when something happened."""
