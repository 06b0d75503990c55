"""Grants and scopes: the union of what is held, and never more."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.kernel.errors import Forbidden
from wardround.kernel.types import EVERYWHERE, Actor, ActorKind, Grant, Scope, system_actor

IDS = [UUID(int=number) for number in range(4)]
ids = st.frozensets(st.sampled_from(IDS))
scopes = st.builds(Scope, everything=st.just(value=False), systems=ids, organisations=ids)
words = st.frozensets(st.sampled_from(["a.read", "a.work", "b.read"]))
grants = st.lists(st.builds(Grant, permissions=words, scope=scopes), max_size=4)


def actor(given_grants: list[Grant]) -> Actor:
    return Actor(uuid4(), "somebody", ActorKind.PERSON, tuple(given_grants))


@given(grants, ids, ids)
def test_what_is_covered_is_covered_by_one_of_the_grants(
    held: list[Grant], systems: frozenset[UUID], organisations: frozenset[UUID]
) -> None:
    covered = actor(held).scope_of("a.read").covers(systems=systems, organisations=organisations)
    by_one = any(
        grant.gives("a.read") and grant.scope.covers(systems=systems, organisations=organisations)
        for grant in held
    )
    assert covered == by_one


@given(grants)
def test_a_permission_without_a_scope_is_not_held(held: list[Grant]) -> None:
    somebody = actor(held)
    reaches = any(grant.gives("a.work") and not grant.scope.empty for grant in held)
    assert somebody.holds("a.work") == reaches


def test_a_refusal_names_the_permission() -> None:
    with pytest.raises(Forbidden) as caught:
        actor([]).require("tickets.work")
    assert caught.value.details == {"permission": "tickets.work"}


def test_outside_its_scope_a_permission_does_not_help() -> None:
    somebody = actor([Grant(frozenset({"a.read"}), Scope(systems=frozenset({IDS[0]})))])
    somebody.require("a.read")
    somebody.require("a.read", systems=[IDS[0], IDS[1]])
    with pytest.raises(Forbidden):
        somebody.require("a.read", systems=[IDS[1]])


def test_a_part_of_the_platform_may_do_everything_and_keeps_its_id() -> None:
    assert system_actor("collector") == system_actor("collector")
    assert system_actor("collector").scope_of("anything.at.all") == EVERYWHERE
