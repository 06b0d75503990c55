"""Lock trees of any shape, and partners of a replication that come and go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wardround.collect.drivers.postgresql_locks import Place, lock_tree
from wardround.collect.drivers.postgresql_partners import (
    PRIMARY_ROLE,
    SLOT,
    STANDBY_ROLE,
    Partner,
    of_role,
    slots,
    standbys,
    with_those_gone,
)

NOBODY: frozenset[str] = frozenset()


def test_who_blocks_whom_depth_first() -> None:
    assert lock_tree([(2, 1), (3, 2), (4, 1), (6, "gid"), (3, 1)]) == [
        Place(1, None, 0),
        Place(2, 1, 1),
        Place(3, 1, 1),
        Place(4, 1, 1),
        Place("gid", None, 0),
        Place(6, "gid", 1),
    ]


def test_a_long_queue_has_a_row_for_each_who_waits() -> None:
    """Each waits for all before it: 2¹⁹⁹ ways, two hundred rows."""
    waits = [(waiter, blocker) for waiter in range(2, 202) for blocker in range(1, waiter)]
    assert next(place.node for place in lock_tree(waits)) == 1
    assert len(lock_tree(waits)) == 201


def test_those_who_wait_in_a_circle_are_shown_too() -> None:
    places = lock_tree([(1, 2), (2, 1), (3, 1), (4, 4)])
    assert [(place.node, place.level) for place in places] == [(1, 0), (2, 1), (3, 1)]


_nodes = st.integers(1, 9) | st.sampled_from(["a", "b"])


@given(st.lists(st.tuples(_nodes, _nodes), max_size=40))
def test_everybody_stands_once_below_one_that_is_waited_for(
    waits: list[tuple[int | str, int | str]],
) -> None:
    real = {(waiter, blocker) for waiter, blocker in waits if waiter != blocker}
    places = lock_tree(waits)
    nodes = [place.node for place in places]
    assert sorted(nodes, key=str) == sorted({node for pair in real for node in pair}, key=str)
    level_of = {place.node: place.level for place in places}
    for at, place in enumerate(places):
        if place.parent is not None:
            assert (place.node, place.parent) in real
            assert place.parent in nodes[:at]
            assert place.level == level_of[place.parent] + 1


def sender(name: str, **changes: Any) -> dict[str, Any]:
    row = {"application_name": name, "client": "local", "state": "streaming", "lag_bytes": 0.0}
    return {**row, "lag_seconds": None, **changes}


def test_two_standbys_with_one_name_never_hide_each_other() -> None:
    rows = [sender("walreceiver"), sender("walreceiver", state="catchup", lag_bytes=5.0)]
    for order in (rows, rows[::-1]):
        (both,) = standbys(order, PRIMARY_ROLE, 1.0)
        assert (both.count, both.fine, both.state, both.lag_bytes) == (2, False, "catchup", 5.0)
    here = standbys([sender("walreceiver")] * 2, PRIMARY_ROLE, 1.0)
    one_left = standbys(rows[:1], PRIMARY_ROLE, 2.0)
    (told,) = with_those_gone(one_left, here, retired=NOBODY)
    assert (told.count, told.most, told.fine) == (1, 2, False)
    (again,) = with_those_gone(one_left, [told], retired=NOBODY)
    assert not again.fine
    (accepted,) = with_those_gone(one_left, [told], retired=frozenset({"walreceiver"}))
    assert (accepted.fine, accepted.most) == (True, 1)


def test_backups_and_first_copies_are_no_standbys() -> None:
    passing = [
        sender("pg_basebackup"),
        sender("pg_16390_sync_16384_7"),
        sender("x", state="backup"),
    ]
    assert standbys(passing, PRIMARY_ROLE, 1.0) == []


def test_what_is_gone_is_told_until_it_is_back_or_retired() -> None:
    slot = {"slot_name": "a", "active": True, "temporary": False, "wal_status": "reserved"}
    here = slots([{**slot, "retained_bytes": 9.0}], PRIMARY_ROLE, 1.0)
    (gone,) = with_those_gone([], here, retired=NOBODY)
    assert (gone.present, gone.fine, gone.lag_bytes, gone.last_seen) == (False, False, None, 1.0)
    assert with_those_gone([], [gone], retired=NOBODY) == [gone]
    assert with_those_gone([], [gone], retired=frozenset({"a"})) == []
    assert with_those_gone(here, [gone], retired=NOBODY) == here
    assert of_role([gone], STANDBY_ROLE) == []


def test_a_standby_that_moved_is_not_missed_where_it_was() -> None:
    here = standbys([sender("a", client="10.0.0.1"), sender("b")], PRIMARY_ROLE, 1.0)
    moved = standbys([sender("a", client="10.0.0.2"), sender("b")], PRIMARY_ROLE, 2.0)
    assert with_those_gone(moved, here, retired=NOBODY) == moved
    (left, gone) = with_those_gone(moved[1:], here, retired=NOBODY)
    assert (left.name, gone.name, gone.fine) == ("b", "a", False)
    assert with_those_gone(moved, [left, gone], retired=NOBODY) == moved


def test_one_that_came_takes_the_place_of_one_that_is_gone() -> None:
    rows = [sender("walreceiver", client=f"10.0.0.{number}") for number in range(1, 5)]
    here = standbys(rows[:2], PRIMARY_ROLE, 1.0)
    (third, gone) = with_those_gone(standbys(rows[2:3], PRIMARY_ROLE, 2.0), here, retired=NOBODY)
    assert (third.fine, gone.client, gone.fine) == (True, "10.0.0.2", False)
    both = standbys(rows[2:], PRIMARY_ROLE, 3.0)
    assert with_those_gone(both, [third, gone], retired=NOBODY) == both
    twice = standbys([rows[0]] * 2, PRIMARY_ROLE, 1.0)
    (moved, half) = with_those_gone(standbys(rows[2:3], PRIMARY_ROLE, 2.0), twice, retired=NOBODY)
    assert (moved.client, half.client, half.most) == ("10.0.0.3", "10.0.0.1", 1)


def test_a_recorded_row_is_read_back_and_another_shape_is_let_go() -> None:
    one = Partner(SLOT, "a", "", PRIMARY_ROLE, 5.0, most=2)
    known = Partner.of_row(one.as_row())
    assert known is not None
    assert (known.identity, known.last_seen, known.most) == (one.identity, 5.0, 2)
    for odd in ({}, {**one.as_row(), "name": 3}, {**one.as_row(), "last_seen": None}):
        assert Partner.of_row(odd) is None
    assert replace(known, count=1) == known
