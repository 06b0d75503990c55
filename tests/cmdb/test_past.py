"""How an item was: any run of changes, taken back to any moment, gives what it was then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from wardround.cmdb.past import (
    Hindrance,
    Link,
    Logged,
    State,
    differences,
    hindrance,
    said_of,
    taken_back,
)

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ITEM = UUID(int=1)
FIELDS = ("name", "owner", "attributes.memory", "attributes.rack")
LINKS = [Link(kind, UUID(int=n), way) for kind in ("uses", "runs-on") for n in (2, 3)
         for way in (True, False)]  # fmt: skip
MASK = "••••••"

field_acts = st.tuples(st.sampled_from(FIELDS), st.one_of(st.none(), st.integers(0, 3)))
link_acts = st.tuples(
    st.sampled_from(LINKS),
    st.one_of(st.none(), st.just({}), st.fixed_dictionaries({"need": st.integers(1, 2)})),
)
uses = st.tuples(st.just("retired"), st.booleans())
runs = st.lists(st.lists(st.one_of(field_acts, link_acts, uses), max_size=3), max_size=12)


def _told(details: Any) -> Any:
    if details is None:
        return None
    return {"name": "other", **details} if details else "other"


def _stepped(state: State, what: Any, new: Any) -> tuple[State, tuple[Any, ...]] | None:
    """The state after one step, and how the history tells it; nothing where it is none."""
    if what == "retired":
        told = ("retired", None if new else "n", "n" if new else None)
        return (replace(state, in_use=not new), told) if state.in_use == new else None
    linked = isinstance(what, Link)
    held: dict[Any, Any] = dict(state.links if linked else state.values)
    old = held.pop(what, None)
    if old == new:
        return None
    if new is not None:
        held[what] = new
    if not linked:
        return replace(state, values=held), (what, old, new)
    ends = what.other, what.outward
    said = (f"relation.{what.kind}", _told(old), _told(new), *ends)
    return replace(state, links=held), said


def walk(acts: list[list[Any]]) -> tuple[list[State], list[Logged]]:
    """The state after each act, the first before any, and everything that was logged."""
    state, log = State(values={"name": 9}), list[Logged]()
    states = [state]
    for step, several in enumerate(acts, start=1):
        for what, new in several:
            if done := _stepped(state, what, new):
                state, told = done
                log.append(Logged(len(log), ITEM, BEGIN + timedelta(hours=step), *told))
        states.append(state)
    return states, log


@given(runs)
def test_any_moment_is_what_it_was_then(acts: list[list[Any]]) -> None:
    states, log = walk(acts)
    for step, then in enumerate(states):
        at = BEGIN + timedelta(hours=step)
        since = [change for change in reversed(log) if change.at > at]
        assert taken_back(states[-1], since) == then


@given(runs)
def test_two_moments_differ_by_what_is_told(acts: list[list[Any]]) -> None:
    states, _log = walk(acts)
    for first in states:
        told = {each.what: each for each in differences(first, states[-1], [], MASK)}
        values, links = dict(first.values), dict(first.links)
        for what, each in told.items():
            place: dict[Any, Any] = links if isinstance(what, Link) else values
            assert place.get(what) == each.old
            place.pop(what, None)
            if each.new is not None:
                place[what] = each.new
        assert (values, links) == (states[-1].values, states[-1].links)


def test_what_was_not_there_yet() -> None:
    made = Logged(1, ITEM, BEGIN, "created", None, "n")
    assert not taken_back(State(), [made]).there


def test_a_relation_of_which_no_way_was_kept() -> None:
    link = LINKS[0]
    made = Logged(1, ITEM, BEGIN, f"relation.{link.kind}", None, "x", link.other, None)
    assert taken_back(State(links={link: {}}), [made]).links == {}
    assert said_of({"name": "x", "need": 1}) == {"need": 1}
    assert hindrance(made, [], MASK) == Hindrance.DIRECTION


def test_what_stands_against_taking_a_change_back() -> None:
    first = Logged(1, ITEM, BEGIN, "name", "a", "b")
    second = Logged(2, ITEM, BEGIN, "name", "b", "c")
    assert hindrance(first, [second], MASK) == Hindrance.LATER
    assert hindrance(second, [first], MASK) == ""
    assert hindrance(Logged(3, ITEM, BEGIN, "attributes.p", MASK, MASK), [], MASK) == "secret"
    assert hindrance(Logged(4, ITEM, BEGIN, "confirmed", None, "n"), [], MASK) == "nothing"


def test_a_secret_that_was_changed_is_told_as_that() -> None:
    state = State(values={"attributes.p": MASK})
    change = Logged(3, ITEM, BEGIN, "attributes.p", MASK, MASK)
    (told,) = differences(state, state, [change], MASK)
    assert (told.what, told.old, told.new) == ("attributes.p", MASK, MASK)
    assert list(differences(state, state, [], MASK)) == []
