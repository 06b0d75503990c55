"""Life cycles of whatever has a form and states, and how a broken one is found.

A life cycle is data: states in five categories, transitions between them with a guard, a right
and the fields they ask for, and per state who may see or change which field. Ticket types use it;
nothing here knows what a ticket is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_noop as _

from wardround.schema import expressions
from wardround.schema.expressions import Expression, ExpressionError, Field, FieldType
from wardround.schema.shapes import LABEL_SCHEMA
from wardround.schema.suggestions import closest
from wardround.schema.types import Label, Path, Problem


class StateCategory(StrEnum):
    """What a state means to clocks, boards and lists, whatever its own name."""

    NEW = "new"
    WORKING = "working"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


class FieldAccess(StrEnum):
    HIDDEN = "hidden"
    READ = "read"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class State:
    name: str
    label: Label
    category: StateCategory
    access: Mapping[str, FieldAccess]
    """Field → access while in this state; a field not named here can be edited."""
    requires: tuple[str, ...] = ()
    """Fields that must have a value before this state may be entered."""

    def access_to(self, field_name: str) -> FieldAccess:
        usual = FieldAccess.READ if self.category is StateCategory.CLOSED else FieldAccess.EDIT
        return self.access.get(field_name, usual)


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from one of `sources` to `target`."""

    name: str
    label: Label
    sources: tuple[str, ...]
    target: str
    guard: Expression | None = None
    """Must be true of the fields; see `why_not` for what is told when it is not."""
    why_not: Label | None = None
    requires: tuple[str, ...] = ()
    """Fields asked for with this transition, beside those the target state requires."""
    right: str | None = None
    """Permission beyond the ordinary one, such as `tickets.close`."""
    comment: bool = False
    """A comment must come with it."""


@dataclass(frozen=True, slots=True)
class LifeCycle:
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    initial: str

    def state(self, name: str) -> State:
        """The state called `name`; KeyError if there is none."""
        for state in self.states:
            if state.name == name:
                return state
        raise KeyError(name)

    def leaving(self, state: str) -> tuple[Transition, ...]:
        return tuple(one for one in self.transitions if state in one.sources)

    def transition(self, state: str, name: str) -> Transition | None:
        return next((one for one in self.leaving(state) if one.name == name), None)

    def required(self, transition: Transition) -> tuple[str, ...]:
        """Fields that must have a value for `transition`, each once, in the order declared."""
        return tuple(dict.fromkeys((*transition.requires, *self.state(transition.target).requires)))

    def missing(self, transition: Transition, values: Mapping[str, object]) -> tuple[str, ...]:
        """Which of the required fields have no value."""
        empty: tuple[object, ...] = (None, "", [], ())
        return tuple(name for name in self.required(transition) if values.get(name) in empty)


def permits(transition: Transition, values: Mapping[str, object], *, at: datetime) -> bool:
    """Whether the guard, if any, is true of these field values."""
    return transition.guard is None or transition.guard.holds(values, at=at)


# Reading -----------------------------------------------------------------------------------------

_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,49}$"}
_FIELD_NAMES = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
_STATE = {
    "type": "object",
    "required": ["name", "label", "category"],
    "additionalProperties": False,
    "properties": {
        "name": _NAME,
        "label": LABEL_SCHEMA,
        "category": {"enum": [str(category) for category in StateCategory]},
        "access": {
            "type": "object",
            "additionalProperties": {"enum": [str(access) for access in FieldAccess]},
        },
        "requires": _FIELD_NAMES,
    },
}
_TRANSITION = {
    "type": "object",
    "required": ["name", "label", "from", "to"],
    "additionalProperties": False,
    "properties": {
        "name": _NAME,
        "label": LABEL_SCHEMA,
        "from": {
            "type": ["string", "array"],
            "items": {"type": "string"},
            "minItems": 1,
            "uniqueItems": True,
        },
        "to": {"type": "string"},
        "guard": {"type": "string", "minLength": 1},
        "why_not": LABEL_SCHEMA,
        "requires": _FIELD_NAMES,
        "right": {"type": "string"},
        "comment": {"type": "boolean"},
    },
}

LIFECYCLE_PROPERTIES: Mapping[str, Any] = MappingProxyType(
    {
        "states": {"type": "array", "minItems": 1, "items": _STATE},
        "transitions": {"type": "array", "items": _TRANSITION},
        "initial": {"type": "string"},
    }
)
"""JSON-schema properties to merge into a kind whose body has a life cycle; `states` and
`transitions` belong into its `required`."""


def parse_lifecycle(body: Mapping[str, Any]) -> LifeCycle:
    """The life cycle of a body that passed LIFECYCLE_PROPERTIES.

    A guard that does not parse is kept as one that never holds; `check_guards` on the body
    reports it, so a definition with one is never imported.
    """
    states = tuple(_state(one) for one in body["states"])
    transitions = tuple(_transition(one) for one in body.get("transitions", ()))
    return LifeCycle(states, transitions, body.get("initial") or states[0].name)


def _state(body: Mapping[str, Any]) -> State:
    access = {name: FieldAccess(value) for name, value in body.get("access", {}).items()}
    return State(
        name=body["name"],
        label=Label.parse(body["label"]),
        category=StateCategory(body["category"]),
        access=MappingProxyType(access),
        requires=tuple(body.get("requires", ())),
    )


