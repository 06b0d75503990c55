"""How an item was at a moment: from what it is, its changes taken back one by one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

RELATION = "relation."
_KEPT_APART = frozenset({"created", "retired", "confirmed", "deleted", "merged", "file"})
"""Entries of a history that are no value of the item."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry of the history of an item."""

    id: int
    item: UUID
    at: datetime
    field: str
    old: Any
    new: Any
    other: UUID | None = None
    outward: bool | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A relation as one of its ends has it."""

    kind: str
    other: UUID
    outward: bool | None
    """None: which way it leads was not kept then."""


Details = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """An item at a moment."""

    there: bool = True
    in_use: bool = True
    values: Mapping[str, Any] = field(default_factory=dict)
    """By field, as the history has them; what is empty is not among them."""
    links: Mapping[Link, Details] = field(default_factory=dict)


def said_of(value: Any) -> Details | None:
    """What the history says of a relation beside the name at its other end; None: it was not."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        return {}
    return {name: said for name, said in value.items() if name != "name"}


def taken_back(state: State, changes: Iterable[Logged]) -> State:
    """The item before these changes, which come newest first."""
    there, in_use = state.there, state.in_use
    values, links = dict(state.values), dict(state.links)
    for change in changes:
        if change.field == "created":
            there = False
        elif change.field == "deleted":
            there = change.new is not None
        elif change.field == "retired":
            in_use = change.new is not None
        elif change.field.startswith(RELATION):
            _take_back_link(links, change)
        elif change.field not in _KEPT_APART:
            values.pop(change.field, None)
            if change.old is not None:
                values[change.field] = change.old
    return State(there, in_use, values, links)


def _take_back_link(links: dict[Link, Details], change: Logged) -> None:
    if change.other is None:
        return
    link = Link(change.field.removeprefix(RELATION), change.other, change.outward)
    if link.outward is None:
        known = (replace(link, outward=way) for way in (True, False))
        link = next((each for each in known if each in links), link)
    details = said_of(change.old)
    links.pop(link, None)
    if details is not None:
        links[link] = details


def shown(state: State) -> State:
    """As far as it was an item then: one that was not there had neither values nor relations."""
    return state if state.there else State(there=False, in_use=False)


@dataclass(frozen=True, slots=True)
class Differing:
    """A value, or what is said of a relation, at two moments; None: there was none."""

    what: str | Link
    old: Any
    new: Any


def differences(
    first: State,
    second: State,
    between: Sequence[Logged],
    mask: str,
    kept: Callable[[str], bool] = lambda _name: False,
) -> Iterator[Differing]:
    """What is another at the second moment. Of a secret, and of what is `kept` from the reader,
    only that it was changed is known: not that it came to be the same again.
    """
    touched = {change.field for change in between}
    hidden = {name for name in touched if kept(name)} if second.there else set()
    for name in sorted({*first.values, *second.values, *hidden}):
        old, new = first.values.get(name), second.values.get(name)
        untold = name in hidden or (old == new == mask and name in touched)
        if old != new or untold:
            yield Differing(name, old, new)
    links = {*first.links, *second.links}
    for link in sorted(links, key=lambda each: (each.kind, str(each.other), str(each.outward))):
        said, becomes = first.links.get(link), second.links.get(link)
        if said != becomes:
            yield Differing(link, said, becomes)


# A change taken back -----------------------------------------------------------------------------


class Hindrance:
    """Why a change cannot be taken back, or not without a word."""

    LATER = "later"
    """The same was changed again since."""
    SECRET = "secret"  # noqa: S105  # what it was is not kept
    NOTHING = "nothing"
    """Nothing was changed that could be another."""
    DIRECTION = "direction"
    """Which way the relation led was not kept then."""


def same_thing(change: Logged) -> tuple[object, ...]:
    """What a change is about: two of the same follow each other."""
    thing = "retired" if change.field == "created" else change.field
    return change.item, thing, change.other


def hindrance(change: Logged, later: Iterable[Logged], mask: str) -> str:
    """What stands against taking this one back; empty where nothing does."""
    about = same_thing(change)
    ways = {
        Hindrance.NOTHING: change.field in {"confirmed", "type", "deleted", "merged", "file"},
        Hindrance.SECRET: mask in (change.old, change.new),
        Hindrance.DIRECTION: change.field.startswith(RELATION) and change.outward is None,
        Hindrance.LATER: any(each.id > change.id and same_thing(each) == about for each in later),
    }
    return next((name for name, stands in ways.items() if stands), "")
