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
from typing import Annotated, Any

from django.utils.translation import gettext_noop as _
from pydantic import Field, GetCoreSchemaHandler, StringConstraints
from pydantic_core import core_schema as core

from wardround.schema import expressions
from wardround.schema.declarations import (
    LABEL_KEY,
    STORED,
    FrozenMapping,
    Key,
    Keyed,
    LabelField,
    Part,
    Several,
    Unique,
    refused,
    told_as,
)
from wardround.schema.errors import ExpressionError
from wardround.schema.expressions import Expression, FieldType
from wardround.schema.expressions import Field as FormField
from wardround.schema.suggestions import closest
from wardround.schema.types import Path, Problem


@told_as(
    {
        "new": ("新建", "New"),
        "working": ("处理中", "Working"),
        "waiting": ("等待", "Waiting"),
        "resolved": ("已解决", "Resolved"),
        "closed": ("已关闭", "Closed"),
    }
)
class StateCategory(StrEnum):
    """What a state means to clocks, boards and lists, whatever its own name."""

    NEW = "new"
    WORKING = "working"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


@told_as(
    {
        "hidden": ("隐藏", "Hidden"),
        "read": ("只读", "Read"),
        "edit": ("可改", "Edit"),
    }
)
class FieldAccess(StrEnum):
    HIDDEN = "hidden"
    READ = "read"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class _GuardShape:
    """A condition that does not parse is refused, and in a stored version never holds."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core.CoreSchema:
        text = core.str_schema(min_length=1)
        return core.with_info_after_validator_function(_guard, text)


def _guard(source: str, info: core.ValidationInfo[Any]) -> Expression:
    if info.context == STORED:
        return expressions.parse_or_never(source)
    try:
        return expressions.parse(source)
    except ExpressionError as error:
        raise refused(error.problem(())) from None


Guard = Annotated[Expression, _GuardShape()]
"""A condition in the language of `expressions`."""

StateName = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_-]{0,49}$")]
FieldNames = Annotated[tuple[str, ...], Unique()]


class State(Part):
    """A state of a life cycle."""

    name: Annotated[
        StateName, Key("标识", "Name", "状态的标识。", "What the state is called in data.")
    ]
    label: Annotated[LabelField, LABEL_KEY]
    category: Annotated[
        StateCategory,
        Key(
            "类别",
            "Category",
            "状态属于哪一类，时钟、看板和列表据此判断。",
            "What the state means to clocks, boards and lists.",
        ),
    ]
    access: Annotated[
        Keyed[str, FieldAccess],
        Key(
            "字段权限",
            "Access",
            "处于此状态时各字段可见、可改还是隐藏；未写的字段可改，关闭后只读。",
            "Who may see or change which field in this state; a field not named can be edited, "
            "once closed only read.",
        ),
    ] = FrozenMapping()
    requires: Annotated[
        FieldNames,
        Key(
            "必填字段",
            "Requires",
            "进入此状态前必须有值的字段。",
            "Fields that must have a value before this state may be entered.",
        ),
    ] = ()
    main: Annotated[
        StateName | None,
        Key(
            "主要流转",
            "Main",
            "处于此状态时首先提供的流转；不写为最先声明的。",
            "The transition that is offered first in this state; the first declared if not given.",
        ),
    ] = None

    def access_to(self, field_name: str) -> FieldAccess:
        usual = FieldAccess.READ if self.category is StateCategory.CLOSED else FieldAccess.EDIT
        return self.access.get(field_name, usual)


class Transition(Part):
    """A way from one of `sources` to `target`."""

    name: Annotated[
        StateName, Key("标识", "Name", "流转的标识。", "What the transition is called in data.")
    ]
    label: Annotated[LabelField, LABEL_KEY]
    sources: Annotated[
        Annotated[Several[str], Unique()],
        Field(alias="from"),
        Key("从", "From", "可以从哪些状态出发。", "The states it leaves."),
    ]
    target: Annotated[
        str, Field(alias="to"), Key("到", "To", "到达的状态。", "The state it leads to.")
    ]
    guard: Annotated[
        Guard | None,
        Key(
            "条件",
            "Guard",
            "字段须满足的条件，否则不能流转。",
            "A condition over the fields; while it is not true the transition cannot be taken.",
        ),
    ] = None
    why_not: Annotated[
        LabelField | None,
        Key(
            "不满足时的提示",
            "Why not",
            "条件不满足时告诉人的话。",
            "What people are told while the guard is not true.",
        ),
    ] = None
    requires: Annotated[
        FieldNames,
        Key(
            "必填字段",
            "Requires",
            "流转时要填的字段，另加目标状态要求的。",
            "Fields asked for with this transition, beside those the target state requires.",
        ),
    ] = ()
    right: Annotated[
        str | None,
        Key(
            "权限",
            "Right",
            "除一般权限外还需要的权限，如 tickets.close。",
            "A permission beyond the ordinary one, such as `tickets.close`.",
        ),
    ] = None
    comment: Annotated[
        bool, Key("须附言", "Comment", "流转时是否必须写说明。", "A comment must come with it.")
    ] = False


class LifeCycle(Part):
    """States and the ways between them; a declaration with a life cycle is one."""

    states: Annotated[
        tuple[State, ...],
        Field(min_length=1),
        Key("状态", "States", "可以处于的状态。", "The states there are."),
    ]
    transitions: Annotated[
        tuple[Transition, ...],
        Key("流转", "Transitions", "状态之间的流转。", "The ways between states."),
    ]
    begins: Annotated[
        str,
        Field(alias="initial"),
        Key(
            "初始状态",
            "Initial",
            "新建时的状态；不写为第一个状态。",
            "The state it begins in; the first one if not given.",
        ),
    ] = ""

    @property
    def initial(self) -> str:
        return self.begins or self.states[0].name

    def state(self, name: str) -> State:
        """The state called `name`; KeyError if there is none."""
        found = self.find(name)
        if found is None:
            raise KeyError(name)
        return found

    def find(self, name: str) -> State | None:
        """The state called `name`, if there is one."""
        return next((state for state in self.states if state.name == name), None)

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """The ways out of a state, the main one first."""
        found = self.find(state)
        main = found.main if found else None
        ways = [transition for transition in self.transitions if state in transition.sources]
        return tuple(sorted(ways, key=lambda transition: transition.name != main))

    def transition(self, state: str, name: str) -> Transition | None:
        return next(
            (transition for transition in self.leaving(state) if transition.name == name), None
        )

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


# Checking ----------------------------------------------------------------------------------------


def check_lifecycle(
    cycle: LifeCycle, fields: Mapping[str, FormField], *, path: Path = ()
) -> Iterator[Problem]:
    """What its declaration cannot see in a life cycle; `path` leads to its body.

    `fields` are the form's own and whatever fields every record of the room has.
    """
    names = [state.name for state in cycle.states]
    yield from _doubled_states(names, path)
    yield from _unknown_states(cycle, names, path)
    yield from _unknown_mains(cycle, path)
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
    for index, transition in enumerate(cycle.transitions):
        where = (*path, "transitions", index)
        if transition.target not in names:
            yield _unknown_state((*where, "to"), transition.target, names)
        for name in transition.sources:
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


def _unknown_mains(cycle: LifeCycle, path: Path) -> Iterator[Problem]:
    for index, state in enumerate(cycle.states):
        ways = [transition.name for transition in cycle.leaving(state.name)]
        if state.main is not None and state.main not in ways:
            yield Problem(
                (*path, "states", index, "main"),
                _("no transition “%(name)s” leaves the state “%(state)s”"),
                {"name": state.main, "state": state.name},
                found=state.main,
                expected=", ".join(ways),
                suggestion=closest(state.main, ways),
            )


def _unknown_fields(
    cycle: LifeCycle, fields: Mapping[str, FormField], path: Path
) -> Iterator[Problem]:
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
    for index, transition in enumerate(cycle.transitions):
        yield from _required_at((*path, "transitions", index), transition.requires)


def _required_at(path: Path, names: Iterable[str]) -> Iterator[tuple[Path, str, bool]]:
    return (((*path, "requires", index), name, False) for index, name in enumerate(names))


def _doubled_transitions(cycle: LifeCycle, path: Path) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for index, transition in enumerate(cycle.transitions):
        for source in transition.sources:
            if (source, transition.name) in seen:
                yield Problem(
                    (*path, "transitions", index, "name"),
                    _("two transitions called “%(name)s” leave the state “%(state)s”"),
                    {"name": transition.name, "state": source},
                    found=transition.name,
                )
            seen.add((source, transition.name))


def _broken_guards(
    cycle: LifeCycle, fields: Mapping[str, FormField], path: Path
) -> Iterator[Problem]:
    for index, transition in enumerate(cycle.transitions):
        if transition.guard is not None:
            where = (*path, "transitions", index, "guard")
            yield from expression_problems(transition.guard.source, fields, path=where)


def expression_problems(
    source: str, fields: Mapping[str, FormField], *, path: Path
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
    for transition in cycle.transitions:
        for source in transition.sources:
            forward.setdefault(source, set()).add(transition.target)
            backward.setdefault(transition.target, set()).add(source)
    ends = [state.name for state in cycle.states if state.category is StateCategory.CLOSED]
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