def _transition(body: Mapping[str, Any]) -> Transition:
    sources = body["from"]
    why_not = body.get("why_not")
    return Transition(
        name=body["name"],
        label=Label.parse(body["label"]),
        sources=(sources,) if isinstance(sources, str) else tuple(sources),
        target=body["to"],
        guard=_guard(body.get("guard")),
        why_not=None if why_not is None else Label.parse(why_not),
        requires=tuple(body.get("requires", ())),
        right=body.get("right"),
        comment=bool(body.get("comment", False)),
    )


def _guard(source: str | None) -> Expression | None:
    return None if source is None else expressions.parse_or_never(source)


# Checking ----------------------------------------------------------------------------------------


def check_lifecycle(
    cycle: LifeCycle, fields: Mapping[str, Field], *, path: Path = ()
) -> Iterator[Problem]:
    """Everything wrong with a life cycle over these fields; `path` leads to its body.

    `fields` are the form's own and whatever fields every record of the room has.
    """
    names = [state.name for state in cycle.states]
    yield from _doubled_states(names, path)
    yield from _unknown_states(cycle, names, path)
    yield from _unknown_fields(cycle, fields, path)
    yield from _doubled_transitions(cycle, path)
    yield from _broken_guards(cycle, fields, path)
    yield from _lost_states(cycle, path)


def _doubled_states(names: Sequence[str], path: Path) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name in names[:index]:
            where = (*path, "states", index, "name")
            yield Problem(where, _("two states are called “%(name)s”"), {"name": name}, found=name)


def _unknown_states(cycle: LifeCycle, names: Collection[str], path: Path) -> Iterator[Problem]:
    if cycle.initial not in names:
        yield _unknown_state((*path, "initial"), cycle.initial, names)
    for index, one in enumerate(cycle.transitions):
        where = (*path, "transitions", index)
        if one.target not in names:
            yield _unknown_state((*where, "to"), one.target, names)
        for name in one.sources:
            if name not in names:
                yield _unknown_state((*where, "from"), name, names)


def _unknown_state(path: Path, name: str, names: Collection[str]) -> Problem:
    return Problem(
        path,
        _("there is no state “%(name)s”"),
        {"name": name},
        found=name,
        expected=", ".join(names),
        suggestion=closest(name, names),
    )


def _unknown_fields(cycle: LifeCycle, fields: Mapping[str, Field], path: Path) -> Iterator[Problem]:
    for where, name, at_key in _named_fields(cycle, path):
        if name not in fields:
            yield Problem(
                where,
                _("there is no field “%(name)s”"),
                {"name": name},
                found=name,
                expected=", ".join(fields),
                suggestion=closest(name, fields),
                at_key=at_key,
            )


def _named_fields(cycle: LifeCycle, path: Path) -> Iterator[tuple[Path, str, bool]]:
    for index, state in enumerate(cycle.states):
        where: Path = (*path, "states", index)
        yield from (((*where, "access", name), name, True) for name in state.access)
        yield from _required_at(where, state.requires)
    for index, one in enumerate(cycle.transitions):
        yield from _required_at((*path, "transitions", index), one.requires)


def _required_at(path: Path, names: Iterable[str]) -> Iterator[tuple[Path, str, bool]]:
    return (((*path, "requires", index), name, False) for index, name in enumerate(names))


def _doubled_transitions(cycle: LifeCycle, path: Path) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(cycle.transitions):
        for source in one.sources:
            if (source, one.name) in seen:
                yield Problem(
                    (*path, "transitions", index, "name"),
                    _("two transitions called “%(name)s” leave the state “%(state)s”"),
                    {"name": one.name, "state": source},
                    found=one.name,
                )
            seen.add((source, one.name))


def _broken_guards(cycle: LifeCycle, fields: Mapping[str, Field], path: Path) -> Iterator[Problem]:
    for index, one in enumerate(cycle.transitions):
        if one.guard is not None:
            where = (*path, "transitions", index, "guard")
            yield from expression_problems(one.guard.source, fields, path=where)


def expression_problems(
    source: str, fields: Mapping[str, Field], *, path: Path
) -> Iterator[Problem]:
    """The one thing wrong with a condition over `fields`, if there is one."""
    try:
        expressions.parse(source).check(fields, wanted=FieldType.BOOLEAN)
    except ExpressionError as error:
        yield error.problem(path)


def _lost_states(cycle: LifeCycle, path: Path) -> Iterator[Problem]:
    """States no ticket can get to, and states no ticket can get out of."""
    forward: dict[str, set[str]] = {}
    backward: dict[str, set[str]] = {}
    for one in cycle.transitions:
        for source in one.sources:
            forward.setdefault(source, set()).add(one.target)
            backward.setdefault(one.target, set()).add(source)
    ends = [one.name for one in cycle.states if one.category is StateCategory.CLOSED]
    reached, finished = _closure([cycle.initial], forward), _closure(ends, backward)
    for index, state in enumerate(cycle.states):
        where = (*path, "states", index)
        if state.name not in reached:
            message = _("no transition leads to the state “%(name)s”")
            yield Problem(where, message, {"name": state.name}, found=state.name)
        if state.name not in finished:
            message = _("from the state “%(name)s” no closed state can be reached")
            yield Problem(where, message, {"name": state.name}, found=state.name)


def _closure(starts: Iterable[str], steps: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting.extend(steps.get(state, ()))
    return reached
