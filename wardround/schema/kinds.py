"""The kinds of definition there are. Every room registers its own when it starts.

A kind says which declared model its definitions have (`declarations`), what else must hold among
definitions, and, where definitions are data, how they are applied.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from typing import Any, Generic, TypeVar, cast

from django.utils.translation import gettext_noop as _
from pydantic import ValidationError

from wardround.kernel.reach import Reach
from wardround.kernel.types import Actor
from wardround.schema import forms, mistakes
from wardround.schema.declarations import STORED, Declaration, Part
from wardround.schema.errors import BadDefinition
from wardround.schema.labels import Label
from wardround.schema.problems import InPart, Path, Problem, Reference
from wardround.schema.sealing import Secret
from wardround.schema.suggestions import closest
from wardround.schema.walking import kinds_named, references_in

V = TypeVar("V", bound=Declaration)
T = TypeVar("T")
D = TypeVar("D", bound=Part)

Outside = Callable[[str, Collection[str]], frozenset[str]]
"""Which of some names of a thing ("item") exist outside definitions."""


def read(model: type[D], body: object) -> D:
    """The value of a body as somebody has written it. Raises BadDefinition with every mistake."""
    try:
        return model.model_validate_json(json.dumps(body), by_alias=True, by_name=False)
    except ValidationError as error:
        raise BadDefinition(*mistakes.told(error, body, forms.schema_of(model))) from None


def read_stored(model: type[D], body: str) -> D:
    """The value of a body that was accepted once, as JSON.

    Keys that the declaration no longer knows are left out, and what only an import refuses
    passes (`declarations.written_now`): an old version stays readable.
    """
    return model.model_validate_json(
        body, extra="ignore", by_alias=True, by_name=False, context=STORED
    )


def plain(body: str) -> dict[str, Any]:
    """A stored body as it lies there, readable as a definition or not; nothing of what is no JSON
    object at all.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def parts(body: Mapping[str, Any], key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """What stands in a list of a stored body, with its place there; without what has another form
    than any definition ever had.
    """
    found = body.get(key)
    several = enumerate(found) if isinstance(found, list) else ()
    return ((place, part) for place, part in several if isinstance(part, dict))


class DefinitionView:
    """All definitions a check may look at: those being checked and those already installed."""

    def __init__(
        self,
        values: Mapping[str, Mapping[str, Any]],
        *,
        broken: Mapping[str, Collection[str]] | None = None,
        outside: Outside | None = None,
        former: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        """`former`: by kind and name, what a definition was called until now."""
        self._former = former or {}
        self._values = values
        self._broken = broken or {}
        self._outside = outside
        self._made: dict[Callable[[DefinitionView], Any], Any] = {}

    def get(self, kind: str, name: str) -> Any | None:
        """The parsed value, or None for one that is unknown or has problems of its own."""
        return self._values.get(kind, {}).get(name)

    def former(self, kind: str, name: str) -> str:
        """What a definition that is being renamed is called until now; any other its name."""
        return self._former.get((kind, name), name)

    def all(self, kind: str) -> Mapping[str, Any]:
        """Every value of a kind without problems, by name."""
        return self._values.get(kind, {})

    def knows(self, kind: str, name: str) -> bool:
        """Whether there is such a definition, even one with problems."""
        return name in self._values.get(kind, {}) or name in self._broken.get(kind, ())

    def names(self, kind: str) -> list[str]:
        return [*self._values.get(kind, {}), *self._broken.get(kind, ())]

    def outside(self, thing: str, names: Collection[str]) -> frozenset[str]:
        """Which of `names` exist as things in the database; none where there is no database."""
        return self._outside(thing, names) if self._outside and names else frozenset()

    @property
    def sees_database(self) -> bool:
        """Whether there is a database to ask what exists outside of definitions."""
        return self._outside is not None

    def once(self, make: Callable[[DefinitionView], T]) -> T:
        """What `make` makes of this view, made once; for tables that many checks need."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    def with_value(self, kind: str, name: str, value: Any) -> DefinitionView:
        """The same with one definition that has a value here."""
        values = {**self._values, kind: {**self.all(kind), name: value}}
        return DefinitionView(
            values, broken=self._broken, outside=self._outside, former=self._former
        )

    def unknown(self, reference: Reference) -> Iterator[Problem]:
        """The problem of a reference to nothing, if it is one."""
        if not self.knows(reference.kind, reference.name):
            kind = kind_named(reference.kind)
            if kind is None:
                return  # no definition: who declares the reference knows whether there is one
            given = kind.given() if kind.given else ()
            if reference.name in given or self.outside(reference.kind, [reference.name]):
                return
            names = [*self.names(reference.kind), *given]
            yield Problem(
                reference.path,
                _("there is no %(kind)s “%(name)s”"),
                {"kind": reference.kind, "name": reference.name},
                found=reference.name,
                suggestion=closest(reference.name, names),
            )


Reached = Callable[[Reach, Collection[str]], frozenset[str]]
"""Which of some names of a thing ("item") are within a reach."""


@dataclass(frozen=True)
class Content(Generic[V]):
    """What a kind holds that is no rule but things: it is read only with the right to all of them.

    `needs` is the permission, `keys` gives the names of the `things` (items, by their keys). Who
    writes such a definition writes those things: `writes` is the permission for that.
    """

    needs: str
    writes: str
    keys: Callable[[V], Iterable[str]]
    things: str = "item"
    whole: Callable[[Reach], bool] = lambda reach: reach.everything
    """Whether so far a reader sees all that any of these definitions holds."""


Renamed = tuple[Path, str]
"""Where in a body a key stands, and what it is called from now on."""


@dataclass(frozen=True)
class Following(Generic[V]):
    """Keys in definitions that another kind gives names to: who saves one of those alone has them
    written anew here.

    `keys` gets a definition, every one of the other `kind` as they are and as they will be, and
    the definitions of that kind that get a new name.
    """

    kind: str
    keys: Callable[[V, Mapping[str, Any], Mapping[str, Any], Mapping[str, str]], Iterable[Renamed]]


@dataclass(frozen=True)
class DefinitionKind(Generic[V]):
    """One kind of definition.

    `model` declares the body, `kind` aside. `check` finds what a model cannot see, in the value
    and among all definitions. `apply` gets the values that are new or changed, inside the
    import's transaction, kinds in `order`. `about` says in a sentence what the kind is for.
    """

    name: str
    model: type[V]
    label: Label | None = None
    check: Callable[[V, DefinitionView], Iterable[Problem]] | None = None
    apply: Callable[[Sequence[V], Actor, datetime], None] | None = None
    order: int = 0
    about: Label | None = field(default=None, kw_only=True)
    content: Content[V] | None = field(default=None, kw_only=True)
    """Set where definitions hold things; who does not see all of them does not see it."""
    given: Callable[[], Collection[str]] | None = field(default=None, kw_only=True)
    """Names that may be referred to and that no definition gives: what the product has built in.
    Those that only a database knows are registered as a thing of the kind's name
    (`register_outside`)."""
    secrets: Callable[[Mapping[str, Any], DefinitionView], Iterable[Secret]] | None = field(
        default=None, kw_only=True
    )
    """Where in a body secrets stand; sealed before anything of it is kept."""
    beyond: Callable[[V, Actor], Iterable[Problem]] | None = field(default=None, kw_only=True)
    """What of a definition somebody may not write, whatever their right to edit definitions."""
    leaving: Callable[[V, Actor], Iterable[Problem]] | None = field(default=None, kw_only=True)
    """Why somebody may not take a definition out of force, whatever their right to do that."""
    advise: Callable[[V], Iterable[Problem]] | None = field(default=None, kw_only=True)
    """What is no mistake, and probably not what was meant."""
    following: Following[V] | None = field(default=None, kw_only=True)
    names: Callable[[V], Iterable[Reference]] | None = field(default=None, kw_only=True)
    """Definitions that one names elsewhere than under a key that `Refers`."""
    looks_around: bool = field(default=False, kw_only=True)
    """Whether `check` asks of definitions that this one does not name: it is asked again whenever
    any other changes."""
    in_part: InPart | None = field(default=None, kw_only=True)
    """Set where `check` looks at what is left of a definition beside mistakes of shape too."""

    def read(self, body: Mapping[str, Any]) -> V:
        """The frozen value of a body as written in a pack. Raises BadDefinition."""
        return read(self.model, {key: value for key, value in body.items() if key != "kind"})

    def stored(self, body: str) -> V:
        """The frozen value of a stored body (JSON)."""
        return read_stored(self.model, body)

    def references(self, value: V) -> Iterator[Reference]:
        """The definitions that `value` names."""
        yield from references_in(value)
        yield from self.names(value) if self.names else ()

    def may_name(self, kind: str) -> bool:
        """Whether a definition has a key for names of this kind of thing."""
        return kind in kinds_named(self.model)

    def json_schema(self) -> dict[str, Any]:
        """The JSON-schema of a whole body, told to the present reader."""
        return forms.told(forms.body_schema(self.model, self.name))

    @property
    def example(self) -> str:
        """A small sound definition to begin a new one with: `examples/<kind>.yaml` of its room."""
        room = resources.files(self.model.__module__.rpartition(".")[0])
        return room.joinpath("examples", f"{self.name}.yaml").read_text(encoding="utf-8")

    @property
    def following_kind(self) -> str:
        """The kind whose names are keys here; empty if there is none."""
        return self.following.kind if self.following else ""

    def followed(
        self,
        value: V,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        names: Mapping[str, str],
    ) -> Iterable[Renamed]:
        """The keys of a definition that get another name with that kind."""
        return self.following.keys(value, before, after, names) if self.following else ()

    def label_of(self, body: Mapping[str, Any]) -> Label | None:
        label = body.get("label")
        return None if label is None else Label.parse(label)


@dataclass(slots=True)
class _Registry:
    kinds: dict[str, DefinitionKind[Any]] = field(default_factory=dict)
    outside: dict[str, Callable[[Collection[str]], frozenset[str]]] = field(default_factory=dict)
    reached: dict[str, Reached] = field(default_factory=dict)


_registry = _Registry()


def register(kind: DefinitionKind[V]) -> DefinitionKind[V]:
    """Add a kind; the room that knows it does so in its `ready`."""
    if _registry.kinds.setdefault(kind.name, kind) is not kind:
        message = f"definition kind {kind.name} is registered twice"
        raise ValueError(message)
    return kind


def register_outside(thing: str, known: Callable[[Collection[str]], frozenset[str]]) -> None:
    """Say how to find which names of a `thing` exist in the database (an item's key)."""
    _registry.outside[thing] = known


def register_reached(thing: str, reached: Reached) -> None:
    """Say how to find which names of a `thing` are within a reach."""
    _registry.reached[thing] = reached


def reached(thing: str, reach: Reach, names: Collection[str]) -> frozenset[str]:
    known = _registry.reached.get(thing)
    return known(reach, names) if known else frozenset()


def outside(thing: str, names: Collection[str]) -> frozenset[str]:
    known = _registry.outside.get(thing)
    return known(names) if known else frozenset()


def kind_named(name: str) -> DefinitionKind[Any] | None:
    return _registry.kinds.get(name)


def every() -> tuple[DefinitionKind[Any], ...]:
    """Every kind, by name."""
    return tuple(_registry.kinds[name] for name in sorted(_registry.kinds))


def kind_names() -> tuple[str, ...]:
    return tuple(sorted(_registry.kinds))
